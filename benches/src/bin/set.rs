//! A workload as passgate reads it: `set WORKLOAD.json` writes the folder `WORKLOAD.set` of `.gate` texts and the compiled
//! file `WORKLOAD.gatec` beside it.

use passgate::Gate;
use passgate_benches::read;
use std::fs;
use std::io::{Error, Result};
use std::path::Path;

fn main() -> Result<()> {
    std::env::args().skip(1).try_for_each(|path| write(Path::new(&path)))
}

fn write(workload: &Path) -> Result<()> {
    let folder = workload.with_extension("set");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, text) in read(workload)?.files() {
        fs::write(folder.join(name), text)?;
    }
    let bytes = Gate::load(&folder).and_then(|gate| gate.to_bytes()).map_err(Error::other)?;
    fs::write(workload.with_extension("gatec"), bytes)
}
