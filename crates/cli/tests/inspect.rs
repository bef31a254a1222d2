//! `portcullis inspect`, on tokens of MIT krb5 whose contents are known.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

mod program;

use portcullis::Principal;
use portcullis::formats::der::Encode;
use portcullis::formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis::formats::messages::{
    KerberosString, KerberosTime, KrbError, Microseconds, PrincipalName,
};
use portcullis::formats::registry::{ErrorCode, Kvno, NameType};
use portcullis::pac::PacBufferType;
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::TestRealm;
use program::{Exchange, Recorded, Said, exchange, file, recorded, run, run_with_input};
use serde_json::{Value, json};
use std::path::Path;

fn inspect(token: &[u8], keytab: Option<&Path>) -> Said {
    let token = file("token", token);
    let mut arguments = vec!["inspect".into(), token.into_os_string()];
    if let Some(keytab) = keytab {
        arguments.extend(["--keytab".into(), keytab.as_os_str().to_owned()]);
    }
    run(&arguments)
}

fn as_json(token: &[u8], keytab: &Path) -> Value {
    let token = file("token", token);
    let said = run(&[
        "inspect",
        "--json",
        "--keytab",
        keytab.to_str().unwrap(),
        token.to_str().unwrap(),
    ]);
    assert_eq!(
        said.output.lines().count(),
        1,
        "{}{}",
        said.output,
        said.error
    );
    serde_json::from_str(&said.output).unwrap()
}

/// `20261122034728Z` as we print it.
fn date(text: &Value) -> String {
    let text = text.as_str().unwrap();
    let part = |from: usize, to: usize| &text[from..to];
    let (date, time) = (
        [part(0, 4), part(4, 6), part(6, 8)],
        [part(8, 10), part(10, 12), part(12, 14)],
    );
    format!("{}T{}Z", date.join("-"), time.join(":"))
}

/// The names of MIT krb5's exchanges of which the contents are known.
fn known_exchanges() -> Vec<String> {
    let all = vectors("mit_gss_exchanges");
    let known = all.iter().filter(|it| it["ap_req"]["ctime"].is_string());
    known
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn everything_that_mit_krb5_put_into_a_token_is_shown() {
    for name in known_exchanges() {
        let Exchange {
            token,
            keytab,
            vector,
        } = exchange(&name);
        let shown = as_json(&token, &keytab);
        let (request, known) = (&shown["ap_req"], &vector["ap_req"]);
        let (ticket, authenticator) = (&request["ticket"], &request["authenticator"]);
        assert_eq!(shown["token_id"], "AP-REQ (01 00)", "{name}");
        assert_eq!(ticket["service"], vector["service"], "{name}");
        assert_eq!(ticket["client"], vector["client"], "{name}");
        assert_eq!(ticket["authenticated"], date(&known["authtime"]), "{name}");
        if known["starttime"].is_string() {
            assert_eq!(ticket["valid_from"], date(&known["starttime"]), "{name}");
        }
        assert_eq!(ticket["valid_until"], date(&known["endtime"]), "{name}");
        let numbers = [
            (&ticket["enctype"], &known["ticket_etype"]),
            (&ticket["session_key"], &known["session_etype"]),
            (&authenticator["subkey"], &known["subkey_etype"]),
            (&authenticator["checksum"]["type"], &known["cksum_type"]),
        ];
        for (shown, known) in numbers {
            let shown = shown.as_str().unwrap();
            assert!(shown.ends_with(&format!("({known})")), "{name}: {shown}");
        }
        assert_eq!(
            authenticator["sequence_number"],
            known["seq"].to_string(),
            "{name}"
        );
        let time = format!(
            "{} and {} microseconds",
            date(&known["ctime"]),
            known["cusec"]
        );
        assert_eq!(authenticator["clients_time"], time, "{name}");
        let bindings = &hex(&known["cksum"])[4..20];
        let digits: String = bindings
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let expected = match bindings.iter().all(|octet| *octet == 0) {
            true => "none".to_owned(),
            false => format!("MD5 {digits}"),
        };
        assert_eq!(
            authenticator["checksum"]["channel_bindings"], expected,
            "{name}"
        );
    }
}

#[test]
fn a_token_reads_like_a_page() {
    let exchange = exchange("spnego-mutual-etype18");

    let said = inspect(&exchange.token, Some(&exchange.keytab));

    assert_eq!((said.status, said.error.as_str()), (0, ""));
    let begin = "\
octets                    771
framed for                spnego (1.3.6.1.5.5.2)
NegTokenInit
  mechanisms              krb5 (1.2.840.113554.1.2.2)
  mechToken
    octets                728
    framed for            krb5 (1.2.840.113554.1.2.2)
    token id              AP-REQ (01 00)
    AP-REQ
      options             mutual-required
      ticket
        service           HTTP/e18.example.test@EXAMPLE.TEST
        service's type    NT-PRINCIPAL (1)
        enctype           aes256-cts-hmac-sha1-96 (18)
";
    assert!(said.output.starts_with(begin), "{}", said.output);
    for line in [
        "        flags             forwardable, transited-policy-checked, enc-pa-rep\n",
        "        transited         no other realm\n",
        "          context flags    mutual, replay, sequence, conf, integ, trans\n",
    ] {
        assert!(said.output.contains(line), "{line}{}", said.output);
    }
}

#[test]
fn without_a_keytab_it_ends_where_the_seals_are() {
    let exchange = exchange("mutual-etype18");

    let said = inspect(&exchange.token, None);

    assert_eq!(said.status, 0);
    assert!(said.output.contains("sealed octets"), "{}", said.output);
    assert!(!said.output.contains("alice"), "{}", said.output);
}

#[test]
fn a_keytab_that_does_not_open_the_ticket_is_told() {
    let token = exchange("mutual-etype18").token;
    let others = [
        (
            "mutual-etype17",
            "the keytab has no key of aes256-cts-hmac-sha1-96 (18)",
        ),
        (
            "mutual-deleg-etype18",
            "the keytab has one key of aes256-cts-hmac-sha1-96 (18), and it does not fit",
        ),
    ];
    for (other, why) in others {
        let mut keytab = std::fs::read(exchange(other).keytab).unwrap();
        let last = keytab.len() - 5;
        keytab[last] ^= 1; // the last octet of the key, before its version of four octets
        let said = inspect(&token, Some(&file("keytab", &keytab)));
        assert_eq!(said.status, 1);
        assert!(
            said.output.contains(&format!("not opened: {why}\n")),
            "{}",
            said.output
        );
    }
}

#[test]
fn a_key_under_another_name_or_version_opens_the_ticket_and_that_is_told() {
    let Exchange { token, keytab, .. } = exchange("mutual-etype18");
    let octets = std::fs::read(keytab).unwrap();
    let entry = KeytabFile::open(&octets)
        .unwrap()
        .records()
        .next()
        .unwrap()
        .unwrap();
    let other: Principal = "HTTP/alias@EXAMPLE.TEST".parse().unwrap();
    for (principal, kvno) in [(&entry.principal, 7), (&other, 1)] {
        let mut keytab = KeytabWriter::new(KeytabVersion::V2);
        keytab
            .add(principal, 0, Kvno(kvno), entry.etype, entry.key)
            .unwrap();
        let shown = as_json(&token, &file("keytab", &keytab.into_vec()));
        let opened_with = shown["ap_req"]["ticket"]["opened_with"].as_str().unwrap();
        assert_eq!(
            opened_with,
            format!(
                "{principal} kvno {kvno} aes256-cts-hmac-sha1-96 (18), though the ticket names another"
            )
        );
    }
}

#[test]
fn a_delegated_ticket_is_shown_without_its_key() {
    let exchange = exchange("mutual-deleg-etype18");
    let shown = as_json(&exchange.token, &exchange.keytab);
    let delegated = &shown["ap_req"]["authenticator"]["checksum"]["delegated"];
    assert_eq!(
        delegated["ticket"][0],
        json!({
            "client": "alice@EXAMPLE.TEST",
            "service": "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST",
            "session_key": "aes256-cts-hmac-sha1-96 (18)",
            "flags": ["forwardable", "forwarded", "transited-policy-checked", "enc-pa-rep"],
            "valid_until": "2026-11-22T13:47:28Z",
        })
    );
}

#[test]
fn what_the_client_can_do_is_shown() {
    let exchange = exchange("mutual-cb-etype20");
    let shown = as_json(&exchange.token, &exchange.keytab);
    let data = &shown["ap_req"]["authenticator"]["authorization_data"][0];
    assert_eq!(data["type"], "AD-IF-RELEVANT (1)");
    let inside = &data["authorization_data"][0];
    assert_eq!(inside["type"], "AD-ETYPE-NEGOTIATION (129)");
    assert_eq!(inside["enctypes"][0], "aes256-cts-hmac-sha1-96 (18)");
}

/// Claims and a device as Windows sends them are in vectors; here is that each buffer is shown.
#[test]
fn a_pac_is_shown_with_everything_that_is_in_it() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let alice = realm.user_with("alice").in_groups(["staff"]);
    let alice = alice.full_name("Alice\n\u{202e}Liddell").build();
    let claims = hex(&vectors("claims")[1]["buffer"]);
    let login = alice
        .token_for(&web)
        .pac_requestor()
        .delegated_through(&["front/a", "front/b"])
        .pac_buffer(PacBufferType::CLIENT_CLAIMS_INFO, &claims)
        .build();
    let keytab = file("keytab", &web.keytab_octets());

    let said = inspect(login.token(), Some(&keytab));

    assert_eq!(said.status, 0, "{}", said.output);
    let of_values = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = said.output.lines().map(of_values).collect();
    let sid = alice.sid();
    for expected in [
        "type LOGON_INFO (1)",
        "type CLIENT_CLAIMS_INFO (13)",
        r"full name Alice\n\xe2\x80\xaeLiddell",
        &format!("SID {sid}"),
        &format!("primary group {}-513 (Domain Users)", sid.domain().unwrap()),
        "name 720fd3c3_7",
        "values foo",
        "source Active Directory",
        "services between front/a",
        "front/b",
        "account control normal-account",
        "checksum hmac-sha1-96-aes256 (16)",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {}",
            said.output
        );
    }
    let shown = as_json(login.token(), &keytab);
    let data = &shown["ap_req"]["ticket"]["authorization_data"][0];
    let pac = &data["authorization_data"][0]["pac"];
    let types: Vec<_> = pac["buffer"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["type"])
        .collect();
    assert!(types.contains(&&json!("REQUESTOR (18)")), "{types:?}");
}

#[test]
fn a_pac_that_is_broken_is_shown_up_to_there() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let login = realm
        .user("alice")
        .token_for(&web)
        .pac_buffer(PacBufferType::LOGON_INFO, &[1; 40])
        .build();
    let keytab = file("keytab", &web.keytab_octets());

    let said = inspect(login.token(), Some(&keytab));

    assert_eq!(said.status, 1);
    assert!(said.output.contains("wrong "), "{}", said.output);
    assert!(said.output.contains("UPN_DNS_INFO (12)"), "{}", said.output);
}

/// As MIT's KDC writes them, inside AD-CAMMAC.
#[test]
fn authentication_indicators_are_shown() {
    let Recorded { token, keytab, .. } = recorded("mit-indicator-18");
    let said = inspect(&token, Some(&keytab));
    assert_eq!(said.status, 0, "{}", said.output);
    assert!(said.output.contains("AD-CAMMAC (96)"), "{}", said.output);
    assert!(said.output.contains("indicators "), "{}", said.output);
}

/// Of a domain controller: each group on a line of its own.
#[test]
fn a_thousand_groups_are_a_table() {
    let Recorded { token, keytab, now } = recorded("samba-many");
    let said = inspect(&token, Some(&keytab));
    assert_eq!(said.status, 0, "{}", said.output);
    let sids = said
        .output
        .lines()
        .filter(|line| line.contains(" S-1-5-21-"));
    assert!(sids.count() > 1000, "{}", said.output);
    let set = said
        .output
        .lines()
        .find(|line| line.contains("password set"));
    let day = now.split('T').next().unwrap();
    assert!(set.unwrap().contains(day), "{}", said.output);
}

#[test]
fn a_ticket_of_des3_is_opened_though_it_is_padded() {
    let Recorded { token, keytab, .. } = recorded("heimdal-16");
    let said = inspect(&token, Some(&keytab));
    assert_eq!(said.status, 0, "{}", said.output);
    assert!(
        said.output.contains("AD-SIGNED-PATH (512)"),
        "{}",
        said.output
    );
}

#[test]
fn no_key_is_ever_shown() {
    for name in known_exchanges() {
        let exchange = exchange(&name);
        let known = &exchange.vector["ap_req"];
        let keys = [
            &exchange.vector["service_key"],
            &known["session_key"],
            &known["subkey"],
        ];
        let text = inspect(&exchange.token, Some(&exchange.keytab)).output;
        let json = as_json(&exchange.token, &exchange.keytab).to_string();
        for key in keys.into_iter().filter_map(Value::as_str) {
            let quarter = &key[..key.len() / 4];
            assert!(!text.contains(quarter) && !json.contains(quarter), "{name}");
        }
    }
}

#[test]
fn replies_are_told_by_kind() {
    let exchange = exchange("spnego-mutual-etype18");
    let reply = hex(&exchange.vector["tokens"][1]["token"]);
    let said = inspect(&reply, None);
    assert_eq!(said.status, 0, "{}", said.output);
    for line in [
        "NegTokenResp\n",
        "  state                   accept-completed\n",
        "  mechanism               krb5 (1.2.840.113554.1.2.2)\n",
        "    token id              AP-REP (02 00)\n",
    ] {
        assert!(said.output.contains(line), "{line}{}", said.output);
    }
}

#[test]
fn an_error_of_mit_krb5_is_told_by_name() {
    let all = vectors("mit_gss_exchanges");
    let replay = all
        .iter()
        .find(|it| it["name"] == "error-token-replay")
        .unwrap();
    let said = inspect(&hex(&replay["error_token"]), None);
    assert_eq!(said.status, 0, "{}", said.output);
    let line = "  code                    KRB_AP_ERR_REPEAT (34)\n";
    assert!(said.output.contains(line), "{}", said.output);
}

#[test]
fn tokens_that_protect_messages_are_told_by_kind() {
    let exchange = exchange("mutual-etype18");
    for message in exchange.vector["per_message"].as_array().unwrap() {
        let said = inspect(&hex(&message["token"]), None);
        assert_eq!(said.status, 0, "{}", said.output);
        let kind = message["kind"].as_str().unwrap();
        let name = if kind.starts_with("mic") {
            "MIC token\n"
        } else {
            "Wrap token\n"
        };
        assert!(said.output.contains(name), "{kind}: {}", said.output);
        let sealed = said
            .output
            .lines()
            .any(|line| line.contains("flags") && line.contains("sealed"));
        assert_eq!(sealed, kind == "wrap-conf", "{}", said.output);
    }
}

#[test]
fn ntlm_is_recognised_and_there_is_advice() {
    for (octets, name) in [
        (b"NTLMSSP\0\x01\0\0\0".as_slice(), "NTLM NEGOTIATE_MESSAGE"),
        (b"NTLMSSP\0\x03\0\0\0", "NTLM AUTHENTICATE_MESSAGE"),
        (b"NTLMSSP\0", "NTLM, cut off"),
        (b"NEGOEXTS\0\0", "NegoEx"),
    ] {
        let said = inspect(octets, None);
        assert_eq!(said.status, 0);
        assert!(said.output.contains(name), "{}", said.output);
        assert!(said.output.contains("remedy   "), "{}", said.output);
    }
}

#[test]
fn a_token_that_is_cut_off_is_shown_up_to_there() {
    let exchange = exchange("spnego-mutual-etype18");
    for length in (3..exchange.token.len()).step_by(61) {
        let said = inspect(&exchange.token[..length], Some(&exchange.keytab));
        assert_eq!((said.status, said.error.as_str()), (1, ""));
        let wrong = "wrong                     InitialContextToken: truncated";
        assert!(said.output.contains(wrong), "{}", said.output);
    }
    let said = inspect(&exchange.token[..400], None);
    for line in [
        "    0 [APPLICATION 0], 767 octets, of which 396 are there\n",
        "GeneralString \"e18.example.test\"\n",
    ] {
        assert!(said.output.contains(line), "{line}: {}", said.output);
    }
}

#[test]
fn what_is_wrong_inside_is_told_with_its_place_in_the_token() {
    let mut exchange = exchange("mutual-etype18");
    // The tag of the ticket: [3] in the AP-REQ.
    let place = exchange
        .token
        .windows(2)
        .position(|it| it == [0xa3, 0x82])
        .unwrap();
    exchange.token[place] = 0xa9;
    let said = inspect(&exchange.token, Some(&exchange.keytab));
    let wrong = format!("AP-REQ.ticket: expected tag 0xa3, found 0xa9 (at octet {place})\n");
    assert_eq!(said.status, 1);
    assert!(said.output.contains(&wrong), "{}", said.output);
    assert!(
        said.output.contains(&format!("{place} ")),
        "{}",
        said.output
    );
}

#[test]
fn what_a_peer_wrote_is_escaped() {
    let name = Principal::new("A\u{1b}[2JB\nwrong", ["x\r\ny"]).unwrap();
    let error = KrbError {
        ctime: None,
        cusec: None,
        stime: KerberosTime::UNIX_EPOCH,
        susec: Microseconds::default(),
        error_code: ErrorCode::GENERIC,
        crealm: None,
        cname: None,
        realm: name.realm(),
        sname: PrincipalName {
            name_type: NameType::UNKNOWN,
            ..name.name()
        },
        e_text: Some(KerberosString(b"\x1b]0;title\x07\nall is well")),
        e_data: None,
    };
    let said = inspect(&error.to_der(), None);
    assert_eq!(said.status, 0);
    let unescaped = |letter: char| letter.is_control() && letter != '\n';
    assert!(!said.output.contains(unescaped), "{:?}", said.output);
    assert_eq!(said.output.lines().count(), 6, "{}", said.output);
    assert!(
        said.output.contains(r"\x1b]0;title\x07\nall is well"),
        "{}",
        said.output
    );
}

#[test]
fn messages_for_a_kdc_are_told_from_tokens() {
    for (octets, name) in [(b"\x6a\x00", "an AS-REQ"), (b"\x6d\x00", "a TGS-REP")] {
        let said = inspect(octets, None);
        assert_eq!(said.status, 1);
        assert!(said.output.contains(name), "{}", said.output);
    }
    let said = inspect(b"GET / HTTP/1.1\r\n", None);
    assert_eq!(said.status, 1);
    assert!(
        said.output.contains("begins with 0x47 (at octet 0)"),
        "{}",
        said.output
    );
}

#[test]
fn a_token_may_be_pasted_or_piped_in_any_form() {
    use base64::Engine as _;
    let token = exchange("spnego-mutual-etype18").token;
    let text = base64::engine::general_purpose::STANDARD.encode(&token);
    let digits: String = token.iter().map(|octet| format!("{octet:02x}")).collect();
    let expected = inspect(&token, None).output;
    for form in [
        text.clone(),
        digits,
        format!("< WWW-Authenticate: Negotiate {text}"),
    ] {
        assert_eq!(run(&["inspect", &form]).output, expected);
        assert_eq!(
            run_with_input(&["inspect", "-"], form.as_bytes()).output,
            expected
        );
        assert_eq!(inspect(form.as_bytes(), None).output, expected);
    }
}

#[test]
fn what_is_not_there_cannot_be_shown() {
    let said = run(&["inspect", "no.such.file"]);
    assert_eq!((said.status, said.output.as_str()), (2, ""));
    assert!(
        said.error
            .starts_with("portcullis: cannot read no.such.file: "),
        "{}",
        said.error
    );
    let said = inspect(b"NEGOEXTS", Some(Path::new("no.such.keytab")));
    assert_eq!((said.status, said.output.as_str()), (2, ""));
    let said = inspect(b"NEGOEXTS", Some(&file("keytab", b"no keytab")));
    assert_eq!((said.status, said.output.as_str()), (2, ""));
}
