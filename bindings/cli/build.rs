//! Makes the table of the pages in `docs/codes`, so that the command carries them.

#![expect(clippy::disallowed_methods, reason = "cargo says by the environment where to put what is built")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries: std::io::Result<Vec<PathBuf>> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect();
    let mut paths = entries?;
    paths.sort();
    let mut table = String::from("&[\n");
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let code = path.file_stem().unwrap_or_default().to_string_lossy();
        if code != "README" {
            let path = path.canonicalize()?;
            let _ = writeln!(table, "    ({code:?}, include_str!({:?})),", path.display().to_string());
        }
    }
    table.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("code_pages.rs"), table)
}
