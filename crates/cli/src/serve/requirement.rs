//! [`Requirements`]: who of the proven clients may come in, and where.
//!
//! A request has to meet the requirements of every route that its path is below. Applications read
//! paths in many ways, so one is looked at in each of them: as it was sent and decoded, with `;`
//! parameters and without. Whatever cannot be read in one way only is refused.

use super::client::Client;
use super::config::{Config, Requirement, RoutePath};
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
    let principal = client.principal.to_string();
    let is_user = |user: &String| *user == client.user || *user == principal;
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
    let mut readings = vec![path.to_owned()];
    let mut decoded = decode(path)?;
    for _ in 0..MOST_DECODINGS {
        if decoded.contains(['\0', '\\']) || decoded.chars().any(char::is_control) {
            return None;
        }
        readings.push(resolve(&decoded));
        readings.push(resolve(&without_parameters(&decoded)));
        // Who decodes twice sees another path than who decodes once.
        match decode(&decoded) {
            Some(again) if again != decoded => decoded = again,
            _ => return Some(readings),
        }
    }
    None
}

/// RFC 3986 §2.1; `None` if it is not text, or has a `%` without two digits.
fn decode(path: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digit = |octet: u8| char::from(octet).to_digit(16);
                let (high, low) = (digit(digits[0])?, digit(digits[1])?);
                u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?
            }
            _ => octet,
        });
    }
    String::from_utf8(octets).ok()
}

/// RFC 3986 §5.2.4, with several slashes as one.
fn resolve(path: &str) -> String {
    let mut steps = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => _ = steps.pop(),
            _ => steps.push(step),
        }
    }
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
        ] {
            assert!(guarded.permit(&alice(), path).is_err(), "{path}");
        }
        for path in ["/", "/administrator", "/x/admin", "/admin/../x", "/100%25"] {
            let permitted = guarded.permit(&alice(), path);
            assert_eq!(permitted.is_ok(), path != "/admin/../x", "{path}");
        }
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
