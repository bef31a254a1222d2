//! Where it was measured, and what.

use std::fs;
use std::process::Command;

/// One line for each fact.
pub(super) struct Machine {
    pub(super) facts: Vec<(&'static str, String)>,
}

/// Looks around.
pub(super) fn describe() -> Machine {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of_cpu = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split_once(':'));
        value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let flags = of_cpu("flags");
    let has = |flag: &&str| flags.split(' ').any(|word| word == *flag);
    let extensions: Vec<&str> = ["aes", "vaes", "avx512f", "sha_ni"]
        .into_iter()
        .filter(has)
        .collect();
    let processors = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let package = |name: &str| output(&["dpkg-query", "-W", "-f=${Version}", name]);
    Machine {
        facts: vec![
            (
                "processor",
                format!("{} ({processors} visible)", of_cpu("model name")),
            ),
            ("instructions", extensions.join(" ")),
            ("kernel", output(&["uname", "-sr"])),
            ("compiler", output(&["rustc", "--version"])),
            (
                "portcullis",
                output(&["git", "describe", "--always", "--dirty"]),
            ),
            ("MIT krb5", package("libgssapi-krb5-2")),
            ("Heimdal", candidate("libgssapi3-heimdal")),
            ("gokrb5", package("golang-github-jcmturner-gokrb5.v8-dev")),
            ("Go", output(&["go", "version"])),
            ("OpenJDK", package("openjdk-17-jre-headless")),
        ],
    }
}

impl Machine {
    pub(super) fn text(&self) -> String {
        let lines = self
            .facts
            .iter()
            .map(|(what, value)| format!("{what}: {value}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The version of a package that is not installed.
fn candidate(package: &str) -> String {
    let policy = output(&["apt-cache", "policy", package]);
    let line = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "));
    line.unwrap_or_default().to_owned()
}

fn output(words: &[&str]) -> String {
    let Some((program, arguments)) = words.split_first() else {
        return String::new();
    };
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}
