//! `portcullis completions` and `portcullis man`.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use program::{directory, run};

#[test]
fn shells_learn_the_commands() {
    for (shell, part) in [
        ("bash", "complete -F _portcullis"),
        ("zsh", "#compdef portcullis"),
        ("fish", "complete -c portcullis"),
    ] {
        let said = run(&["completions", shell]);
        assert_eq!((said.error.as_str(), said.status), ("", 0));
        assert!(said.output.contains(part), "{shell}");
        assert!(said.output.contains("keytab"), "{shell}");
    }
}

#[test]
fn each_command_has_a_page() {
    let directory = directory();
    let said = run(&["man", directory.to_str().unwrap()]);
    assert_eq!((said.error.as_str(), said.status), ("", 0));
    for command in ["", "-accept", "-keytab-list", "-migrate"] {
        let page = directory.join(format!("portcullis{command}.1"));
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(
            text.starts_with(".ie") && text.contains(".SH NAME"),
            "{text}"
        );
    }
    let nowhere = run(&["man", "/no/such/directory"]);
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere
            .error
            .starts_with("portcullis: cannot write to /no/such/directory: ")
    );
}
