//! Unpacking and cutting loses no byte.
#![no_main]

use capilint::input::blocks::{Blocks, Frame, Limits};
use capilint::input::unpack::{self, Ceiling};
use libfuzzer_sys::fuzz_target;
use std::io::Read;

const SIZES: [(usize, usize, usize); 3] = [(1, 1, 64), (64, 256, 4096), (1 << 20, 4 << 20, 64 << 20)];

fuzz_target!(|bytes: &[u8]| {
    let Ok((_, mut reader)) = unpack::open(bytes, Ceiling::Bytes(16 << 20)) else {
        return;
    };
    let mut text = Vec::new();
    let _ = reader.read_to_end(&mut text);
    for (block, whole, record) in SIZES {
        let limits = Limits { block, whole, record };
        let (mut blocks, mut all) = (Blocks::new(&text[..], limits), Vec::new());
        while let Ok(Some(block)) = blocks.next(Vec::new()) {
            let inside = |range: &std::ops::Range<usize>| range.end <= block.bytes.len();
            match &block.frame {
                Frame::Texts(ranges) => assert!(ranges.iter().all(inside)),
                Frame::Elements { ranges, .. } => assert!(ranges.iter().all(inside)),
                _ => {}
            }
            assert_eq!(block.offset, all.len() as u64);
            all.extend_from_slice(&block.bytes);
        }
        assert!(all == text, "bytes were lost");
    }
});
