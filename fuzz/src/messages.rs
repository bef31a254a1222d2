//! Several messages in one input: each after its length in two octets.

/// The messages of an input. A length that is too large takes what is there.
pub struct Messages<'a>(pub &'a [u8]);

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (message, rest) = rest.split_at(length);
        self.0 = rest;
        Some(message)
    }
}

/// The input of these messages.
///
/// # Panics
/// When one has 64 KiB or more.
#[must_use]
pub fn join<M: AsRef<[u8]>>(messages: impl IntoIterator<Item = M>) -> Vec<u8> {
    let mut input = Vec::new();
    for message in messages {
        let message = message.as_ref();
        let length = u16::try_from(message.len()).expect("a message is short");
        input.extend(length.to_be_bytes());
        input.extend(message);
    }
    input
}
