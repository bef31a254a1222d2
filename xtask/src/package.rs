//! `cargo xtask package`: the static binary, the `.deb` and the container are made, and tried where nothing else is.
//!
//! It needs what a developer may not have (cargo-deb, podman, debootstrap, root), so it is no part of `test`.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::{good, quiet};

/// How often the program is started to know how long that takes.
const STARTS: usize = 21;

/// Makes everything and tries it; whether all was right.
pub(crate) fn command(root: &Path) -> bool {
    let script = |name: &str| good(&mut Command::new(root.join("packaging").join(name)));
    if !quiet(Command::new("cargo").args(["deb", "--version"])) {
        eprintln!("no cargo-deb: cargo install cargo-deb --locked");
        return false;
    }
    let binary = root.join("target/package/portcullis");
    let made = script("build")
        && figures(&binary)
            .inspect_err(|error| eprintln!("{error}"))
            .is_ok();
    made && script("try-container") && script("try-deb")
}

/// Says how large the program is, and how soon it answers.
fn figures(binary: &Path) -> io::Result<()> {
    let scene = tempfile::tempdir()?;
    let octets = fs::metadata(binary)?.len();
    println!("{}: {octets} octets", binary.display());
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let configuration = configuration(scene.path(), port)?;
    let check = median(|| {
        let begun = Instant::now();
        let mut check = Command::new(binary);
        let checked = quiet(check.arg("serve").arg("--check").arg(&configuration));
        checked
            .then(|| begun.elapsed())
            .ok_or_else(|| io::Error::other("serve --check fails"))
    })?;
    let answer = median(|| first_answer(binary, &configuration, port))?;
    println!("serve --check: {check:?}; first answer: {answer:?} after the start");
    Ok(())
}

/// A replay cache on disk: with one in memory, the daemon would wait for the next second of the clock.
fn configuration(scene: &Path, port: u16) -> io::Result<PathBuf> {
    let keytab = scene.join("keytab");
    fs::write(&keytab, keytab_of_web())?;
    let (file, replay) = (scene.join("serve.toml"), scene.join("rcache2"));
    let text = format!(
        "listen = [\"127.0.0.1:{port}\"]\nkeytab = {keytab:?}\n[replay]\nfile = {replay:?}\n"
    );
    fs::write(&file, text)?;
    Ok(file)
}

/// `HTTP/web.example.test@EXAMPLE.TEST`, kvno 1, enctype 18.
fn keytab_of_web() -> Vec<u8> {
    let counted = |text: &str| [&[0, text.len() as u8], text.as_bytes()].concat();
    let name = ["EXAMPLE.TEST", "HTTP", "web.example.test"]
        .map(counted)
        .concat();
    let rest = [&[0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 18, 0, 32][..], &[7; 32]].concat();
    let entry = [&[0, 2], &name[..], &rest].concat();
    [&[5, 2, 0, 0, 0, entry.len() as u8], &entry[..]].concat()
}

/// From the start to the end of the first answer.
fn first_answer(binary: &Path, configuration: &Path, port: u16) -> io::Result<Duration> {
    let begun = Instant::now();
    let mut daemon = Command::new(binary)
        .arg("serve")
        .arg(configuration)
        .stderr(Stdio::null())
        .spawn()?;
    let deadline = begun + Duration::from_secs(10);
    let answered = loop {
        match ask(port) {
            Err(_) if Instant::now() < deadline => sleep(Duration::from_micros(200)),
            answer => break answer.map(|()| begun.elapsed()),
        }
    };
    daemon.kill()?;
    daemon.wait()?;
    answered
}

fn ask(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.ends_with("ok\n") {
        true => Ok(()),
        false => Err(io::Error::other(answer)),
    }
}

fn median(measure: impl Fn() -> io::Result<Duration>) -> io::Result<Duration> {
    let times: io::Result<Vec<_>> = (0..STARTS).map(|_| measure()).collect();
    let mut times = times?;
    times.sort();
    Ok(times[STARTS / 2])
}
