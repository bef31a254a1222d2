//! Heimdal's libraries and headers, unpacked beside the system's: Debian has either its or MIT's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::good;

/// Bookworm's: the two that a program needs, and what those need.
const PACKAGES: [&str; 13] = [
    "heimdal-multidev",
    "libasn1-8-heimdal",
    "libgssapi3-heimdal",
    "libhcrypto5-heimdal",
    "libheimbase1-heimdal",
    "libheimntlm0-heimdal",
    "libhx509-5-heimdal",
    "libkrb5-26-heimdal",
    "libroken19-heimdal",
    "libwind0-heimdal",
    "libhdb9-heimdal",
    "libkadm5clnt7-heimdal",
    "libsl0-heimdal",
];

/// Where it is.
pub(super) struct Heimdal {
    pub(super) headers: PathBuf,
    pub(super) libraries: PathBuf,
}

/// Downloads and unpacks it once.
pub(super) fn unpacked(directory: &Path) -> Option<Heimdal> {
    let home = directory.join("heimdal");
    let heimdal = Heimdal {
        headers: home.join("usr/include/heimdal"),
        libraries: home.join("usr/lib/x86_64-linux-gnu"),
    };
    if heimdal.headers.exists() {
        return Some(heimdal);
    }
    let packages = directory.join("packages");
    fs::create_dir_all(&packages).ok()?;
    let mut download = Command::new("apt-get");
    download.args(["download", "--quiet"]).args(PACKAGES);
    if !good(download.current_dir(&packages)) {
        return None;
    }
    for package in fs::read_dir(&packages).ok()? {
        let mut unpack = Command::new("dpkg");
        if !good(unpack.arg("-x").arg(package.ok()?.path()).arg(&home)) {
            return None;
        }
    }
    Some(heimdal)
}
