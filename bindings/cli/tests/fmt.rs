//! Transcripts of `passgate fmt`: arguments, stdin and files in; exit code, stdout, stderr apart and files out.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LOOSE: &str = "policy p{allow a // why\n}";
const CANONICAL: &str = "policy p {\n    allow a  // why\n}\n";
const WRONG: &str = "policy p { allow }\n";

/// A folder with files.
struct Folder(PathBuf);

/// What a run of the command gave.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn ran(code: i32, out: &str, err: &str) -> Ran {
    Ran { code, out: out.to_owned(), err: err.to_owned() }
}

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fmt").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Folder(folder)
    }

    fn fmt_with(&self, args: &[&str], stdin: &[u8]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_passgate"))
            .arg("fmt")
            .args(args)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let bytes = stdin.to_vec();
        // Written from a thread, so that neither side waits for the other; a command that reads nothing is fine.
        let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn fmt(&self, args: &[&str]) -> Ran {
        self.fmt_with(args, b"")
    }

    #[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// All names in the folder, so that nothing is left beside the files.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn files_are_replaced() {
    let folder = Folder::new("replaced", &[("a.gate", LOOSE), ("b.gate", CANONICAL)]);
    assert_eq!(folder.fmt(&["a.gate", "b.gate", "a.gate"]), ran(0, "", "1 of 2 files changed\n"));
    assert_eq!(folder.text("a.gate"), CANONICAL);
    assert_eq!(folder.fmt(&["a.gate"]), ran(0, "", "0 of 1 file changed\n"));
    assert_eq!(folder.names(), ["a.gate", "b.gate"]);
}

#[test]
fn a_check_lists_what_would_change() {
    let folder = Folder::new("check", &[("a.gate", LOOSE), ("b.gate", CANONICAL)]);
    assert_eq!(folder.fmt(&["--check", "b.gate"]), ran(0, "", "0 of 1 file would change\n"));
    assert_eq!(
        folder.fmt(&["--check", "b.gate", "a.gate"]),
        ran(1, "a.gate\n", "1 of 2 files would change\n")
    );
    assert_eq!(folder.text("a.gate"), LOOSE);
}

#[test]
fn a_diff_shows_what_would_change() {
    let folder = Folder::new("diff", &[("a.gate", LOOSE)]);
    let diff = "--- a.gate\n+++ a.gate\n@@ -1,2 +1,3 @@\n-policy p{allow a // why\n-}\n\\ No newline at end of file\n\
                +policy p {\n+    allow a  // why\n+}\n";
    assert_eq!(folder.fmt(&["--diff", "a.gate"]), ran(0, diff, "1 of 1 file would change\n"));
    assert_eq!(folder.fmt(&["--diff", "--check", "a.gate"]), ran(1, diff, "1 of 1 file would change\n"));
    assert_eq!(folder.text("a.gate"), LOOSE);
}

#[test]
fn stdin_goes_to_stdout() {
    let folder = Folder::new("stdin", &[]);
    assert_eq!(folder.fmt_with(&["-"], LOOSE.as_bytes()), ran(0, CANONICAL, ""));
    assert_eq!(folder.fmt_with(&["-"], b" {\"statement\":[]}"), ran(0, "{\n    \"statement\": []\n}\n", ""));
    let would = "1 of 1 file would change\n";
    assert_eq!(folder.fmt_with(&["--check", "-"], LOOSE.as_bytes()), ran(1, "<stdin>\n", would));
    let err = "error[bad-file]: stdin is not UTF-8\n0 of 0 files changed, 1 not formatted\n";
    assert_eq!(folder.fmt_with(&["-"], b"\xff"), ran(2, "", err));
}

#[test]
fn a_file_with_a_fault_stays_as_it_is() {
    let folder =
        Folder::new("fault", &[("a.gate", WRONG), ("b.gate", LOOSE), ("c.json", "{\"statement\":1,}")]);
    let err = "\
a.gate:1:18: error[syntax]: `}` cannot stand here: expected an action
    policy p { allow }
                     ^
c.json:1:16: error[json-syntax]: a comma stands before `}`, but no member follows
    {\"statement\":1,}
                   ^
1 of 3 files changed, 2 not formatted
";
    let found = folder.fmt(&["."]);
    assert_eq!((found.code, found.out.as_str()), (2, ""));
    let codes: Vec<_> = found.err.lines().filter(|line| line.contains("error[")).collect();
    assert_eq!(codes.len(), 2, "{}\n{err}", found.err);
    assert!(found.err.ends_with("1 of 3 files changed, 2 not formatted\n"), "{}", found.err);
    assert_eq!((folder.text("a.gate").as_str(), folder.text("b.gate").as_str()), (WRONG, CANONICAL));
}

#[test]
fn a_folder_means_the_files_of_its_set() {
    let document = "{\"statement\":[]}";
    let folder = Folder::new(
        "folder",
        &[
            ("a.gate", LOOSE),
            ("sub/b.gate", LOOSE),
            ("sub/doc.json", document),
            ("shop.json", document),
            ("old.gate", LOOSE),
            (".hidden/c.gate", LOOSE),
            ("notes.txt", LOOSE),
            ("passgate.toml", "catalogs   =   [\"shop.json\"]\nexclude = [\"old.gate\"]\n"),
        ],
    );
    let shown = "./a.gate\n./sub/b.gate\n./sub/doc.json\n";
    assert_eq!(folder.fmt(&["--check", "."]), ran(1, shown, "3 of 3 files would change\n"));
    assert_eq!(folder.fmt(&["."]), ran(0, "", "3 of 3 files changed\n"));
    assert_eq!(folder.text("sub/doc.json"), "{\n    \"statement\": []\n}\n");
    for (name, text) in [("shop.json", document), ("old.gate", LOOSE), (".hidden/c.gate", LOOSE)] {
        assert_eq!(folder.text(name), text, "{name}");
    }
    assert!(folder.text("passgate.toml").contains("   =   "));
}

#[test]
fn a_folder_of_several_sets_is_formatted_file_by_file() {
    let (document, other) = ("{\"statement\":[]}", "{\"name\":\"portal\"}");
    let folder = Folder::new(
        "sets",
        &[
            ("a/set.gate", LOOSE),
            ("a/passgate.toml", "exclude = [\"old/kept.json\"]\n"),
            ("a/old/kept.json", document),
            ("a/old/doc.json", document),
            ("b/set.gate", LOOSE),
            ("b/passgate.toml", "catalogs = [\"shop.json\"]\n"),
            ("b/shop.json", document),
            ("b/inner/passgate.toml", "exclude = [\"kept.gate\"]\n"),
            ("b/inner/kept.gate", LOOSE),
            ("b/inner/set.gate", LOOSE),
            ("alone.gate", LOOSE),
            ("package.json", other),
            ("comments.json", "{ // these are not JSON\n \"name\": 1 }"),
            ("broken.json", "{\"statement\":1,}"),
            ("node_modules/x/doc.json", document),
            ("node_modules/x/passgate.toml", "exclude = 1\n"),
        ],
    );
    let found = folder.fmt(&["--check", "."]);
    let shown = "./a/old/doc.json\n./a/set.gate\n./alone.gate\n./b/inner/set.gate\n./b/set.gate\n";
    assert_eq!((found.code, found.out.as_str()), (2, shown));
    assert!(found.err.starts_with("error[json-syntax]: "), "{}", found.err);
    assert!(found.err.ends_with("5 of 6 files would change, 1 not formatted\n"), "{}", found.err);
    fs::remove_file(folder.0.join("broken.json")).unwrap();
    assert_eq!(folder.fmt(&["."]), ran(0, "", "5 of 5 files changed\n"));
    assert_eq!(folder.fmt(&["--check", "."]), ran(0, "", "0 of 5 files would change\n"));
    for name in ["a/old/kept.json", "b/shop.json", "node_modules/x/doc.json"] {
        assert_eq!(folder.text(name), document, "{name}");
    }
    assert_eq!(
        (folder.text("package.json").as_str(), folder.text("b/inner/kept.gate").as_str()),
        (other, LOOSE)
    );
}

#[test]
fn settings_that_cannot_be_read_keep_their_files_back() {
    let folder = Folder::new(
        "kept_back",
        &[
            ("a/set.gate", LOOSE),
            ("a/deeper/set.gate", LOOSE),
            ("a/passgate.toml", "exclude = [\"none.gate\"]\n"),
            ("b/set.gate", LOOSE),
        ],
    );
    let found = folder.fmt(&["."]);
    assert_eq!((found.code, found.out.as_str()), (2, ""));
    assert!(found.err.contains("error[missing-file]: `none.gate` is no file of this set"), "{}", found.err);
    assert!(found.err.ends_with("1 of 1 file changed, 1 not formatted\n"), "{}", found.err);
    assert_eq!(
        (folder.text("a/set.gate").as_str(), folder.text("a/deeper/set.gate").as_str()),
        (LOOSE, LOOSE)
    );
    assert_eq!(folder.text("b/set.gate"), CANONICAL);
}

#[test]
fn a_folder_without_policies_is_told() {
    let folder = Folder::new("none", &[("x/package.json", "{\"name\":\"portal\"}")]);
    let err = "error[bad-file]: `x/` holds no policy: no `.gate` file and no CAM document\n\
               0 of 0 files changed, 1 not formatted\n";
    assert_eq!(folder.fmt(&["x"]), ran(2, "", err));
}

#[test]
fn what_cannot_be_formatted_is_told_and_the_rest_done() {
    let folder = Folder::new("wrong", &[("a.gate", LOOSE), ("a.txt", ""), ("x.json", "{\"name\":\"x\"}")]);
    fs::create_dir(folder.0.join("empty")).unwrap();
    let found = folder.fmt(&["missing.gate", "a.txt", "empty", "x.json", "a.gate"]);
    let err = "\
error[bad-file]: there is no file `missing.gate`
error[bad-file]: `a.txt` has no canonical form: a `.gate` file or a `.json` document
error[bad-file]: `empty/` holds no policy: no `.gate` file and no CAM document
error[missing-member]: this is no policy document: it has no member `statement`
";
    assert_eq!((found.code, found.out.as_str()), (2, ""));
    assert!(found.err.starts_with(err), "{}", found.err);
    assert!(found.err.ends_with("1 of 2 files changed, 4 not formatted\n"), "{}", found.err);
    assert_eq!(folder.text("a.gate"), CANONICAL);
    let broken = Folder::new("settings", &[("a.gate", LOOSE), ("passgate.toml", "catalogs = 1\n")]);
    assert_eq!(broken.fmt(&["."]).code, 2);
    assert_eq!(broken.text("a.gate"), LOOSE);
    assert_eq!(folder.fmt(&[]).code, 2);
}

#[test]
fn the_kind_of_a_document_is_looked_at_where_it_is_said() {
    let trust = "{\"version\":\"2.0\",\"statement\":{\"effect\":\"allow\",\"action\":\"sts:AssumeRole\",\"principal\":\"*\"}}";
    let folder = Folder::new("kind", &[("t.json", trust)]);
    let identity = folder.fmt(&["--check", "--kind", "identity", "t.json"]);
    assert_eq!((identity.code, identity.out.as_str()), (2, ""));
    assert!(identity.err.contains("error["), "{}", identity.err);
    assert_eq!(folder.fmt(&["--check", "--kind", "trust", "t.json"]).code, 1);
    assert_eq!(folder.fmt(&["--check", "t.json"]).code, 1);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_are_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("unix", &[("a.gate", LOOSE), ("b.gate", LOOSE)]);
    let mode = |name: &str| fs::metadata(folder.0.join(name)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(folder.0.join("a.gate"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(folder.0.join("b.gate"), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("a.gate", folder.0.join("link.gate")).unwrap();
    assert_eq!(folder.fmt(&["link.gate"]).code, 0);
    assert_eq!((folder.text("a.gate").as_str(), mode("a.gate")), (CANONICAL, 0o640));
    assert!(folder.0.join("link.gate").is_symlink());
    let err = "error[bad-file]: `b.gate` cannot be written: it is read-only\n0 of 1 file changed, 1 not formatted\n";
    assert_eq!(folder.fmt(&["b.gate"]), ran(2, "", err));
    assert_eq!(folder.text("b.gate"), LOOSE);
    assert_eq!(folder.names(), ["a.gate", "b.gate", "link.gate"]);
}
