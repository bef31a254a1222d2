//! What is measured with: octets whose MAC is wrong in its first octet, or in its last.

use crate::rc4::Rc4Hmac;
use std::ops::Range;

/// What is refused, and what would not have been.
#[derive(Default)]
pub(crate) struct Message {
    pub(crate) octets: Vec<u8>,
    pub(crate) right_tag: Vec<u8>,
}

/// Makes messages of both classes.
pub(crate) struct Messages {
    good: Vec<u8>,
    tag: Range<usize>,
    /// What is sealed with RC4, from the tag on, and by whom.
    rc4: Option<(Range<usize>, Rc4Hmac)>,
}

impl Messages {
    /// Of good octets, of which those of `tag` are the MAC.
    pub(crate) fn of(good: &[u8], tag: Range<usize>) -> Self {
        let good = good.to_vec();
        Self {
            good,
            tag,
            rc4: None,
        }
    }

    /// Of good octets, of which those of `sealed` are an authenticator under RC4.
    pub(crate) fn of_rc4(good: &[u8], sealed: Range<usize>, key: Rc4Hmac) -> Self {
        let tag = sealed.start..sealed.start + Rc4Hmac::TAG;
        let rc4 = Some((sealed, key));
        Self {
            rc4,
            ..Self::of(good, tag)
        }
    }

    /// Where the MAC is.
    pub(crate) fn tag(&self) -> Range<usize> {
        self.tag.clone()
    }

    /// Writes one of the class into `message`.
    pub(crate) fn choose(&self, class: usize, random: u64, message: &mut Message) {
        let octets = &mut message.octets;
        octets.clear();
        octets.extend_from_slice(&self.good);
        if let Some((sealed, key)) = &self.rc4 {
            key.confound(&mut octets[sealed.clone()], random);
        }
        message.right_tag.clear();
        message
            .right_tag
            .extend_from_slice(&octets[self.tag.clone()]);
        let bits = 1 + random.to_be_bytes()[0] % 255;
        // The same octets are written for both classes, so that no memory knows which it was.
        let wrong = [[bits, 0], [0, bits]][class];
        match &self.rc4 {
            Some((sealed, key)) => key.spoil(&mut octets[sealed.clone()], wrong),
            None => spoil(&mut octets[self.tag.clone()], wrong),
        }
    }
}

/// Changes these bits of the first octet and of the last.
pub(crate) fn spoil(tag: &mut [u8], [first, last]: [u8; 2]) {
    let end = tag.len() - 1;
    tag[0] ^= first;
    tag[end] ^= last;
}
