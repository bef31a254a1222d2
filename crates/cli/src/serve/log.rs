//! [`Log`]: lines on standard error, for people or for machines.
//!
//! Each line has a time, a level and an event, then what there is to say, by names that stay. There
//! is never a token, a key or a cookie in it.

use super::config::LogFormat;
use core::fmt::Write as _;
use core::time::Duration;
use portcullis::formats::messages::KerberosTime;
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where lines go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    format: LogFormat,
}

/// Who should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
}

/// What happened.
#[derive(Debug)]
pub(super) struct Line {
    level: Level,
    event: &'static str,
    fields: Vec<(&'static str, Value)>,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(u64),
}

impl Log {
    pub(super) const fn new(format: LogFormat) -> Self {
        Self { format }
    }

    /// Writes a line, in one piece.
    pub(super) fn write(&self, line: &Line) {
        let mut text = line.text(self.format, SystemTime::now());
        text.push('\n');
        // Who closed standard error does not want to know.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

impl Line {
    pub(super) const fn new(level: Level, event: &'static str) -> Self {
        Self {
            level,
            event,
            fields: Vec::new(),
        }
    }

    pub(super) fn text_field(mut self, name: &'static str, value: impl ToString) -> Self {
        self.fields.push((name, Value::Text(value.to_string())));
        self
    }

    pub(super) fn number(mut self, name: &'static str, value: u64) -> Self {
        self.fields.push((name, Value::Number(value)));
        self
    }

    /// Nothing where there is nothing to say.
    pub(super) fn optional(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.text_field(name, value),
            None => self,
        }
    }

    fn text(&self, format: LogFormat, now: SystemTime) -> String {
        let head = [
            ("time", Value::Text(timestamp(now))),
            ("level", Value::Text(self.level.name().to_owned())),
            ("event", Value::Text(self.event.to_owned())),
        ];
        let fields = head.iter().chain(&self.fields);
        let mut line = String::new();
        for (name, value) in fields {
            match format {
                LogFormat::Text => plain(&mut line, name, value),
                LogFormat::Json => json(&mut line, name, value),
            }
        }
        if format == LogFormat::Json {
            line.push('}');
        }
        line
    }
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// `name=value`, in quotes where it would not be one word. Writing into a String does not fail.
fn plain(line: &mut String, name: &str, value: &Value) {
    if !line.is_empty() {
        line.push(' ');
    }
    let _ = match value {
        Value::Number(number) => write!(line, "{name}={number}"),
        Value::Text(text) if is_word(text) => write!(line, "{name}={text}"),
        Value::Text(text) => write!(line, "{name}={text:?}"),
    };
}

fn json(line: &mut String, name: &str, value: &Value) {
    line.push(if line.is_empty() { '{' } else { ',' });
    let _ = match value {
        Value::Number(number) => write!(line, "\"{name}\":{number}"),
        Value::Text(text) => write!(line, "\"{name}\":{}", serde_json::Value::from(&**text)),
    };
}

fn is_word(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_graphic() && letter != '"' && letter != '=';
    !text.is_empty() && text.chars().all(plain)
}

/// As RFC 3339 has it, to the millisecond.
pub(super) fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let whole = KerberosTime::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    let text = whole.to_string();
    format!(
        "{}.{:03}Z",
        text.trim_end_matches('Z'),
        since.subsec_millis()
    )
}

/// Microseconds, of which there are no more than a log can hold.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line::new(Level::Warning, "keytab")
            .text_field("path", "/etc/a b")
            .optional("nothing", None::<&str>)
            .text_field("client", "alice@EXAMPLE.TEST")
            .text_field("empty", "")
            .number("micros", 12)
    }

    fn then() -> SystemTime {
        let since = Duration::from_millis(1_795_423_936_007);
        UNIX_EPOCH.checked_add(since).unwrap()
    }

    #[test]
    fn a_line_for_people_has_quotes_where_they_are_needed() {
        assert_eq!(
            line().text(LogFormat::Text, then()),
            "time=2026-11-23T08:52:16.007Z level=warning event=keytab path=\"/etc/a b\" \
             client=alice@EXAMPLE.TEST empty=\"\" micros=12"
        );
    }

    #[test]
    fn a_line_for_machines_is_an_object() {
        assert_eq!(
            line().text(LogFormat::Json, then()),
            "{\"time\":\"2026-11-23T08:52:16.007Z\",\"level\":\"warning\",\"event\":\"keytab\",\
             \"path\":\"/etc/a b\",\"client\":\"alice@EXAMPLE.TEST\",\"empty\":\"\",\"micros\":12}"
        );
    }

    #[test]
    fn nothing_that_a_client_sends_makes_a_second_line() {
        let hostile =
            Line::new(Level::Info, "verdict").text_field("path", "/a\nlevel=error\u{1b}[2J");
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = hostile.text(format, then());
            assert!(!text.contains(['\n', '\u{1b}']), "{text}");
        }
    }
}
