//! Segments of every shape, laid out and searched in every way.

use super::*;

/// As many segments as make an index crowded, in either family, searched in every way.
#[test]
fn every_search_finds_the_segment_of_an_address() {
    for crowd in 0..50u32 {
        let first = 0x0a00_0000u32;
        let v4: Vec<u32> = [0].into_iter().chain((0..crowd).map(|n| first + 3 * n)).collect();
        let far = 0x2001_0db8u128 << 96;
        let v6: Vec<u128> = [0].into_iter().chain((0..crowd).map(|n| far + 3 * u128::from(n))).collect();
        let mut segments = Segments::new(1);
        (0..).zip(&v4).for_each(|(n, start)| segments.from(Family::V4, u128::from(*start), &[n]));
        (0..).zip(&v6).for_each(|(n, start)| segments.from(Family::V6, *start, &[n]));
        let block = segments.finish(&[0], &[]);
        let words = block.words();
        for bits in (first - 2..first + 3 * crowd + 3).chain([0, u32::MAX]) {
            let expected = v4.partition_point(|start| *start <= bits) as u32 - 1;
            let near = block.v4().near(words, bits);
            assert_eq!([near.payload(bits), near.payload_in_batch(bits)], [expected; 2], "{crowd} {bits:x}");
        }
        let spread = (0..3 * crowd + 5).map(|n| far - 2 + u128::from(n));
        for bits in spread.chain([0, far << 1, 1 << 127, u128::MAX]) {
            let expected = v6.partition_point(|start| *start <= bits) as u32 - 1;
            assert_eq!(V6::of(words).near(bits).payload_v6(bits), expected, "{crowd} {bits:x}");
        }
    }
}

fn check(v4: &[u32], v6: &[u128]) {
    let mut segments = Segments::new(2);
    for (i, start) in v4.iter().enumerate() {
        segments.from(Family::V4, u128::from(*start), &[i as u32, 7]);
    }
    for (i, start) in v6.iter().enumerate() {
        segments.from(Family::V6, *start, &[i as u32, 7]);
    }
    let block = segments.finish(&[0, 11], &[99]);
    assert_eq!((block.word(block.further(0)), block.further(1)), (99, 11));
    assert_eq!(block.segments(), v4.len() + v6.len());
    for start in v4 {
        for probe in [start.saturating_sub(1), *start, start.saturating_add(1), u32::MAX] {
            let expected = v4.partition_point(|s| *s <= probe) as u32 - 1;
            let at = block.payload(Family::V4, u128::from(probe));
            assert_eq!(block.slice(at, at + 2), [expected, 7], "{probe}");
        }
    }
    for start in v6 {
        for probe in [start.saturating_sub(1), *start, start.saturating_add(1), u128::MAX, 1 << 127] {
            let expected = v6.partition_point(|s| *s <= probe) as u32 - 1;
            let at = block.payload(Family::V6, probe);
            assert_eq!(block.slice(at, at + 2), [expected, 7], "{probe:x}");
        }
    }
    assert!(block.starts(Family::V6).map(|(start, _)| start).eq(v6.iter().copied()));
}

#[test]
fn every_address_finds_the_last_start_at_or_before_it() {
    for count in [1u32, 2, 3, 4, 5, 17, 100, 5_000] {
        let v4: Vec<u32> = (0..count).map(|i| if i == 0 { 0 } else { i * 700_001 + (i % 3) }).collect();
        let wide: Vec<u128> = v4.iter().map(|start| u128::from(*start) << 96).collect();
        check(&v4, &wide);
        let low: Vec<u128> = v4.iter().map(|start| u128::from(*start)).collect();
        check(&v4, &low);
        let under = 0x2001_0db8_u128 << 96;
        let one_prefix: Vec<u128> = low.iter().map(|n| if *n == 0 { 0 } else { under | *n << 64 }).collect();
        check(&v4, &one_prefix);
    }
    check(&[0, u32::MAX], &[0, u128::MAX]);
    check(&[0, 1], &[0, 1]);
    check(&[0], &[0, 1 << 127, (1 << 127) + 1]);
}

#[test]
fn segments_of_one_word_are_found_alike() {
    for (count, step) in [(1u32, 1), (2, 1), (5, 1), (9, u32::MAX / 9), (40, 7), (3_000, 1_300_001), (900, 1)]
    {
        let starts: Vec<u32> = (0..count).map(|i| i * step + if step > 5 { i % 5 } else { 0 }).collect();
        let mut segments = Segments::new(1);
        for (i, start) in starts.iter().enumerate() {
            segments.from(Family::V4, u128::from(*start), &[i as u32 + 7]);
        }
        segments.from(Family::V6, 0, &[0]);
        let block = segments.finish(&[0], &[]);
        for start in &starts {
            for probe in [start.saturating_sub(1), *start, start.saturating_add(1), u32::MAX] {
                let expected = starts.partition_point(|s| *s <= probe) as u32 + 6;
                assert_eq!(block.v4().payload(block.words(), probe), expected, "{probe} of {count}");
                assert_eq!(block.word(block.payload(Family::V4, probe.into())), expected);
            }
        }
    }
}

#[test]
fn equal_neighbours_are_one_segment() {
    let mut segments = Segments::new(1);
    for (start, payload) in [(0, 5), (9, 5), (12, 6), (13, 5)] {
        segments.from(Family::V4, start, &[payload]);
    }
    segments.from(Family::V6, 0, &[1]);
    assert_eq!(segments.finish(&[0], &[]).segments(), 4);
}
