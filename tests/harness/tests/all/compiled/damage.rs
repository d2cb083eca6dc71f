//! Every single bit and every length of three small files.

use super::{exercise, repair, three};
use passgate::{ErrorCode, Gate};

/// Every one where tests are optimised, else one of so many.
fn step(unoptimised: usize) -> usize {
    if cfg!(debug_assertions) { unoptimised } else { 1 }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for small in three() {
        let mut bytes = small.bytes.clone();
        for bit in (0..bytes.len() * 8).step_by(step(19)) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let found = Gate::from_bytes(&bytes);
            assert_eq!(found.map(|_| ()).map_err(|e| e.code()), Err(ErrorCode::BadCompiled), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(Gate::from_bytes(&bytes).is_ok());
        println!("compiled: flipped bits of {} bytes refused", bytes.len());
    }
}

#[test]
fn every_truncation_is_noticed() {
    for small in three() {
        for length in 0..small.bytes.len() {
            let found = Gate::from_bytes(&small.bytes[..length]);
            assert_eq!(
                found.map(|_| ()).map_err(|e| e.code()),
                Err(ErrorCode::BadCompiled),
                "{length} bytes"
            );
        }
        let longer = [small.bytes.as_slice(), &[0; 4]].concat();
        assert_eq!(Gate::from_bytes(&longer).unwrap_err().key(), Some("length"));
    }
}

/// With the checksum put right a flipped bit is refused by a later step, or gives another table that is as sound.
#[test]
fn a_flipped_bit_under_a_sound_checksum_is_refused_or_harmless() {
    for small in three() {
        let (mut refused, mut read) = (0, 0);
        for bit in (0..small.bytes.len() * 8).step_by(step(61)) {
            let mut bytes = small.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            repair(&mut bytes);
            match Gate::from_bytes(&bytes) {
                Ok(gate) => {
                    read += 1;
                    if read % 8 == 0 {
                        exercise(&gate, &small.world);
                    }
                }
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::BadCompiled);
                    refused += 1;
                }
            }
        }
        println!("compiled: flipped under a sound checksum: {refused} refused, {read} read");
    }
}
