//! Keys from passwords with the salts of Active Directory: MIT's kinit makes the same.

use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::run;
use portcullis_interop::realm::MitRealm;
use portcullis_testrealm::{Salt, TestRealm};

use crate::realm::{ENCTYPES, klist, type_password, write_keytab};

#[test]
fn kinit_makes_the_keys_of_a_computer_and_of_a_renamed_user() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = TestRealm::new("EXAMPLE.TEST");
    let all = ENCTYPES.map(|(number, _)| i32::from(number).try_into().unwrap());
    let computer = realm.service_with("WEB$").alias("HTTP/web.example.test");
    let computer = computer.enctypes(all).password("of the machine");
    let computer = computer.salt(Salt::Computer).build();
    let renamed = realm.user_with("liddell").password("secret");
    let renamed = renamed.salt(Salt::Text("EXAMPLE.TESTalice".to_owned()));
    renamed.build();
    let mut directory = tempfile::Builder::new();
    let directory = directory.prefix("portcullis-").tempdir().unwrap();
    write_keytab(directory.path(), "WEB$", &computer.keytab_octets());
    let _kdc = realm.kdc().serve(directory.path(), 0).unwrap();
    let files = MitRealm::of_another_kdc(directory);
    // By the keytab, by the password, and once more as the alias.
    let login = files.login("WEB$");
    for (user, password) in [
        ("WEB$", "of the machine"),
        ("HTTP/web.example.test", "of the machine"),
        ("liddell", "secret"),
    ] {
        let mut kinit = login.command("/usr/bin/kinit");
        assert_eq!(type_password(kinit.arg(user), password), "", "{user}");
        assert!(klist(&login).contains(&format!("{user}@EXAMPLE.TEST")));
    }
    run(login.command("/usr/bin/kvno").arg("HTTP/web.example.test"));
}
