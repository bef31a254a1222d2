//! Everything at once, at full speed, through the daemon on loopback: whether each verdict is right and
//! memory stays as it is.
//!
//! ```text
//! cargo xtask soak --for 10m
//! soak PORTCULLIS SECONDS
//! ```

use portcullis_testrealm::{TestRealm, TestService};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

const THREADS: u64 = 4;
/// Logins in a second, of all threads: as many as the replay cache has room for.
const LOGINS: u64 = 1000;
/// Octets that a record in the replay cache costs, with room to grow.
const RECORD: u64 = 64;
/// Memory may come and go by so much.
const SLACK: u64 = 16 << 20;
/// How often memory is looked at.
const TENTHS: u32 = 10;
/// The first look after which it should stay as it is.
const SETTLED: usize = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [portcullis, seconds] = words.as_slice() else {
        return Err("soak PORTCULLIS SECONDS".into());
    };
    let time = Duration::from_secs(seconds.parse()?);
    let realm = TestRealm::new("EXAMPLE.TEST").at(SystemTime::now());
    let service = realm.service("HTTP/localhost");
    let directory = env::temp_dir().join(format!("portcullis-soak-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let daemon = Daemon::start(portcullis, &directory, &service.keytab_octets());
    let ended = daemon.and_then(|daemon| soak(&daemon, &realm, &service, time));
    fs::remove_dir_all(&directory)?;
    ended
}

/// Sends until the time is over, and tells what came back.
fn soak(
    daemon: &Daemon,
    realm: &TestRealm,
    service: &TestService,
    time: Duration,
) -> Result<(), Box<dyn Error>> {
    let (begun, tally) = (Instant::now(), Mutex::new(Tally::default()));
    let memory = thread::scope(|threads| {
        for number in 1..=THREADS {
            let client = Client {
                address: &daemon.address,
                realm,
                service,
                random: Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                connection: None,
            };
            let tally = &tally;
            threads.spawn(move || client.send_until(begun, time, tally));
        }
        let mut memory = Vec::new();
        for _ in 0..TENTHS {
            thread::sleep(time / TENTHS);
            let logins = tally.lock().map(|tally| tally.logins).unwrap_or_default();
            memory.push((daemon.resident()?, logins));
        }
        Ok::<_, Box<dyn Error>>(memory)
    });
    let memory = memory?;
    let tally = tally.into_inner()?;
    tally.print(time);
    let resident: Vec<_> = memory.iter().map(|(octets, _)| octets >> 10).collect();
    println!("resident after each tenth of the time, KiB: {resident:?}");
    let ((before, logins), after) = (memory[SETTLED], daemon.resident()?);
    let allowed = before + SLACK + (tally.logins - logins) * RECORD;
    if !tally.wrong.is_empty() {
        return Err(format!("wrong: {:#?}", tally.wrong).into());
    }
    if after > allowed {
        return Err(format!("memory grew beyond {} KiB", allowed >> 10).into());
    }
    Ok(())
}

/// What was sent, and what was wrong about the answers.
#[derive(Default)]
struct Tally {
    logins: u64,
    /// By what was sent and the status that came.
    answers: BTreeMap<(&'static str, u16), u64>,
    wrong: Vec<String>,
}

impl Tally {
    fn note(&mut self, sent: &'static str, answer: &Answer, right: bool) {
        *self.answers.entry((sent, answer.status)).or_default() += 1;
        if !right && self.wrong.len() < 10 {
            self.wrong.push(format!("{sent}: {}", answer.head));
        }
    }

    fn print(&self, time: Duration) {
        let all: u64 = self.answers.values().sum();
        println!("{all} requests in {} s", time.as_secs());
        for ((sent, status), count) in &self.answers {
            println!("{sent:<12} {status} {count:>10}");
        }
    }
}

/// Sends one kind of request after the other.
struct Client<'s> {
    address: &'s str,
    realm: &'s TestRealm,
    service: &'s TestService,
    random: Random,
    connection: Option<BufReader<TcpStream>>,
}

impl Client<'_> {
    fn send_until(mut self, begun: Instant, time: Duration, tally: &Mutex<Tally>) {
        while begun.elapsed() < time {
            let may_log_in = tally
                .lock()
                .is_ok_and(|tally| tally.logins < LOGINS * (begun.elapsed().as_secs() + 1));
            let (sent, field) = match self.random.below(5) {
                0 | 1 if may_log_in => ("login", self.login()),
                1 | 2 => ("mutated", self.mutated()),
                3 => ("half-open", self.half_open()),
                4 if self.random.below(20) == 0 => {
                    ("oversize", format!("Negotiate {}", "A".repeat(100_000)))
                }
                _ => ("nothing", String::new()),
            };
            self.exchange(sent, &field, tally);
            if sent == "login" {
                self.exchange("replayed", &field, tally);
            }
        }
    }

    /// A login of alice's that was not made before.
    fn login(&self) -> String {
        let token = self.realm.user("alice").token_for(self.service);
        token
            .mutual()
            .spnego()
            .at(SystemTime::now())
            .build()
            .authorization()
    }

    /// Such a login in which one octet of base64 is another.
    fn mutated(&mut self) -> String {
        let mut field = self.login().into_bytes();
        let scheme = "Negotiate ".len();
        let place = scheme + self.random.below(field.len() - scheme);
        if let Some(octet) = field.get_mut(place) {
            *octet = if *octet == b'A' { b'Q' } else { b'A' };
        }
        String::from_utf8_lossy(&field).into_owned()
    }

    /// A list of mechanisms that is never followed by a token.
    fn half_open(&self) -> String {
        let token = self.realm.user("alice").token_for(self.service);
        token
            .mutual()
            .spnego()
            .without_mech_token()
            .build()
            .authorization()
    }

    /// Sends the field, and holds the answer against what was sent.
    fn exchange(&mut self, sent: &'static str, field: &str, tally: &Mutex<Tally>) {
        let answer = self.ask(field).or_else(|_| {
            self.connection = None; // the daemon may have closed it
            self.ask(field)
        });
        let answer = answer.unwrap_or_else(|error| Answer {
            status: 0,
            head: error.to_string(),
        });
        let alice = answer.head.contains("remote-user: alice@EXAMPLE.TEST");
        let right = match sent {
            "login" => answer.status == 200 && alice,
            // What stands in clear may be changed: it is alice all the same, or nobody.
            "mutated" => (answer.status == 200) == alice && matches!(answer.status, 200 | 401),
            "oversize" => matches!(answer.status, 0 | 431),
            _ => answer.status == 401 && !alice,
        };
        if sent == "oversize" {
            self.connection = None;
        }
        if let Ok(mut tally) = tally.lock() {
            tally.logins += u64::from(answer.status == 200);
            tally.note(sent, &answer, right);
        }
    }

    fn ask(&mut self, field: &str) -> std::io::Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => BufReader::new(TcpStream::connect(self.address)?),
        };
        let field = match field {
            "" => String::new(),
            value => format!("Authorization: {value}\r\n"),
        };
        let request = format!("GET /auth HTTP/1.1\r\nHost: localhost\r\n{field}\r\n");
        connection.get_mut().write_all(request.as_bytes())?;
        let answer = Answer::read(&mut connection)?;
        if !answer.head.contains("connection: close") {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

/// What came back.
struct Answer {
    status: u16,
    /// All but the body, its names in lower case.
    head: String,
}

impl Answer {
    fn read(connection: &mut BufReader<TcpStream>) -> std::io::Result<Self> {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if connection.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
            let name = name.to_ascii_lowercase();
            if name == "content-length" {
                length = value.trim().parse().unwrap_or(0);
            }
            head.push_str(&format!("{name}: {}\n", value.trim()));
        }
        connection.read_exact(&mut vec![0; length])?;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|word| word.trim_end_matches(':').parse().ok());
        Ok(Self {
            status: status.unwrap_or(0),
            head,
        })
    }
}

/// `portcullis serve`, until it is dropped.
struct Daemon {
    child: Child,
    address: String,
}

impl Daemon {
    fn start(portcullis: &str, directory: &Path, keytab: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (keys, settings) = (directory.join("keytab"), directory.join("serve.toml"));
        fs::write(&keys, keytab)?;
        let text = format!("listen = ['127.0.0.1:0']\nkeytab = '{}'\n", keys.display());
        fs::write(&settings, text)?;
        let mut command = Command::new(portcullis);
        let mut child = command
            .arg("serve")
            .arg(settings)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut log = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let mut line = String::new();
        while !line.contains("event=ready") {
            line.clear();
            if log.read_line(&mut line)? == 0 {
                return Err("the daemon ended".into());
            }
        }
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let address = line
            .split("listen=")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        let address = address.ok_or("it listens nowhere")?.to_owned();
        Ok(Self { child, address })
    }

    /// The memory that it has, in octets.
    fn resident(&self) -> Result<u64, Box<dyn Error>> {
        let text = fs::read_to_string(format!("/proc/{}/statm", self.child.id()))?;
        let pages: u64 = text.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(pages * 4096)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }
}
