//! `portcullis migrate`: a web server's Kerberos settings as the configuration of `portcullis serve`.
//!
//! | file | what it does |
//! | --- | --- |
//! | `apache`, `nginx` | the directives of each server, and what they mean here |
//! | `apache_require` | who may come in, as Apache says it |
//! | `apache_passwords`, `nginx_passwords` | names and passwords beside tickets |
//! | `apache_syntax`, `nginx_syntax` | their files, as directives in sections |
//! | `draft` | what was understood, and what was not, as TOML |

mod apache;
mod apache_passwords;
mod apache_require;
mod apache_syntax;
mod draft;
mod nginx;
mod nginx_passwords;
mod nginx_syntax;

use crate::args::{MigrateArguments, WebServer};
use crate::failure::Failure;
use crate::say::say;
use draft::Draft;
use std::process::ExitCode;

/// Where nothing is over TLS.
const IN_CLEAR: &str = "passwords are not asked for here: they are taken over TLS alone, and this \
                        file switches on none";

/// Where it is not clear which service passwords are for.
const NAMELESS: &str = "passwords are not asked for here: name the service in passwords.service and \
                        its realm's KDCs in passwords.kdcs";

/// The exit status when something is left to be done by hand.
const BY_HAND: u8 = 1;

/// A directive of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Directive {
    line: usize,
    name: String,
    arguments: Vec<String>,
    /// The sections around it, the outermost first.
    sections: Vec<Section>,
}

/// What encloses directives.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    /// Which of the file's it is: two may be called the same.
    number: usize,
    name: String,
    arguments: Vec<String>,
}

impl Directive {
    /// Its name in lower case, as neither server minds.
    fn key(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// All arguments, with a blank between.
    fn text(&self) -> String {
        self.arguments.join(" ")
    }

    /// Itself, as it is written.
    fn whole(&self) -> String {
        format!("{} {}", self.name, self.text())
    }

    /// The host that it is for alone: a `<VirtualHost>`, or a `server`.
    fn host(&self) -> Option<&Section> {
        let is_host = |it: &&Section| {
            ["virtualhost", "server"].contains(&it.name.to_ascii_lowercase().as_str())
        };
        self.sections.iter().find(is_host)
    }

    /// Whether it switches something on.
    fn is_on(&self) -> bool {
        let first = self.arguments.first().map(|it| it.to_ascii_lowercase());
        matches!(first.as_deref(), Some("on" | "yes" | "true" | "1"))
    }
}

/// Prints the configuration that does what the file does.
pub(crate) fn run(arguments: &MigrateArguments) -> Result<ExitCode, Failure> {
    let path = &arguments.file;
    let text = std::fs::read_to_string(path).map_err(Failure::reading(path))?;
    let mut draft = Draft::default();
    match arguments.server {
        WebServer::Apache => {
            let directives = apache_syntax::read(&text, &mut draft);
            apache::translate(&directives, &mut draft);
        }
        WebServer::Nginx => {
            let directives = nginx_syntax::read(&text, &mut draft);
            nginx::translate(&directives, &mut draft);
        }
    }
    say(draft.text(path).trim_end())?;
    Ok(match draft.is_complete() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(BY_HAND),
    })
}
