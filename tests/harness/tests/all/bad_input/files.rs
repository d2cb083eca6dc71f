//! A folder, device, pipe, socket, broken or circular link, an empty file, or a file that is no text, where a file of the
//! set should be, or one that an option names: an error or a diagnostic of error level, never a hang and never a gate.

use super::on_small_stack;
use passgate::catalog::{Catalogs, file};
use passgate::grammar::Sources;
use passgate::load::lint;
use passgate::model::PolicyKind;
use passgate::{Error, ErrorCode, Gate, LoadOptions};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What may stand where a file should be.
const ODD: [&str; 12] = [
    "nothing",
    "folder",
    "null",
    "zero",
    "pipe",
    "socket",
    "broken link",
    "circular link",
    "empty",
    "zeros",
    "no utf-8",
    "too long",
];

/// A folder of this test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("odd-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("a file");
    }

    /// Puts something odd under a name.
    fn put(&self, odd: &str, name: &str) {
        let path = self.0.join(name);
        let link = |to: &str| symlink(to, &path).expect("a link");
        match odd {
            "nothing" => {}
            "folder" => fs::create_dir(&path).expect("a folder"),
            "null" => link("/dev/null"),
            "zero" => link("/dev/zero"),
            "pipe" => assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success()),
            "socket" => drop(socket(&path)),
            "broken link" => link("to-nothing"),
            "circular link" => link(name),
            "empty" => self.write(name, ""),
            "zeros" => self.write(name, &"\0".repeat(100_000)),
            "no utf-8" => fs::write(&path, b"policy p { allow * }\xff\xfe").expect("a file"),
            "too long" => {
                let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).expect("a file");
                file.set_len(64 << 30).expect("a sparse file");
            }
            other => panic!("what is {other}"),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A socket whose path may be longer than the system takes: bound from its folder under a short name.
fn socket(path: &Path) -> UnixListener {
    let short = std::env::temp_dir().join(format!("passgate-socket-{}", std::process::id()));
    let _ = fs::remove_file(&short);
    let socket = UnixListener::bind(&short).expect("a socket");
    if fs::rename(&short, path).is_err() {
        symlink(&short, path).expect("a link");
    }
    socket
}

/// Loads with something odd in one place, on a small stack; gives the error, or the lints of a set that loads.
fn load(what: &str, folder: &Folder, set: &str, options: LoadOptions) -> Result<Gate, Error> {
    let path = folder.0.join(set);
    on_small_stack(what, move || Gate::load_with(path, &options))
}

/// Checks that a set is refused: by an error of one of these codes, or, where it is `bad-policy`, a diagnostic of one.
#[track_caller]
fn check(odd: &str, name: &str, error: Result<Gate, Error>, codes: &[&str]) {
    let error = match error {
        Ok(_) => panic!("{odd} as {name}: a gate"),
        Err(error) => error,
    };
    let mut told: Vec<&str> =
        error.diagnostics().iter().filter(|d| d.is_error()).map(|d| d.code.as_str()).collect();
    told.push(error.code().as_str());
    assert!(
        codes.iter().any(|code| told.contains(code)),
        "{odd} as {name}: {told:?}, expected one of {codes:?}: {error}"
    );
    assert!(!error.message().contains('\n'), "{odd} as {name}: {error}");
    // Faults of a file are about that file.
    for told in error.diagnostics().iter().filter(|d| d.is_error()) {
        assert!(!told.message.is_empty() && told.message.len() < 600, "{told:?}");
    }
}

/// What is told of each odd thing, but of those that are some text.
fn no_file(odd: &str) -> &'static [&'static str] {
    match odd {
        "nothing" | "broken link" => &["missing-file"],
        "no utf-8" => &["bad-encoding"],
        "too long" => &["limit"],
        _ => &["bad-file"],
    }
}

#[test]
fn as_the_set_itself() {
    for odd in ODD {
        for name in ["set.gate", "set.json"] {
            if odd == "folder" {
                continue; // a folder is a set, whatever it is called: an empty one
            }
            let folder = Folder::new();
            folder.put(odd, name);
            let loaded = load(odd, &folder, name, LoadOptions::default());
            match (odd, name) {
                ("empty", "set.gate") => drop(loaded.expect("an empty set knows nobody")),
                ("empty", _) => check(odd, name, loaded, &["json-syntax"]),
                ("zeros", "set.gate") => check(odd, name, loaded, &["bad-character"]),
                ("zeros", _) => check(odd, name, loaded, &["json-syntax"]),
                ("no utf-8", _) => check(odd, name, loaded, &["bad-encoding"]),
                _ => check(odd, name, loaded, &["bad-file"]),
            }
        }
    }
}

#[test]
fn as_a_set_of_no_known_ending() {
    for path in [
        "/dev/null",
        "/dev/zero",
        "/dev/stdin",
        "/",
        "",
        ".",
        "/proc/self/mem",
        "no/such/place",
        "a\0b.gate",
        "a\nb.gate",
    ] {
        let loaded = on_small_stack(path, move || {
            // The root and the current folder are folders; whether they hold policies is nobody's business here.
            if matches!(path, "/" | ".") { None } else { Some(Gate::load(path)) }
        });
        if let Some(loaded) = loaded {
            check("no set", path, loaded, &["bad-file"]);
        }
    }
}

#[test]
fn as_a_file_of_a_folder() {
    for odd in ODD.into_iter().filter(|odd| !matches!(*odd, "nothing" | "folder")) {
        for name in ["odd.gate", "odd.json", "passgate.toml"] {
            let folder = Folder::new();
            folder.write("good.gate", "policy p { allow * }  user 1 { attach p }");
            folder.put(odd, name);
            let loaded = load(odd, &folder, "", LoadOptions::default());
            match (odd, name) {
                ("empty", "odd.json") => check(odd, name, loaded, &["json-syntax"]),
                ("empty", _) => drop(loaded.expect("an empty file says nothing")),
                ("zeros", "odd.gate") => check(odd, name, loaded, &["bad-character"]),
                ("zeros", "odd.json") => check(odd, name, loaded, &["json-syntax"]),
                ("zeros", _) => {
                    check(odd, name, loaded, &["toml-syntax", "bad-setting", "syntax", "bad-character"])
                }
                ("broken link" | "circular link", _) => {
                    check(odd, name, loaded, &["missing-file", "bad-file"])
                }
                _ => check(odd, name, loaded, no_file(odd)),
            }
        }
    }
}

#[test]
fn as_a_document_or_catalog_that_the_set_names() {
    for odd in ODD {
        for (name, text) in [
            ("doc.json", "policy p = cam \"doc.json\""),
            ("doc.json", "set catalogs = \"doc.json\"  policy p { allow * }"),
            ("doc.toml", "set catalogs = \"doc.toml\"  policy p { allow * }"),
        ] {
            let folder = Folder::new();
            folder.write("set.gate", text);
            folder.put(odd, name);
            let loaded = load(odd, &folder, "set.gate", LoadOptions::default());
            match odd {
                "empty" | "zeros" => {
                    let codes = [
                        "json-syntax",
                        "missing-member",
                        "toml-syntax",
                        "syntax",
                        "wrong-type",
                        "bad-character",
                    ];
                    check(odd, text, loaded, &codes);
                }
                "circular link" => check(odd, text, loaded, &["bad-file", "missing-file"]),
                _ => check(odd, text, loaded, no_file(odd)),
            }
        }
    }
}

#[test]
fn as_a_file_that_an_option_names() {
    for odd in ODD {
        let folder = Folder::new();
        folder.write("set.gate", "policy p { allow * }  user 1 { attach p }");
        folder.put(odd, "odd.json");
        let path = vec![folder.0.join("odd.json")];
        let catalog = LoadOptions { catalogs: path.clone(), ..LoadOptions::default() };
        let boundary = LoadOptions { boundary: path, ..LoadOptions::default() };
        let text = matches!(odd, "empty" | "zeros");
        let expected = |of_text| if text { of_text } else { "bad-file" };
        let loaded = load(odd, &folder, "set.gate", catalog);
        check(
            odd,
            "a catalog",
            loaded,
            &[expected("bad-catalog"), if odd == "no utf-8" { "bad-catalog" } else { "bad-file" }],
        );
        let loaded = load(odd, &folder, "set.gate", boundary);
        check(
            odd,
            "a boundary",
            loaded,
            &[expected("bad-policy"), if odd == "no utf-8" { "bad-policy" } else { "bad-file" }],
        );
    }
}

#[test]
fn folders_without_policies_are_no_sets() {
    let folder = Folder::new();
    check(
        "empty folder",
        "the set",
        load("empty folder", &folder, "", LoadOptions::default()),
        &["bad-file"],
    );
    folder.write("passgate.toml", "use = [\"intlpartnersmgt\"]");
    folder.write("notes.txt", "nothing");
    check("no policy", "the set", load("no policy", &folder, "", LoadOptions::default()), &["bad-file"]);
    let path = folder.0.clone();
    let told =
        on_small_stack("lint", move || lint(path, &LoadOptions::default(), PolicyKind::Identity).map(|_| ()));
    assert_eq!(told.expect_err("no set").code(), ErrorCode::BadFile);
}

#[test]
fn folders_in_folders_are_walked_without_recursion() {
    let folder = Folder::new();
    let mut deep = folder.0.clone();
    // As deep as one path may be named at once.
    for _ in 0..1_000 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).expect("a deep folder");
    fs::write(deep.join("a.gate"), "policy p { allow * }").expect("a file");
    symlink(&folder.0, folder.0.join("again")).expect("a link to the folder itself");
    assert!(load("a deep folder", &folder, "", LoadOptions::default()).is_ok());
}

/// The catalog room itself opens nothing; an empty text is told like any other.
#[test]
fn an_empty_catalog_is_told() {
    for name in ["c.json", "c.toml"] {
        let mut sources = Sources::new();
        let id = sources.add(name, "");
        let (services, told) = file::read(&sources, id);
        assert!(services.is_empty() && told.iter().any(passgate::Diagnostic::is_error), "{name}: {told:?}");
    }
    assert!(Catalogs::empty().services().next().is_none());
}
