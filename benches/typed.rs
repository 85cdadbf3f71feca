//! The yardstick: a whole log parsed into typed structs, with serde_json or with sonic-rs, and nothing
//! else done.
//!
//! What a careful program would write first: about 40 fields, each of which takes any JSON value
//! (a log linter must not stop at a number where a text belongs), text borrowed where it can be,
//! one thread that reads blocks cut at line ends and as many that parse them.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One line: a request with `data`, or a bare event.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    data: Vec<Line<'a>>,
    test_event_code: Scalar<'a>,
    access_token: Scalar<'a>,
    partner_agent: Scalar<'a>,
    event_name: Scalar<'a>,
    event_time: Scalar<'a>,
    event_id: Scalar<'a>,
    action_source: Scalar<'a>,
    event_source_url: Scalar<'a>,
    referrer_url: Scalar<'a>,
    opt_out: Scalar<'a>,
    user_data: Option<UserData<'a>>,
    custom_data: Option<CustomData<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct UserData<'a> {
    #[serde(borrow)]
    em: Scalar<'a>,
    ph: Scalar<'a>,
    r#fn: Scalar<'a>,
    ln: Scalar<'a>,
    db: Scalar<'a>,
    ge: Scalar<'a>,
    ct: Scalar<'a>,
    st: Scalar<'a>,
    zp: Scalar<'a>,
    country: Scalar<'a>,
    external_id: Scalar<'a>,
    client_ip_address: Scalar<'a>,
    client_user_agent: Scalar<'a>,
    fbc: Scalar<'a>,
    fbp: Scalar<'a>,
    subscription_id: Scalar<'a>,
    lead_id: Scalar<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CustomData<'a> {
    #[serde(borrow)]
    value: Scalar<'a>,
    currency: Scalar<'a>,
    contents: Vec<Item<'a>>,
    content_ids: Scalar<'a>,
    content_type: Scalar<'a>,
    content_name: Scalar<'a>,
    content_category: Scalar<'a>,
    order_id: Scalar<'a>,
    num_items: Scalar<'a>,
    search_string: Scalar<'a>,
    status: Scalar<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    quantity: Scalar<'a>,
    item_price: Scalar<'a>,
    title: Scalar<'a>,
}

/// Any JSON value, text borrowed where the line has no escapes in it.
#[derive(Default)]
enum Scalar<'a> {
    #[default]
    Missing,
    Null,
    Bool(bool),
    Whole(i64),
    Real(f64),
    Text(Cow<'a, str>),
    List(Vec<Scalar<'a>>),
    Object,
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Whole(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(i64::try_from(value).map_or(Scalar::Real(value as f64), Scalar::Whole))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Real(value))
            }

            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(value.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Scalar::List(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Object)
            }
        }
        input.deserialize_any(Any)
    }
}

/// What was parsed; printed, so that no parse can be left out as unused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    pub events: u64,
    pub values: u64,
    pub failed: u64,
}

impl Sum {
    fn scalar(&mut self, value: &Scalar<'_>) {
        self.values += match value {
            Scalar::Missing => 0,
            Scalar::Null | Scalar::Object => 1,
            Scalar::Bool(value) => u64::from(*value),
            Scalar::Whole(value) => *value as u64 & 1,
            Scalar::Real(value) => value.to_bits() & 1,
            Scalar::Text(text) => text.len() as u64,
            Scalar::List(list) => list.len() as u64,
        };
    }

    /// Touches one value of each part of the line.
    fn line(&mut self, line: &Line<'_>) {
        if line.data.is_empty() {
            self.events += 1;
            self.scalar(&line.event_name);
            if let Some(user) = &line.user_data {
                self.scalar(&user.em);
            }
            if let Some(custom) = &line.custom_data {
                self.scalar(&custom.value);
                self.values += custom.contents.len() as u64;
            }
        } else {
            line.data.iter().for_each(|event| self.line(event));
        }
    }

    fn block(&mut self, block: &[u8], parser: Parser) {
        // One check of the whole block is cheaper than one for every string in it.
        let Ok(text) = std::str::from_utf8(block) else {
            self.failed += memchr::memchr_iter(b'\n', block).count() as u64;
            return;
        };
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            let line = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let parsed = match parser {
                Parser::Serde => serde_json::from_str::<Line<'_>>(line).ok(),
                Parser::Sonic => sonic_rs::from_str::<Line<'_>>(line).ok(),
            };
            match parsed {
                Some(line) => self.line(&line),
                None => self.failed += 1,
            }
        }
    }

    fn add(&mut self, other: Sum) {
        self.events += other.events;
        self.values += other.values;
        self.failed += other.failed;
    }
}

const BLOCK: usize = 1 << 20;

/// What parses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Parser {
    /// serde_json.
    Serde,
    /// sonic-rs, which uses vector registers.
    Sonic,
}

/// Parses every line of `file` on `threads` threads.
pub fn parse(
    threads: usize,
    file: &Path,
    parser: Parser,
) -> Result<Sum, Box<dyn std::error::Error + Send + Sync>> {
    let mut input = File::open(file)?;
    let (full, filled) = mpsc::sync_channel::<Vec<u8>>(2 * threads);
    let (back, empty) = mpsc::channel::<Vec<u8>>();
    for _ in 0..2 * threads + 2 {
        back.send(Vec::with_capacity(BLOCK + BLOCK / 8))?;
    }
    let filled = Mutex::new(filled);
    thread::scope(|scope| {
        let filled = &filled;
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let back = back.clone();
                scope.spawn(move || {
                    let mut sum = Sum::default();
                    loop {
                        let next = filled.lock().map(|filled| filled.recv());
                        let Ok(Ok(mut block)) = next else { break sum };
                        sum.block(&block, parser);
                        block.clear();
                        // The reader is gone at the end of the file and wants no block then.
                        let _ = back.send(block);
                    }
                })
            })
            .collect();
        let read = read_blocks(&mut input, &empty, full);
        let mut sum = Sum::default();
        for worker in workers {
            sum.add(worker.join().map_err(|_| "a parsing thread panicked")?);
        }
        read?;
        Ok(sum)
    })
}

/// Reads blocks that end with a line and hands them over; the start of the next line goes into the
/// next block.
fn read_blocks(
    input: &mut File,
    empty: &Receiver<Vec<u8>>,
    full: SyncSender<Vec<u8>>,
) -> io::Result<()> {
    let mut carry = Vec::new();
    while let Ok(mut block) = empty.recv() {
        block.append(&mut carry);
        let wanted = BLOCK as u64;
        let end = loop {
            if input.by_ref().take(wanted).read_to_end(&mut block)? == 0 {
                break None;
            }
            if let Some(end) = memchr::memrchr(b'\n', &block) {
                break Some(end + 1);
            }
        };
        if let Some(end) = end {
            carry.extend_from_slice(&block[end..]);
            block.truncate(end);
        }
        let last = end.is_none();
        if !block.is_empty() && full.send(block).is_err() || last {
            break;
        }
    }
    Ok(())
}
