//! The recorded tokens still get the verdict that MIT gave when they were recorded.

use std::path::Path;

use portcullis_interop::peer::built;
use portcullis_interop::portcullis::{Batch, binary};
use portcullis_interop::recorded::Recorded;

#[test]
fn every_recorded_token_gets_the_verdict_that_mit_gave() {
    if !built(&binary()) {
        return;
    }
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .with_file_name("testdata")
        .join("tokens");
    let recorded = Recorded::read_all(&directory).expect("files in the form of testdata/tokens");
    assert!(recorded.len() > 30, "the recorded tokens are there");
    let mut batch = Batch::start(&binary());
    let wrong: Vec<_> = recorded
        .iter()
        .filter_map(|token| token.replay(|request| batch.accept(request)).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
