//! Files put together at random from parts of others, most of them with the checksum repaired.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use super::{Small, exercise, repair, three};
use crate::setting;
use passgate::check::CompiledFormat;
use passgate::{ErrorCode, Gate};
use passgate_harness::engines::caught;
use passgate_harness::random::Random;
use std::collections::BTreeMap;

/// Files of a run that is not told how many.
const FILES: usize = 4_000;
/// The first seed.
const SEED: u64 = 0x6761_7465_6320_3031;
/// Words before the list of sections, and words of an entry there.
const HEAD: usize = 14;
const ENTRY: usize = 3;
/// One sound table of so many is asked everything.
const EXERCISED: usize = 8;

#[test]
fn hostile_files_are_refused_or_end() {
    let files = setting("PASSGATE_SPLICES").and_then(|text| text.parse().ok()).unwrap_or(FILES);
    let seed = setting("PASSGATE_SEED").and_then(|text| text.parse().ok()).unwrap_or(SEED);
    println!("splices: seed {seed}, {files} files");
    let (mut random, small) = (Random::new(seed), three());
    let mut counts: BTreeMap<&str, usize> = CompiledFormat::steps().map(|step| (step, 0)).collect();
    let mut read = 0;
    for number in 0..files {
        let from = &small[random.below(small.len())];
        let bytes = spliced(&mut random, from, &small);
        let outcome = caught(|| match Gate::from_bytes(&bytes) {
            Ok(gate) => {
                if number % EXERCISED == 0 {
                    exercise(&gate, &from.world);
                }
                None
            }
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::BadCompiled);
                Some(error.key().unwrap_or_default().to_owned())
            }
        });
        match outcome {
            Ok(None) => read += 1,
            Ok(Some(step)) => *counts.get_mut(step.as_str()).expect("a known step") += 1,
            Err(cause) => panic!("seed {seed}, file {number}: {cause}"),
        }
    }
    report(&counts, read, files);
}

fn report(counts: &BTreeMap<&str, usize>, read: usize, files: usize) {
    for step in CompiledFormat::steps() {
        println!("splices: refused by {step}: {}", counts[step]);
    }
    println!("splices: read: {read}");
    let before = ["size", "magic", "version", "length", "checksum"].map(|step| counts[step]);
    let past = files - before.iter().sum::<usize>();
    assert!(past * 5 >= files, "{past} of {files} got past the checksum");
    let never: Vec<&&str> = counts.iter().filter(|(_, n)| **n == 0).map(|(step, _)| step).collect();
    assert!(never.is_empty(), "no file was refused by {never:?}");
}

/// A file with up to four changes.
fn spliced(random: &mut Random, from: &Small, all: &[Small]) -> Vec<u8> {
    let mut words: Vec<u32> =
        from.bytes.chunks(4).map(|c| u32::from_le_bytes(c.try_into().unwrap())).collect();
    for _ in 0..random.between(1, 4) {
        change(random, &mut words, all);
    }
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    if random.chance(95) {
        repair(&mut bytes);
    }
    if random.chance(2) {
        bytes.truncate(random.below(bytes.len()));
    }
    bytes
}

fn change(random: &mut Random, words: &mut Vec<u32>, all: &[Small]) {
    let at = place(random, words);
    match random.below(10) {
        0 => words[at] ^= 1 << random.below(32),
        1 => words[at] = random.bits() as u32,
        2 => words[at] = random.below(8) as u32,
        3 => words[at] = words[at].wrapping_add(1),
        4 => words[at] = words[at].wrapping_sub(1),
        5 => words[at] = *random.pick(&[u32::MAX, 1 << 31, 0xffff, 0x1_0000]).unwrap(),
        6 => {
            let other = place(random, words);
            words.swap(at, other);
        }
        7 => copy(random, words, at),
        8 => resize(random, words, at),
        _ => foreign(random, words, at, all),
    }
}

/// A word: mostly of a section picked first, so that small sections are met as often as big ones.
fn place(random: &mut Random, words: &[u32]) -> usize {
    if random.chance(2) {
        return random.below(HEAD);
    }
    let entry = HEAD + ENTRY * random.below(CompiledFormat::sections().count());
    let section = words.get(entry + 1).zip(words.get(entry + 2));
    match section {
        Some((from, count)) if random.chance(90) && *count > 0 => {
            let at = (*from as usize).saturating_add(random.below(*count as usize));
            at.min(words.len() - 1)
        }
        _ => random.below(words.len()),
    }
}

/// Copies some words over others.
fn copy(random: &mut Random, words: &mut [u32], to: usize) {
    let from = place(random, words);
    let count = random.between(1, 16).min(words.len() - from.max(to));
    words.copy_within(from..from + count, to);
}

/// Adds or takes away words of a section, and says so in the head and the list of sections.
fn resize(random: &mut Random, words: &mut Vec<u32>, at: usize) {
    let grows = random.chance(50);
    if grows {
        let value = words[at];
        words.insert(at, value);
    } else {
        words.remove(at);
    }
    let mut shifted = false;
    for section in 0..CompiledFormat::sections().count() {
        let entry = HEAD + ENTRY * section;
        let Some([_, from, count]) = words.get_mut(entry..entry + ENTRY) else { continue };
        let change = |n: u32| if grows { n.wrapping_add(1) } else { n.wrapping_sub(1) };
        if shifted {
            *from = change(*from);
        } else if (at as u64) < u64::from(*from) + u64::from(*count) {
            *count = change(*count);
            shifted = true;
        }
    }
    words[4] = words.len() as u32;
}

/// Puts words of another file here.
fn foreign(random: &mut Random, words: &mut [u32], at: usize, all: &[Small]) {
    let other = &all[random.below(all.len())].bytes;
    let from = random.below(other.len() / 4);
    let count = random.between(1, 24).min(other.len() / 4 - from).min(words.len() - at);
    for (to, bytes) in words[at..at + count].iter_mut().zip(other[4 * from..].chunks(4)) {
        *to = u32::from_le_bytes(bytes.try_into().unwrap());
    }
}
