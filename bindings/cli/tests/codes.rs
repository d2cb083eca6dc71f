//! What the command draws of the first example of each page in `docs/codes`, held to `tests/snapshots/CODE.txt`.
//! `PASSGATE_UPDATE=1` writes the snapshots anew: read what changed.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]
#![expect(
    clippy::disallowed_methods,
    reason = "snapshots are files, and written anew where the environment says so"
)]

use passgate_harness::code_page::{CodePage, code_pages, top};
use std::path::Path;
use std::process::Command;

/// What is drawn of the example, in a folder of its own.
fn drawn(page: &CodePage) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("codes").join(&page.code);
    page.fires.write(&folder);
    let only = page.fires.only_file().unwrap_or(".");
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    if page.fires.is_provider_page() {
        command.args(["catalog", "import", only]);
    } else if page.fires.is_tested() {
        command.args(["test", only]);
    } else {
        command.args(["lint", only, "--kind", page.fires.kind()]);
        command.args(page.fires.at().map(|at| format!("--at={at}")));
    }
    let ran = command.current_dir(&folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let words = if page.fires.is_provider_page() { text(&ran.stderr) } else { String::new() };
    let data = if page.fires.is_provider_page() { String::new() } else { text(&ran.stdout) };
    shortened(&format!("{data}{words}"))
}

/// Of many diagnostics the first three and the last.
fn shortened(drawn: &str) -> String {
    let parts: Vec<&str> = drawn.trim_end().split("\n\n").collect();
    match parts.as_slice() {
        [a, b, c, .., last] if parts.len() > 10 => format!("{a}\n\n{b}\n\n{c}\n\n…\n\n{last}\n"),
        _ => format!("{}\n", parts.join("\n\n")),
    }
}

#[test]
fn each_code_is_drawn_as_its_snapshot() {
    let update = std::env::var_os("PASSGATE_UPDATE").is_some();
    let snapshots = top().join("tests/snapshots");
    let mut faults = Vec::new();
    let pages: Vec<CodePage> = code_pages().into_iter().filter(|page| !page.fires.is_empty()).collect();
    assert!(pages.len() > 90, "only {} pages", pages.len());
    for page in &pages {
        let (drawn, path) = (drawn(page), snapshots.join(format!("{}.txt", page.code)));
        assert!(drawn.contains(&format!("[{}]", page.code)), "{}: {drawn}", page.code);
        if update {
            std::fs::create_dir_all(&snapshots).unwrap();
            std::fs::write(&path, &drawn).unwrap();
        }
        match std::fs::read_to_string(&path) {
            Ok(kept) if kept == drawn => {}
            Ok(kept) => {
                faults.push(format!("tests/snapshots/{}.txt has\n{kept}\nwhere is drawn\n{drawn}", page.code))
            }
            Err(_) => faults.push(format!("tests/snapshots/{}.txt is missing", page.code)),
        }
    }
    let kept = std::fs::read_dir(&snapshots).unwrap().count();
    assert!(faults.is_empty(), "{}\n(PASSGATE_UPDATE=1 writes them)", faults.join("\n"));
    assert_eq!(kept, pages.len(), "a snapshot of a code that has no example");
}
