//! Transcripts of `passgate catalog types`. The files that it writes for the example stand beside the tests of Python and
//! Node, where their checkers read them; `PASSGATE_UPDATE=1` writes them anew.

#![expect(clippy::disallowed_methods, reason = "tests read what is written, and are told to write it")]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Exit code, stdout, stderr.
fn types(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let output = command.args(["catalog", "types"]).args(args).current_dir(top()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("types").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_types_of_the_example_are_those_that_the_checkers_read() {
    for (option, file) in [
        ("--python", "bindings/python/tests/partners_names.py"),
        ("--typescript", "bindings/node/test/partners-names.mts"),
    ] {
        let (code, out, _) = types(&["examples/partners", option]);
        assert_eq!(code, 0);
        if std::env::var_os("PASSGATE_UPDATE").is_some() {
            std::fs::write(top().join(file), &out).unwrap();
        }
        let kept = std::fs::read_to_string(top().join(file)).unwrap();
        assert!(out == kept, "{file} is not what `passgate catalog types examples/partners {option}` writes");
    }
}

#[test]
fn without_a_set_the_actions_of_the_catalogs_are_written() {
    let (code, out, err) = types(&["--python"]);
    assert_eq!((code, err.as_str(), out.matches("\",\n").count()), (0, "", 2 * 238));
    assert!(!out.contains("Principal"), "{out}");
    let folder = folder("catalogs");
    let shop = folder.join("shop.json");
    let text = r#"{"service": "shop", "version": "7", "actions": [{"name": "Buy"}, {"name": "PayOrders"}]}"#;
    std::fs::write(&shop, text).unwrap();
    let shop = shop.to_str().unwrap();
    let (code, out, err) = types(&["--typescript", "--catalog", shop, "--opaque", "cvm"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for line in ["  | \"Buy\"\n", "  | \"shop:Buy\"\n", "  | \"shop:PayOrders\"\n", "  | `cvm:${string}`;\n"]
    {
        assert!(out.contains(line), "{line}");
    }
    assert!(!out.contains("  | \"PayOrders\"\n"), "a bare name that two services have");
}

#[test]
fn a_compiled_file_has_the_names_of_its_set() {
    let compiled = folder("compiled").join("partners.gatec");
    let compiled = compiled.to_str().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let done = command.args(["compile", "examples/partners", "-o", compiled]).current_dir(top()).output();
    assert!(done.unwrap().status.success());
    let (code, out, _) = types(&[compiled, "--python"]);
    assert_eq!((code, out), (0, types(&["examples/partners", "--python"]).1));
}

#[test]
fn what_cannot_be_written_is_told() {
    let told = |args: &[&str], err: &str| {
        let (code, out, found) = types(args);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(found.contains(err), "{found}");
    };
    told(&[], "<--python|--typescript>");
    told(&["--python", "--typescript"], "cannot be used with");
    told(&["missing.gate", "--python"], "error[bad-file]: there is no");
    told(&["--python", "--opaque", "A b"], "error[bad-option]: ");
    told(&["--python", "--catalog", "README.md"], "error[");
}
