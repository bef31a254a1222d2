//! [`Database`]: the principals that a realm knows, and the realms that it trusts.

use super::{Account, Pacs};
use crate::realm::Realm;
use portcullis::Principal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What the KDC of a realm looks up.
#[derive(Debug, Default)]
pub(crate) struct Database {
    accounts: Mutex<BTreeMap<Principal, Arc<Account>>>,
    /// Weak, since trust goes both ways and realms would keep each other for ever.
    trusted: Mutex<Vec<Weak<Realm>>>,
    /// By client realm: the realms that its clients may come through.
    between: Mutex<BTreeMap<Vec<u8>, Vec<Vec<u8>>>>,
    pacs: Mutex<Pacs>,
}

impl Database {
    /// Adds an account, or puts it in the place of the one of the same name.
    pub(crate) fn add(&self, account: Account) {
        self.add_with_aliases(account, &[]);
    }

    /// The same, to be found by other names, too.
    pub(crate) fn add_with_aliases(&self, account: Account, aliases: &[Principal]) {
        let account = Arc::new(account);
        let mut accounts = lock(&self.accounts);
        for name in [account.principal()].into_iter().chain(aliases) {
            accounts.insert(name.clone(), account.clone());
        }
    }

    /// The account of this name or alias.
    pub(crate) fn find(&self, principal: &Principal) -> Option<Arc<Account>> {
        lock(&self.accounts).get(principal).cloned()
    }

    /// All names and aliases, with whose they are.
    pub(crate) fn accounts(&self) -> Vec<(Principal, Arc<Account>)> {
        let accounts = lock(&self.accounts);
        let accounts = accounts.iter();
        accounts
            .map(|(name, account)| (name.clone(), account.clone()))
            .collect()
    }

    pub(crate) fn trust(&self, realm: &Arc<Realm>) {
        lock(&self.trusted).push(Arc::downgrade(realm));
    }

    /// The trusted realms that still exist.
    pub(crate) fn trusted(&self) -> Vec<Arc<Realm>> {
        lock(&self.trusted)
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }
}

impl Database {
    /// Lets clients of realm `client` come through these realms, and through others no more.
    pub(crate) fn permit_between(&self, client: &str, realms: Vec<Vec<u8>>) {
        lock(&self.between).insert(client.as_bytes().to_vec(), realms);
    }

    /// The realms that clients of realm `client` may come through, if anybody said.
    pub(crate) fn realms_between(&self, client: &[u8]) -> Option<Vec<Vec<u8>>> {
        lock(&self.between).get(client).cloned()
    }
}

impl Database {
    /// Lets tickets that are issued from now on have such PACs.
    pub(crate) fn issue_pacs(&self, pacs: Pacs) {
        *lock(&self.pacs) = pacs;
    }

    pub(crate) fn pacs(&self) -> Pacs {
        *lock(&self.pacs)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
