//! [`Log`]: lines on standard error, for people or for machines.
//!
//! Each line has a time, a level and an event, then what there is to say, by names that stay. There
//! is never a token, a key or a cookie in it.

use super::config::LogFormat;
use super::outlet::{self, Urgency};
use core::fmt::{self, Write as _};
use core::time::Duration;
use portcullis::formats::messages::KerberosTime;
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
    /// By name: the kind of value, and where it ends in `values`.
    fields: Vec<(&'static str, Kind, usize)>,
    /// One behind the other: there is a line for each request.
    values: String,
}

/// What a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

impl Log {
    pub(super) const fn new(format: LogFormat) -> Self {
        Self { format }
    }

    /// Writes a line, in one piece. That of somebody who may come in can wait for others.
    pub(super) fn write(&self, line: &Line) {
        let mut text = line.text(self.format, SystemTime::now());
        text.push('\n');
        outlet::put(&text, line.urgency());
    }
}

impl Line {
    pub(super) fn new(level: Level, event: &'static str) -> Self {
        Self {
            level,
            event,
            fields: Vec::with_capacity(16),
            values: String::with_capacity(256),
        }
    }

    pub(super) fn text_field(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.field(name, Kind::Text, value)
    }

    pub(super) fn number(self, name: &'static str, value: u64) -> Self {
        self.field(name, Kind::Number, value)
    }

    /// Nothing where there is nothing to say.
    pub(super) fn optional(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.text_field(name, value),
            None => self,
        }
    }

    fn field(mut self, name: &'static str, kind: Kind, value: impl fmt::Display) -> Self {
        // Writing into a String does not fail.
        let _ = write!(self.values, "{value}");
        self.fields.push((name, kind, self.values.len()));
        self
    }

    fn urgency(&self) -> Urgency {
        match self.level {
            Level::Info => Urgency::Soon,
            Level::Warning | Level::Error => Urgency::AtOnce,
        }
    }

    fn text(&self, format: LogFormat, now: SystemTime) -> String {
        let put = match format {
            LogFormat::Text => plain,
            LogFormat::Json => json,
        };
        let mut line = String::with_capacity(self.values.len().saturating_add(256));
        put(&mut line, "time", Kind::Text, &timestamp(now));
        put(&mut line, "level", Kind::Text, self.level.name());
        put(&mut line, "event", Kind::Text, self.event);
        let mut begin = 0;
        for (name, kind, end) in &self.fields {
            let value = self.values.get(begin..*end).unwrap_or_default();
            put(&mut line, name, *kind, value);
            begin = *end;
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
fn plain(line: &mut String, name: &str, kind: Kind, value: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(name);
    line.push('=');
    match kind == Kind::Number || is_word(value) {
        true => line.push_str(value),
        false => _ = write!(line, "{value:?}"),
    }
}

fn json(line: &mut String, name: &str, kind: Kind, value: &str) {
    line.push(if line.is_empty() { '{' } else { ',' });
    let _ = match kind {
        Kind::Number => write!(line, "\"{name}\":{value}"),
        Kind::Text => write!(line, "\"{name}\":{}", serde_json::Value::from(value)),
    };
}

fn is_word(text: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_graphic() && octet != b'"' && octet != b'=';
    !text.is_empty() && text.bytes().all(plain)
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
