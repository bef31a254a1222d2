//! An authenticator: what the client sealed for this one request (RFC 4120 §5.5.1), and the
//! checksum in which GSS-API has its flags, bindings and delegation (RFC 4121 §4.1.1).

use super::authorization_data;
use super::ground::Ground;
use super::names::{Hexadecimal, Named, context_flags, ticket_flags};
use super::page::Fields;
use super::ticket::session_key;
use portcullis::formats::der::{Decode, Reader};
use portcullis::formats::gss::GssChecksum;
use portcullis::formats::messages::{
    Authenticator, Checksum, EncKrbCredPart, EncryptedData, KrbCred, KrbCredInfo,
};
use portcullis::formats::registry::{ChecksumTypeNumber, EtypeNumber};
use portcullis_crypto::{Key, KeyUsage};
use zeroize::Zeroizing;

/// Opens an authenticator with the session key of its ticket, and reads it.
pub(super) fn read(sealed: &EncryptedData<'_>, key: &Key, to: &mut Fields) {
    let Some(plaintext) = open(sealed, key, KeyUsage::AP_REQ_AUTHENTICATOR) else {
        return to.error("not opened: the session key of the ticket does not fit");
    };
    let ground = Ground(&plaintext);
    let Some(authenticator) = ground.decode_padded::<Authenticator<'_>>(&plaintext, to) else {
        return;
    };
    to.text("client", Named(authenticator.cname, authenticator.crealm));
    let micros = authenticator.cusec.as_u32();
    to.text(
        "client's time",
        format_args!("{} and {micros} microseconds", authenticator.ctime),
    );
    match authenticator.subkey {
        None => to.text("subkey", "none"),
        Some(subkey) => to.text("subkey", subkey.keytype),
    }
    to.optional("sequence number", authenticator.seq_number);
    let subkey = authenticator.subkey.as_ref().and_then(session_key);
    match authenticator.cksum {
        None => to.text("checksum", "none"),
        Some(sum) => to.within("checksum", |to| checksum(&sum, subkey.as_ref(), key, to)),
    }
    if let Some(data) = authenticator.authorization_data {
        authorization_data::read(data, ground, to);
    }
}

fn open(sealed: &EncryptedData<'_>, key: &Key, usage: KeyUsage) -> Option<Zeroizing<Vec<u8>>> {
    if sealed.etype != EtypeNumber(key.enctype().number()) {
        return None;
    }
    let mut octets = Zeroizing::new(sealed.cipher.to_vec());
    let opened = key.open(usage, &mut octets).ok()?;
    Some(Zeroizing::new(opened.to_vec()))
}

fn checksum(sum: &Checksum<'_>, subkey: Option<&Key>, session_key: &Key, to: &mut Fields) {
    to.text("type", sum.cksumtype);
    if sum.cksumtype != ChecksumTypeNumber::GSS {
        return to.octets("octets", sum.checksum);
    }
    let gss = match GssChecksum::decode(sum.checksum) {
        Ok(gss) => gss,
        Err(error) => return to.error(error),
    };
    to.words("context flags", context_flags(gss.flags));
    match gss.bindings {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => to.text("channel bindings", "none"),
        hash => to.text(
            "channel bindings",
            format_args!("MD5 {}", Hexadecimal(&hash)),
        ),
    }
    match gss.delegation {
        None => to.text("delegated", "none"),
        Some(cred) => to.within("delegated", |to| delegation(cred, subkey, session_key, to)),
    }
    for extension in gss.extensions.iter() {
        let (kind, octets) = (extension.kind, extension.data.len());
        to.text("extension", format_args!("type {kind}, {octets} octets"));
    }
}

/// A KRB-CRED: in clear, or sealed with the subkey or the session key.
fn delegation(octets: &[u8], subkey: Option<&Key>, session_key: &Key, to: &mut Fields) {
    let Some(cred) = Ground(octets).decode::<KrbCred<'_>>(octets, to) else {
        return;
    };
    to.text("enctype", cred.enc_part.etype);
    let clear = (cred.enc_part.etype == EtypeNumber::NULL)
        .then(|| Zeroizing::new(cred.enc_part.cipher.to_vec()));
    let mut keys = subkey.into_iter().chain([session_key]);
    let opened =
        clear.or_else(|| keys.find_map(|key| open(&cred.enc_part, key, KeyUsage::KRB_CRED)));
    let Some(plaintext) = opened else {
        return to.error("not opened: neither the subkey nor the session key fits");
    };
    match EncKrbCredPart::decode(&mut Reader::new(&plaintext)) {
        Err(error) => to.error(error),
        Ok(part) => to.several("ticket", part.ticket_info.iter(), credential),
    }
}

fn credential(to: &mut Fields, info: KrbCredInfo<'_>) {
    if let (Some(name), Some(realm)) = (info.pname, info.prealm) {
        to.text("client", Named(name, realm));
    }
    if let (Some(name), Some(realm)) = (info.sname, info.srealm) {
        to.text("service", Named(name, realm));
    }
    to.text("session key", info.key.keytype);
    to.words("flags", info.flags.map(ticket_flags).unwrap_or_default());
    to.optional("valid until", info.endtime);
    to.optional("renewable until", info.renew_till);
}
