//! Which realms lie above a realm, and which between two.
//!
//! Domain-style names grow to the left (`EDU`, `MIT.EDU`), X.500-style names, which begin with a
//! slash, to the right (`/COM`, `/COM/HP`); see RFC 4120 §6.1. Whole components count:
//! `OZ.EXAMPLE.COM` does not lie above `FOZ.EXAMPLE.COM`.

use core::iter::successors;

/// The realm directly above `realm`; `None` at the top.
fn parent(realm: &[u8]) -> Option<&[u8]> {
    let above = if realm.starts_with(b"/") {
        let last = realm.iter().rposition(|octet| *octet == b'/')?;
        realm.get(..last)?
    } else {
        let first = realm.iter().position(|octet| *octet == b'.')?;
        realm.get(first.checked_add(1)?..)?
    };
    (!above.is_empty()).then_some(above)
}

/// The realm itself, the one above it, and so on to the top.
fn and_above(realm: &[u8]) -> impl Iterator<Item = &[u8]> {
    successors(Some(realm), |realm| parent(realm))
}

/// The realms between two of which one lies above the other, or `None` when neither does.
///
/// Equal realms have none between them.
pub(super) fn between<'a>(
    one: &'a [u8],
    other: &'a [u8],
) -> Option<impl Iterator<Item = &'a [u8]>> {
    let (above, below) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let levels = and_above(below).position(|realm| realm == above)?;
    Some(and_above(below).take(levels).skip(1))
}

/// The path from one realm to another, both included: up to the closest realm above both, and down.
///
/// Where there is none, up to the client's top and down from the server's, as MIT krb5 does.
pub(super) fn path<'a>(client: &'a [u8], server: &'a [u8]) -> Vec<&'a [u8]> {
    let mut down: Vec<_> = and_above(server).collect();
    let mut path = Vec::new();
    for realm in and_above(client) {
        path.push(realm);
        if let Some(levels) = down.iter().position(|above| *above == realm) {
            down.truncate(levels);
            break;
        }
    }
    path.extend(down.into_iter().rev());
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_testdata::vector_file;

    fn names(realms: impl IntoIterator<Item = &'static [u8]>) -> Vec<&'static str> {
        let name = |realm| str::from_utf8(realm).unwrap();
        realms.into_iter().map(name).collect()
    }

    #[test]
    fn the_hierarchical_paths_are_those_of_mit_krb5() {
        let vectors = vector_file("transited")["hierarchical_paths"].take();
        let vectors = vectors.as_array().unwrap();
        assert!(!vectors.is_empty());

        for vector in vectors {
            let realm = |name: &str| vector[name].as_str().unwrap().as_bytes();
            let expected: Vec<_> = vector["path"].as_array().unwrap().iter().collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|v| v.as_str().unwrap().as_bytes())
                .collect();

            assert_eq!(path(realm("client_realm"), realm("server_realm")), expected);
        }
    }

    #[test]
    fn the_path_to_a_realm_above_goes_straight_up_and_back_straight_down() {
        assert_eq!(names(path(b"A.B.C", b"C")), ["A.B.C", "B.C", "C"]);
        assert_eq!(names(path(b"C", b"A.B.C")), ["C", "B.C", "A.B.C"]);
        assert_eq!(names(path(b"A.B", b"A.B")), ["A.B"]);
    }

    #[test]
    fn x500_names_have_their_parents_on_the_left() {
        assert_eq!(
            names(path(b"/COM/HP/APOLLO", b"/COM/DEC")),
            ["/COM/HP/APOLLO", "/COM/HP", "/COM", "/COM/DEC"]
        );
    }

    #[test]
    fn between_a_realm_and_itself_or_its_parent_there_is_nothing() {
        assert_eq!(names(between(b"EDU", b"EDU").unwrap()), [""; 0]);
        assert_eq!(names(between(b"MIT.EDU", b"EDU").unwrap()), [""; 0]);
    }

    #[test]
    fn unrelated_realms_have_nothing_between_them() {
        assert!(between(b"EDU", b"COM").is_none());
        assert!(between(b"OZ.TEST", b"A.FOZ.TEST").is_none());
        assert!(between(b"/COM", b"/COMPANY/X").is_none());
        assert!(between(b"COM", b"/COM/HP").is_none());
        assert!(between(b"", b"MIT.EDU").is_none());
    }

    #[test]
    fn odd_names_end() {
        assert_eq!(names(path(b"", b"")), [""]);
        assert_eq!(names(path(b"/", b".")), ["/", "."]);
        assert_eq!(names(path(b"A..B", b"B")), ["A..B", ".B", "B"]);
        assert_eq!(names(path(b"//", b"/")), ["//", "/"]);
    }
}
