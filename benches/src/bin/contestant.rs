//! Ours in the comparison, the floor, and where all contestants' tokens come from.
//!
//! ```text
//! contestant tokens ETYPE KEYTAB   writes the service's KEYTAB; then, for each line of standard input
//!                                  ENVELOPE USE OCTETS COUNT PATH, writes a file of tokens
//! contestant ours KEYTAB [ENTRIES] accepts; with so many entries in the replay cache beforehand
//! contestant floor KEYTAB          opens and seals
//! contestant wrap KEYTAB OCTETS    accepts, and seals messages of so many octets
//! contestant floor-wrap KEYTAB OCTETS
//! ```

use portcullis::context::Protection;
use portcullis::replay::{MemoryReplayCache, ReplayCache, ReplayTag};
use portcullis::{Acceptor, Enctype, Keytab, SecurityContext, Step};
use portcullis_benches::contestant::{serve, write_tokens};
use portcullis_benches::{CLIENT, Envelope, Exchange, Floor, FloorSealing, TicketUse, Tokens};
use std::collections::HashMap;
use std::error::Error;
use std::io::BufRead as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{env, fs, io};

/// As in the static binary of the command.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tokens", etype, keytab] => tokens(etype.parse()?, keytab),
        ["ours", keytab] => ours(keytab, 0),
        ["ours", keytab, entries] => ours(keytab, entries.parse()?),
        ["floor", keytab] => floor(keytab),
        ["wrap", keytab, octets] => wrap(keytab, octets.parse()?),
        ["floor-wrap", _, octets] => Ok(floor_wrap(octets.parse()?)?),
        _ => Err(
            "usage: contestant tokens ETYPE KEYTAB | ours KEYTAB [ENTRIES] | floor KEYTAB | \
             wrap KEYTAB OCTETS | floor-wrap KEYTAB OCTETS"
                .into(),
        ),
    }
}

fn tokens(etype: i32, keytab: &str) -> Result<(), Box<dyn Error>> {
    let enctype = Enctype::try_from(etype)?;
    let begun = SystemTime::now();
    let mut exchanges = HashMap::new();
    let mut made = 0;
    fs::write(
        keytab,
        Exchange::with_ticket_of(enctype, 0, begun).keytab_octets(),
    )?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let [envelope, ticket_use, octets, count, path] = words.as_slice() else {
            return Err(line.into());
        };
        let exchange = exchanges
            .entry(octets.parse::<usize>()?)
            .or_insert_with_key(|octets| Exchange::with_ticket_of(enctype, *octets, begun));
        let envelope = match *envelope {
            "spnego" => Envelope::Spnego,
            _ => Envelope::Gss,
        };
        let ticket_use = match *ticket_use {
            "repeated" => TicketUse::Repeated,
            _ => TicketUse::First,
        };
        let count: u32 = count.parse()?;
        let mut tokens = Tokens::new(exchange, envelope, ticket_use).go_on(made, SystemTime::now());
        made += count;
        write_tokens(path, (0..count).map(|_| tokens.make()))?;
        println!("{}", exchange.ticket.len());
    }
    Ok(())
}

fn ours(keytab: &str, entries: u64) -> Result<(), Box<dyn Error>> {
    let room = usize::try_from(entries)? * 2 + (1 << 20);
    let cache = Arc::new(MemoryReplayCache::new(room));
    fill(&cache, entries)?;
    let acceptor = Acceptor::builder(Keytab::parse(fs::read(keytab)?)?)
        .replay_cache(cache)
        .build()?;
    let accept = |token: &mut Vec<u8>| context(&acceptor, token);
    let client = |token: &mut Vec<u8>| {
        let (context, _) = context(&acceptor, token);
        context.identity().client().to_string()
    };
    Ok(serve(<[u8]>::to_vec, accept, client)?)
}

/// Each context has sealed a message before, so its keys are ready.
fn wrap(keytab: &str, octets: usize) -> Result<(), Box<dyn Error>> {
    let acceptor = Acceptor::new(Keytab::parse(fs::read(keytab)?)?)?;
    let message = vec![7; octets];
    let seal = |context: &mut SecurityContext| {
        let sealed = context.wrap(&message, Protection::Confidentiality);
        sealed.expect("a context that seals")
    };
    let accepted = |token: &[u8]| {
        let (mut context, _) = context(&acceptor, token);
        seal(&mut context);
        context
    };
    let client = |context: &mut SecurityContext| context.identity().client().to_string();
    Ok(serve(accepted, seal, client)?)
}

/// Confounder, message and header in the ciphers, with keys that are ready.
fn floor_wrap(octets: usize) -> io::Result<()> {
    let sealing = FloorSealing::new();
    let prepare = |_: &[u8]| sealing.text(octets);
    let client = |_: &mut Vec<u8>| CLIENT.to_owned();
    serve(prepare, |text| sealing.seal(text), client)
}

/// In a function of its own, so that a profiler can tell it from what is around it.
#[inline(never)]
fn context(acceptor: &Acceptor, token: &[u8]) -> (SecurityContext, Option<Vec<u8>>) {
    match acceptor.begin().step(token, SystemTime::now()) {
        Ok(Step::Complete { context, reply }) => (context, reply),
        other => panic!("{other:?}"),
    }
}

/// Entries that expire, one after the other, within ten minutes.
fn fill(cache: &MemoryReplayCache, entries: u64) -> Result<(), Box<dyn Error>> {
    let now = SystemTime::now();
    for number in 0..entries {
        let octets = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let tag = ReplayTag::of_tail(&[[0; 8], octets].concat(), 12).ok_or("no tag")?;
        let expires = now + Duration::from_secs(60 + number % 540);
        let _ = cache.record(&tag, now, expires)?;
    }
    Ok(())
}

/// All tokens of one length have the same session key and PAC.
fn floor(keytab: &str) -> Result<(), Box<dyn Error>> {
    let keytab = fs::read(keytab)?;
    let mut floors = HashMap::new();
    let prepare = |token: &[u8]| {
        let floor = floors
            .entry(token.len())
            .or_insert_with(|| Rc::new(Floor::new(&Exchange::of_token(token, &keytab))));
        (floor.clone(), floor.prepare(token))
    };
    let accept = |(floor, login): &mut (Rc<Floor>, _)| assert!(floor.accept(login));
    let client = |_: &mut _| CLIENT.to_owned();
    Ok(serve(prepare, accept, client)?)
}
