//! What was found lately: bounded in number and age.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What searches found.
pub(super) struct Memory {
    most: usize,
    age: Duration,
    found: Mutex<HashMap<String, Found>>,
}

struct Found {
    groups: Vec<String>,
    at: Instant,
}

impl Memory {
    pub(super) fn new(most: usize, age: Duration) -> Self {
        Self {
            most,
            age,
            found: Mutex::default(),
        }
    }

    /// What this search found, if that was not long ago.
    pub(super) fn recall(&self, filter: &str, now: Instant) -> Option<Vec<String>> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.get(filter)?;
        self.counts(found, now).then(|| found.groups.clone())
    }

    /// Keeps what a search found that began `now`. When there is no room, nothing.
    pub(super) fn keep(&self, filter: String, groups: &[String], now: Instant) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= self.most && !found.contains_key(&filter) {
            found.retain(|_, found| self.counts(found, now));
            if found.len() >= self.most {
                return;
            }
        }
        let groups = groups.to_vec();
        found.insert(filter, Found { groups, at: now });
    }

    fn counts(&self, found: &Found, now: Instant) -> bool {
        now.saturating_duration_since(found.at) < self.age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    #[test]
    fn it_forgets_when_the_time_is_over() {
        let (memory, start) = (Memory::new(9, Duration::from_secs(60)), Instant::now());
        let after = |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap();
        memory.keep("a".to_owned(), &groups("staff"), start);

        assert_eq!(memory.recall("a", after(59)), Some(groups("staff")));
        assert_eq!(memory.recall("a", after(60)), None);
        assert_eq!(memory.recall("b", start), None);
    }

    #[test]
    fn it_keeps_no_more_than_it_may() {
        let (memory, start) = (Memory::new(2, Duration::from_secs(60)), Instant::now());
        for filter in ["a", "b", "c"] {
            memory.keep(filter.to_owned(), &groups(filter), start);
        }
        assert_eq!(memory.recall("b", start), Some(groups("b")));
        assert_eq!(memory.recall("c", start), None);

        let later = start.checked_add(Duration::from_secs(60)).unwrap();
        memory.keep("c".to_owned(), &groups("c"), later);
        assert_eq!(memory.recall("c", later), Some(groups("c")));
        assert_eq!(memory.found.lock().unwrap().len(), 1);
    }

    #[test]
    fn an_age_of_nothing_remembers_nothing() {
        let (memory, now) = (Memory::new(9, Duration::ZERO), Instant::now());
        memory.keep("a".to_owned(), &groups("staff"), now);
        assert_eq!(memory.recall("a", now), None);
    }
}
