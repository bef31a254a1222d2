//! The page that tells the operator how it goes: what was refused, why, and what to do about it.
//!
//! It is readable on a phone and has no scripts. Whatever clients say is escaped.

use super::client::Client;
use super::ledger::Ledger;
use super::log::timestamp;
use super::verdict::{Finding, Verdict};
use super::within::plain;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderValue, Response, StatusCode};
use core::fmt::{self, Display, Formatter, Write as _};
use core::time::Duration;
use portcullis::Enctype;
use portcullis::keytab::KeytabKey;
use std::time::SystemTime;

const STYLE: &str = include_str!("status.css");

/// The page, for this operator.
pub(super) fn page(ledger: &Ledger, operator: &Client) -> Response<Body> {
    let mut text = String::new();
    if write(&mut text, ledger, operator).is_err() {
        return plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the page cannot be written",
        );
    }
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri \
             'none'; form-action 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn write(page: &mut String, ledger: &Ledger, operator: &Client) -> fmt::Result {
    write!(
        page,
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width, initial-scale=1\"><title>Portcullis</title>\
         <style>{STYLE}</style></head><body><header><h1>Portcullis</h1><p>You are {}. \
         <a href=\"\">Look again</a></p></header><main>",
        Text(&operator.principal.to_string())
    )?;
    numbers(page, ledger)?;
    refused(page, &ledger.recent.refused())?;
    admitted(page, &ledger.recent.admitted())?;
    keys(page, ledger)?;
    latencies(page, ledger)?;
    page.push_str("</main></body></html>\n");
    Ok(())
}

fn numbers(page: &mut String, ledger: &Ledger) -> fmt::Result {
    let up = ledger.started.1.elapsed();
    let by_start = ledger.started.0.checked_add(up);
    write!(
        page,
        "<section><h2>Now</h2><dl><dt>Our clock</dt><dd>{}</dd><dt>Up for</dt><dd>{}</dd>\
         <dt>Clock since the start</dt><dd>{}</dd><dt>Replay cache</dt><dd>{}",
        timestamp(SystemTime::now()),
        Span(up),
        Drift(by_start),
        ledger.replay.name(),
    )?;
    if let Some((records, capacity)) = ledger.replay.fill() {
        let high = capacity.saturating_sub(capacity / 5);
        write!(
            page,
            ", {records} of {capacity}<meter max={capacity} value={records} high={high}></meter>"
        )?;
    }
    page.push_str("</dd>");
    for ((outcome, kind), count) in ledger.metrics.verdicts() {
        let dash = if kind.is_empty() { "" } else { ": " };
        write!(page, "<dt>{outcome}{dash}{kind}</dt><dd>{count}</dd>")?;
    }
    page.push_str("</dl></section>");
    Ok(())
}

fn refused(page: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    page.push_str("<section><h2>Who was not let in</h2>");
    if verdicts.is_empty() {
        page.push_str("<p>Nobody.</p>");
    }
    for verdict in verdicts {
        let finding = &verdict.finding;
        write!(page, "<article class={}>", finding.outcome())?;
        heading(page, verdict)?;
        match finding {
            Finding::Refused(reason) | Finding::Failed(reason) => write!(
                page,
                "<p>{}</p><p class=remedy>{}</p>",
                Text(&reason.text),
                Text(reason.remedy)
            )?,
            Finding::Forbidden { client, rule, .. } => {
                write!(page, "<p>{} lacks {}</p>", Text(client), Text(rule))?;
            }
            Finding::AnotherLeg => page.push_str("<p>A token of several: told to go on.</p>"),
            Finding::LoggedOut => page.push_str("<p>The session is over.</p>"),
            // Neither stands in this list.
            Finding::Accepted(_) | Finding::Preflight | Finding::Challenged => {}
        }
        page.push_str("</article>");
    }
    page.push_str("</section>");
    Ok(())
}

fn admitted(page: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    page.push_str("<section><h2>Who was let in</h2>");
    for verdict in verdicts {
        if let Finding::Accepted(admitted) = &verdict.finding {
            page.push_str("<article class=accepted>");
            heading(page, verdict)?;
            write!(page, "<p>{}", Text(&admitted.client))?;
            if admitted.user != admitted.client {
                write!(page, " as {}", Text(&admitted.user))?;
            }
            page.push_str("</p></article>");
        }
    }
    page.push_str("</section>");
    Ok(())
}

fn heading(page: &mut String, verdict: &Verdict) -> fmt::Result {
    let about = &verdict.about;
    let peer = || about.peer.map(|peer| peer.ip().to_string());
    let from = about
        .forwarded_for
        .clone()
        .or_else(peer)
        .unwrap_or_default();
    write!(
        page,
        "<h3><code>{}</code> {} {}</h3><p class=about>{} {} {}</p><p class=about>{} {}</p>",
        verdict.id,
        verdict.finding.outcome(),
        verdict.finding.kind(),
        verdict.status.as_u16(),
        Text(&about.method),
        Text(&about.path),
        timestamp(verdict.at),
        Text(&from),
    )
}

fn keys(page: &mut String, ledger: &Ledger) -> fmt::Result {
    let keys = ledger.keys();
    let read = keys.read.map(timestamp).unwrap_or_default();
    write!(page, "<section><h2>Keytab</h2><p>Read at {read}.</p><ul>")?;
    for KeytabKey {
        principal,
        kvno,
        etype,
        ..
    } in &keys.usable
    {
        let weak = Enctype::try_from(etype.0).is_ok_and(|enctype| enctype.is_weak());
        let mark = if weak { " (weak)" } else { "" };
        let principal = principal.to_string();
        write!(
            page,
            "<li>{} <small>kvno {kvno}, {etype}{mark}</small></li>",
            Text(&principal)
        )?;
    }
    for KeytabKey {
        principal,
        kvno,
        etype,
        ..
    } in &keys.ignored
    {
        let principal = principal.to_string();
        write!(
            page,
            "<li>{} <small>kvno {kvno}, {etype}: ignored</small></li>",
            Text(&principal)
        )?;
    }
    page.push_str("</ul></section>");
    Ok(())
}

fn latencies(page: &mut String, ledger: &Ledger) -> fmt::Result {
    let latencies = ledger.metrics.latencies();
    let most = latencies
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or_default()
        .max(1);
    page.push_str("<section><h2>How long verdicts took</h2><dl>");
    for (bound, count) in latencies {
        let bound = match bound {
            Some(micros) => format!("up to {}", Span(Duration::from_micros(micros))),
            None => "longer".to_owned(),
        };
        write!(
            page,
            "<dt>{bound}</dt><dd>{count}<meter max={most} value={count}></meter></dd>"
        )?;
    }
    page.push_str("</dl></section>");
    Ok(())
}

/// Text as HTML has it, without what would tear a line apart.
struct Text<'t>(&'t str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            _ if letter.is_control() => f.write_char('\u{fffd}'),
            _ => f.write_char(letter),
        })
    }
}

/// A time span in the largest unit that fits.
struct Span(Duration);

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0.as_secs(), self.0.as_micros());
        match micros {
            0..1_000 => write!(f, "{micros} µs"),
            1_000..1_000_000 => match (micros / 1_000, micros % 1_000 / 100) {
                (millis, 0) | (millis @ 10.., _) => write!(f, "{millis} ms"),
                (millis, tenths) => write!(f, "{millis}.{tenths} ms"),
            },
            _ if seconds < 60 => write!(f, "{seconds} s"),
            _ if seconds < 3600 => write!(f, "{} min", seconds / 60),
            _ => write!(f, "{} h {} min", seconds / 3600, seconds % 3600 / 60),
        }
    }
}

/// How far the clock is from where it should be by the time that passed since the start.
struct Drift(Option<SystemTime>);

impl Display for Drift {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (now, should) = (SystemTime::now(), self.0.unwrap_or_else(SystemTime::now));
        let (word, by) = match now.duration_since(should) {
            Ok(ahead) => ("ahead", ahead),
            Err(error) => ("back", error.duration()),
        };
        match by.as_secs() {
            0 => f.write_str("not set"),
            _ => write!(f, "set {word} by {}", Span(by)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_say_is_text() {
        let hostile = Text("<script>alert('x')</script>&\"\n");
        assert_eq!(
            hostile.to_string(),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;\u{fffd}"
        );
    }

    #[test]
    fn spans_have_one_unit() {
        let span = |micros| Span(Duration::from_micros(micros)).to_string();
        assert_eq!(span(50), "50 µs");
        assert_eq!(span(2_500), "2.5 ms");
        assert_eq!(span(25_500), "25 ms");
        assert_eq!(span(1_000), "1 ms");
        assert_eq!(span(10_000_000), "10 s");
        assert_eq!(span(90_000_000), "1 min");
        assert_eq!(span(7_260_000_000), "2 h 1 min");
    }
}
