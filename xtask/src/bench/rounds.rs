//! The rounds: everybody gets the same tokens, one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::contestant::Contestant;
use super::rivals::{Kind, Rival, Rivals, Shows};
use super::statistics::{Spread, quantile};

/// The service key's encryption type: aes256-cts-hmac-sha1-96.
const ETYPE: &str = "18";
/// Octets of a ticket's ciphertext: what a KDC adds to a PAC of one group, and what groups make of
/// it.
pub(super) const SIZES: [usize; 4] = [750, 1536, 4096, 12288];
/// One to see who comes, and groups of eight.
const TOKENS: usize = 161;
/// The ticket with which all is compared that does not depend on its size.
const SIZE_OF_OTHERS: usize = 1536;

/// One column of one row.
pub(super) struct Figure {
    pub(super) rival: String,
    pub(super) kind: Kind,
    pub(super) octets: usize,
    pub(super) shows: Option<Shows>,
    /// The median of each round, in nanoseconds.
    pub(super) rounds: Vec<f64>,
}

/// All of them, in the order in which the rivals were given.
pub(super) struct Results {
    pub(super) figures: Vec<Figure>,
}

struct Runner<'r> {
    rival: &'r Rival,
    process: Contestant,
}

/// Lets everybody run.
pub(super) fn run(directory: &Path, rivals: &Rivals, rounds: usize) -> Result<Results, String> {
    let (keytab, file) = (directory.join("keytab"), directory.join("tokens"));
    let mut source = Source::start(&rivals.tokens, &keytab, file)?;
    let mut runners = Vec::new();
    for rival in &rivals.all {
        match started(rival, &keytab, &mut source) {
            Ok(process) => runners.push(Runner { rival, process }),
            Err(why) => println!("left out: {}: {why}", rival.name),
        }
    }
    let mut results = Results {
        figures: Vec::new(),
    };
    for round in 0..rounds {
        println!("round {} of {rounds}", round.saturating_add(1));
        for (kind, octets) in workloads() {
            source.write(kind, octets)?;
            let places = runners.len();
            for place in 0..places {
                let Some(runner) = runners.get_mut((place + round) % places) else {
                    continue;
                };
                if !runner.rival.does(kind, octets) {
                    continue;
                }
                let costs = runner.process.accept(&source.file)?;
                results.add(runner.rival, kind, octets, quantile(&costs, 0.5));
            }
        }
    }
    results.sort(&rivals.all);
    Ok(results)
}

fn workloads() -> impl Iterator<Item = (Kind, usize)> {
    let kinds = [Kind::First, Kind::Spnego, Kind::Repeated];
    kinds
        .into_iter()
        .flat_map(|kind| SIZES.map(|octets| (kind, octets)))
}

fn started(rival: &Rival, keytab: &Path, source: &mut Source) -> Result<Contestant, String> {
    let mut process = Contestant::start(&mut rival.command(keytab))?;
    for _ in 0..rival.warm_up {
        source.write(
            rival.kinds.first().copied().unwrap_or(Kind::First),
            SIZE_OF_OTHERS,
        )?;
        process.accept(&source.file)?;
    }
    Ok(process)
}

impl Rival {
    fn does(&self, kind: Kind, octets: usize) -> bool {
        self.kinds.contains(&kind) && (self.shows.is_none() || octets == SIZE_OF_OTHERS)
    }
}

impl Results {
    fn add(&mut self, rival: &Rival, kind: Kind, octets: usize, cost: f64) {
        let same = |figure: &&mut Figure| {
            figure.rival == rival.name
                && figure.shows == rival.shows
                && (figure.kind, figure.octets) == (kind, octets)
        };
        match self.figures.iter_mut().find(same) {
            Some(figure) => figure.rounds.push(cost),
            None => self.figures.push(Figure {
                rival: rival.name.clone(),
                kind,
                octets,
                shows: rival.shows,
                rounds: vec![cost],
            }),
        }
    }

    fn sort(&mut self, rivals: &[Rival]) {
        let place = |figure: &Figure| rivals.iter().position(|rival| rival.name == figure.rival);
        self.figures.sort_by_key(place);
    }

    /// The names, each once.
    pub(super) fn rivals(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for figure in &self.figures {
            if !names.contains(&figure.rival.as_str()) {
                names.push(&figure.rival);
            }
        }
        names
    }

    /// What one of them needs for one workload.
    pub(super) fn spread(&self, rival: &str, kind: Kind, octets: usize) -> Option<Spread> {
        let found = self.figures.iter().find(|figure| {
            figure.rival == rival
                && figure.shows.is_none()
                && (figure.kind, figure.octets) == (kind, octets)
        });
        found.map(|figure| Spread::of(&figure.rounds))
    }

    /// What one of them needs for what it is here to show.
    pub(super) fn shown(&self, rival: &str, shows: Shows) -> Option<Spread> {
        let mut figures = self.figures.iter();
        let found = figures.find(|figure| figure.rival == rival && figure.shows == Some(shows));
        found.map(|figure| Spread::of(&figure.rounds))
    }

    /// How often the floor of the same round one of them needs: what slows a round slows both.
    pub(super) fn of_floor(&self, rival: &str, kind: Kind, octets: usize) -> Option<f64> {
        let rounds = |name: &str, kind| {
            let found = self.figures.iter().find(|figure| {
                figure.rival == name
                    && figure.shows.is_none()
                    && (figure.kind, figure.octets) == (kind, octets)
            });
            found.map(|figure| figure.rounds.as_slice())
        };
        let (own, floor) = (rounds(rival, kind)?, rounds("floor", Kind::First)?);
        let ratios: Vec<f64> = own
            .iter()
            .zip(floor)
            .map(|(own, floor)| own / floor)
            .collect();
        Some(quantile(&ratios, 0.5))
    }
}

/// The program that makes tokens.
struct Source {
    process: Contestant,
    file: PathBuf,
}

impl Source {
    fn start(program: &Path, keytab: &Path, file: PathBuf) -> Result<Self, String> {
        let mut command = Command::new(program);
        let process = Contestant::start(command.args(["tokens", ETYPE]).arg(keytab))?;
        let mut source = Self { process, file };
        source.write(Kind::First, SIZE_OF_OTHERS)?; // then the keytab is there, too
        Ok(source)
    }

    fn write(&mut self, kind: Kind, octets: usize) -> Result<(), String> {
        let (envelope, ticket_use) = match kind {
            Kind::First => ("gss", "first"),
            Kind::Spnego => ("spnego", "first"),
            Kind::Repeated => ("gss", "repeated"),
        };
        let file = self.file.display();
        let line = format!("{envelope} {ticket_use} {octets} {TOKENS} {file}");
        self.process.ask(&line).map(drop)
    }
}
