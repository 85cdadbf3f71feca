//! The correct events, and how to reach into them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use capilint::digest::{sha256, sha256_hex};
use once_cell::sync::Lazy;
use serde_json::{Map, Value};

/// The day on which the fixtures live, 2026-06-26T00:00:00Z.
pub const NOW: i64 = 1_782_432_000;

static EVENTS: Lazy<Vec<Value>> = Lazy::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ok");
    let mut paths: Vec<_> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            let is_json = path
                .extension()
                .is_some_and(|e| e == "json" || e == "ndjson");
            // What a logger has masked cannot be mended back.
            is_json && !path.ends_with("hidden-by-a-logger.ndjson")
        })
        .collect();
    paths.sort();
    let mut events = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            let value = value.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            match value {
                Value::Array(list) => events.extend(list),
                Value::Object(ref body) if body.contains_key("data") => {
                    events.extend(body["data"].as_array().cloned().unwrap_or_default());
                }
                event => events.push(event),
            }
        }
    }
    // Nor can what other files hold of it.
    let masked = [
        "***", "redacted", "REDACTED", "Filtered", "xxx", "XXX", "…", "...\"", "[Object]",
    ];
    events.retain(|event| {
        let text = event.to_string();
        event.get("event_name").is_some() && !masked.iter().any(|mask| text.contains(mask))
    });
    assert!(events.len() > 500, "only {} events", events.len());
    events
});

/// All events of `fixtures/ok`.
pub fn events() -> &'static [Value] {
    &EVENTS
}

/// The plain values behind digests of the corpus, by key.
static PLAIN: Lazy<HashMap<(&'static str, String), String>> = Lazy::new(|| {
    let mut all = HashMap::new();
    let mut know = |key: &'static str, plain: &str| {
        all.insert((key, sha256_hex(plain)), plain.to_owned());
    };
    let letters = || (b'a'..=b'z').map(char::from);
    for a in letters() {
        for b in letters() {
            know("country", &format!("{a}{b}"));
            know("st", &format!("{a}{b}"));
        }
    }
    for person in PEOPLE {
        let [em, ph, first, last, ct, zp, db] = person;
        for (key, plain) in [
            ("em", em),
            ("ph", ph),
            ("fn", first),
            ("ln", last),
            ("ct", ct),
            ("zp", zp),
            ("db", db),
        ] {
            know(key, plain);
        }
    }
    for (key, plain) in [
        ("ge", "f"),
        ("ge", "m"),
        ("fn", "mary"),
        ("fn", "thomas"),
        ("ct", "newyork"),
        ("ct", "sydney"),
        ("zp", "02139"),
        ("zp", "97201"),
    ] {
        know(key, plain);
    }
    all
});

/// E-mail, phone, first and last name, city, postcode and birth date of people in the corpus.
const PEOPLE: [[&str; 7]; 9] = [
    [
        "mara.lindqvist@fjordpost.example",
        "4670174060",
        "mara",
        "lindqvist",
        "göteborg",
        "41103",
        "19880412",
    ],
    [
        "j.okafor@lagosmail.example",
        "2348035550142",
        "jude",
        "okafor",
        "lagos",
        "101233",
        "19910927",
    ],
    [
        "priya.raman@postbox.example",
        "919155550123",
        "priya",
        "raman",
        "bengaluru",
        "560001",
        "19951130",
    ],
    [
        "ellen.brightwater@hillmail.example",
        "12025550143",
        "ellen",
        "brightwater",
        "portland",
        "97205",
        "19830621",
    ],
    [
        "luca.ferrante@cartoline.example",
        "393335550176",
        "luca",
        "ferrante",
        "torino",
        "10121",
        "19900214",
    ],
    [
        "amelie.duroc@lettre.example",
        "33199005512",
        "amélie",
        "duroc",
        "lyon",
        "69002",
        "19920718",
    ],
    [
        "rui.vasconcelos@carteiro.example",
        "351930555077",
        "rui",
        "vasconcelos",
        "porto",
        "4000",
        "19750529",
    ],
    [
        "freya.jennings@moorpost.example",
        "447700900461",
        "freya",
        "jennings",
        "leeds",
        "ls14dy",
        "20010309",
    ],
    [
        "bruno.tavares@correiobr.example",
        "5511955550134",
        "bruno",
        "tavares",
        "saopaulo",
        "01310100",
        "19840822",
    ],
];

/// The object under a key of the event.
pub fn object<'e>(event: &'e mut Value, key: &str) -> Option<&'e mut Map<String, Value>> {
    event.get_mut(key)?.as_object_mut()
}

/// user_data.
pub fn user(event: &mut Value) -> Option<&mut Map<String, Value>> {
    object(event, "user_data")
}

/// custom_data.
pub fn custom(event: &mut Value) -> Option<&mut Map<String, Value>> {
    object(event, "custom_data")
}

/// The text at a JSON pointer.
pub fn text(event: &Value, pointer: &str) -> Option<String> {
    event.pointer(pointer)?.as_str().map(str::to_owned)
}

/// The value of a key of user_data: itself, or the first of its list.
pub fn slot<'e>(event: &'e mut Value, key: &str) -> Option<&'e mut Value> {
    match user(event)?.get_mut(key)? {
        Value::Array(list) => list.first_mut(),
        value => Some(value),
    }
}

/// The text of a key of user_data, or the first of its list.
pub fn first(event: &mut Value, key: &str) -> Option<String> {
    slot(event, key)?.as_str().map(str::to_owned)
}

/// Writes another value in place of the first of a key.
pub fn put(event: &mut Value, key: &str, value: impl Into<Value>) -> Option<()> {
    *slot(event, key)? = value.into();
    Some(())
}

/// Adds a value: at the end of the list of the key, or alone where there is no such key.
pub fn push(event: &mut Value, key: &str, value: impl Into<Value>) -> Option<()> {
    match user(event)?.get_mut(key) {
        Some(Value::Array(list)) => list.push(value.into()),
        Some(_) => return None,
        None => {
            user(event)?.insert(key.into(), value.into());
        }
    }
    Some(())
}

/// Adds a key that is not there to user_data.
pub fn add(event: &mut Value, key: &str, value: impl Into<Value>) -> Option<()> {
    let user = user(event)?;
    if user.contains_key(key) {
        return None;
    }
    user.insert(key.into(), value.into());
    Some(())
}

/// Splits a digest from its appendix, which starts with the dot.
pub fn split(digest: &str) -> (&str, &str) {
    digest.split_at(digest.find('.').unwrap_or(digest.len()))
}

/// The plain value of the first digest of a key, when it is known.
pub fn plain(event: &mut Value, key: &'static str) -> Option<String> {
    let digest = first(event, key)?;
    PLAIN.get(&(key, split(&digest).0.to_owned())).cloned()
}

/// Writes another text in place of the first digest of a key, made from its plain value.
pub fn replace(
    event: &mut Value,
    key: &'static str,
    make: impl Fn(&str) -> Option<String>,
) -> Option<()> {
    let digest = first(event, key)?;
    let (_, appendix) = split(&digest);
    if !appendix.is_empty() {
        return None;
    }
    let new = make(&plain(event, key)?)?;
    put(event, key, new)
}

/// Writes the digest of another spelling in place of the first digest of a key, and keeps the
/// appendix.
pub fn respell(
    event: &mut Value,
    key: &'static str,
    make: impl Fn(&str) -> Option<String>,
) -> Option<()> {
    let digest = first(event, key)?;
    let (_, appendix) = split(&digest);
    let new = make(&plain(event, key)?)?;
    put(event, key, format!("{}{appendix}", sha256_hex(&new)))
}

/// The digest of bytes.
pub fn hash_bytes(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}

/// The digest of a text.
pub fn hash(text: &str) -> String {
    sha256_hex(text)
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let word = three
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= three.len() {
                letter.into()
            } else {
                '='
            });
        }
    }
    out
}

/// Capitals at the start of every word.
pub fn title(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Whether it is an event of a website with address, agent and fbp, so that it can lose a value
/// and is still worth sending.
pub fn on_web(event: &Value) -> Option<()> {
    let user = event.get("user_data")?;
    let whole = event.get("action_source")? == "website"
        && ["client_ip_address", "client_user_agent", "fbp"]
            .iter()
            .all(|key| user.get(*key).is_some_and(Value::is_string));
    whole.then_some(())
}

/// Whether the event has this action_source.
pub fn from(event: &Value, source: &str) -> Option<()> {
    (event.get("action_source")? == source).then_some(())
}

/// Whether the event has this name.
pub fn named(event: &Value, name: &str) -> Option<()> {
    (event.get("event_name")? == name).then_some(())
}

/// A value without one of its members.
pub fn without(value: &Value, parent: &str, key: &str) -> Value {
    let mut value = value.clone();
    value
        .pointer_mut(parent)
        .and_then(Value::as_object_mut)
        .and_then(|object| object.remove(key));
    value
}

/// A value with another text at a pointer.
pub fn with(value: &Value, pointer: &str, new: impl Into<Value>) -> Value {
    let mut value = value.clone();
    if let Some(place) = value.pointer_mut(pointer) {
        *place = new.into();
    }
    value
}

/// event_time as a number.
pub fn time(event: &Value) -> Option<i64> {
    event.get("event_time")?.as_i64()
}

/// An `fbc` in four parts: index, creation time in milliseconds, click id; without appendix.
pub fn click(event: &Value) -> Option<(String, i64, String)> {
    let fbc = text(event, "/user_data/fbc")?;
    let mut parts = fbc.splitn(4, '.');
    let (fb, index) = (parts.next()?, parts.next()?);
    let (at, id) = (parts.next()?, parts.next()?);
    if fb != "fb" || id.contains('.') {
        return None;
    }
    Some((index.to_owned(), at.parse().ok()?, id.to_owned()))
}

/// The creation time of fbp in milliseconds; only of one without appendix.
pub fn browser(event: &Value) -> Option<(String, i64, String)> {
    let fbp = text(event, "/user_data/fbp")?;
    let parts: Vec<&str> = fbp.split('.').collect();
    let [_, index, at, tail] = parts[..] else {
        return None;
    };
    Some((index.to_owned(), at.parse().ok()?, tail.to_owned()))
}
