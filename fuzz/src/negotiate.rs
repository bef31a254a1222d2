//! A whole conversation, by a peer that has no key: it has seen good ones, and sends what it likes.
//!
//! The first octet chooses the acceptor's settings, the messages follow.

use crate::messages::Messages;
use crate::recorded::Recorded;
use crate::{forge, reply};
use portcullis::channel_bindings::ChannelBindingPolicy;
use portcullis::identity::Identity;
use portcullis::replay::{Freshness, ReplayTag};
use portcullis::user_to_user::OurTgt;
use portcullis::{Acceptor, KeySelection, Negotiation, Principal, Step, UnrecordedStep};
use portcullis_formats::der::Encode as _;
use portcullis_formats::messages::{EncryptedData, Ticket};
use portcullis_formats::registry::EtypeNumber;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Takes AP-REQs without a frame, whatever their flags.
pub const RAW_AP_REQ: u8 = 4;
const EXACT_KEY: u8 = 8;
const REALM_PATHS: u8 = 16;
const OF_THE_ACCEPTOR: u8 = 31;
/// Tells the acceptor which channel the peer comes through.
pub const BINDINGS: u8 = 32;
const REPLAYED: u8 = 64;
/// Gives the acceptor a ticket-granting ticket, of whose session key nobody knows.
pub const USER_TO_USER: u8 = 128;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

struct World {
    recorded: Recorded,
    acceptors: Vec<Acceptor>,
    clients: HashMap<ReplayTag, String>,
    tgt: OurTgt,
}

/// Follows one conversation.
pub fn run(input: &[u8]) {
    let Some((settings, messages)) = input.split_first() else {
        return;
    };
    let mut conversation = Peer {
        settings: *settings,
        claimed: None,
    };
    let mut negotiation = WORLD.begin(*settings);
    for token in Messages(messages) {
        match conversation.send(negotiation, token) {
            Some(next) => negotiation = next,
            None => return,
        }
    }
}

/// The peer, and whom it claimed to be.
struct Peer {
    settings: u8,
    claimed: Option<ReplayTag>,
}

impl Peer {
    fn send(&mut self, negotiation: Negotiation, token: &[u8]) -> Option<Negotiation> {
        let step = match negotiation.step_unrecorded(token, WORLD.recorded.now) {
            Ok(UnrecordedStep::Settled(step)) => Ok(step),
            Ok(UnrecordedStep::Unrecorded(unrecorded)) => {
                let tag = *unrecorded.tag();
                assert!(
                    WORLD.clients.contains_key(&tag),
                    "nobody made this authenticator"
                );
                assert!(self.claimed.replace(tag).is_none(), "two authenticators");
                assert!(unrecorded.expires() > WORLD.recorded.now);
                unrecorded.settle(self.freshness())
            }
            Ok(_) => unreachable!("a third kind of step"),
            Err(rejection) => Err(rejection),
        };
        match step {
            Ok(Step::Complete { context, reply }) => {
                reply.iter().for_each(|reply| reply::assert_readable(reply));
                self.assert_recorded(context.identity());
                None
            }
            Ok(Step::Continue { negotiation, reply }) => {
                reply::assert_readable(&reply);
                Some(negotiation)
            }
            Ok(_) => unreachable!("a third kind of step"),
            Err(rejection) => {
                reply::assert_sound(&rejection);
                None
            }
        }
    }

    fn freshness(&self) -> Freshness {
        match self.settings & REPLAYED {
            0 => Freshness::Fresh,
            _ => Freshness::Replayed,
        }
    }

    fn assert_recorded(&self, identity: &Identity) {
        let tag = self
            .claimed
            .expect("nobody is accepted without an authenticator");
        assert_eq!(self.settings & REPLAYED, 0, "a replay was accepted");
        assert_eq!(WORLD.clients[&tag], proven(identity));
        assert!(!identity.channel_bound() || self.settings & BINDINGS != 0);
    }
}

/// What is proven of a client. How the AP-REQ was wrapped is not, nor how the key was found.
fn proven(identity: &Identity) -> String {
    let key = identity.key();
    format!(
        "{:?} to {:?} by {} {}, ticket {:?} {} {} {}, {:?} {:?} {:?}, {:02x?}",
        identity.client(),
        key.principal,
        key.kvno,
        key.etype,
        identity.ticket_flags(),
        identity.authtime(),
        identity.starttime(),
        identity.endtime(),
        identity.session_etype(),
        identity.subkey_etype(),
        identity.flags(),
        identity.authorization_data(),
    )
}

impl World {
    fn new() -> Self {
        let recorded = Recorded::read();
        let acceptors = (0..=OF_THE_ACCEPTOR).map(|settings| acceptor(&recorded, settings));
        let mut world = Self {
            acceptors: acceptors.collect(),
            clients: HashMap::new(),
            tgt: tgt(),
            recorded,
        };
        for conversation in &world.recorded.conversations {
            let (tag, client) = world.outcome(&conversation.tokens);
            world.clients.insert(tag, client);
        }
        world
    }

    fn begin(&self, settings: u8) -> Negotiation {
        let acceptor = &self.acceptors[usize::from(settings & OF_THE_ACCEPTOR)];
        let negotiation = match settings & BINDINGS {
            0 => acceptor.begin(),
            _ => acceptor.begin().channel_bindings(&self.recorded.bindings),
        };
        match settings & USER_TO_USER {
            0 => negotiation,
            _ => negotiation.user_to_user(&self.tgt),
        }
    }

    /// Who a good conversation comes from.
    fn outcome(&self, tokens: &[Vec<u8>]) -> (ReplayTag, String) {
        let mut negotiation = self.begin(RAW_AP_REQ);
        let mut claimed = None;
        for token in tokens {
            let step = match negotiation.step_unrecorded(token, self.recorded.now) {
                Ok(UnrecordedStep::Unrecorded(unrecorded)) => {
                    claimed = Some(*unrecorded.tag());
                    unrecorded.settle(Freshness::Fresh)
                }
                Ok(UnrecordedStep::Settled(step)) => Ok(step),
                other => panic!("{other:?}"),
            };
            match step {
                Ok(Step::Continue {
                    negotiation: next, ..
                }) => negotiation = next,
                Ok(Step::Complete { context, .. }) => {
                    return (
                        claimed.expect("an authenticator"),
                        proven(context.identity()),
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        // A conversation that was recorded without its end.
        (claimed.expect("an authenticator"), String::new())
    }
}

fn tgt() -> OurTgt {
    let tgs: Principal = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().expect("a name");
    let ticket = Ticket {
        realm: tgs.realm(),
        sname: tgs.name(),
        enc_part: EncryptedData {
            etype: EtypeNumber::AES256_SHA1,
            kvno: None,
            cipher: &[7; 100],
        },
    };
    let owner = "bob@EXAMPLE.TEST".parse().expect("a name");
    let (etype, key) = (EtypeNumber::AES256_SHA1, [9; 32]);
    OurTgt::new(owner, &ticket.to_der(), etype, &key).expect("a ticket-granting ticket")
}

fn acceptor(recorded: &Recorded, settings: u8) -> Acceptor {
    let policy = match settings & 3 {
        0 => ChannelBindingPolicy::Ignore,
        1 => ChannelBindingPolicy::Allow,
        2 => ChannelBindingPolicy::Aware,
        _ => ChannelBindingPolicy::Required,
    };
    let mut builder = forge::settings(recorded.keytab())
        .channel_binding_policy(policy)
        .raw_ap_req(settings & RAW_AP_REQ != 0);
    if settings & EXACT_KEY != 0 {
        builder = builder.key_selection(KeySelection::EXACT);
    }
    if settings & REALM_PATHS != 0 {
        builder = builder.always_check_realm_path();
    }
    builder.build().expect("usable keys")
}
