//! [`Watch`]: an allocator that looks for secrets in each block that is given back.
//!
//! A test makes it its `#[global_allocator]`, tells the secrets to [`look_for`], and learns from
//! [`found`] whether one of them was still in a block when it was freed or outgrown. What lies on
//! stacks and in registers is not seen.
#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::sync::{Mutex, PoisonError, RwLock};

/// As many secrets as are looked for at once.
const MOST: usize = 64;
/// Octets of the longest.
const LONGEST: usize = 32;

/// The system's allocator, but that it gives out zeros and looks into what comes back.
#[derive(Clone, Copy, Debug)]
pub struct Watch;

/// What is looked for; the first so many count.
static SECRETS: RwLock<([Secret; MOST], usize)> = RwLock::new(([Secret::NONE; MOST], 0));

/// What was found first: which secret, and who gave the block back.
static FOUND: Mutex<Option<(usize, String)>> = Mutex::new(None);

#[derive(Clone, Copy)]
struct Secret {
    octets: [u8; LONGEST],
    length: usize,
}

impl Secret {
    const NONE: Self = Self {
        octets: [0; LONGEST],
        length: 0,
    };

    fn octets(&self) -> &[u8] {
        &self.octets[..self.length]
    }
}

/// Looks for these from now on, and for nothing that was told before.
///
/// # Panics
/// When they are more than 64, or one has not 16 to 32 octets, or looks like memory that nobody
/// has written.
pub fn look_for<'s>(secrets: impl IntoIterator<Item = &'s [u8]>) {
    let (mut all, mut count) = ([Secret::NONE; MOST], 0);
    for octets in secrets {
        assert!((16..=LONGEST).contains(&octets.len()) && octets.iter().any(|octet| *octet != 0));
        all[count].octets[..octets.len()].copy_from_slice(octets);
        all[count].length = octets.len();
        count += 1;
    }
    *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = None;
    *SECRETS.write().unwrap_or_else(PoisonError::into_inner) = (all, count);
}

/// Looks for nothing any more; the number of the secret that was found first, and by whom the block
/// was given back.
pub fn found() -> Option<(usize, String)> {
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).1 = 0;
    FOUND.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Which secret is in `block`.
fn secret_in(block: &[u8]) -> Option<usize> {
    let secrets = SECRETS.try_read().ok()?;
    let (all, count) = &*secrets;
    all[..*count].iter().position(|secret| {
        let octets = secret.octets();
        block.windows(octets.len()).any(|window| window == octets)
    })
}

// SAFETY: every call goes on to the system's allocator, with the same layout.
unsafe impl GlobalAlloc for Watch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeros, so that each octet of a block was written when it is looked at.
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the block is the caller's, so long, and was written as a whole by `alloc`.
        let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
        if let Some(secret) = secret_in(block) {
            // From here on nothing is looked for: telling it takes memory, too.
            if let Ok(mut secrets) = SECRETS.try_write() {
                secrets.1 = 0;
            }
            let by = Backtrace::force_capture().to_string();
            *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some((secret, by));
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}
