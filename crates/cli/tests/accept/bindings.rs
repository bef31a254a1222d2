//! Channel bindings, from data and from certificates.

use crate::program::{Exchange, exchange, file};
use crate::then;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[test]
fn channel_bindings_are_compared_by_policy() {
    let bound = exchange("mutual-cb-etype18");
    let data = bound.vector["channel_binding_application_data"]
        .as_str()
        .unwrap();
    let kind = |exchange: &Exchange, policy, data: &str| {
        let options = ["--channel-bindings", policy, "--channel-binding-data", data];
        let (verdict, _) = then(exchange, &options);
        (
            verdict["channel_bound"].clone(),
            verdict["error"]["kind"].clone(),
        )
    };
    let unbound = exchange("mutual-etype18");

    let refused = (Value::Null, json!("channel-bindings"));
    assert_eq!(kind(&bound, "required", data), (json!(true), Value::Null));
    assert_eq!(kind(&bound, "allow", "00"), refused);
    assert_eq!(kind(&bound, "ignore", "00"), (json!(false), Value::Null));
    assert_eq!(kind(&unbound, "required", data), refused);
    assert_eq!(kind(&unbound, "aware", data), (json!(false), Value::Null));
}

#[test]
fn a_certificate_makes_the_bindings_in_der_and_in_pem() {
    let unbound = exchange("mutual-etype18");
    let der = include_bytes!("../../../../testdata/certificates/ecdsa-p256-sha256.der");
    let pem = format!(
        "# ours\n-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(der)
    );
    for certificate in [der.as_slice(), pem.as_bytes()] {
        let path = file("certificate", certificate);
        let options = [
            "--server-cert",
            path.to_str().unwrap(),
            "--channel-bindings",
            "required",
        ];
        let (verdict, _) = then(&unbound, &options);
        assert_eq!(verdict["error"]["kind"], "channel-bindings");
    }
}
