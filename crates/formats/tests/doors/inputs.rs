//! What is read: all that was recorded, and what nobody sends who means well.

use portcullis_formats::der::Reader;
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::pac::RawPac;
use portcullis_testdata::{unhex, vector_file};
use serde_json::Value;
use std::collections::BTreeSet;

const VECTORS: [&str; 14] = [
    "auth_to_local",
    "ccache",
    "channel_bindings",
    "claims",
    "device_info",
    "keytab",
    "krb_safe_and_priv",
    "mit_gss_exchanges",
    "mit_messages",
    "pac",
    "pac_buffers",
    "principals",
    "transited",
    "xpress_huffman",
];

/// The octets of every text of every vector and of every recorded token, those in hexadecimal also
/// as what they say, and all that lies inside these.
pub(crate) fn recorded() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    add(
        &serde_json::from_str(include_str!("../kdc_exchange.json")).unwrap(),
        &mut inputs,
    );
    for name in VECTORS {
        add(&vector_file(name), &mut inputs);
    }
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/tokens");
    for entry in std::fs::read_dir(directory).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let values = text.lines().filter_map(|line| line.split_once(':'));
        values.for_each(|(_, value)| add_text(value.trim(), &mut inputs));
    }
    for conf in ["debian", "freeipa", "heimdal", "mit"] {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/krb5_conf");
        inputs.insert(std::fs::read(format!("{directory}/{conf}.conf")).unwrap());
    }
    inputs
}

fn add(value: &Value, inputs: &mut BTreeSet<Vec<u8>>) {
    match value {
        Value::String(text) => add_text(text, inputs),
        Value::Array(values) => values.iter().for_each(|value| add(value, inputs)),
        Value::Object(values) => values.values().for_each(|value| add(value, inputs)),
        _ => {}
    }
}

fn add_text(text: &str, inputs: &mut BTreeSet<Vec<u8>>) {
    let is_hex = text.bytes().all(|octet| octet.is_ascii_hexdigit());
    if is_hex && text.len().is_multiple_of(2) {
        add_inside(unhex(text), inputs);
    }
    inputs.insert(text.as_bytes().to_vec());
}

/// The octets, the elements of DER inside, whatever they are inside of, and the buffers of a PAC.
fn add_inside(octets: Vec<u8>, inputs: &mut BTreeSet<Vec<u8>>) {
    let mut reader = Reader::new(&octets);
    while let Ok(element) = reader.clone().whole() {
        let Ok((_, contents)) = reader.any() else {
            break;
        };
        inputs.insert(element.to_vec());
        if contents.len() > 2 && contents.len() < octets.len() {
            add_inside(contents.to_vec(), inputs);
        }
    }
    if let Ok(token) = InitialContextToken::decode(&octets) {
        inputs.insert(token.inner.to_vec());
    }
    if let Ok(pac) = RawPac::decode(&octets) {
        inputs.extend(pac.buffers().map(|buffer| buffer.octets.to_vec()));
    }
    inputs.insert(octets);
}

/// Deep, long and lying.
pub(crate) fn hostile() -> Vec<Vec<u8>> {
    const LEVELS: usize = 20_000;
    let mut inputs = Vec::new();
    let tags = [
        0x24, 0x30, 0x31, 0x60, 0x61, 0x62, 0x63, 0x6b, 0x6e, 0x6f, 0x76, 0x7b, 0x7e, 0xa0, 0xa1,
    ];
    for tag in tags {
        inputs.push([tag, 0x80].repeat(LEVELS));
        inputs.push(nested(LEVELS, &[tag]));
        for length in [0x84, 0x88, 0xfe] {
            inputs.push([&[tag, length], [0xff; 254].as_slice()].concat());
        }
    }
    inputs.push(nested(LEVELS, &[0xa0, 0x30]));
    inputs.push(nested(LEVELS, &[0x04, 0xa1, 0x30]));
    for text in [
        "a={\n",
        "[s]\n",
        "include a\n",
        "/",
        "@",
        "\\",
        "S-1-",
        "(",
        "1-",
        " ",
    ] {
        inputs.push(text.repeat(LEVELS).into_bytes());
        inputs.push(format!("[s]\n{}", text.repeat(LEVELS)).into_bytes());
    }
    for octet in [0, 1, 4, 5, 0x7f, 0x80, 0xff] {
        inputs.push(vec![octet; LEVELS]);
        inputs.push([&[5, 2], [octet; LEVELS].as_slice()].concat());
        inputs.push([&[5, 4, 0, 0], [octet; LEVELS].as_slice()].concat());
    }
    inputs.push([&[5, 2], [0, 0, 0, 2, 0, 0].repeat(LEVELS).as_slice()].concat());
    inputs.push(
        [
            &[5, 2],
            [0xff, 0xff, 0xff, 0xff, 0].repeat(LEVELS).as_slice(),
        ]
        .concat(),
    );
    inputs
}

/// Elements inside each other, from the inside out; each level has these tags, innermost first.
fn nested(levels: usize, tags: &[u8]) -> Vec<u8> {
    let mut reversed = Vec::new();
    for tag in tags.iter().cycle().take(levels * tags.len()) {
        let length = u32::try_from(reversed.len()).unwrap();
        match length.to_be_bytes() {
            [0, 0, 0, short @ 0..=0x7f] => reversed.push(short),
            long => {
                let octets: Vec<u8> = long.into_iter().skip_while(|octet| *octet == 0).collect();
                reversed.extend(octets.iter().rev());
                reversed.push(0x80 | u8::try_from(octets.len()).unwrap());
            }
        }
        reversed.push(*tag);
    }
    reversed.reverse();
    reversed
}

/// The octets with a count or a length in every third place that says something else.
pub(crate) fn lying(octets: &[u8], mut read: impl FnMut(&[u8])) {
    const SAID: [[u8; 4]; 6] = [
        [0; 4],
        [0xff; 4],
        [0x7f, 0xff, 0xff, 0xff],
        [0xff, 0xff, 0xff, 0x7f],
        [0x00, 0x0f, 0xff, 0xff],
        [0xff, 0xff, 0x0f, 0x00],
    ];
    let mut changed = octets.to_vec();
    for at in (0..octets.len().saturating_sub(3)).step_by(3) {
        for said in &SAID {
            changed[at..at + 4].copy_from_slice(said);
            read(&changed);
        }
        changed[at..at + 4].copy_from_slice(&octets[at..at + 4]);
    }
}
