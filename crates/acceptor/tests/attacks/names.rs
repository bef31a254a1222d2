//! Names that are odd, and names that are none.

use crate::scene::Scene;
use portcullis::error::TicketError;

/// CVE-2015-2697, CVE-2004-0523, CVE-2023-41916: names are octets; none are lost, none are added.
#[test]
fn odd_names_survive_octet_for_octet() {
    let long = vec![b'x'; 30_000];
    let names: [&[&[u8]]; 9] = [
        &[b"alice@EVIL.TEST"],
        &[b"alice", b"admin"],
        &[b"alice/admin"],
        &[b"back\\slash"],
        &[b""],
        &[b"", b"", b""],
        &[b"\xff\xfe\x80"],
        &["Ａlice".as_bytes()],
        &[&long],
    ];
    let scene = Scene::new();
    for name in names {
        let (context, _) = scene.accept(&scene.token().client_components(name).build());
        let client = context.identity().client();
        assert!(client.components().eq(name.iter().copied()));
        let text = String::from_utf8_lossy(&client.to_text()).into_owned();
        let parsed = portcullis::Principal::parse(&client.to_text(), None).unwrap();
        assert_eq!(&parsed, client, "{text}");
    }
}

/// A NUL ends a name for some and not for others: there is no such name.
#[test]
fn a_nul_in_a_name_is_refused_wherever_it_stands() {
    let scene = Scene::new();
    for name in [b"\0".as_slice(), b"root\0", b"\0root", b"ro\0ot"] {
        scene.refuse(&scene.token().client_components(&[name]).build());
        scene.refuse(&scene.token().client_components(&[b"alice", name]).build());
    }
    scene.refuse(&scene.token().client_realm("EXAMPLE.TEST\0").build());
    scene.refuse(&scene.token().client_realm("\0").build());
}

/// No name has hundreds of components.
#[test]
fn a_name_of_too_many_components_is_refused() {
    let scene = Scene::new();
    let sixteen = vec![b"x".as_slice(); 16];
    scene.accept(&scene.token().client_components(&sixteen).build());
    let many = vec![b"x".as_slice(); 17];
    let rejection = scene.refuse(&scene.token().client_components(&many).build());
    assert_eq!(*rejection.error(), TicketError::ClientName.into());
}
