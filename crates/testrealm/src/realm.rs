//! [`TestRealm`]: a name, a clock, and the keys that follow from the name.

use crate::kdc::{Account, Database, MiniKdc, Pacs};
use crate::must;
use crate::pac::{Sids, TestGroup};
use crate::random::Octets;
use crate::service::{ServiceBuilder, ServiceKey, TestService};
use crate::user::{TestUser, UserBuilder};
use core::time::Duration;
use portcullis::{Keytab, Principal};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::pac::Sid;
use portcullis_formats::registry::Kvno;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// 2026-01-01T00:00:00Z.
const START: Duration = Duration::from_secs(1_767_225_600);

/// The version of a KDC's key.
const KRBTGT_KVNO: Kvno = Kvno(1);

/// A realm: its services, its users, its clock. Clones share the clock.
#[derive(Clone, Debug)]
pub struct TestRealm(Arc<Realm>);

/// What services, users and tokens of a realm share.
#[derive(Debug)]
pub(crate) struct Realm {
    pub(crate) name: String,
    pub(crate) random: Arc<Octets>,
    /// What its KDC knows.
    pub(crate) database: Database,
    clock: Mutex<SystemTime>,
}

impl TestRealm {
    /// A realm of this name, at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self::of(name, Octets::of(name))
    }

    /// The same with other keys, which follow from `seed` as well: those of no other realm if it is
    /// random.
    #[must_use]
    pub fn with_seed(name: &str, seed: &[u8; 32]) -> Self {
        Self::of(name, Octets::of_seed(name, seed))
    }

    fn of(name: &str, random: Octets) -> Self {
        let start = UNIX_EPOCH.checked_add(START).unwrap_or(UNIX_EPOCH);
        let realm = Realm::at(name, Arc::new(random), start);
        realm.database.add(realm.kdc_account(&realm.krbtgt()));
        Self(Arc::new(realm))
    }

    /// The realm's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The service of this name, such as `HTTP/web.example.test`, with one key: AES256 with SHA-1
    /// (enctype 18), version 1. The realm's KDC knows it from now on.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn service(&self, name: &str) -> TestService {
        self.service_with(name).build()
    }

    /// A service with other keys than the one.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn service_with(&self, name: &str) -> ServiceBuilder {
        ServiceBuilder::new(self.0.clone(), self.0.principal(name))
    }

    /// The user of this name, such as `alice`; of another realm if the name has one.
    ///
    /// # Panics
    /// When `name` is no principal's.
    #[must_use]
    pub fn user(&self, name: &str) -> TestUser {
        TestUser::new(self.0.clone(), self.0.principal(name))
    }

    /// The user of this name with this password, which the realm's KDC knows, too. Its keys are of
    /// AES256 and AES128 with SHA-1 (enctypes 18 and 17), as MIT krb5 makes them.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn user_with_password(&self, name: &str, password: &str) -> TestUser {
        self.user_with(name).password(password).build()
    }

    /// A user with other keys than those.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn user_with(&self, name: &str) -> UserBuilder {
        UserBuilder::new(self.0.clone(), self.0.principal(name))
    }

    /// The group of this name, such as `staff`; `Domain Admins` and its like have the numbers that
    /// they have in every domain.
    #[must_use]
    pub fn group(&self, name: &str) -> TestGroup {
        TestGroup::new(name, &Sids::new(&self.0.random))
    }

    /// The SID of this realm, which those of its users and groups begin with.
    #[must_use]
    pub fn domain_sid(&self) -> Sid {
        Sids::new(&self.0.random).domain()
    }

    /// The key of this realm's KDC, which signs PACs: for services that shall verify that, too.
    ///
    /// # Panics
    /// When the realm's name is too long for a keytab.
    #[must_use]
    pub fn krbtgt_keytab(&self) -> Keytab {
        self.service(&format!("krbtgt/{}", self.0.name)).keytab()
    }

    /// Lets the clients of each realm get tickets for the services of the other, here and there.
    ///
    /// Who trusts a realm that trusts a third gets there, too: its KDC refers clients on, and
    /// tickets name the realms between (RFC 4120 §3.3.3.2).
    pub fn trust(&self, other: &Self) {
        for (from, to) in [(self, other), (other, self)] {
            let krbtgt = from.0.krbtgt_for(&to.0.name);
            // One key that both have, for each direction (RFC 4120 §1.2).
            from.0.database.add(from.0.kdc_account(&krbtgt));
            to.0.database.add(from.0.kdc_account(&krbtgt));
            from.0.database.trust(&to.0);
        }
    }

    /// Lets clients of realm `client` come here through these realms: tickets that came through no
    /// other have their path checked (TRANSITED-POLICY-CHECKED). Where nobody says so, the path is
    /// that up and down the names of both realms.
    pub fn permit_path<'r>(&self, client: &str, between: impl IntoIterator<Item = &'r str>) {
        let between = between.into_iter().map(|realm| realm.as_bytes().to_vec());
        self.0.database.permit_between(client, between.collect());
    }

    /// Lets the tickets that the KDC issues from now on have such PACs.
    pub fn issue_pacs(&self, pacs: Pacs) {
        self.0.database.issue_pacs(pacs);
    }

    /// The KDC of this realm, and of the realms that it trusts. Not for production.
    #[must_use]
    pub fn kdc(&self) -> MiniKdc {
        MiniKdc::new(self.0.clone())
    }

    /// The time in this realm: that of the KDC, the services and the users.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.0.now()
    }

    /// The same at another time: [`SystemTime::now`] where a server looks at a clock.
    #[must_use]
    pub fn at(self, now: SystemTime) -> Self {
        *self.0.clock.lock().unwrap_or_else(PoisonError::into_inner) = now;
        self
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut clock = self.0.clock.lock().unwrap_or_else(PoisonError::into_inner);
        *clock = clock.checked_add(by).unwrap_or(*clock);
    }
}

impl Realm {
    /// A realm whose KDC knows nobody, at this time.
    pub(crate) fn at(name: &str, random: Arc<Octets>, now: SystemTime) -> Self {
        Self {
            name: name.to_owned(),
            random,
            database: Database::default(),
            clock: Mutex::new(now),
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The principal of this name, of this realm unless it names another.
    #[track_caller]
    pub(crate) fn principal(&self, name: &str) -> Principal {
        must(Principal::parse(name, Some(&self.name)), name)
    }

    /// Our KDC's principal.
    pub(crate) fn krbtgt(&self) -> Principal {
        self.krbtgt_for(&self.name)
    }

    /// The principal of another realm's KDC in this one.
    fn krbtgt_for(&self, realm: &str) -> Principal {
        must(Principal::new(&self.name, ["krbtgt", realm]), realm)
    }

    fn kdc_account(&self, principal: &Principal) -> Account {
        let keys = vec![ServiceKey {
            kvno: KRBTGT_KVNO,
            key: self.kdc_key(principal),
        }];
        Account::with_keys(principal.clone(), keys)
    }

    /// The key of our own KDC, or of one of those that we share a key with.
    pub(crate) fn kdc_key(&self, principal: &Principal) -> Key {
        self.key(principal, KRBTGT_KVNO, Enctype::Aes256CtsHmacSha1_96)
    }

    /// The long-term key of a principal: the same at each call.
    pub(crate) fn key(&self, principal: &Principal, kvno: Kvno, enctype: Enctype) -> Key {
        let name = principal.to_text();
        let (kvno, number) = (kvno.0.to_be_bytes(), enctype.number().to_be_bytes());
        let seed = self
            .random
            .fixed(&[b"long-term key", &name, &kvno, &number]);
        Key::from_random(enctype, &seed)
    }
}

/// The second that `time` lies in.
pub(crate) fn kerberos_time(time: SystemTime) -> KerberosTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    KerberosTime::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// `time`, moved by so many seconds.
pub(crate) const fn moved(time: KerberosTime, seconds: i64) -> KerberosTime {
    KerberosTime::from_unix(time.as_unix().saturating_add(seconds))
}
