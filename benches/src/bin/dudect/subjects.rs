//! What is measured: whatever compares a MAC, and beside each its control.

use crate::messages::{Message, Messages};
use crate::rc4::Rc4Hmac;
use portcullis::{Acceptor, Enctype};
use portcullis_benches::{Envelope, Exchange, NUMBERS, TicketUse, Tokens};
use portcullis_crypto::{Key, KeyUsage, Rfc1964Kind};
use portcullis_formats::der::Decode;
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::messages::ApReq;
use std::hint::black_box;
use std::ops::Range;

/// The text under the MAC: its length is that of an authenticator.
const TEXT: [u8; 300] = [0x5a; 300];
const KEY: [u8; 32] = [0x3c; 32];
/// The longest MAC.
const LONGEST: usize = 24;

/// Refuses a wrong message.
pub(crate) type Refuse = dyn Fn(&mut Message);

/// What is measured.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) messages: Messages,
    pub(crate) ours: Box<Refuse>,
    /// The same way, and a comparison that stops.
    pub(crate) control: Box<Refuse>,
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Subject> {
    let of = |number| Enctype::try_from(number).expect("an enctype that is compiled in");
    NUMBERS.into_iter().map(of).flat_map(|enctype| {
        let more = (enctype == Enctype::Rc4Hmac).then(sgn_cksum);
        let each = [checksum(enctype), ciphertext(enctype), ap_req(enctype)];
        each.into_iter().chain(more)
    })
}

/// A keyed checksum, as of a PAC or a MIC token. The control has its comparison in place of ours.
fn checksum(enctype: Enctype) -> Subject {
    let key = Key::from_random(enctype, &KEY).mac(KeyUsage::PAC_CHECKSUM);
    let tag = key.checksum(&[&TEXT]);
    let tag = tag.as_ref();
    let control = key.clone();
    Subject {
        name: format!("checksum of {enctype}"),
        messages: Messages::of(tag, 0..tag.len()),
        ours: Box::new(move |message| {
            assert!(black_box(key.verify(&[&TEXT], &message.octets)).is_err());
        }),
        control: Box::new(move |message| {
            let tag = control.checksum(&[&TEXT]);
            assert!(!are_equal(tag.as_ref(), &message.octets));
        }),
    }
}

/// `SGN_CKSUM` of RFC 1964, likewise.
fn sgn_cksum() -> Subject {
    let key = || {
        let key = Key::from_random(Enctype::Rc4Hmac, &KEY);
        key.rfc1964().expect("an enctype that has such tokens")
    };
    let (ours, control, kind) = (key(), key(), Rfc1964Kind::Mic);
    let tag = ours.checksum(kind, &[&TEXT]);
    let tag = tag.as_ref();
    Subject {
        name: format!("SGN_CKSUM of {}", Enctype::Rc4Hmac),
        messages: Messages::of(tag, 0..tag.len()),
        ours: Box::new(move |message| {
            assert!(black_box(ours.verify(kind, &[&TEXT], &message.octets)).is_err());
        }),
        control: Box::new(move |message| {
            let tag = control.checksum(kind, &[&TEXT]);
            assert!(!are_equal(tag.as_ref(), &message.octets));
        }),
    }
}

/// A sealed message, as an authenticator.
fn ciphertext(enctype: Enctype) -> Subject {
    let (key, usage) = (
        Key::from_random(enctype, &KEY),
        KeyUsage::AP_REQ_AUTHENTICATOR,
    );
    let mut sealed = Vec::new();
    key.seal(usage, &[0xa5; 16], &[&TEXT], &mut sealed);
    let messages = of_ciphertext(&key, &sealed, 0..sealed.len());
    let cipher = key.cipher(usage);
    all_the_way(
        format!("ciphertext of {enctype}"),
        messages,
        move |sealed| {
            assert!(black_box(cipher.open(sealed)).is_err());
        },
    )
}

/// A whole AP-REQ whose authenticator is wrong.
fn ap_req(enctype: Enctype) -> Subject {
    let exchange = Exchange::read(enctype.number());
    let token = Tokens::new(&exchange, Envelope::Gss, TicketUse::Repeated).make();
    let (acceptor, now): (Acceptor, _) = (exchange.acceptor(), exchange.now());
    let messages = of_ciphertext(&exchange.session_key, &token, authenticator_in(&token));
    all_the_way(format!("AP-REQ of {enctype}"), messages, move |token| {
        assert!(black_box(acceptor.begin().step(token, now)).is_err());
    })
}

/// The right MAC is inside of `refuse`, where nobody else can compare with it: the control goes all
/// the way of ours, and compares then.
fn all_the_way(
    name: String,
    messages: Messages,
    refuse: impl Fn(&mut [u8]) + Clone + 'static,
) -> Subject {
    let (ours, place) = (refuse.clone(), messages.tag());
    let control = move |message: &mut Message| {
        let mut found = [0; LONGEST]; // what is refused is wiped
        let found = &mut found[..place.len()];
        found.copy_from_slice(&message.octets[place.clone()]);
        refuse(&mut message.octets);
        assert!(!are_equal(&message.right_tag, found));
    };
    Subject {
        name,
        messages,
        ours: Box::new(move |message| ours(&mut message.octets)),
        control: Box::new(control),
    }
}

/// What must not be used: it ends at the first octet that differs. Each step goes through memory, so
/// that all of them take longer than to go back where the processor did not expect the end.
fn are_equal(one: &[u8], other: &[u8]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(a, b)| black_box(*a) == black_box(*b))
}

/// Of something good in which `sealed` is a ciphertext under `key`. Its MAC is its end, but for RC4.
fn of_ciphertext(key: &Key, good: &[u8], sealed: Range<usize>) -> Messages {
    match key.enctype() {
        Enctype::Rc4Hmac => Messages::of_rc4(good, sealed, Rc4Hmac::new(key)),
        enctype => Messages::of(good, sealed.end - enctype.checksum_length()..sealed.end),
    }
}

/// Where in a token the authenticator's ciphertext is.
fn authenticator_in(token: &[u8]) -> Range<usize> {
    let frame = InitialContextToken::decode(token).expect("a framed token");
    let request = ApReq::from_der(&frame.inner[2..]).expect("good DER");
    let cipher = request.authenticator.cipher;
    let from = cipher.as_ptr().addr() - token.as_ptr().addr();
    from..from + cipher.len()
}
