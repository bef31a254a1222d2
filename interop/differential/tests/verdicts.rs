//! Five thousand cases: every difference is in `interop/differences.toml`, and every row of it occurs.

use portcullis_differential::run::run;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;

#[test]
fn every_difference_is_listed_and_every_listed_one_occurs() {
    let needed = [
        Peer::MIT,
        Peer::PYTHON_GSSAPI,
        Peer::MIT_DEVELOPMENT,
        Peer::HEIMDAL,
    ];
    let needed = [&needed[..], &[Peer::JAVA, Peer::GOKRB5]].concat();
    if !present(&needed) || !built(&binary()) {
        return;
    }
    let outcome = run(&binary(), 5_000, 7);
    println!("{outcome}");
    let complaints = outcome.complaints();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(outcome.left, 0, "systematic cases were left out");
    assert!(outcome.accepted > 500, "{} accepted", outcome.accepted);
}
