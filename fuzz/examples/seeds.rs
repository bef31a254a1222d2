//! Makes the seeds of all targets anew, in `fuzz/seeds/`.

use portcullis_formats::der::{Decode as _, Encode as _};
use portcullis_formats::gss::{
    InitialContextToken, Mechanism, TokenFlags, TokenId, WrapHeader, frame,
};
use portcullis_formats::messages::{Authenticator, Checksum, TgtRequest};
use portcullis_fuzz::{
    ENCTYPES, Recorded, alice_authenticator, alice_pac, alice_ticket_part, delegated_credential,
};
use portcullis_fuzz::{
    der, exported_context, inside_kdc, inside_legs, inside_pac, inside_ticket, join, kdc,
    kdc_reply, negotiate, pac_buffer, replay_cache, sasl,
};
use portcullis_testdata::{hex, vector_file, vectors};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    if root.exists() {
        std::fs::remove_dir_all(&root)?;
    }
    let target = |name| Seeds::new(root.join(name));
    conversations(
        &mut target("negotiate")?,
        &mut target("spnego")?,
        &mut target("ap_req")?,
    )?;
    let mut tickets = target("inside_ticket")?;
    exchanges(&mut tickets, &mut target("inside_authenticator")?)?;
    named(&mut tickets, inside_ticket::seeds())?;
    for (number, vector) in vectors("transited").iter().enumerate() {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let seed = inside_ticket::seed(text("client_realm"), text("transited"));
        tickets.add(&format!("path-{number:02}"), seed)?;
    }
    messages(&mut target("der")?)?;
    files(&mut target("keytab")?, "keytab")?;
    files(&mut target("ccache")?, "ccache")?;
    principals(&mut target("principal")?)?;
    configurations(&mut target("krb5_conf")?)?;
    local_names(&mut target("local_name")?)?;
    credentials(&mut target("krb_cred")?)?;
    message_tokens(&mut target("message_token")?)?;
    wrapped(&mut target("inside_message")?)?;
    exported(&mut target("exported_context")?)?;
    logins(&mut target("sasl")?)?;
    pacs(
        &mut target("pac")?,
        &mut target("pac_buffer")?,
        &mut target("inside_pac")?,
    )?;
    claims(&mut target("claims")?)?;
    headers(&mut target("header")?)?;
    requests(&mut target("kdc")?)?;
    named(&mut target("inside_kdc")?, inside_kdc::seeds())?;
    named(&mut target("inside_legs")?, inside_legs::seeds())?;
    named(&mut target("kdc_reply")?, kdc_reply::seeds())?;
    questions(&mut target("replay_cache")?)
}

/// The seeds of one target, none twice.
struct Seeds {
    directory: PathBuf,
    written: BTreeSet<Vec<u8>>,
}

impl Seeds {
    fn new(directory: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&directory)?;
        let written = BTreeSet::new();
        Ok(Self { directory, written })
    }

    fn add(&mut self, name: &str, octets: Vec<u8>) -> std::io::Result<()> {
        let file = self.directory.join(name);
        match self.written.insert(octets.clone()) {
            true => std::fs::write(file, octets),
            false => Ok(()),
        }
    }
}

/// What a client of Windows asks first in user-to-user.
fn tgt_request() -> Vec<u8> {
    let message = TgtRequest {
        server_name: None,
        realm: None,
    };
    let inner = [TokenId::TGT_REQUEST.0.as_slice(), &message.to_der()].concat();
    frame(Mechanism::Krb5UserToUser.oid(), &inner)
}

/// Whole conversations, and the frames and AP-REQs of those that differ in form.
fn conversations(whole: &mut Seeds, frames: &mut Seeds, bare: &mut Seeds) -> std::io::Result<()> {
    let recorded = Recorded::read();
    whole.add(
        "tgt-request",
        [&[negotiate::USER_TO_USER][..], &join([tgt_request()])].concat(),
    )?;
    for conversation in &recorded.conversations {
        let name = conversation.name.as_str();
        let settings = [negotiate::RAW_AP_REQ | negotiate::BINDINGS | 1];
        let tokens = join(&conversation.tokens);
        whole.add(name, [settings.as_slice(), &tokens].concat())?;
        let hinted = [settings.as_slice(), &join([b""]), &tokens].concat();
        if name == "memory-spnego" {
            whole.add("hinted", hinted)?;
        }
        let of_every_enctype = name.ends_with(|digit: char| digit.is_ascii_digit());
        if of_every_enctype && !name.ends_with("18") {
            continue;
        }
        for (leg, token) in conversation.tokens.iter().enumerate() {
            frames.add(&format!("{name}-{leg}"), token.clone())?;
            let Ok(frame) = InitialContextToken::decode(token) else {
                bare.add(&format!("{name}-{leg}"), token.clone())?;
                continue;
            };
            if let Some(request) = frame.inner.strip_prefix(&[1, 0]) {
                bare.add(&format!("{name}-{leg}"), request.to_vec())?;
            }
        }
    }
    Ok(())
}

/// The messages of MIT krb5, and ours.
fn messages(seeds: &mut Seeds) -> std::io::Result<()> {
    let mut messages = Vec::new();
    for exchange in vectors("mit_gss_exchanges") {
        let request = &exchange["ap_req"];
        for part in ["enc_ticket_part", "authenticator_plain"] {
            messages.extend(request[part].is_string().then(|| hex(&request[part])));
        }
    }
    let recorded = Recorded::read();
    for token in recorded.conversations.iter().flat_map(|all| &all.tokens) {
        let frame = InitialContextToken::decode(token);
        let inner = frame.map_or(token.as_slice(), |frame| frame.inner);
        messages.push(inner.strip_prefix(&[1, 0]).unwrap_or(inner).to_vec());
    }
    messages.extend(kdc::seeds());
    messages.extend(ENCTYPES.map(delegated_credential));
    for vector in vectors("krb_safe_and_priv") {
        messages.extend(["krb_safe", "krb_priv", "enc_part_plain"].map(|part| hex(&vector[part])));
    }
    named(seeds, der::seeds(&messages))
}

/// SASL: what clients without a key repeat, choices, and buffers.
fn logins(seeds: &mut Seeds) -> std::io::Result<()> {
    let recorded = Recorded::read();
    let memory = |name: &str| name.starts_with("memory-");
    let conversations = recorded.conversations.iter();
    for conversation in conversations.filter(|conversation| memory(&conversation.name)) {
        for mechanism in [0, sasl::OTHER] {
            let settings = [sasl::RESPONSES | mechanism];
            let name = format!("responses-{}-{mechanism}", conversation.name);
            let responses = join(&conversation.tokens);
            seeds.add(&name, [settings.as_slice(), &responses].concat())?;
        }
    }
    let choices: [(&str, &[u8]); 5] = [
        ("none", b"\x01\0\0\0"),
        ("integrity", b"\x02\0\x10\0"),
        ("confidentiality", b"\x04\x01\0\0alice@EXAMPLE.TEST"),
        ("both", b"\x06\0\x01\0"),
        ("another", b"\x04\x01\0\0bob"),
    ];
    for (name, choice) in choices {
        let settings = [sasl::CHOICE];
        seeds.add(&format!("choice-{name}"), [&settings[..], choice].concat())?;
    }
    let stream = join([&b"a message"[..], b"", &[0x5a; 400]]);
    let piece = [100];
    seeds.add(
        "stream-sealed",
        [&[sasl::STREAM], &piece[..], &stream].concat(),
    )?;
    let signed = sasl::STREAM | sasl::OTHER;
    seeds.add("stream-signed", [&[signed], &piece[..], &stream].concat())?;
    seeds.add(
        "foreign",
        [&[sasl::FOREIGN][..], &[0, 0, 0, 60, 5, 4]].concat(),
    )?;
    seeds.add(
        "foreign-long",
        [&[sasl::FOREIGN][..], &[0, 1, 0, 0]].concat(),
    )
}

/// Tickets and authenticators: those of MIT krb5, and ours, which are of the right time.
fn exchanges(tickets: &mut Seeds, authenticators: &mut Seeds) -> std::io::Result<()> {
    for exchange in vectors("mit_gss_exchanges") {
        let name = exchange["name"].as_str().unwrap_or_default();
        let request = &exchange["ap_req"];
        for (seeds, part) in [
            (&mut *tickets, &request["enc_ticket_part"]),
            (&mut *authenticators, &request["authenticator_plain"]),
        ] {
            if part.is_string() && (name.ends_with("18") || name.ends_with("23")) {
                seeds.add(&format!("mit-{name}"), [vec![0], hex(part)].concat())?;
            }
        }
    }
    for (choice, enctype) in (0..).zip(ENCTYPES) {
        let name = format!("ours-{}", enctype.number());
        let key = portcullis_crypto::Key::from_random(enctype, &[9; 32]);
        tickets.add(&name, [vec![choice], alice_ticket_part(&key)].concat())?;
        let said = alice_authenticator(enctype, None);
        authenticators.add(&name, [vec![choice], said.clone()].concat())?;
        let extended = [vec![choice], with_extension(&said)].concat();
        authenticators.add(&format!("{name}-extended"), extended)?;
        authenticators.add(&format!("{name}-mutual"), [vec![choice | 8], said].concat())?;
    }
    Ok(())
}

/// The authenticator with an extension in its checksum 0x8003 (RFC 6542 §3).
fn with_extension(authenticator: &[u8]) -> Vec<u8> {
    const EXTENSION: &[u8] = &[0, 0, 0, 2, 0, 0, 0, 4, b'd', b'a', b't', b'a'];
    let said = Authenticator::from_der(authenticator).expect("an authenticator");
    let checksum = said.cksum.expect("a checksum");
    let extended = [checksum.checksum, EXTENSION].concat();
    let cksum = Some(Checksum {
        checksum: &extended,
        ..checksum
    });
    Authenticator { cksum, ..said }.to_der()
}

fn files(seeds: &mut Seeds, vector_file: &str) -> std::io::Result<()> {
    for (number, vector) in vectors(vector_file).iter().enumerate() {
        let file = hex(&vector["data"]);
        if file.len() < 4096 {
            seeds.add(&format!("{number:02}"), file)?;
        }
    }
    Ok(())
}

fn principals(seeds: &mut Seeds) -> std::io::Result<()> {
    let file = vector_file("principals");
    let all = ["normal", "enterprise"].map(|kind| file[kind].as_array().cloned());
    for (number, vector) in all.into_iter().flatten().flatten().enumerate() {
        let text = vector["input"].as_str().unwrap_or_default();
        seeds.add(&format!("{number:02}"), text.as_bytes().to_vec())?;
    }
    Ok(())
}

/// The files that the tests of the reader have.
fn configurations(seeds: &mut Seeds) -> std::io::Result<()> {
    for (name, file) in [
        (
            "debian",
            include_str!("../../crates/formats/tests/krb5_conf/debian.conf"),
        ),
        (
            "freeipa",
            include_str!("../../crates/formats/tests/krb5_conf/freeipa.conf"),
        ),
        (
            "heimdal",
            include_str!("../../crates/formats/tests/krb5_conf/heimdal.conf"),
        ),
        (
            "mit",
            include_str!("../../crates/formats/tests/krb5_conf/mit.conf"),
        ),
    ] {
        seeds.add(name, file.as_bytes().to_vec())?;
    }
    Ok(())
}

fn local_names(seeds: &mut Seeds) -> std::io::Result<()> {
    let file = vector_file("auth_to_local");
    let vectors = file["vectors"].as_array().into_iter().flatten();
    for (number, vector) in vectors.enumerate() {
        let rule = vector["rules"][0].as_str().unwrap_or("DEFAULT");
        let client = vector["results"][0]["principal"]
            .as_str()
            .unwrap_or_default();
        seeds.add(
            &format!("{number:02}"),
            format!("{rule}\n{client}").into_bytes(),
        )?;
    }
    Ok(())
}

fn credentials(seeds: &mut Seeds) -> std::io::Result<()> {
    for (choice, enctype) in (0_u8..).zip(ENCTYPES) {
        let part = delegated_credential(enctype);
        let name = format!("ours-{}", enctype.number());
        seeds.add(&name, [vec![choice | 8], part].concat())?;
    }
    for exchange in vectors("mit_gss_exchanges") {
        let name = exchange["name"].as_str().unwrap_or_default();
        let said = hex(&exchange["ap_req"]["authenticator_plain"]);
        // KRB-CRED is [APPLICATION 22], behind 28 octets of the checksum 0x8003.
        let start = said.windows(2).position(|pair| pair == [0x76, 0x82]);
        if let (true, Some(start)) = (name.contains("deleg"), start) {
            let credential = said.get(start..).unwrap_or_default();
            let mut input = portcullis_formats::der::Reader::new(credential);
            let credential = input.whole().unwrap_or_default();
            seeds.add(&format!("mit-{name}"), [&[0], credential].concat())?;
        }
    }
    Ok(())
}

/// Foreign tokens of MIT krb5, and orders of good ones.
fn message_tokens(seeds: &mut Seeds) -> std::io::Result<()> {
    for exchange in vectors("mit_gss_exchanges") {
        let name = exchange["name"].as_str().unwrap_or_default();
        let messages = exchange["per_message"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let of_kind = |kind: &str| {
            let mut of_kind = messages.iter().filter(|message| message["kind"] == kind);
            of_kind.next().map(|message| hex(&message["token"]))
        };
        if name.starts_with("mutual-etype") || name.starts_with("one-way") {
            let tokens = ["mic", "wrap-conf", "wrap-integ"]
                .into_iter()
                .filter_map(of_kind);
            seeds.add(&format!("mit-{name}"), [vec![0], join(tokens)].concat())?;
        }
    }
    for (name, numbers) in [
        ("in-order", [7, 8, 9, 10, 11, 12]),
        ("gap-and-late", [7, 9, 8, 8, 9, 10]),
        ("window", [7, 71, 8, 72, 8, 7]),
        ("wrapped", [6, 7, 6, 5, u64::MAX, 7]),
    ] {
        let tokens = numbers.map(|number: u64| [&[0], number.to_be_bytes().as_slice()].concat());
        for choice in [0, 4] {
            let input = [vec![choice], join(&tokens)].concat();
            seeds.add(
                &format!("{name}-{}", ENCTYPES[usize::from(choice)].number()),
                input,
            )?;
        }
    }
    seeds.add(
        "flags",
        [vec![2], join([[0, 7], [1, 8], [4, 8], [2, 8], [0xf8, 9]])].concat(),
    )
}

/// Messages that initiators protect, with good headers and bad ones.
fn wrapped(seeds: &mut Seeds) -> std::io::Result<()> {
    let message = b"message";
    for (name, flags, extra_count, rotation) in [
        ("mit", 2, 0, 0),
        ("windows", 2, 16, 28),
        ("filler", 2, 3, 0),
        ("signed", 0, 12, 0),
        ("signed-rotated", 0, 12, 12),
        ("flags", 0xfa, 0, 0),
    ] {
        let header = WrapHeader {
            flags: TokenFlags(flags),
            extra_count,
            right_rotation_count: 0,
            sequence: 7,
        };
        let [rotation0, rotation1] = u16::to_be_bytes(rotation);
        let [count0, count1] = u16::to_be_bytes(extra_count);
        let start = [0, flags, count0, count1, rotation0, rotation1, 0, 0, 0];
        let filler = vec![0xff; extra_count.into()];
        let text = match flags & 2 {
            0 => message.to_vec(),
            _ => [message, filler.as_slice(), &header.octets()].concat(),
        };
        seeds.add(name, [start.as_slice(), &text].concat())?;
    }
    for (name, choice, sgn, seal, padding) in [
        ("rc4", 4, 0x11, 0x10, vec![1]),
        ("rc4-signed", 4, 0x11, 0xff, vec![1]),
        ("des3", 5, 4, 2, vec![1]),
        ("des3-padding", 5, 4, 2, vec![9]),
    ] {
        let seal1 = if seal == 0xff { 0xff } else { 0 };
        let start = [choice, sgn, 0, seal, seal1, 0, 0, 0, 0];
        seeds.add(
            name,
            [start.as_slice(), &[7; 8], message, &padding].concat(),
        )?;
    }
    Ok(())
}

/// Contexts of every encryption type.
fn exported(seeds: &mut Seeds) -> std::io::Result<()> {
    exported_context::seeds().try_for_each(|(name, octets)| seeds.add(&name, octets))
}

/// Those of Windows, and one with every kind of buffer, of alice's and of the right time.
fn pacs(bare: &mut Seeds, buffers: &mut Seeds, inside: &mut Seeds) -> std::io::Result<()> {
    for vector in vectors("pac") {
        let name = vector["name"].as_str().unwrap_or_default();
        let pac = hex(&vector["pac"]);
        for (number, buffer) in pac_buffer::seeds(&pac) {
            buffers.add(&format!("{name}-{number}"), buffer)?;
        }
        bare.add(name, pac)?;
    }
    for (number, vector) in vectors("device_info").iter().enumerate() {
        let device = [&[14], hex(&vector["buffer"]).as_slice()].concat();
        buffers.add(&format!("device-{number}"), device)?;
    }
    for (choice, enctype) in (0_u8..).zip(ENCTYPES) {
        let pac = alice_pac(enctype);
        inside.add(
            &enctype.number().to_string(),
            [&[choice], pac.as_slice()].concat(),
        )?;
        inside.add(
            &format!("{}-guarded", enctype.number()),
            [&[choice | inside_pac::GUARDED], pac.as_slice()].concat(),
        )?;
        bare.add(&format!("alice-{}", enctype.number()), pac)?;
    }
    Ok(())
}

fn claims(seeds: &mut Seeds) -> std::io::Result<()> {
    for (number, vector) in vectors("xpress_huffman").iter().enumerate() {
        let size = hex(&vector["uncompressed"]).len() as u16;
        let compressed = hex(&vector["compressed"]);
        let input = [size.to_le_bytes().as_slice(), &compressed].concat();
        seeds.add(&format!("ms-xca-{number}"), input)?;
    }
    for (number, vector) in vectors("claims").iter().enumerate() {
        let buffer = hex(&vector["buffer"]);
        seeds.add(
            &format!("windows-{number}"),
            [&[0, 0], buffer.as_slice()].concat(),
        )?;
    }
    Ok(())
}

fn headers(seeds: &mut Seeds) -> std::io::Result<()> {
    for (name, fields) in [
        ("token", "Negotiate YIIBAA=="),
        ("bare", "Negotiate"),
        ("other-case", "  negotiate\tYQ== "),
        ("twice", "Negotiate YQ==\nNegotiate Yg=="),
        ("beside", "Basic YTpi\nNEGOTIATE YQ=="),
        ("padding", "Negotiate YR=="),
    ] {
        seeds.add(name, fields.into())?;
    }
    Ok(())
}

/// From a password to a token.
fn requests(seeds: &mut Seeds) -> std::io::Result<()> {
    for (number, request) in kdc::seeds().into_iter().enumerate() {
        seeds.add(&format!("{number:02}"), request)?;
    }
    Ok(())
}

fn named<N: AsRef<str>>(seeds: &mut Seeds, all: Vec<(N, Vec<u8>)>) -> std::io::Result<()> {
    let mut all = all.into_iter();
    all.try_for_each(|(name, octets)| seeds.add(name.as_ref(), octets))
}

fn questions(seeds: &mut Seeds) -> std::io::Result<()> {
    for capacity in [0, 2, 200] {
        seeds.add(
            &format!("room-for-{capacity}"),
            replay_cache::seed(capacity),
        )?;
    }
    Ok(())
}
