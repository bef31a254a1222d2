//! What a token may be without a fault, and a little beyond: one variation each, by the test realm's builder.

use std::time::{Duration, SystemTime};

use portcullis::{ChannelBindings, Enctype};
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::{ApOptions, TicketFlags};
use portcullis_formats::pac::PacBufferType;
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber};
use portcullis_testrealm::{Delegator, TokenBuilder};

/// A variation: its name, and what it does to a token.
pub type Variation = (String, Box<dyn Fn(TokenBuilder) -> TokenBuilder>);

/// What both ends of the channel see, where they see the same.
pub const CHANNEL: &[u8] = b"tls-server-end-point:the same";

/// Seconds from now: far, and on either side of the five minutes that clocks may differ by, with room for a slow machine.
const OFFSETS: [i64; 8] = [-40_000_000, -90_000, -3_600, -420, -180, 180, 420, 3_600];

/// All of them, for tokens that are sent `now`.
#[must_use]
pub fn all(now: SystemTime) -> Vec<Variation> {
    let mut all = vec![one("good", |token| token)];
    all.extend(times(now));
    all.extend(names());
    all.extend(realms());
    all.extend(bits());
    all.extend(keys());
    all.extend(authorization_data());
    all.extend(pacs());
    all.extend(checksums());
    all.extend(frames());
    all
}

fn one(
    name: impl Into<String>,
    vary: impl Fn(TokenBuilder) -> TokenBuilder + 'static,
) -> Variation {
    (name.into(), Box::new(vary))
}

/// `now`, so many seconds later or earlier.
#[must_use]
pub fn moved(now: SystemTime, seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    match seconds < 0 {
        true => now - by,
        false => now + by,
    }
}

fn times(now: SystemTime) -> Vec<Variation> {
    let mut all = Vec::new();
    for seconds in OFFSETS {
        let time = moved(now, seconds);
        all.push(one(format!("ctime {seconds:+}"), move |token| {
            token.at(time)
        }));
        all.push(one(format!("endtime {seconds:+}"), move |token| {
            token.endtime(time)
        }));
        all.push(one(format!("starttime {seconds:+}"), move |token| {
            token.starttime(time)
        }));
        all.push(one(format!("authtime {seconds:+}"), move |token| {
            token.authtime(time)
        }));
        all.push(one(
            format!("authtime {seconds:+}, starttime now"),
            move |token| token.authtime(time).starttime(now),
        ));
    }
    all.push(one("endtime before starttime", move |token| {
        token.starttime(moved(now, 60)).endtime(moved(now, -60))
    }));
    all
}

fn names() -> Vec<Variation> {
    let long = vec![b'x'; 5_000];
    let many = vec![b"a".to_vec(); 40];
    let lists: [(&str, Vec<Vec<u8>>); 14] = [
        ("an instance", vec![b"alice".to_vec(), b"admin".to_vec()]),
        ("an empty component", vec![Vec::new()]),
        (
            "an empty second component",
            vec![b"alice".to_vec(), Vec::new()],
        ),
        ("a slash", vec![b"alice/admin".to_vec()]),
        ("an at sign", vec![b"alice@OTHER.TEST".to_vec()]),
        ("a backslash", vec![b"alice\\".to_vec()]),
        ("a space", vec![b"alice liddell".to_vec()]),
        ("UTF-8", vec!["Ǆordžević".as_bytes().to_vec()]),
        ("Latin-1", vec![b"J\xfcrgen".to_vec()]),
        ("a NUL", vec![b"alice\0".to_vec()]),
        ("a newline", vec![b"alice\n".to_vec()]),
        ("5000 octets", vec![long]),
        ("40 components", many),
        (
            "three components",
            vec![b"a".to_vec(), b"b".to_vec(), b"c".to_vec()],
        ),
    ];
    let lists = lists.into_iter();
    lists
        .map(|(name, components)| {
            one(format!("client with {name}"), move |token| {
                let components: Vec<_> = components.iter().map(Vec::as_slice).collect();
                token.client_components(&components)
            })
        })
        .collect()
}

fn realms() -> Vec<Variation> {
    let mut all = Vec::new();
    for realm in [
        "OTHER.TEST",
        "SUB.EXAMPLE.TEST",
        "example.test",
        "A/B",
        "A\\B",
        "R:X",
        "R=1",
        "TEST",
    ] {
        all.push(one(format!("realm {realm}"), move |token| {
            token.client_realm(realm)
        }));
        all.push(one(format!("realm {realm}, path checked"), move |token| {
            let checked = TicketFlags::TRANSITED_POLICY_CHECKED | TicketFlags::PRE_AUTHENT;
            token.client_realm(realm).ticket_flags(checked)
        }));
    }
    for path in [
        "TEST",
        "EVIL.TEST",
        "TEST,",
        ",",
        "EXAMPLE.,",
        "/A/B",
        "a\\",
        " X",
        "X,Y,Z",
        "\0",
    ] {
        let named = path.escape_default().to_string();
        all.push(one(
            format!("realm OTHER.TEST through {named}"),
            move |token| token.client_realm("OTHER.TEST").transited(path.as_bytes()),
        ));
        all.push(one(format!("own realm through {named}"), move |token| {
            token.transited(path.as_bytes())
        }));
    }
    all
}

fn bits() -> Vec<Variation> {
    let mut all = Vec::new();
    for bit in 0..32 {
        let flag = 1 << bit;
        let place = 31 - bit;
        all.push(one(format!("ticket flag {place}"), move |token| {
            token.ticket_flags(TicketFlags(flag))
        }));
        all.push(one(format!("AP option {place}"), move |token| {
            token.ap_options(ApOptions(flag))
        }));
        // Bare tokens are what DCE style has; framed ones have it not.
        all.push(one(format!("context flag {flag:#x}"), move |token| {
            token.flags(ContextFlags(flag))
        }));
        all.push(one(
            format!("context flag {flag:#x} as well"),
            move |token| token.flags(ContextFlags(flag | 0x3c)),
        ));
    }
    all
}

fn keys() -> Vec<Variation> {
    let mut all = Vec::new();
    for enctype in Enctype::all().iter().copied() {
        let number = enctype.number();
        all.push(one(format!("session key of {number}"), move |token| {
            token.session_enctype(enctype)
        }));
        all.push(one(
            format!("session key of {number}, no subkey"),
            move |token| token.session_enctype(enctype).no_subkey(),
        ));
        all.push(one(format!("subkey of {number}"), move |token| {
            token.subkey(enctype)
        }));
    }
    for kvno in [
        None,
        Some(0),
        Some(2),
        Some(255),
        Some(256),
        Some(257),
        Some(u32::MAX),
    ] {
        all.push(one(format!("kvno {kvno:?}"), move |token| {
            token.shown_kvno(kvno)
        }));
    }
    for service in [
        "HTTP/other.example.test",
        "host/x.example.test",
        "HTTP/x@OTHER.TEST",
        "x",
    ] {
        all.push(one(format!("shown as {service}"), move |token| {
            token.shown_service(service)
        }));
    }
    for number in [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        all.push(one(format!("sequence {number:#x}"), move |token| {
            token.sequence(number)
        }));
    }
    all.push(one("no sequence", TokenBuilder::no_sequence));
    all.push(one("no subkey", TokenBuilder::no_subkey));
    let lists: [&[i32]; 5] = [&[20, 19, 18, 17], &[23], &[], &[18, 18, 18], &[-1, 0, 999]];
    for list in lists {
        all.push(one(format!("etypes {list:?}"), move |token| {
            let list: Vec<_> = list.iter().copied().map(EtypeNumber).collect();
            token.etypes(&list)
        }));
    }
    all
}

/// Elements of authorization data that somebody gave a meaning, and one without.
fn authorization_data() -> Vec<Variation> {
    let mut all = Vec::new();
    let contents: [(&str, &[u8]); 4] = [
        ("empty", &[]),
        ("no DER", b"x"),
        ("an empty list", &[0x30, 0]),
        ("four octets", &[0, 0x40, 0, 0]),
    ];
    for ad_type in [
        1, 4, 5, 8, 9, 64, 71, 96, 97, 128, 129, 141, 142, 143, 144, 512, 999, -1,
    ] {
        for (name, octets) in contents {
            let ad_type = AuthDataType(ad_type);
            all.push(one(
                format!("ticket data {} {name}", ad_type.0),
                move |token| token.ticket_authorization_data(ad_type, octets),
            ));
            all.push(one(
                format!("authenticator data {} {name}", ad_type.0),
                move |token| token.authenticator_authorization_data(ad_type, octets),
            ));
        }
    }
    all
}

fn pacs() -> Vec<Variation> {
    let mut all = vec![
        one("PAC", TokenBuilder::with_pac),
        one("PAC with requestor", TokenBuilder::pac_requestor),
        one("PAC delegated", |token| {
            token.delegated_through(&["HTTP/front.example.test"])
        }),
        one("PAC shorter by eight", |token| {
            token.edit_pac(|mut octets| {
                octets.truncate(octets.len().saturating_sub(8));
                octets
            })
        }),
        one("PAC longer by eight", |token| {
            token.edit_pac(|mut octets| {
                octets.extend([0; 8]);
                octets
            })
        }),
    ];
    for number in [1, 2, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 999] {
        let buffer = PacBufferType(number);
        all.push(one(format!("PAC without {number}"), move |token| {
            token.without_pac_buffer(buffer)
        }));
        if [6, 7, 16, 19].contains(&number) {
            continue; // signatures are made: faults spoil them
        }
        for (name, octets) in [
            ("empty", &[][..]),
            ("of four zeros", &[0; 4]),
            ("of 64 ones", &[1; 64]),
        ] {
            all.push(one(format!("PAC buffer {number} {name}"), move |token| {
                token.pac_buffer(buffer, octets)
            }));
        }
    }
    for octet in 0..24 {
        all.push(one(format!("PAC octet {octet}"), move |token| {
            token.edit_pac(move |mut octets| {
                octets
                    .get_mut(octet)
                    .into_iter()
                    .for_each(|octet| *octet ^= 1);
                octets
            })
        }));
    }
    all
}

fn checksums() -> Vec<Variation> {
    let mut all = vec![
        one("delegation", TokenBuilder::delegate),
        one(
            "delegation under the subkey",
            TokenBuilder::delegate_under_subkey,
        ),
        one("delegation in clear", TokenBuilder::delegate_in_clear),
        one("delegation as Heimdal", |token| {
            token.delegate_as(Delegator::Heimdal)
        }),
        one("delegation as Windows", |token| {
            token.delegate_as(Delegator::Windows)
        }),
        one("delegation as Java", |token| {
            token.delegate_as(Delegator::Java)
        }),
        one("ordinary checksum", TokenBuilder::ordinary_checksum),
        one("bound", |token| {
            token.channel_bindings(&ChannelBindings::from_application_data(CHANNEL))
        }),
        one("bound elsewhere", |token| {
            token.channel_bindings(&ChannelBindings::from_application_data("another"))
        }),
        one("claims bindings", TokenBuilder::claims_channel_bindings),
    ];
    let with_flags = [&[0x10, 0, 0, 0][..], &[0; 16], &[0x3c, 0, 0, 0]].concat();
    let with_more = [&with_flags[..], &[0; 3]].concat();
    let with_extension = [&with_flags[..], &[0, 0, 0, 9, 0, 0, 0, 1, 7]].concat();
    let lengths = [
        &with_flags[..16],
        &with_flags[..23],
        &with_flags,
        &with_more,
        &with_extension,
    ];
    for octets in lengths.map(<[u8]>::to_vec) {
        let length = octets.len();
        all.push(one(
            format!("GSS checksum of {length} octets"),
            move |token| token.checksum(ChecksumTypeNumber(0x8003), &octets),
        ));
    }
    for number in [0, 1, 2, 7, 8, 14, 15, 16, 19, 20, -138, 0x8004, 999] {
        all.push(one(format!("checksum of type {number}"), move |token| {
            token.checksum(ChecksumTypeNumber(number), &[0; 12])
        }));
    }
    all
}

fn frames() -> Vec<Variation> {
    use Mechanism::{Iakerb, Krb5, Krb5Draft, Krb5UserToUser, MsKrb5, NegoEx, Ntlm, Pku2u, Spnego};
    let mut all = vec![
        one("mutual", TokenBuilder::mutual),
        one("Microsoft's number", TokenBuilder::ms_oid),
        one("Microsoft's number in SPNEGO", |token| {
            token.spnego().ms_oid()
        }),
        one("bare", TokenBuilder::bare),
        one("bare in SPNEGO", |token| token.spnego().bare()),
        one("DCE style", TokenBuilder::dce_style),
        one("DCE style in SPNEGO", |token| token.spnego().dce_style()),
        one("list alone", TokenBuilder::without_mech_token),
        one("list signed", TokenBuilder::sign_mech_list),
        one("list signed, mutual", |token| {
            token.sign_mech_list().mutual()
        }),
    ];
    let lists: [&[Mechanism]; 13] = [
        &[Krb5, Ntlm],
        &[Krb5, Krb5],
        &[MsKrb5],
        &[MsKrb5, Krb5],
        &[Krb5Draft, Krb5],
        &[Ntlm, Krb5],
        &[NegoEx, Krb5],
        &[NegoEx, MsKrb5, Krb5, Ntlm],
        &[Iakerb, Krb5],
        &[Krb5UserToUser, Krb5],
        &[Spnego, Krb5],
        &[Pku2u],
        &[Ntlm, NegoEx],
    ];
    for list in lists {
        all.push(one(format!("list {list:?}"), move |token| {
            token.mech_list(list)
        }));
    }
    all
}
