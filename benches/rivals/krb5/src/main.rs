//! krb5 1.0.0 in the comparison: `portcullis-rival-krb5 KEYTAB raw|spnego [ENTRIES]`, with so many
//! entries in its replay cache beforehand, or `portcullis-rival-krb5 KEYTAB wrap OCTETS`, which seals messages.

use krb5::acceptor::AcceptOptions;
use krb5::rcache::{ReplayCache, ReplayStore as _};
use krb5::spnego::SpnegoAcceptor;
use krb5::{KerberosContext, Keytab};
use portcullis_benches::contestant::serve;
use std::error::Error;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

type Accepted = (KerberosContext, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [keytab, envelope, entries @ ..] = arguments.as_slice() else {
        return Err(
            "usage: portcullis-rival-krb5 KEYTAB raw|spnego [ENTRIES] | KEYTAB wrap OCTETS".into(),
        );
    };
    let keytab = Keytab::load(keytab)?;
    if let ("wrap", [octets]) = (envelope.as_str(), entries) {
        return Ok(wrap(&keytab, octets.parse()?)?);
    }
    let mut options = AcceptOptions::default();
    if let Some(entries) = entries.first() {
        options.replay_cache = Some(filled(entries.parse()?)?);
    }
    let accept = |token: &[u8]| match envelope.as_str() {
        "spnego" => spnego(&keytab, &options, token),
        _ => KerberosContext::accept_token_with(&keytab, token, &options).expect("a good token"),
    };
    Ok(serve(
        <[u8]>::to_vec,
        |token| {
            let (context, reply) = accept(token);
            assert!(!reply.is_empty());
            (context, reply)
        },
        |token| {
            let (context, _) = accept(token);
            assert!(context.pac.is_some(), "it verifies the PAC");
            context.client_principal
        },
    )?)
}

/// Each context has sealed a message before.
fn wrap(keytab: &Keytab, octets: usize) -> std::io::Result<()> {
    let message = vec![7; octets];
    let accepted = |token: &[u8]| {
        let (context, _) = KerberosContext::accept_token(keytab, token).expect("a good token");
        let tokens = context.per_message_tokens().expect("a key that seals");
        tokens.emit_wrap(0, &message).expect("a sealed message");
        (context.client_principal, tokens)
    };
    serve(
        accepted,
        |(_, tokens)| tokens.emit_wrap(1, &message).expect("a sealed message"),
        |(client, _)| client.clone(),
    )
}

fn spnego(keytab: &Keytab, options: &AcceptOptions, token: &[u8]) -> Accepted {
    let mut acceptor = SpnegoAcceptor::with_options(keytab, options.clone());
    let reply = acceptor.step(token).expect("a good token");
    assert!(acceptor.is_established());
    let context = acceptor.into_context().expect("it is established");
    (context, reply.expect("a reply is due"))
}

fn filled(entries: u64) -> Result<Arc<ReplayCache>, Box<dyn Error>> {
    let cache = ReplayCache::new();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = i64::try_from(now)?;
    for number in 0..entries {
        let tag = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let expires = now + 60 + i64::try_from(number % 540)?;
        cache.insert(&[tag.as_slice(), &[0; 4]].concat(), now, expires)?;
    }
    Ok(Arc::new(cache))
}
