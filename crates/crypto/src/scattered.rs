//! [`Scattered`]: a text that is sealed and opened where its parts lie.

use zeroize::Zeroize;

/// The longest [`Scattered::tail`].
pub(crate) const LONGEST_TAIL: usize = 32;

/// A text of three parts, none of which is moved, and octets that stand in clear between them.
///
/// Confounder, message and tail are encrypted as one text. The MAC covers that text, with the
/// octets in clear before and after the message in their places: what `gss_wrap_iov` does with its
/// buffers.
pub struct Scattered<'t> {
    /// 16 octets: fresh random ones when it is sealed.
    pub confounder: &'t mut [u8],
    /// In clear before the message.
    pub clear_before: &'t [u8],
    /// Any number of octets.
    pub message: &'t mut [u8],
    /// In clear after the message.
    pub clear_after: &'t [u8],
    /// 16 to 32 octets: enough to steal ciphertext from without the message's help.
    pub tail: &'t mut [u8],
    /// As many octets as [`Enctype::checksum_length`](crate::Enctype::checksum_length) says.
    pub tag: &'t mut [u8],
}

impl Scattered<'_> {
    /// Whether its parts are as long as they must be, with a tag of `tag` octets.
    pub(crate) const fn fits(&self, tag: usize) -> bool {
        let tail = self.tail.len();
        self.confounder.len() == 16 && tail >= 16 && tail <= LONGEST_TAIL && self.tag.len() == tag
    }

    /// What the MAC covers, in this order.
    pub(crate) const fn covered(&self) -> [&[u8]; 5] {
        [
            self.confounder,
            self.clear_before,
            self.message,
            self.clear_after,
            self.tail,
        ]
    }

    /// Leaves nothing of the text to be read.
    pub(crate) fn wipe(&mut self) {
        self.confounder.zeroize();
        self.message.zeroize();
        self.tail.zeroize();
    }
}
