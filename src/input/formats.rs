//! Content that is no text, told by its first bytes.

/// Something that is no text.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it is: `a Parquet file`.
    pub what: &'static str,
    /// How to make text of it.
    pub convert: &'static str,
}

/// What is known by its first bytes. Compression that is read never comes here.
const MAGIC: [(&[u8], Foreign); 22] = {
    const fn kind(what: &'static str, convert: &'static str) -> Foreign {
        Foreign { what, convert }
    }
    const NONE: &str = "it holds no payload to be read";
    const DUCKDB: &str =
        "convert it first: duckdb -c \"COPY (FROM 'in.parquet') TO 'out.ndjson' (FORMAT json)\"";
    const CAPTURE: &str = "a packet capture holds encrypted traffic; record the requests with a \
                           proxy and export HAR: mitmdump --set hardump=out.har";
    [
        (b"PAR1", kind("a Parquet file", DUCKDB)),
        (
            b"Obj\x01",
            kind(
                "an Avro file",
                "convert it first: avro-tools tojson in.avro > out.ndjson",
            ),
        ),
        (
            b"ORC",
            kind(
                "an ORC file",
                "convert it first: orc-contents in.orc > out.ndjson",
            ),
        ),
        (
            b"SQLite format 3",
            kind(
                "an SQLite database",
                "export the table first: sqlite3 -json in.db 'SELECT * FROM …' > out.json",
            ),
        ),
        (b"\xD4\xC3\xB2\xA1", kind("a packet capture", CAPTURE)),
        (b"\xA1\xB2\xC3\xD4", kind("a packet capture", CAPTURE)),
        (b"\x4D\x3C\xB2\xA1", kind("a packet capture", CAPTURE)),
        (b"\x0A\x0D\x0D\x0A", kind("a packet capture", CAPTURE)),
        (
            b"PK\x03\x04",
            kind(
                "a zip archive",
                "name it as a file, or add --spool where it comes through a pipe; one inside another file is \
                 to be unpacked first",
            ),
        ),
        (
            b"7z\xBC\xAF\x27\x1C",
            kind("a 7z archive", "unpack it first: 7z x in.7z"),
        ),
        (
            b"Rar!\x1A\x07",
            kind("a RAR archive", "unpack it first: unrar x in.rar"),
        ),
        (
            b"\x04\x22\x4D\x18",
            kind("an LZ4 frame", "unpack it first: lz4 -d in.lz4 out.ndjson"),
        ),
        (
            b"\xFF\x06\x00\x00sNaPpY",
            kind("a Snappy stream", "unpack it first: snzip -d in.sz"),
        ),
        (
            b"\x1f\x9d",
            kind("a compress archive", "unpack it first: uncompress in.Z"),
        ),
        (
            b"\xFF\xFE\x00\x00",
            kind(
                "UTF-32 text",
                "convert it first: iconv -f UTF-32 -t UTF-8 in.json > out.json",
            ),
        ),
        (b"\xFF\xD8\xFF", kind("a JPEG image", NONE)),
        (b"\x89PNG", kind("a PNG image", NONE)),
        (b"GIF8", kind("a GIF image", NONE)),
        (b"%PDF", kind("a PDF document", NONE)),
        (b"\x7fELF", kind("a program", NONE)),
        (
            b"bplist",
            kind("a property list", "convert it first: plutil -convert json"),
        ),
        (b"\xCA\xFE\xBA\xBE", kind("a program", NONE)),
    ]
};
const TAR: Foreign = Foreign {
    what: "a tar archive",
    convert: "unpack it first: tar -xf in.tar",
};
const MITMPROXY: Foreign = Foreign {
    what: "a mitmproxy dump",
    convert: "convert it first: mitmdump -nr flows.mitm --set hardump=out.har",
};
const BINARY: Foreign = Foreign {
    what: "binary data",
    convert: "capilint reads JSON and text",
};

/// What content that is no text looks like.
pub(super) fn foreign(bytes: &[u8]) -> Option<&'static Foreign> {
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, what)) = known {
        return Some(what);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(&TAR);
    }
    if is_tnetstring(bytes) {
        return Some(&MITMPROXY);
    }
    // A log that was cut to nothing while its writer went on begins with zeros, and text may hold
    // one by mistake. Where a byte in thirty is none of text, it is no text, unless it spells an event:
    // a fix must not turn the one into the other.
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(0);
    let head = &bytes[start..bytes.len().min(start + 4096)];
    let odd = head
        .iter()
        .filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
        .count();
    let zeros = start > 0 || memchr::memchr(0, head).is_some();
    let is_odd = zeros && odd * 30 > head.len();
    (is_odd && memchr::memmem::find(head, b"\"event_name").is_none()).then_some(&BINARY)
}

/// Whether the bytes begin with `1234:9:websocket;`: a length, and in it a key with its own length,
/// which is how mitmproxy writes flows.
fn is_tnetstring(bytes: &[u8]) -> bool {
    let number = |bytes: &[u8]| -> Option<(usize, usize)> {
        let digits = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = std::str::from_utf8(bytes.get(..digits)?).ok()?;
        (digits <= 9 && bytes.get(digits) == Some(&b':'))
            .then_some((text.parse().ok()?, digits + 1))
    };
    let Some((_, outer)) = number(bytes) else {
        return false;
    };
    let Some((length, inner)) = number(&bytes[outer..]) else {
        return false;
    };
    let end = outer + inner + length;
    length > 0
        && matches!(bytes.get(end), Some(b';' | b','))
        && bytes[outer + inner..end]
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || *byte == b'_')
}
