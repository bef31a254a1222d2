//! The tokens that protect messages of a context (RFC 4121 §4.2.6). What they protect, only the
//! holder of the context's key can tell.

use super::page::Fields;
use super::token::Glass;
use portcullis::formats::der::DecodeError;
use portcullis::formats::gss::{MicToken, TokenFlags, WrapHeader};

/// A MIC token.
pub(super) fn mic(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.within("MIC token", |to| match MicToken::decode(octets) {
        Err(error) => tell(error, octets, glass, to),
        Ok(token) => {
            header(token.flags, token.sequence, to);
            to.octets("checksum octets", token.checksum);
        }
    });
}

/// A Wrap token.
pub(super) fn wrap(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.within("Wrap token", |to| {
        match WrapHeader::split(&mut octets.to_vec()) {
            Err(error) => tell(error, octets, glass, to),
            Ok((token, data)) => {
                header(token.flags, token.sequence, to);
                to.number("extra count", token.extra_count.into());
                to.number("right rotation count", token.right_rotation_count.into());
                to.octets("data octets", data);
            }
        }
    });
}

fn tell(error: DecodeError, octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.error(error.shifted(glass.ground.offset(octets)));
}

fn header(flags: TokenFlags, sequence: u64, to: &mut Fields) {
    let names = [
        (TokenFlags::SENT_BY_ACCEPTOR, "sent by acceptor"),
        (TokenFlags::SEALED, "sealed"),
        (TokenFlags::ACCEPTOR_SUBKEY, "acceptor's subkey"),
    ];
    let set = names.iter().filter(|(flag, _)| flags.contains(*flag));
    to.words("flags", set.map(|(_, name)| (*name).to_owned()).collect());
    to.number("sequence number", sequence);
}
