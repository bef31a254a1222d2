//! The cases: every fault, every variation and every change of every field once, and after that what a seed gives.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use portcullis::{Acceptor, Enctype, Step};
use portcullis_interop::flips::Original as Flipped;
use portcullis_interop::seeded::Seeded;
use portcullis_testrealm::{Fault, Next, TestRealm, TestService, TokenBuilder};

use crate::original::{Original, Part};
use crate::variations::{self, CHANNEL, Variation};

/// A question to all implementations.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is special about it, as patterns of the table of differences have it.
    pub class: String,
    /// The service's keys.
    pub keytab: PathBuf,
    /// What arrives, in order.
    pub tokens: Vec<Vec<u8>>,
    /// The acceptor's end of a channel.
    pub bindings: Option<Vec<u8>>,
}

impl Case {
    fn of(class: impl Into<String>, keytab: &Path, token: Vec<u8>) -> Self {
        Self {
            class: class.into(),
            keytab: keytab.to_owned(),
            tokens: vec![token],
            bindings: None,
        }
    }
}

const ENCTYPES: [Enctype; 4] = [
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha384_192,
    Enctype::Aes128CtsHmacSha256_128,
];

/// Makes cases. Tokens are of the time when they are made, so they are judged soon.
pub struct Generator {
    seed: u64,
    /// How many random ones there were.
    number: u64,
    /// Of the case at hand: what is drawn for one does not change the next, though real tokens differ in length.
    seeded: Seeded,
    realm: TestRealm,
    /// Each with its keytab.
    services: Vec<(TestService, PathBuf)>,
    /// One keytab with the keys of all.
    all_keys: PathBuf,
    real: Vec<Original>,
    originals: Vec<Original>,
    variations: Vec<Variation>,
    systematic: VecDeque<Case>,
    made: SystemTime,
}

impl core::fmt::Debug for Generator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Generator")
            .field("seeded", &self.seeded)
            .finish_non_exhaustive()
    }
}

impl Generator {
    /// With tokens of real initiators beside those of the test realm, whose keytabs go to `directory`.
    ///
    /// # Panics
    /// When a keytab cannot be written.
    #[must_use]
    pub fn new(seed: u64, directory: &Path, real: Vec<Original>) -> Self {
        let now = SystemTime::now();
        let realm = TestRealm::new("EXAMPLE.TEST").at(now);
        let mut all = vec![5, 2];
        let mut services = Vec::new();
        for enctype in ENCTYPES {
            let name = format!("HTTP/e{}.example.test", enctype.number());
            let service = realm.service_with(&name).enctypes([enctype]).build();
            let path = directory.join(format!("e{}.keytab", enctype.number()));
            std::fs::write(&path, service.keytab_octets()).expect("a file");
            all.extend_from_slice(&service.keytab_octets()[2..]);
            services.push((service, path));
        }
        let all_keys = directory.join("all.keytab");
        std::fs::write(&all_keys, all).expect("a file");
        let mut generator = Self {
            seed,
            number: 0,
            seeded: Seeded::new(seed),
            realm,
            services,
            all_keys,
            real,
            originals: Vec::new(),
            variations: variations::all(now),
            systematic: VecDeque::new(),
            made: now,
        };
        generator.renew();
        generator.systematic = generator.systematic();
        generator
    }

    /// Replaces the tokens of real initiators, which grow old.
    pub fn take(&mut self, real: Vec<Original>) {
        self.real = real;
    }

    /// When the originals that are changed were made.
    #[must_use]
    pub fn made(&self) -> SystemTime {
        self.made
    }

    /// Sets the realm's clock right, and makes the originals anew.
    ///
    /// # Panics
    /// When a good token cannot be taken apart.
    pub fn renew(&mut self) {
        let now = SystemTime::now();
        self.made = now;
        self.realm = self.realm.clone().at(now);
        self.variations = variations::all(now);
        self.originals = self.real.clone();
        for (number, (service, keytab)) in self.services.iter().enumerate() {
            let plain = self.realm.user("alice").token_for(service);
            let full = self
                .realm
                .user("alice")
                .token_for(service)
                .mutual()
                .spnego()
                .with_pac();
            for (name, token) in [("raw", plain), ("spnego", full)] {
                let name = format!("{name} {number}");
                let token = token.build();
                let original = Original::of(name, keytab, token.token());
                self.originals.push(original.expect("a good token"));
            }
        }
    }

    /// So many cases more.
    pub fn next(&mut self, count: usize) -> Vec<Case> {
        (0..count)
            .map(|_| match self.systematic.pop_front() {
                Some(case) => case,
                None => self.random(),
            })
            .collect()
    }

    /// How many of the systematic ones are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.systematic.len()
    }

    fn token(&self, service: &TestService) -> TokenBuilder {
        self.realm.user("alice").token_for(service)
    }

    fn systematic(&mut self) -> VecDeque<Case> {
        let mut cases = self.faults();
        cases.extend(self.varied());
        cases.extend(self.bound());
        cases.extend(self.real());
        cases.into()
    }

    fn faults(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (number, fault) in Fault::all().iter().enumerate() {
            let (service, keytab) = &self.services[number % self.services.len()];
            let class = format!("fault {fault:?}");
            for token in [self.token(service), self.token(service).spnego()] {
                cases.push(self.built(&class, keytab, token.fault(*fault)));
            }
        }
        cases
    }

    fn varied(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (number, (name, vary)) in self.variations.iter().enumerate() {
            let (service, keytab) = &self.services[number % self.services.len()];
            cases.push(self.built(name, keytab, vary(self.token(service))));
            cases.push(self.built(name, keytab, vary(self.token(service).spnego().mutual())));
        }
        cases
    }

    fn bound(&self) -> Vec<Case> {
        let (service, keytab) = &self.services[0];
        let mut cases = Vec::new();
        for (name, bindings) in [("bound", CHANNEL), ("unbound", CHANNEL), ("bound", b"else")] {
            let token = match name {
                "bound" => {
                    let bindings = portcullis::ChannelBindings::from_application_data(CHANNEL);
                    self.token(service).channel_bindings(&bindings)
                }
                _ => self.token(service),
            };
            let mut case = self.built(name, keytab, token);
            case.class = format!("{name} at {}", bindings.escape_ascii());
            case.bindings = Some(bindings.to_vec());
            cases.push(case);
        }
        cases
    }

    /// What was recorded, as it is and with each change of its parts.
    fn real(&mut self) -> Vec<Case> {
        let named = |originals: &[Original], name| {
            let mut originals = originals.iter();
            originals.find(|original| original.name == name).cloned()
        };
        let full = named(&self.originals, "spnego 0");
        let mut cases = Vec::new();
        for original in self.real.iter().chain(&full) {
            cases.push(Case::of("real", &original.keytab, original.token.clone()));
        }
        // Java's with reqFlags, which ours and MIT's have not.
        let java = named(&self.real, "Java").map(|java| (java, &[Part::Offer][..]));
        let changed = full.map(|full| (full, Part::ALL.as_slice()));
        for (original, parts) in changed.into_iter().chain(java) {
            for part in parts {
                for (class, token) in original.each_change(*part, &mut self.seeded) {
                    cases.push(Case::of(class, &original.keytab, token));
                }
            }
        }
        cases
    }

    /// The token, and what follows it when the list of mechanisms came alone.
    fn built(&self, class: &str, keytab: &Path, token: TokenBuilder) -> Case {
        let initiation = token.build();
        let mut case = Case::of(class, keytab, initiation.token().to_vec());
        if let Some(second) = self.second(&case, initiation) {
            case.tokens.push(second);
        }
        case
    }

    /// What comes after an answer without a Kerberos token, which is the same whoever gives it.
    fn second(&self, case: &Case, initiation: portcullis_testrealm::Initiation) -> Option<Vec<u8>> {
        let keytab = std::fs::read(&case.keytab).ok()?;
        let acceptor = Acceptor::new(portcullis::Keytab::parse(keytab).ok()?).ok()?;
        let step = acceptor
            .begin()
            .step(&case.tokens[0], self.realm.now())
            .ok()?;
        let Step::Continue { reply, .. } = step else {
            return None;
        };
        // With an AP-REP in it, what follows would depend on the acceptor's subkey.
        if reply.len() > 60 {
            return None;
        }
        match initiation.next(&reply).ok()? {
            Next::Send(second) => Some(second.token().to_vec()),
            Next::Complete(_) => None,
        }
    }

    fn random(&mut self) -> Case {
        self.number = self.number.wrapping_add(1);
        self.seeded = Seeded::new(self.seed.wrapping_shl(32).wrapping_add(self.number));
        let mut case = match self.seeded.below(10) {
            0..=1 => self.combined(),
            2..=3 => self.in_octets(),
            _ => self.changed(),
        };
        if self.seeded.below(16) == 0 {
            case.keytab.clone_from(&self.all_keys);
        }
        if self.seeded.below(16) == 0 {
            case.bindings = Some(CHANNEL.to_vec());
        }
        case
    }

    /// Variations together, and perhaps a fault.
    fn combined(&mut self) -> Case {
        let at = self.seeded.below(self.services.len());
        let mut chosen = Vec::new();
        for _ in 0..=self.seeded.below(3) {
            chosen.push(self.seeded.below(self.variations.len()));
        }
        let fault = (self.seeded.below(3) == 0)
            .then(|| Fault::all()[self.seeded.below(Fault::all().len())]);
        let spnego = self.seeded.below(2) == 0;
        let (service, keytab) = &self.services[at];
        let mut token = self.token(service);
        let mut classes = Vec::new();
        if spnego {
            token = token.spnego();
        }
        for (name, vary) in chosen.iter().map(|at| &self.variations[*at]) {
            token = vary(token);
            classes.push(name.clone());
        }
        if let Some(fault) = fault {
            token = token.fault(fault);
            classes.push(format!("fault {fault:?}"));
        }
        let build = AssertUnwindSafe(|| self.built(&classes.join(" + "), keytab, token));
        // What contradicts itself is not built.
        match catch_unwind(build) {
            Ok(case) => case,
            Err(_) => self.changed(),
        }
    }

    /// A bit, an octet, or an end that is missing.
    fn in_octets(&mut self) -> Case {
        let original = &self.originals[self.seeded.below(self.originals.len())];
        let flipped = Flipped::new(&original.name, original.token.clone());
        let at = self.seeded.below(flipped.token.len());
        let bit = at * 8 + self.seeded.below(8);
        let flip = flipped.flip(bit);
        let field = flip.field;
        let octet = u8::try_from(self.seeded.below(256)).unwrap_or(0);
        let mut token = original.token.clone();
        let what = match self.seeded.below(5) {
            0 => {
                token.truncate(at);
                "cut"
            }
            1 => {
                token.insert(at, octet);
                "put in"
            }
            2 => {
                token.remove(at);
                "taken out"
            }
            _ => {
                token = flip.token;
                "flip"
            }
        };
        Case::of(format!("octets {field}: {what}"), &original.keytab, token)
    }

    fn changed(&mut self) -> Case {
        let original = self.originals[self.seeded.below(self.originals.len())].clone();
        let count = 1 + self.seeded.below(4) / 3;
        let part = Part::ALL[self.seeded.below(Part::ALL.len())];
        match original.changed(part, count, &mut self.seeded) {
            Some((class, token)) => Case::of(class, &original.keytab, token),
            None => self.in_octets(),
        }
    }
}
