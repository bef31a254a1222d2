//! A PAC as Active Directory makes it ([MS-PAC] §2.3), of a wanted length: logon information with
//! as many groups as fill it, the client's name, and both signatures.

use portcullis_crypto::{Key, KeyUsage};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds from 1601 to 1970.
const FILETIME_EPOCH: u64 = 11_644_473_600;
const LOGON_INFO: u32 = 1;
const SERVER_CHECKSUM: u32 = 6;
const KDC_CHECKSUM: u32 = 7;
const CLIENT_INFO: u32 = 10;
/// The domain's SID, S-1-5-21-1-2-3: revision, count, authority, subauthorities.
const DOMAIN: [u32; 4] = [21, 1, 2, 3];
const NEVER: u64 = 0x7fff_ffff_ffff_ffff;

/// A PAC for `client`, with the server's signature by `service_key`, that is as near to `octets` as
/// groups of eight octets allow. The KDC's signature is nobody's: only a KDC could tell.
pub(crate) fn pac(client: &str, authtime: SystemTime, service_key: &Key, octets: usize) -> Vec<u8> {
    let smallest = signed(client, authtime, service_key, 0);
    let groups = octets.saturating_sub(smallest.len()) / 8;
    signed(client, authtime, service_key, groups)
}

fn signed(client: &str, authtime: SystemTime, service_key: &Key, groups: usize) -> Vec<u8> {
    let enctype = service_key.enctype();
    let mut signature = enctype.checksum_type().to_le_bytes().to_vec();
    signature.resize(4 + enctype.checksum_length(), 0);
    let buffers = [
        (LOGON_INFO, logon_info(client, authtime, groups)),
        (CLIENT_INFO, client_info(client, authtime)),
        (SERVER_CHECKSUM, signature.clone()),
        (KDC_CHECKSUM, signature),
    ];
    let (mut pac, places) = laid_out(&buffers);
    let server = service_key.mac(KeyUsage::PAC_CHECKSUM).checksum(&[&pac]);
    let kdc = Key::from_random(enctype, &[7; 32])
        .mac(KeyUsage::PAC_CHECKSUM)
        .checksum(&[server.as_ref()]);
    for (place, mac) in [(places[2], server), (places[3], kdc)] {
        let from = place + 4;
        pac[from..from + mac.as_ref().len()].copy_from_slice(mac.as_ref());
    }
    pac
}

/// The whole with its directory ([MS-PAC] §2.3), and where each buffer begins.
fn laid_out(buffers: &[(u32, Vec<u8>)]) -> (Vec<u8>, Vec<usize>) {
    let (mut directory, mut contents) = (Vec::new(), Vec::new());
    let mut places = Vec::new();
    put(&mut directory, length(buffers.len()));
    put(&mut directory, 0);
    let header = 8 + 16 * buffers.len();
    for (kind, buffer) in buffers {
        let place = header + contents.len();
        places.push(place);
        put(&mut directory, *kind);
        put(&mut directory, length(buffer.len()));
        directory.extend_from_slice(&u64::from(length(place)).to_le_bytes());
        contents.extend_from_slice(buffer);
        align(&mut contents, 8);
    }
    directory.extend_from_slice(&contents);
    (directory, places)
}

/// [MS-PAC] §2.7.
fn client_info(client: &str, authtime: SystemTime) -> Vec<u8> {
    let name = utf16(client);
    let mut buffer = filetime(authtime).to_le_bytes().to_vec();
    put16(&mut buffer, name.len());
    buffer.extend_from_slice(&name);
    buffer
}

/// KERB_VALIDATION_INFO ([MS-PAC] §2.5) in NDR.
fn logon_info(client: &str, authtime: SystemTime, groups: usize) -> Vec<u8> {
    let strings = [client, "", "", "", "", ""];
    let (server, domain) = ("DC1", "EXAMPLE");
    let mut fixed = Vec::new();
    let now = filetime(authtime);
    for time in [now, NEVER, NEVER, now, now, NEVER] {
        fixed.extend_from_slice(&time.to_le_bytes());
    }
    let mut referent = 0x0002_0000;
    let mut pointer = || {
        referent += 4;
        referent
    };
    for text in strings {
        string_header(&mut fixed, text, pointer());
    }
    put16(&mut fixed, 42); // LogonCount
    put16(&mut fixed, 0); // BadPasswordCount
    put(&mut fixed, 1104); // UserId
    put(&mut fixed, 513); // PrimaryGroupId
    put(&mut fixed, length(groups));
    put(&mut fixed, pointer());
    put(&mut fixed, 0); // UserFlags
    fixed.extend_from_slice(&[0; 16]); // UserSessionKey
    string_header(&mut fixed, server, pointer());
    string_header(&mut fixed, domain, pointer());
    put(&mut fixed, pointer()); // LogonDomainId
    fixed.extend_from_slice(&[0; 8]); // Reserved1
    put(&mut fixed, 0x10); // UserAccountControl: a normal account
    fixed.extend_from_slice(&[0; 48]); // no further fields, no extra SIDs, no resource groups
    for text in strings {
        string(&mut fixed, text);
    }
    put(&mut fixed, length(groups));
    for group in 0..length(groups) {
        put(&mut fixed, 513 + group);
        put(&mut fixed, 7); // mandatory, enabled by default, enabled
    }
    string(&mut fixed, server);
    string(&mut fixed, domain);
    sid(&mut fixed, &DOMAIN);
    serialized(fixed)
}

/// The headers of type serialization version 1 ([MS-RPCE] §2.2.6), and the outermost referent.
fn serialized(body: Vec<u8>) -> Vec<u8> {
    let mut buffer = vec![1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc];
    let mut object = 0x0002_0000_u32.to_le_bytes().to_vec();
    object.extend_from_slice(&body);
    align(&mut object, 8);
    put(&mut buffer, length(object.len()));
    put(&mut buffer, 0);
    buffer.extend_from_slice(&object);
    buffer
}

fn string_header(output: &mut Vec<u8>, text: &str, referent: u32) {
    let octets = utf16(text).len();
    put16(output, octets);
    put16(output, octets);
    put(output, referent);
}

fn string(output: &mut Vec<u8>, text: &str) {
    let octets = utf16(text);
    let characters = length(octets.len() / 2);
    put(output, characters);
    put(output, 0);
    put(output, characters);
    output.extend_from_slice(&octets);
    align(output, 4);
}

fn sid(output: &mut Vec<u8>, subauthorities: &[u32]) {
    put(output, length(subauthorities.len()));
    let count = u8::try_from(subauthorities.len()).expect("few");
    output.extend_from_slice(&[1, count, 0, 0, 0, 0, 0, 5]);
    for subauthority in subauthorities {
        put(output, *subauthority);
    }
}

fn filetime(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).expect("after 1970");
    (since + Duration::from_secs(FILETIME_EPOCH)).as_secs() * 10_000_000
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn put(output: &mut Vec<u8>, number: u32) {
    output.extend_from_slice(&number.to_le_bytes());
}

fn put16(output: &mut Vec<u8>, number: usize) {
    let number = u16::try_from(number).expect("a short string");
    output.extend_from_slice(&number.to_le_bytes());
}

fn align(output: &mut Vec<u8>, to: usize) {
    output.resize(output.len().next_multiple_of(to), 0);
}

fn length(octets: usize) -> u32 {
    u32::try_from(octets).expect("a PAC is short")
}
