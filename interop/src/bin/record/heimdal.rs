//! Tickets of Heimdal's KDC, without PAC, and tokens of its initiator.

use portcullis_interop::heimdal::{ENCTYPES, HeimdalRealm};
use portcullis_interop::initiator::Asking;

use crate::{Recorder, Source};

const HEIMDAL: Source = ("Heimdal's libgssapi", "libgssapi3-heimdal");

pub(crate) fn record() {
    let heimdal = HeimdalRealm::start(&[]).expect("Heimdal");
    let mut recorder = Recorder::of(&heimdal.realm, ("Heimdal", "heimdal-kdc"));
    let alice = heimdal.realm.login("alice");
    for (number, name) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        let token = HeimdalRealm::initiator(&alice, &service, &Asking::spnego().mutual()).token;
        let what = format!("spnego, mutual; ticket and session key {name}");
        let file = format!("heimdal-{number}");
        recorder.write(&file, &what, HEIMDAL, &service, token);
    }
    let service = "HTTP/e18.example.test";
    let token = HeimdalRealm::initiator(&alice, service, &Asking::krb5().dce()).token;
    let what = "a bare AP-REQ in DCE style, first leg of three";
    recorder.write("heimdal-dce", what, HEIMDAL, service, token);
}
