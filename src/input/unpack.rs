//! Compression and character encoding, recognised by content, layer by layer.

use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use super::utf16::Endian;

use super::utf16;

/// One layer around the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    /// UTF-16 with a byte order mark; it is read as UTF-8.
    Utf16(Endian),
}

/// Layers of compression that are taken off. More is no log but a trick.
const MOST_LAYERS: usize = 3;
/// The bytes that tell a layer.
const HEAD: usize = 6;

impl Layer {
    /// Recognises a layer by the first bytes.
    fn of(head: &[u8]) -> Option<Layer> {
        Some(match head {
            [0x1f, 0x8b, 8, ..] => Layer::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Layer::Zstd,
            // Eight bytes of user data in front of the first frame, as `pzstd` and others write.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Layer::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41] => Layer::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0] => Layer::Xz,
            [0xff, 0xfe, rest @ ..] if !rest.starts_with(&[0, 0]) => Layer::Utf16(Endian::Little),
            [0xfe, 0xff, ..] => Layer::Utf16(Endian::Big),
            _ => return None,
        })
    }
}

/// How a stream is packed, from the outside in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packing(pub Vec<Layer>);

impl Packing {
    /// Whether the text itself is UTF-16.
    pub fn is_wide(&self) -> bool {
        matches!(self.0.last(), Some(Layer::Utf16(_)))
    }
}

/// How far a stream may unpack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ceiling {
    /// 1 TiB or [`MOST_RATIO`] times the packed bytes, whichever comes first.
    #[default]
    Usual,
    /// This many bytes.
    Bytes(u64),
}

/// Deflate cannot pack better than about 1,032 to 1; logs pack 10 to 100 times.
const MOST_RATIO: u64 = 1_000;
const MOST_BYTES: u64 = 1 << 40;
/// Under this size the ratio says nothing: a small file of one line a thousand times is no bomb.
const HARMLESS: u64 = 64 << 20;

/// Unpacked bytes; several gzip members, zstd frames, bzip2 or xz streams one after the other are
/// read as one. Reading fails with [`io::ErrorKind::InvalidData`] or `UnexpectedEof` where the
/// packing is cut off or damaged, after all that came before was given out, and with
/// [`io::ErrorKind::FileTooLarge`] at the ceiling.
pub fn open<'s>(
    source: impl Read + Send + 's,
    ceiling: Ceiling,
) -> io::Result<(Packing, Box<dyn Read + Send + 's>)> {
    let packed = Arc::new(AtomicU64::new(0));
    let source = Counted {
        source,
        read: Arc::clone(&packed),
    };
    let mut source: Box<dyn BufRead + Send + 's> =
        Box::new(BufReader::with_capacity(1 << 16, source));
    let mut packing = Packing::default();
    loop {
        let head = match peek(&mut source) {
            Ok(head) => head,
            // What is inside cannot be read: that is for whoever reads it.
            Err(fault) if !packing.0.is_empty() => {
                return Ok((packing, Box::new(Fault(Some(fault)))));
            }
            Err(fault) => return Err(fault),
        };
        let layer = Layer::of(&head);
        let whole = Cursor::new(head).chain(source);
        let compressions = packing
            .0
            .iter()
            .filter(|layer| !matches!(layer, Layer::Utf16(_)))
            .count();
        let layer = layer.filter(|layer| {
            let is_text = matches!(layer, Layer::Utf16(_));
            (is_text || compressions < MOST_LAYERS)
                && !matches!(packing.0.last(), Some(Layer::Utf16(_)))
        });
        let Some(layer) = layer else {
            if compressions == 0 {
                return Ok((packing, Box::new(whole)));
            }
            let bounded = Bounded {
                source: whole,
                packed,
                given: 0,
                ceiling,
            };
            return Ok((packing, Box::new(bounded)));
        };
        let inner: Box<dyn Read + Send + 's> = match layer {
            Layer::Gzip => Box::new(Gzip::new(whole)),
            Layer::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(whole)?),
            Layer::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(whole)),
            Layer::Xz => Box::new(lzma_rust2::XzReader::new(whole, true)),
            Layer::Utf16(endian) => Box::new(utf16::Reader::new(whole, endian)),
        };
        packing.0.push(layer);
        source = Box::new(BufReader::with_capacity(1 << 16, inner));
    }
}

/// A stream that something else unpacks out of `packed` bytes, stopped at the ceiling.
pub(super) fn bounded<'s>(
    source: impl Read + Send + 's,
    packed: u64,
    ceiling: Ceiling,
) -> impl Read + Send + 's {
    Bounded {
        source,
        packed: Arc::new(AtomicU64::new(packed)),
        given: 0,
        ceiling,
    }
}

/// The first bytes; fewer when the stream is shorter.
fn peek(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    match source.take(HEAD as u64).read_to_end(&mut head) {
        Ok(_) => Ok(head),
        // What came before the fault is given out; the fault comes again behind it.
        Err(_) if !head.is_empty() => Ok(head),
        Err(fault) => Err(fault),
    }
}

/// Counts what is read.
struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads gzip members one after the other. Zeros behind one are what a tape or a block device adds,
/// and no part of the text.
struct Gzip<R> {
    member: Option<flate2::bufread::GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    fn new(source: R) -> Gzip<R> {
        Gzip {
            member: Some(flate2::bufread::GzDecoder::new(source)),
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(member) = self.member.take() else {
                break;
            };
            let mut source = member.into_inner();
            let goes_on = loop {
                let bytes = source.fill_buf()?;
                let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
                let (is_end, is_padding) = (bytes.is_empty(), zeros == bytes.len());
                source.consume(zeros);
                if is_end || !is_padding {
                    break !is_end;
                }
            };
            self.member = goes_on.then(|| flate2::bufread::GzDecoder::new(source));
        }
        Ok(0)
    }
}

/// Fails once, then ends.
struct Fault(Option<io::Error>);

impl Read for Fault {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(fault) => Err(fault),
            None => Ok(0),
        }
    }
}

/// Stops a stream that unpacks too far.
struct Bounded<R> {
    source: R,
    packed: Arc<AtomicU64>,
    given: u64,
    ceiling: Ceiling,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.given += read as u64;
        let most = match self.ceiling {
            Ceiling::Bytes(most) => most,
            Ceiling::Usual => {
                let packed = self.packed.load(Ordering::Relaxed);
                packed
                    .saturating_mul(MOST_RATIO)
                    .clamp(HARMLESS, MOST_BYTES)
            }
        };
        if self.given > most {
            return Err(TooFar(most).into());
        }
        Ok(read)
    }
}

/// The reason why reading stopped at the ceiling.
#[derive(Debug)]
struct TooFar(u64);

impl fmt::Display for TooFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it unpacks to more than {} bytes; what came before was read, and --max-unpacked raises the limit",
            self.0
        )
    }
}

impl std::error::Error for TooFar {}

impl From<TooFar> for io::Error {
    fn from(reason: TooFar) -> io::Error {
        io::Error::new(io::ErrorKind::FileTooLarge, reason)
    }
}

/// A writer that packs as the source was packed. It is complete only after [`Packer::finish`].
pub struct Packer<W: Write>(Box<dyn Chain<W>>);

/// A chain of layers that ends in the sink.
trait Chain<W>: Write {
    /// Writes what is still held back and gives the sink back.
    fn end(self: Box<Self>) -> io::Result<W>;
}

/// The end of a chain.
struct Sink<W>(W);

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write> Chain<W> for Sink<W> {
    fn end(self: Box<Self>) -> io::Result<W> {
        Ok(self.0)
    }
}

type Rest<W> = Box<dyn Chain<W>>;

impl<W: Write> Chain<W> for flate2::write::GzEncoder<Rest<W>> {
    fn end(self: Box<Self>) -> io::Result<W> {
        self.finish()?.end()
    }
}

impl<W: Write> Chain<W> for zstd::stream::write::Encoder<'static, Rest<W>> {
    fn end(self: Box<Self>) -> io::Result<W> {
        self.finish()?.end()
    }
}

impl<W: Write> Chain<W> for bzip2::write::BzEncoder<Rest<W>> {
    fn end(self: Box<Self>) -> io::Result<W> {
        self.finish()?.end()
    }
}

impl<W: Write> Chain<W> for lzma_rust2::XzWriter<Rest<W>> {
    fn end(self: Box<Self>) -> io::Result<W> {
        self.finish()?.end()
    }
}

impl<W: Write> Chain<W> for utf16::Writer<Rest<W>> {
    fn end(self: Box<Self>) -> io::Result<W> {
        self.finish()?.end()
    }
}

impl<W: Write + 'static> Packer<W> {
    /// Packs into `sink`.
    pub fn new(packing: &Packing, sink: W) -> io::Result<Packer<W>> {
        let mut chain: Rest<W> = Box::new(Sink(sink));
        for layer in &packing.0 {
            chain = match layer {
                Layer::Gzip => Box::new(flate2::write::GzEncoder::new(
                    chain,
                    flate2::Compression::default(),
                )),
                Layer::Zstd => Box::new(zstd::stream::write::Encoder::new(chain, 0)?),
                Layer::Bzip2 => Box::new(bzip2::write::BzEncoder::new(
                    chain,
                    bzip2::Compression::default(),
                )),
                Layer::Xz => {
                    let options = lzma_rust2::XzOptions::default();
                    Box::new(lzma_rust2::XzWriter::new(chain, options)?)
                }
                Layer::Utf16(endian) => Box::new(utf16::Writer::new(chain, *endian)),
            };
        }
        Ok(Packer(chain))
    }

    /// Writes what is still held back and gives the sink back.
    pub fn finish(self) -> io::Result<W> {
        self.0.end()
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: [Layer; 6] = [
        Layer::Gzip,
        Layer::Zstd,
        Layer::Bzip2,
        Layer::Xz,
        Layer::Utf16(Endian::Little),
        Layer::Utf16(Endian::Big),
    ];

    fn pack(layers: &[Layer], text: &str) -> Vec<u8> {
        let packing = Packing(layers.to_vec());
        let mut packer = Packer::new(&packing, Vec::new()).unwrap();
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    fn unpack(bytes: &[u8], ceiling: Ceiling) -> (Packing, Vec<u8>, io::Result<usize>) {
        let (packing, mut reader) = open(bytes, ceiling).unwrap();
        let mut out = Vec::new();
        let read = reader.read_to_end(&mut out);
        (packing, out, read)
    }

    #[test]
    fn every_layer_is_taken_off_and_put_back() {
        let text = "\u{feff}{\"event_name\":\"Købt\"}\n😀\n";
        for layer in LAYERS {
            let bytes = pack(&[layer], text);
            let (packing, out, read) = unpack(&bytes, Ceiling::Usual);
            assert_eq!(packing, Packing(vec![layer]));
            assert!(read.is_ok(), "{layer:?}");
            assert_eq!(String::from_utf8_lossy(&out), text, "{layer:?}");
        }
        let all = [Layer::Gzip, Layer::Zstd, Layer::Bzip2, LAYERS[4]];
        let bytes = pack(&all, text);
        let (packing, out, _) = unpack(&bytes, Ceiling::Usual);
        assert_eq!(packing, Packing(all.to_vec()));
        assert_eq!(out, text.as_bytes());
    }

    #[test]
    fn members_one_after_the_other_are_one_text() {
        for layer in &LAYERS[..4] {
            let bytes = [pack(&[*layer], "{}\n"), pack(&[*layer], "[]\n")].concat();
            let (_, out, read) = unpack(&bytes, Ceiling::Usual);
            assert!(read.is_ok(), "{layer:?}: {read:?}");
            assert_eq!(out, b"{}\n[]\n", "{layer:?}");
        }
    }

    #[test]
    fn what_is_cut_off_gives_what_came_before_and_an_error() {
        let lines: String = (0..40_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        for layer in LAYERS {
            let text = format!("\u{feff}{lines}");
            let bytes = pack(&[layer], &text);
            let (_, out, read) = unpack(&bytes[..bytes.len() - 9], Ceiling::Usual);
            assert!(read.is_err(), "{layer:?}");
            assert!(text.as_bytes().starts_with(&out), "{layer:?}");
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        let zeros = vec![b' '; 3 << 20];
        let mut packer = Packer::new(&Packing(vec![Layer::Zstd]), Vec::new()).unwrap();
        for _ in 0..50 {
            packer.write_all(&zeros).unwrap();
        }
        let bomb = packer.finish().unwrap();
        for ceiling in [Ceiling::Usual, Ceiling::Bytes(1 << 20)] {
            let (_, out, read) = unpack(&bomb, ceiling);
            assert_eq!(read.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
            assert!(out.len() < 100 << 20);
        }
        let (_, out, read) = unpack(&bomb, Ceiling::Bytes(1 << 40));
        assert_eq!(read.unwrap(), out.len());
    }

    #[test]
    fn plain_text_is_passed_on() {
        for text in ["", "{", "{}", "BZh", "\u{feff}{}"] {
            let (packing, out, read) = unpack(text.as_bytes(), Ceiling::Bytes(0));
            assert_eq!((packing, &out[..]), (Packing::default(), text.as_bytes()));
            assert!(read.is_ok());
        }
    }
}
