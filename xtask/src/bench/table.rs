//! The result as a table, and as JSON.

use serde_json::{Value, json};

use super::machine::Machine;
use super::rivals::{Kind, MESSAGES, Shows};
use super::rounds::{Results, SIZES};
use super::statistics::Spread;

/// The rows: what is shown of whom.
const KINDS: [(Kind, &str); 3] = [
    (Kind::First, "first"),
    (Kind::Spnego, "SPNEGO"),
    (Kind::Repeated, "repeated"),
];

/// A table in Markdown: microseconds for each accept, the quartiles, and how often the floor.
pub(super) fn text(results: &Results) -> String {
    let mut lines = Vec::new();
    let heads = SIZES.map(|octets| format!("{octets} octets"));
    lines.push(format!("| µs per accept | {} |", heads.join(" | ")));
    lines.push(format!("| --- |{}", " --- |".repeat(SIZES.len())));
    for (kind, word) in KINDS {
        for rival in results.rivals() {
            let cells = SIZES.map(|octets| cell(results, rival, kind, octets));
            if cells.iter().all(Option::is_none) {
                continue;
            }
            let cells = cells.map(Option::unwrap_or_default);
            lines.push(format!("| {rival}, {word} | {} |", cells.join(" | ")));
        }
    }
    lines.push(String::new());
    lines.extend(entries(results));
    lines.push(String::new());
    lines.extend(messages(results));
    lines.join("\n")
}

fn cell(results: &Results, rival: &str, kind: Kind, octets: usize) -> Option<String> {
    let Spread {
        median,
        lower,
        upper,
    } = results.spread(rival, kind, octets)?;
    let [median, lower, upper] = [median, lower, upper].map(|figure| microseconds(figure / 1000.0));
    let ratio = results.of_floor(rival, kind, octets)?;
    let ratio = match ratio < 10.0 {
        true => format!("{ratio:.2}"),
        false => format!("{ratio:.0}"),
    };
    Some(format!("**{median}** ({lower}–{upper}) ×{ratio}"))
}

/// The second table: what records in the replay cache cost.
fn entries(results: &Results) -> Vec<String> {
    let mut lines = vec![
        "| records in the replay cache | µs per accept |".to_owned(),
        "| --- | --- |".to_owned(),
    ];
    for figure in &results.figures {
        if let Some(Shows::Records(entries)) = figure.shows {
            let median = microseconds(Spread::of(&figure.rounds).median / 1000.0);
            lines.push(format!("| {}, {entries} | {median} |", figure.rival));
        }
    }
    lines
}

/// The third table: what a sealed message costs.
fn messages(results: &Results) -> Vec<String> {
    let heads = MESSAGES.map(|octets| format!("{octets} octets"));
    let mut lines = vec![
        format!("| µs per sealed message | {} |", heads.join(" | ")),
        format!("| --- |{}", " --- |".repeat(MESSAGES.len())),
    ];
    for rival in results.rivals() {
        let cells = MESSAGES.map(|octets| {
            let Spread { median, .. } = results.shown(rival, Shows::Message(octets))?;
            let floor = results.shown("floor", Shows::Message(octets))?;
            let [cost, ratio] = [median / 1000.0, median / floor.median].map(microseconds);
            Some(format!("**{cost}** ×{ratio}"))
        });
        if cells.iter().any(Option::is_some) {
            let cells = cells.map(Option::unwrap_or_default);
            lines.push(format!("| {rival} | {} |", cells.join(" | ")));
        }
    }
    lines
}

fn microseconds(figure: f64) -> String {
    match figure < 20.0 {
        true => format!("{figure:.2}"),
        false => format!("{figure:.0}"),
    }
}

/// Everything that was measured.
pub(super) fn json(machine: &Machine, results: &Results) -> String {
    let facts = machine.facts.iter();
    let machine: Value = facts
        .map(|(what, value)| ((*what).to_owned(), json!(value)))
        .collect();
    let figures: Vec<Value> = results
        .figures
        .iter()
        .map(|figure| {
            let spread = Spread::of(&figure.rounds);
            json!({
                "rival": figure.rival,
                "workload": format!("{:?}", figure.kind).to_lowercase(),
                "ticket_octets": figure.octets,
                "replay_entries": match figure.shows {
                    Some(Shows::Records(records)) => json!(records),
                    _ => Value::Null,
                },
                "message_octets": match figure.shows {
                    Some(Shows::Message(octets)) => json!(octets),
                    _ => Value::Null,
                },
                "nanoseconds": spread.median,
                "lower_quartile": spread.lower,
                "upper_quartile": spread.upper,
                "rounds": figure.rounds,
            })
        })
        .collect();
    let all = json!({ "machine": machine, "figures": figures });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
