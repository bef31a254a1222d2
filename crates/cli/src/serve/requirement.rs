//! [`Requirements`]: who of the proven clients may come in, and where.
//!
//! A request has to meet the requirements of every route that its path is below. Applications read
//! paths in many ways, so one is looked at in each of them: as it was sent and decoded, with `;`
//! parameters and without. What can be read in too many is refused: dot segments are, as it depends
//! on everything else in a path where they lead.

use super::client::Client;
use super::config::{Config, Requirement, RoutePath};
use core::cell::LazyCell;
use core::fmt;

/// How many times gateways one behind the other may decode a path.
const MOST_DECODINGS: usize = 3;

/// What the parts of the site require.
#[derive(Clone, Debug)]
pub(super) struct Requirements {
    everywhere: Requirement,
    status: Requirement,
    routes: Vec<(RoutePath, Requirement)>,
}

/// Why a proven client may not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Forbidden {
    /// It lacks what is required.
    Unmet {
        /// Where; empty is everywhere.
        path: String,
        what: &'static str,
        /// Any of which would do.
        wanted: Vec<String>,
    },
    /// Nobody can tell which routes the path is below.
    Path,
}

impl Requirements {
    pub(super) fn new(config: &Config) -> Self {
        let routes = config.routes.iter();
        Self {
            everywhere: config.authorize.clone(),
            status: config.status.require.clone(),
            routes: routes
                .map(|route| (route.path.clone(), route.require.clone()))
                .collect(),
        }
    }

    /// Whether this client may see the status page.
    pub(super) fn permit_status(&self, client: &Client) -> Result<(), Forbidden> {
        permit(&self.status, "status", client)
    }

    /// Whether this client may have what is at this path.
    pub(super) fn permit(&self, client: &Client, path: &str) -> Result<(), Forbidden> {
        permit(&self.everywhere, "", client)?;
        if self.routes.is_empty() {
            return Ok(());
        }
        let readings = readings(path).ok_or(Forbidden::Path)?;
        let below = |route: &RoutePath| readings.iter().any(|path| route.below(path).is_some());
        let mut all = self.routes.iter().filter(|(route, _)| below(route));
        all.try_for_each(|(route, requirement)| permit(requirement, route.as_str(), client))
    }
}

fn permit(requirement: &Requirement, path: &str, client: &Client) -> Result<(), Forbidden> {
    let Requirement {
        users,
        groups,
        realms,
        indicators,
    } = requirement;
    let principal = LazyCell::new(|| client.principal.to_string());
    let is_user = |user: &String| *user == client.user || *user == *principal;
    let realm = client.principal.realm().0;
    let lacks =
        |what: &'static str, wanted: &[String], meets: &dyn Fn(&String) -> bool| match wanted
            .is_empty()
            || wanted.iter().any(meets)
        {
            true => Ok(()),
            false => Err(Forbidden::Unmet {
                path: path.to_owned(),
                what,
                wanted: wanted.to_vec(),
            }),
        };
    lacks("users", users, &is_user)?;
    lacks("groups", groups, &|group| client.groups.contains(group))?;
    lacks("realms", realms, &|wanted| realm == wanted.as_bytes())?;
    lacks("indicators", indicators, &|indicator| {
        client.indicators.contains(indicator)
    })
}

/// What an application may take `path` for; `None` if that is too much to tell.
fn readings(path: &str) -> Option<Vec<String>> {
    let mut readings = Vec::new();
    let readable = is_encoded_text(path) && read(path, 0, &mut readings);
    readable.then_some(readings)
}

/// Adds what a reader takes `path` for, and whoever decodes it further; whether that can be told.
fn read(path: &str, decodings: usize, readings: &mut Vec<String>) -> bool {
    // Some drop parameters before they decode and some after, so that an encoded slash is or is not
    // among what is dropped.
    let bare = without_parameters(path);
    [path, &bare].into_iter().all(|path| {
        if path.contains('\\') || path.contains(char::is_control) || has_dot_steps(path) {
            return false;
        }
        readings.push(with_single_slashes(path));
        // Who decodes twice sees another path than who decodes once.
        let decoded = decode(path);
        decoded == path
            || decodings < MOST_DECODINGS && read(&decoded, decodings.saturating_add(1), readings)
    })
}

/// Whether there is a step back or none at all in it. Clients have taken them out before they ask
/// (RFC 3986 §5.2.4); what they come to depends on which slashes and dots are decoded first.
fn has_dot_steps(path: &str) -> bool {
    let mut steps = path.split(['/', '?', '#']);
    steps.any(|step| step == "." || step == "..")
}

/// Whether it is text, and after each `%` two digits stand (RFC 3986 §2.1).
fn is_encoded_text(path: &str) -> bool {
    let mut parts = path.split('%');
    let _ = parts.next();
    parts.all(|part| escaped(part).is_some()) && String::from_utf8(octets(path)).is_ok()
}

/// The octet that these digits are for, and what is after them.
fn escaped(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let octet = u8::from_str_radix(digits, 16).ok().filter(|_| all_digits);
    octet.map(|octet| (octet, rest))
}

/// What is there when it is decoded once; a `%` that encodes nothing stays.
fn decode(path: &str) -> String {
    String::from_utf8_lossy(&octets(path)).into_owned()
}

fn octets(path: &str) -> Vec<u8> {
    let mut parts = path.split('%');
    let mut octets = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (octet, rest) = escaped(part).unwrap_or((b'%', part));
        octets.push(octet);
        octets.extend_from_slice(rest.as_bytes());
    }
    octets
}

/// Several slashes are one to many, and `?` and `#` are an end to who looks for them too late.
fn with_single_slashes(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let steps: Vec<_> = path.split('/').filter(|step| !step.is_empty()).collect();
    format!("/{}", steps.join("/"))
}

/// Servlet containers look at a step without what follows its `;`.
fn without_parameters(path: &str) -> String {
    let bare = |step: &'_ str| step.split(';').next().unwrap_or_default().to_owned();
    path.split('/').map(bare).collect::<Vec<_>>().join("/")
}

impl Forbidden {
    /// One word for metrics and logs, the same across releases.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Unmet { what, .. } => what,
            Self::Path => "path",
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmet { path, what, wanted } if path.is_empty() => {
                write!(f, "authorize.{what}: {}", wanted.join(", "))
            }
            Self::Unmet { path, what, wanted } if path == "status" => {
                write!(f, "status.require.{what}: {}", wanted.join(", "))
            }
            Self::Unmet { path, what, wanted } => {
                write!(f, "route {path} require.{what}: {}", wanted.join(", "))
            }
            Self::Path => f.write_str("path: it can be read in more than one way"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Client {
        Client {
            principal: "alice@EXAMPLE.TEST".parse().unwrap(),
            user: "alice".to_owned(),
            shown: "Alice".to_owned(),
            groups: vec!["staff".to_owned()],
            indicators: vec!["otp".to_owned()],
            ccache: None,
        }
    }

    fn requirements(text: &str) -> Requirements {
        Requirements::new(&Config::parse(text).unwrap())
    }

    fn permitted(text: &str) -> bool {
        requirements(text).permit(&alice(), "/").is_ok()
    }

    #[test]
    fn without_requirements_every_proven_client_comes_in() {
        assert!(permitted(""));
    }

    #[test]
    fn one_of_each_list_will_do() {
        for met in [
            "users = ['bob', 'alice']",
            "users = ['alice@EXAMPLE.TEST']",
            "groups = ['staff', 'x']",
            "realms = ['EXAMPLE.TEST']",
            "indicators = ['otp']",
            "groups = ['staff']\nrealms = ['EXAMPLE.TEST']",
        ] {
            assert!(permitted(&format!("[authorize]\n{met}")), "{met}");
        }
        for unmet in [
            "users = ['bob']",
            "users = ['alice@OTHER.TEST']",
            "groups = ['x']",
            "realms = ['example.test']",
            "indicators = ['pkinit']",
            "groups = ['staff']\nrealms = ['OTHER.TEST']",
        ] {
            assert!(!permitted(&format!("[authorize]\n{unmet}")), "{unmet}");
        }
    }

    #[test]
    fn a_route_is_guarded_however_its_path_is_written() {
        let guarded = requirements("[[route]]\npath = '/admin'\nrequire.groups = ['admins']");
        for path in [
            "/admin",
            "/admin/",
            "/admin/x",
            "//admin",
            "/./admin",
            "/x/../admin",
            "/%61dmin",
            "/admin;x=1/y",
            "/x/%2e%2e/admin",
            "/..;/admin",
            "/%2561dmin",
            "/a%",
            "/a%00b",
            "/x\\..\\admin",
            "/%ff",
            "/a%2fb/../admin",
            "/a%2Fb/%2e%2e/admin",
            "/a%252fb/..%2fadmin",
            "/a%5cb/admin",
            "/a;b%2f..%2fc/admin",
            "/a/..?/admin",
            "/100%25/%252e%252e/admin",
            "/x//../admin",
            "/admin%3fx",
            "/admin%23x",
            "/admin%2fx",
            "/admin%253bx/y",
            "/x/../y",
            "/x/.",
            "/%2525252561",
        ] {
            assert!(guarded.permit(&alice(), path).is_err(), "{path}");
        }
        for path in [
            "/",
            "/administrator",
            "/x/admin",
            "/100%25",
            "/%25ff",
            "/a..b/...",
            "/a%2fb",
        ] {
            assert!(guarded.permit(&alice(), path).is_ok(), "{path}");
        }
    }

    #[test]
    fn parameters_may_hide_a_slash() {
        let guarded = requirements("[[route]]\npath = '/a/b'\nrequire.groups = ['admins']");
        for path in ["/a;x%2fy/b", "/a;x%252fy/b", "/a%3bx/b", "/a;/b;", "/a/b;x"] {
            assert!(guarded.permit(&alice(), path).is_err(), "{path}");
        }
    }

    #[test]
    fn without_routes_a_path_may_be_anything() {
        assert!(requirements("").permit(&alice(), "/a%2f/../%").is_ok());
    }

    #[test]
    fn every_route_on_the_way_counts() {
        let guarded = requirements(
            "[[route]]\npath = '/a'\nrequire.groups = ['staff']\n\
             [[route]]\npath = '/a/b'\nrequire.users = ['bob']",
        );
        assert!(guarded.permit(&alice(), "/a").is_ok());
        let refused = guarded.permit(&alice(), "/a/b/c").unwrap_err();
        assert_eq!(refused.to_string(), "route /a/b require.users: bob");
    }
}
