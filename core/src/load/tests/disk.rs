//! What lies among the files of a folder.

use super::{Folder, document, linted};
use crate::load::files::Shape;
use crate::load::reading::Most;
use crate::load::set::{Purpose, assemble_within};
use crate::load::store::Store;
use crate::{ErrorCode, Gate, LoadOptions};
use passgate_grammar::limits;
use std::fs;

const ONE: &str = "policy one { }";

#[test]
fn folders_are_walked_dots_and_other_files_passed_over() {
    let folder = Folder::new(&[
        ("a.gate", ONE),
        ("x/y/b.gate", "policy two { }"),
        (".hidden.gate", "nonsense"),
        (".git/c.gate", "nonsense"),
        ("readme.md", "nonsense"),
        ("x/d.json", &document("*")),
    ]);
    let gate = Gate::load(&folder.0).unwrap();
    let names: Vec<&str> = gate.model().policies.iter().map(|p| p.name.as_ref()).collect();
    assert_eq!(names, ["d", "one", "two"]);
}

#[test]
fn text_that_is_none_is_told_where_it_ends() {
    let folder = Folder::new(&[("a.gate", ONE)]);
    folder.write("latin.gate", b"policy two {\n    // caf\xe9\n}");
    folder.write("nul.gate", b"policy three { \0 }");
    folder.write("doc.json", b"\"\xff\"");
    assert_eq!(
        linted(&folder.0),
        ["bad-encoding latin.gate", "bad-character «\0» nul.gate", "bad-encoding doc.json"]
    );
    let error = Gate::load(folder.path("latin.gate")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadPolicy);
    let (told, sources) = (&error.diagnostics()[0], error.sources().unwrap());
    assert!(told.message.ends_with("is not UTF-8: byte 23 fits no character"), "{}", told.message);
    assert_eq!((sources.start(told.span).line, sources.start(told.span).column), (2, 11));
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let folder = Folder::new(&[
        ("a.gate", "\u{FEFF}policy one { }"),
        ("d.json", &format!("\u{FEFF}{}", document("*"))),
    ]);
    assert!(linted(&folder.0).is_empty());
}

#[test]
fn files_have_at_most_their_bytes() {
    let full = " ".repeat(limits::FILE_BYTES);
    let folder = Folder::new(&[("full.gate", &full), ("over.gate", &format!("{full} "))]);
    assert_eq!(linted(&folder.0), ["limit over.gate"]);
    assert_eq!(Gate::load(folder.path("over.gate")).unwrap_err().code(), ErrorCode::BadFile);
}

#[test]
fn compiled_files_have_at_most_their_bytes() {
    let folder = Folder::new(&[("full.gatec", ""), ("over.gatec", "")]);
    // Nothing but a size: read as far as the head, which is none.
    let sized = |name: &str, bytes: usize| {
        let file = fs::OpenOptions::new().write(true).open(folder.path(name)).unwrap();
        file.set_len(bytes as u64).unwrap();
        Gate::load(folder.path(name)).unwrap_err().code()
    };
    assert_eq!(sized("full.gatec", limits::COMPILED_BYTES), ErrorCode::BadCompiled);
    assert_eq!(sized("over.gatec", limits::COMPILED_BYTES + 1), ErrorCode::BadFile);
}

/// Codes told of a set of texts with small limits.
fn within(files: usize, bytes: usize, texts: &[(&str, &str)]) -> Vec<String> {
    let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let (store, options) = (Store::Memory(texts), LoadOptions::default());
    let most = Most { files, bytes };
    let set = assemble_within(most, store, &Shape::Folder, Purpose::Load, &options).unwrap();
    set.model.diagnostics.iter().map(|d| d.code.to_string()).collect()
}

#[test]
fn sets_have_at_most_their_files_and_bytes() {
    let most = Most::default();
    assert_eq!((most.files, most.bytes), (limits::SET_FILES, limits::SET_BYTES));
    let texts = [("a.gate", "policy a { }"), ("b.gate", "policy b { }"), ("c.gate", "policy c { }")];
    assert!(within(3, 36, &texts).is_empty());
    assert_eq!(within(2, 36, &texts), ["limit"]);
    assert_eq!(within(1, 36, &texts), ["limit"], "told once");
    assert_eq!(within(3, 35, &texts), ["limit"]);
    assert_eq!(within(3, 23, &texts), ["limit"], "told once");
}

#[test]
fn a_document_counts_as_often_as_it_is_named() {
    let document = document("*");
    let set = |names: usize| {
        let policies: String = (0..names).map(|n| format!("policy p{n} = cam \"d.json\"\n")).collect();
        let bytes = policies.len() + 3 * document.len();
        within(2, bytes, &[("a.gate", &policies), ("d.json", &document)])
    };
    assert!(set(3).is_empty());
    assert_eq!(set(4), ["limit"]);
    assert_eq!(set(100), ["limit"], "told once");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    #[test]
    fn links_to_files_are_followed_to_folders_not() {
        let folder = Folder::new(&[("set/a.gate", ONE), ("other/b.gate", "policy two { }")]);
        symlink(folder.path("other/b.gate"), folder.path("set/link.gate")).unwrap();
        symlink(folder.path("other"), folder.path("set/folder")).unwrap();
        symlink(folder.path("set"), folder.path("set/loop.gate")).unwrap();
        let gate = Gate::load(folder.path("set")).unwrap();
        assert_eq!(gate.model().policies.len(), 2);
    }

    #[test]
    fn a_link_to_nothing_is_told() {
        let folder = Folder::new(&[("a.gate", ONE)]);
        symlink("nowhere", folder.path("broken.gate")).unwrap();
        assert_eq!(linted(&folder.0), ["missing-file broken.gate"]);
        let error = Gate::load(folder.path("broken.gate")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadFile);
        assert!(error.message().ends_with("is a link that leads to nothing"), "{error}");
    }

    #[test]
    fn pipes_and_devices_are_not_opened() {
        let folder = Folder::new(&[("a.gate", ONE)]);
        assert!(Command::new("mkfifo").arg(folder.path("pipe.gate")).status().unwrap().success());
        symlink("/dev/null", folder.path("device.json")).unwrap();
        assert_eq!(linted(&folder.0), ["bad-file pipe.gate", "bad-file device.json"]);
        let message = |name| Gate::load(folder.path(name)).unwrap_err().message().to_owned();
        assert!(message("pipe.gate").ends_with("is a pipe, not a file"));
        assert!(message("device.json").ends_with("is a device, not a file"));
    }

    #[test]
    fn a_folder_where_a_file_should_be_is_told() {
        let folder = Folder::new(&[("a.gate", "policy p = cam \"dir.json\""), ("dir.json/x.txt", "")]);
        assert_eq!(linted(&folder.path("a.gate")), ["bad-file «\"dir.json\"» a.gate"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_grows_while_it_is_read_is_refused() {
        let folder = Folder::new(&[("a.gate", ONE)]);
        // Its size is told as 0 and its text is not empty, as of a file that is written to meanwhile.
        symlink("/proc/self/status", folder.path("status.gate")).unwrap();
        let error = Gate::load(folder.path("status.gate")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadFile);
        assert!(error.message().ends_with("changed while it was read"), "{error}");
    }

    #[test]
    fn named_files_do_not_lead_through_linked_folders() {
        let folder =
            Folder::new(&[("set/a.gate", "policy p = cam \"out/d.json\""), ("other/d.json", &document("*"))]);
        symlink(folder.path("other"), folder.path("set/out")).unwrap();
        assert_eq!(linted(&folder.path("set")), ["bad-file «\"out/d.json\"» a.gate"]);
    }
}
