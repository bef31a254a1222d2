//! [`Invitation`]: what is there, and what to type.

use super::directory::Directory;
use super::plan::{Plan, Service, User};
use super::shell::{Quoted, export_for_clients};
use core::fmt::{self, Display, Formatter};
use core::net::SocketAddr;
use portcullis_testrealm::TestRealm;

/// What is there, and what to type.
pub(super) struct Invitation<'a> {
    pub(super) plan: &'a Plan,
    pub(super) realm: &'a TestRealm,
    pub(super) directory: &'a Directory,
    pub(super) address: SocketAddr,
}

impl Display for Invitation<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (path, realm) = (self.directory.path(), self.plan.name.as_str());
        let keytab = path.join("services.keytab");
        writeln!(
            f,
            "The realm {realm}, for tests only: its KDC is on {}, UDP and TCP.\n",
            self.address
        )?;
        writeln!(f, "For clients, and for services:\n")?;
        writeln!(f, "  {}", export_for_clients(path))?;
        writeln!(f, "  export KRB5_KTNAME={}\n", Quoted(keytab.display()))?;
        for user in self.plan.users.iter().take(1) {
            self.log_in(f, user)?;
        }
        for service in self.plan.services.iter().take(1) {
            call(f, service)?;
        }
        self.list_groups(f)?;
        let goes = if self.directory.goes() {
            "; they go with the realm"
        } else {
            ""
        };
        write!(
            f,
            "The keytabs of all services and users, and passwords.txt, are in\n{}{goes}. \
             Interrupt (Ctrl-C) to end.",
            path.display()
        )
    }
}

impl Invitation<'_> {
    /// What a service sees of groups, and it sees no names.
    fn list_groups(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let groups = self.plan.groups();
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(f, "The groups, which tickets name by their SIDs:\n")?;
        for (group, members) in groups {
            let sid = self.realm.group(group).sid();
            writeln!(f, "  {sid}  {group}: {}", members.join(", "))?;
        }
        writeln!(f)
    }

    fn log_in(&self, f: &mut Formatter<'_>, user: &User) -> fmt::Result {
        let name = user.principal.display_without_realm();
        let keytab = self.directory.path().join(user.keytab());
        writeln!(
            f,
            "Log in (the password of {name} is {}):\n",
            user.password()
        )?;
        writeln!(f, "  kinit {}", Quoted(&name))?;
        writeln!(
            f,
            "  kinit -k -t {} {}\n",
            Quoted(keytab.display()),
            Quoted(&name)
        )
    }
}

/// Gets a ticket for the service, and a page if it has pages.
fn call(f: &mut Formatter<'_>, service: &Service) -> fmt::Result {
    let name = service.principal.display_without_realm().to_string();
    writeln!(f, "Get a ticket for {name}:\n\n  kvno {}\n", Quoted(&name))?;
    let Some(host) = name.strip_prefix("HTTP/") else {
        return Ok(());
    };
    let url = format!("http://{host}:8080/");
    writeln!(
        f,
        "And a page of your server, if it is on port 8080 and has services.keytab:\n"
    )?;
    writeln!(f, "  curl --negotiate -u : {}\n", Quoted(&url))
}
