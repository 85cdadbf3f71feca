//! Compression, encodings and archives: read by content, written back as they were, and refused
//! with a way out where they hold no text.

mod support;

use std::io::Write;

use capilint::input::unpack::{Endian, Layer, Packer, Packing};
use support::{CLEAN, Place, another, ids, lines, with_error};

fn pack(layers: &[Layer], text: &str) -> Vec<u8> {
    let mut packer = Packer::new(&Packing(layers.to_vec()), Vec::new()).unwrap();
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn unpack(bytes: &[u8]) -> (Packing, String) {
    let (packing, reader) = capilint::input::unpack::open(bytes, Default::default()).unwrap();
    (packing, std::io::read_to_string(reader).unwrap())
}

fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const PACKINGS: [&[Layer]; 6] = [
    &[Layer::Gzip],
    &[Layer::Zstd],
    &[Layer::Bzip2],
    &[Layer::Xz],
    &[Layer::Gzip, Layer::Xz],
    &[Layer::Zstd, Layer::Gzip, Layer::Bzip2],
];

#[test]
fn a_packed_log_is_fixed_in_its_own_packing() {
    let before = lines(&[CLEAN, &with_error(), CLEAN]);
    for layers in PACKINGS {
        let place = Place::new();
        place.write("log", pack(layers, &before));
        let ran = place.check("log --format json").ends(1);
        assert_eq!(ran.json()["summary"]["events"], 3, "{layers:?}");
        place.check("log --fix").ends(0);
        let (packing, after) = unpack(&place.read("log"));
        assert_eq!(packing.0, layers);
        assert_eq!(after, lines(&[CLEAN, CLEAN, CLEAN]), "{layers:?}");
        // The same through pipes.
        let out = place
            .check_piped(pack(layers, &before), "- --fix")
            .ends(0)
            .stdout;
        assert_eq!(unpack(&out).1, after, "{layers:?}");
    }
}

#[test]
fn utf_16_is_read_and_written_back() {
    let named = |event: &str| event.replace("order-58213", "bestellung-\u{1F6B2}-ü");
    let before = format!("\u{feff}{}", lines(&[named(&with_error()), another(1)]));
    let after = format!("\u{feff}{}", lines(&[named(CLEAN), another(1)]));
    for endian in [Endian::Little, Endian::Big] {
        let place = Place::new();
        let layer = [Layer::Utf16(endian)];
        place.write("export.json", pack(&layer, &before));
        place.check("export.json").ends(1).says("CL403");
        place.check("export.json --fix").ends(0);
        assert_eq!(place.read("export.json"), pack(&layer, &after));
    }
}

#[test]
fn the_members_of_a_zip_archive_are_files() {
    let place = Place::new();
    let bytes = zip(&[
        ("logs/a.ndjson", &lines(&[CLEAN, CLEAN])),
        ("logs/b.json", &with_error()),
        ("readme.md", "# nothing"),
        ("__MACOSX/logs/a.ndjson", "rubbish"),
    ]);
    place.write("in/day.zip", &bytes);
    let report = place.check("in --format json").ends(1).json();
    assert_eq!(report["summary"]["files"], 2);
    assert_eq!(report["summary"]["events"], 3);
    assert_eq!(report["findings"][0]["file"], "in/day.zip/logs/b.json");
    assert_eq!(report["findings"][0]["line"], 1);
    // It is left as it is, and that is said.
    place
        .check("in --fix")
        .ends(2)
        .says("unpack it first")
        .says("in/day.zip/logs/b.json");
    assert_eq!(place.read("in/day.zip"), bytes);
    // A member may be packed once more.
    let inner = pack(&[Layer::Bzip2], &with_error());
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("export", options).unwrap();
    writer.write_all(&inner).unwrap();
    place.write("b.zip", writer.finish().unwrap().into_inner());
    place.check("b.zip").ends(1).says("CL403");
    place
        .check_piped(&bytes, "-")
        .ends(2)
        .says("a zip archive")
        .says("name it as a file");
    place.write("cut.zip", &bytes[..bytes.len() - 30]);
    place
        .check("cut.zip")
        .ends(2)
        .says("the zip archive is damaged");
}

#[test]
fn zeros_behind_gzip_are_padding() {
    let place = Place::new();
    let member = pack(&[Layer::Gzip], &lines(&[CLEAN]));
    let padded = |zeros: usize, behind: &[u8]| [&member[..], &vec![0; zeros], behind].concat();
    place.write("padded.gz", padded(100_000, b""));
    place.write("two.gz", padded(512, &member));
    place.write("damaged.gz", padded(512, b"other"));
    for (name, events, code) in [("padded.gz", 1, 0), ("two.gz", 2, 0), ("damaged.gz", 1, 1)] {
        let report = place
            .check(&format!("{name} --format json"))
            .ends(code)
            .json();
        assert_eq!(report["summary"]["events"], events, "{name}");
        assert_eq!(ids(&report).contains_key("CL007"), code != 0, "{name}");
    }
}

#[test]
fn a_bomb_is_stopped_and_what_came_before_was_read() {
    let place = Place::new();
    let text = lines(&vec![CLEAN; 20_000]);
    place.write("log.gz", pack(&[Layer::Gzip], &text));
    let ran = place
        .check("log.gz --max-unpacked 4MiB --format json")
        .ends(2);
    let report = ran.json();
    assert!(report["summary"]["events"].as_u64().unwrap() > 1_000);
    // The line at which reading stopped is nobody's fault.
    assert!(!ids(&report).contains_key("CL001"));
    let message = report["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("--max-unpacked"), "{message}");
    place.check("log.gz --max-unpacked 1GiB").ends(0);
    place.check("log.gz").ends(0);
    place.write("a.zip", zip(&[("a.json", &lines(&vec![CLEAN; 20_000]))]));
    place
        .check("a.zip --max-unpacked 4MiB")
        .ends(2)
        .says("--max-unpacked");
    place.check("log.gz --max-unpacked much").ends(2);
    // Nobody knows whether it is empty.
    let ran = place
        .check("log.gz --max-unpacked 100 --format json")
        .ends(2);
    assert!(!ids(&ran.json()).contains_key("CL006"));
    // Of every kind, and of one kind in another.
    for layers in [
        &[Layer::Gzip][..],
        &[Layer::Zstd],
        &[Layer::Bzip2],
        &[Layer::Xz],
        &[Layer::Gzip, Layer::Zstd],
    ] {
        place.write("bomb", pack(layers, &text));
        place.check("bomb --max-unpacked 32MiB").ends(0);
        let ran = place
            .check("bomb --max-unpacked 4MiB --format json")
            .ends(2);
        let message = ran.json()["errors"][0]["message"].to_string();
        assert!(message.contains("--max-unpacked"), "{layers:?}: {message}");
    }
    // A fix does not write a part of a file over the whole.
    let before = pack(&[Layer::Gzip], &lines(&vec![with_error(); 20_000]));
    place.write("log.gz", &before);
    place.check("log.gz --fix --max-unpacked 4MiB").ends(2);
    assert_eq!(place.read("log.gz"), before);
}

#[test]
fn what_is_no_text_is_named_with_the_way_to_make_it_one() {
    for (head, what, how) in [
        (&b"PAR1\x15\x04"[..], "a Parquet file", "duckdb"),
        (b"Obj\x01\x04", "an Avro file", "avro-tools"),
        (b"5423:9:websocket;0:~", "a mitmproxy dump", "hardump"),
        (b"\xD4\xC3\xB2\xA1\x02\x00", "a packet capture", "HAR"),
        (b"\x0A\x0D\x0D\x0A\x1c", "a packet capture", "HAR"),
        (b"\xFF\xFE\x00\x00", "UTF-32 text", "iconv"),
    ] {
        let place = Place::new();
        place.write("file", head);
        place.write("b.json", CLEAN);
        place.check("file").ends(2).says(what).says(how);
        place.check("file b.json").ends(1).says(what).says("CL006");
    }
}

#[test]
fn places_in_utf16_are_those_of_the_file() {
    let place = Place::new();
    let text = format!(
        "\u{feff}{}{}\n{}\n",
        "{\"note\":\"Grüße 😀\"}\n",
        CLEAN,
        with_error()
    );
    let units: Vec<u16> = text.encode_utf16().collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    for (name, bytes, read) in [
        ("be.json", &big, u16::from_be_bytes as fn([u8; 2]) -> u16),
        ("le.json", &little, u16::from_le_bytes),
    ] {
        place.write(name, bytes);
        let report = place.check(&format!("{name} --format json")).json();
        let finding = &report["findings"][0];
        let number = |key: &str| finding[key].as_u64().unwrap() as usize;
        let (at, length) = (number("offset"), number("length"));
        let units = bytes[at..at + length].as_chunks::<2>().0.iter();
        let units: Vec<u16> = units.map(|unit| read(*unit)).collect();
        let value = String::from_utf16(&units).unwrap();
        // A time in milliseconds.
        assert!(value.len() == 13 && value.parse::<u64>().is_ok(), "{value}");
        assert_eq!(finding["line"], 3);
    }
}
