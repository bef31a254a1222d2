//! Cases to all implementations at once, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use portcullis_interop::initiator::{Asking, JavaInitiator, gokrb5_token, tokens};
use portcullis_interop::peer::Peer;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::to_base64;

use crate::cases::{Case, Generator};
use crate::differences::{Difference, Differences, Row};
use crate::original::Original;
use crate::shims::{self, Shim, Verdict};

/// How many cases are made before they are judged.
const CHUNK: usize = 600;
/// When originals are made anew: tokens of five minutes are refused.
const FRESH: Duration = Duration::from_secs(45);

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many cases there were.
    pub cases: usize,
    /// Who judged.
    pub peers: Vec<&'static str>,
    /// How many of the systematic cases were left.
    pub left: usize,
    /// How many cases we accepted.
    pub accepted: usize,
    /// The table that they were held against.
    pub table: Differences,
    /// How many are in each row of it.
    pub seen: Vec<usize>,
    /// Those in no row, with how many there are and an example.
    pub unlisted: BTreeMap<String, (usize, String)>,
}

/// So many cases of a seed to `portcullis` and whoever else is here.
///
/// # Panics
/// When a program does not do as it should.
#[must_use]
pub fn run(portcullis: &Path, cases: usize, seed: u64) -> Outcome {
    let table = Differences::read();
    let seen = vec![0; table.rows.len()];
    let directory = tempfile::tempdir().expect("a directory");
    let mut shims = shims::all(portcullis, directory.path());
    let realm = Peer::MIT.is_here().then(MitRealm::start);
    let mut generator = Generator::new(seed, directory.path(), real(realm.as_ref()));
    let mut outcome = Outcome {
        peers: shims.iter().skip(1).map(|shim| shim.name).collect(),
        table,
        seen,
        ..Outcome::default()
    };
    while outcome.cases < cases {
        let chunk = generator.next(CHUNK.min(cases - outcome.cases));
        let verdicts = judge(&mut shims, &chunk);
        outcome.count(&chunk, &verdicts);
        if outcome.cases.is_multiple_of(CHUNK * 100) {
            eprintln!(
                "{} cases, {} differences not listed",
                outcome.cases,
                outcome.unlisted.len()
            );
        }
        if generator.made().elapsed().is_ok_and(|age| age > FRESH) {
            generator.take(real(realm.as_ref()));
            generator.renew();
        }
    }
    outcome.left = generator.left();
    outcome
}

/// Good tokens of initiators that are not ours.
fn real(realm: Option<&MitRealm>) -> Vec<Original> {
    let Some(realm) = realm else {
        return Vec::new();
    };
    let mut originals = Vec::new();
    let alice = realm.login("alice");
    let mut add = |name: &str, service: &str, token: &[u8]| {
        let original = Original::of(name, &realm.keytab(service), token);
        originals.push(original.expect("a good token"));
    };
    let (e18, e20) = ("HTTP/e18.example.test", "HTTP/e20.example.test");
    if Peer::PYTHON_GSSAPI.is_here() {
        for (name, service, asking) in [
            ("MIT", e18, Asking::krb5()),
            ("MIT, SPNEGO", e20, Asking::spnego().mutual()),
            ("MIT, delegating", e18, Asking::spnego().mutual().delegate()),
        ] {
            add(name, service, &tokens(&alice, service, &asking, 1)[0]);
        }
    }
    if Peer::JAVA.is_here() {
        add(
            "Java",
            e18,
            &JavaInitiator::start(&alice, "spnego", e18, true).token,
        );
    }
    if Peer::GOKRB5.is_here() {
        add("gokrb5", e18, &gokrb5_token(&alice, e18));
    }
    originals
}

fn judge(shims: &mut [Shim], cases: &[Case]) -> Vec<(&'static str, Vec<Verdict>)> {
    thread::scope(|scope| {
        let asked = shims
            .iter_mut()
            .map(|shim| (shim.name, scope.spawn(|| shim.judge(cases))));
        let asked: Vec<_> = asked.collect();
        let joined = asked.into_iter().map(|(name, thread)| {
            (
                name,
                thread.join().unwrap_or_else(|_| panic!("{name} failed")),
            )
        });
        joined.collect()
    })
}

impl Outcome {
    fn count(&mut self, cases: &[Case], verdicts: &[(&'static str, Vec<Verdict>)]) {
        let Some(((_, ours), theirs)) = verdicts.split_first() else {
            return;
        };
        self.cases += cases.len();
        self.accepted += ours
            .iter()
            .filter(|verdict| verdict.outcome == "accepted")
            .count();
        for (peer, theirs) in theirs {
            for ((case, ours), theirs) in cases.iter().zip(ours).zip(theirs) {
                if let Some(difference) = Difference::between(peer, &case.class, ours, theirs) {
                    self.note(case, &difference);
                }
            }
        }
    }

    fn note(&mut self, case: &Case, difference: &Difference<'_>) {
        if let Some(row) = self.table.row(difference) {
            self.seen[row] += 1;
            return;
        }
        let Difference {
            peer,
            class,
            ours,
            theirs,
        } = difference;
        let tokens: Vec<_> = case.tokens.iter().map(|token| to_base64(token)).collect();
        let example = || format!("{} {}", case.keytab.display(), tokens.join(" "));
        let said = format!("{peer}: {class}: ours {ours}, theirs {theirs}");
        if !self.unlisted.contains_key(&said) {
            eprintln!("not listed: {said}");
        }
        self.unlisted
            .entry(said)
            .or_insert_with(|| (0, example()))
            .0 += 1;
    }

    /// What is wrong: differences that are not in the table, and rows of the peers that were asked which nothing is
    /// seen of.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<_> = self
            .unlisted
            .iter()
            .map(|(said, (count, _))| format!("{count} not listed: {said}"))
            .collect();
        for (row, seen) in self.table.rows.iter().zip(&self.seen) {
            let asked = self.peers.contains(&row.peer.as_str());
            if asked && *seen == 0 && !row.rare {
                let Row {
                    peer,
                    cases,
                    ours,
                    theirs,
                    ..
                } = row;
                complaints.push(format!(
                    "listed and not seen: {peer} {cases:?} {ours}, {theirs}"
                ));
            }
        }
        complaints
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cases,
            accepted,
            peers,
            ..
        } = self;
        let peers = peers.join(", ");
        writeln!(
            f,
            "{cases} cases, {accepted} accepted by us, judged by {peers}"
        )?;
        for (row, seen) in self.table.rows.iter().zip(&self.seen) {
            let Row {
                peer,
                ours,
                theirs,
                cases,
                ..
            } = row;
            writeln!(
                f,
                "{seen:>7} {peer}: {}: ours {ours}, theirs {theirs}",
                cases.join(", ")
            )?;
        }
        Ok(())
    }
}
