//! Tickets of Samba's domain controller, with the PACs of Active Directory.

use portcullis_interop::initiator::Asking;
use portcullis_interop::samba::SambaDomain;

use crate::{PYTHON, Recorder, first};

const WEB: &str = "HTTP/web.example.test";
const RC4: &str = "HTTP/rc4.example.test";

pub(crate) fn record() {
    let domain = SambaDomain::start(&[]).expect("Samba");
    let mut recorder = Recorder::of(&domain.realm, ("Samba AD DC", "samba"));
    for (user, service, file, what) in [
        ("alice", WEB, "samba", "groups inside groups"),
        (
            "alice",
            RC4,
            "samba-rc4",
            "ticket and signature arcfour-hmac",
        ),
        ("many", WEB, "samba-many", "a thousand groups"),
    ] {
        let token = first(
            &domain.realm.login(user),
            service,
            &Asking::spnego().mutual(),
        );
        let what = format!("spnego, mutual; {what}");
        recorder.write(file, &what, PYTHON, service, token);
    }
    let front = domain.realm.login("svc-front");
    let bob = front.in_the_name_of("bob", WEB);
    let token = first(&bob, WEB, &Asking::krb5());
    let what = "krb5; S4U2Proxy: svc-front came for bob";
    recorder.write("samba-s4u", what, PYTHON, WEB, token);
}
