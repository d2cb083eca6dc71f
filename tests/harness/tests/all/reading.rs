//! Generated worlds written as text and read again: `.gate`, CAM JSON, settings and catalogs mean what the model says
//! that was built without any reader; a request read from a line of JSON is the request.

use crate::setting;
use passgate::error::Result;
use passgate::load::{LoadOptions, TextSources, compile_model, load_model};
use passgate::model::Model;
use passgate::{Request, reference};
use passgate_harness::answer::Answer;
use passgate_harness::engines::Engines;
use passgate_harness::random::Random;
use passgate_harness::world::{Files, World, files, generate, model};
use std::fs;
use std::path::{Path, PathBuf};

const WORLDS: usize = 3_000;
const WORLDS_UNOPTIMISED: usize = 60;
const SEED: u64 = 0x7265_6164;

#[test]
fn what_is_read_is_what_was_written() {
    let default = if cfg!(debug_assertions) { WORLDS_UNOPTIMISED } else { WORLDS };
    let worlds = setting("PASSGATE_WORLDS").and_then(|text| text.parse().ok()).unwrap_or(default);
    let mut seeds = Random::new(SEED);
    let (mut read, mut cells) = (0, 0);
    while read < worlds {
        let world = generate(seeds.bits());
        let Some(files) = files(&world) else { continue };
        let loaded = load(&files);
        let read_model = loaded.unwrap_or_else(|error| panic!("{}", refusal(&world, &files, &error)));
        let (written, from_text) = (engines(model(&world)), engines(read_model));
        for ask in &world.asks {
            let request = ask.request();
            let expected = written.reference(&request).without_places();
            let found = from_text.reference(&request).without_places();
            assert_eq!(expected, found, "seed {}\n{ask:#?}\n{}", world.seed, text(&files));
            let expected = from_text.reference(&request);
            assert_eq!(expected, from_text.table(&request), "{ask:#?}\n{}", text(&files));
            if let Some(line) = ask.line() {
                let read = Request::from_json(&line).and_then(|r| reference::decide(from_text.model(), &r));
                assert_eq!(expected, Answer::of(read), "{line}");
            }
            cells += 1;
        }
        read += 1;
    }
    println!("reading: seed {SEED}, {read} worlds, {cells} requests");
}

#[expect(clippy::panic, reason = "part of a test")]
fn engines(model: Model) -> Engines {
    Engines::new(model).unwrap_or_else(|error| panic!("{error}"))
}

/// From memory; with boundary documents, which are files, from disk.
#[expect(clippy::panic, reason = "part of a test")]
fn load(files: &Files) -> Result<Model> {
    if files.boundary.is_empty() {
        let texts: TextSources = files.set.iter().cloned().collect();
        return compile_model(texts, &LoadOptions::default());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reading");
    let (set, beside) = (folder.join("set"), folder.join("beside"));
    let written =
        [(&set, &files.set), (&beside, &files.boundary)].map(|(folder, files)| write(folder, files));
    let [_, boundary] = written;
    let model = load_model(&set, &LoadOptions { boundary, ..LoadOptions::default() });
    fs::remove_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
    model
}

#[expect(clippy::panic, reason = "part of a test")]
fn write(folder: &Path, files: &[(String, String)]) -> Vec<PathBuf> {
    let write = |(name, text): &(String, String)| {
        let path = folder.join(name);
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map(|()| path)
    };
    files.iter().map(|file| write(file).unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn refusal(world: &World, files: &Files, error: &passgate::Error) -> String {
    let told = error.diagnostics().iter().filter(|d| d.refuses()).map(|d| {
        let place = error.sources().map(|s| format!("{} {:?}", s.name(d.span), s.start(d.span)));
        format!("{} {}: {}\n", place.unwrap_or_default(), d.code, d.message)
    });
    format!("seed {}: {error}\n{}{}", world.seed, told.collect::<String>(), text(files))
}

fn text(files: &Files) -> String {
    files.set.iter().chain(&files.boundary).map(|(name, text)| format!("--- {name}\n{text}\n")).collect()
}
