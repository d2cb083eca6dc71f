//! Worlds that once showed a fault: kept as files, run again with every test.

use crate::world::World;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where they are kept.
pub fn folder() -> PathBuf {
    workspace().join("tests/corpus/found")
}

/// The workspace's root.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Writes a world into a folder, named after its seed.
///
/// # Errors
/// What the file system says.
pub fn keep(folder: &Path, world: &World) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("world-{:016x}.json", world.seed));
    let text = serde_json::to_string_pretty(world).map_err(io::Error::other)?;
    fs::write(&path, text + "\n")?;
    Ok(path)
}

/// All kept worlds with the names of their files, in order.
///
/// # Errors
/// What the file system says, or a file that holds no world.
pub fn kept(folder: &Path) -> io::Result<Vec<(String, World)>> {
    let mut paths: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    paths.sort();
    let mut worlds = Vec::new();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "json")) {
        let world = serde_json::from_str(&read(path)?).map_err(io::Error::other)?;
        worlds.push((path.display().to_string(), world));
    }
    Ok(worlds)
}

#[expect(clippy::disallowed_methods, reason = "test support reads its own files")]
fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}
