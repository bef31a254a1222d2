//! `docs/performance.md` and the plots, written anew from a run. What people wrote around the
//! tables stays.

use std::fs;
use std::io;
use std::path::Path;

use super::machine::Machine;
use super::plot::{Axes, Line, svg};
use super::rivals::{Kind, Shows};
use super::rounds::{Results, SIZES};
use super::statistics::Spread;
use super::table;

const BEGIN: &str = "<!-- begin: cargo xtask bench --peers --write -->";
const END: &str = "<!-- end -->";

/// Writes all three.
pub(super) fn write(root: &Path, machine: &Machine, results: &Results) -> io::Result<()> {
    let docs = root.join("docs");
    let path = docs.join("performance.md");
    let old = fs::read_to_string(&path)?;
    let facts = machine.facts.iter();
    let facts: Vec<String> = facts
        .map(|(what, value)| format!("- {what}: {value}"))
        .collect();
    let measured = format!("{}\n\n{}", facts.join("\n"), table::text(results));
    fs::write(path, replaced(&old, &measured))?;
    fs::write(docs.join("accept-by-ticket.svg"), by_ticket(results))?;
    fs::write(docs.join("accept-by-entries.svg"), by_entries(results))
}

/// The text with what is between the marks changed.
fn replaced(old: &str, new: &str) -> String {
    let before = old.split(BEGIN).next().unwrap_or_default();
    let after = old.split(END).nth(1).unwrap_or_default();
    format!("{before}{BEGIN}\n{new}\n{END}{after}")
}

fn by_ticket(results: &Results) -> String {
    let mut lines = Vec::new();
    for rival in results.rivals() {
        if rival.contains("musl") {
            continue;
        }
        lines.extend(line(results, rival, Kind::First, short(rival)));
        if rival == "portcullis" {
            lines.extend(line(
                results,
                rival,
                Kind::Repeated,
                "portcullis, repeated".to_owned(),
            ));
        }
    }
    let marks = SIZES
        .map(|octets| (octets as f64, octets.to_string()))
        .to_vec();
    let axes = Axes {
        title: "Time of one accept (logarithmic)",
        horizontal: "octets of the ticket",
        marks,
    };
    svg(&axes, &lines)
}

fn line(results: &Results, rival: &str, kind: Kind, name: String) -> Option<Line> {
    let point = |octets: usize| {
        let spread = results.spread(rival, kind, octets)?;
        Some((octets as f64, spread.median / 1000.0))
    };
    let points: Vec<_> = SIZES.into_iter().filter_map(point).collect();
    (!points.is_empty()).then_some(Line { name, points })
}

fn by_entries(results: &Results) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for figure in &results.figures {
        let Some(Shows::Records(entries)) = figure.shows else {
            continue;
        };
        let point = (entries as f64, Spread::of(&figure.rounds).median / 1000.0);
        match lines.iter_mut().find(|line| line.name == figure.rival) {
            Some(line) => line.points.push(point),
            None => lines.push(Line {
                name: figure.rival.clone(),
                points: vec![point],
            }),
        }
    }
    let marks = (3..=7)
        .map(|power| (10_f64.powi(power), format!("10^{power}")))
        .collect();
    let axes = Axes {
        title: "Time of one accept (logarithmic), ticket of 1.5 KB",
        horizontal: "records in the replay cache",
        marks,
    };
    svg(&axes, &lines)
}

/// A name that fits beside a line.
fn short(rival: &str) -> String {
    match rival.split_once(", ") {
        Some(("MIT krb5", rest)) if rest.starts_with("memory") => "MIT krb5 at its best".to_owned(),
        Some(("MIT krb5", _)) => "MIT krb5 as configured".to_owned(),
        Some((name, rest)) if name == "Heimdal" => format!("{name}, {rest}"),
        Some((name, _)) if name.starts_with("kerberos_asn1") => "kerberos_* assembled".to_owned(),
        Some((name, _)) => name.to_owned(),
        None => rival.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let old = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        assert_eq!(
            replaced(&old, "new"),
            format!("before\n{BEGIN}\nnew\n{END}\nafter\n")
        );
    }
}
