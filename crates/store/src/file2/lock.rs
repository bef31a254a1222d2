//! [`Locked`]: the lock that all users of the file take.

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use std::fs::File;
use std::io;

/// A file that nobody else has locked.
///
/// The lock is one of the open file description, as MIT krb5's (`lock_file.c`): it also keeps out
/// other threads of this process, and those who take the classic locks of processes. It goes when
/// the file is closed.
pub(super) struct Locked<'f>(&'f File);

impl<'f> Locked<'f> {
    /// Waits until nobody else has it.
    pub(super) fn exclusive(file: &'f File) -> io::Result<Self> {
        let whole_file = libc::flock {
            l_type: kind(libc::F_WRLCK)?,
            l_whence: kind(libc::SEEK_SET)?,
            l_start: 0,
            l_len: 0,
            l_pid: 0,
        };
        loop {
            match fcntl(file, FcntlArg::F_OFD_SETLKW(&whole_file)) {
                Ok(_) => return Ok(Self(file)),
                Err(nix::Error::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) const fn file(&self) -> &File {
        self.0
    }
}

/// The C library's numbers are wider than the fields that they are for.
fn kind(number: libc::c_int) -> io::Result<libc::c_short> {
    number.try_into().map_err(io::Error::other)
}
