//! Digests that are known to stand for nobody: of the empty string, of words such as `undefined`,
//! of placeholder contacts and of the samples in Meta's documentation.
//!
//! The digests are made from the word lists in `rules/tables/worthless.json` on the first look-up.
//! A look-up runs for every digest of a log, so a bit filter that fits the first-level cache
//! answers nearly all of them; a hit is confirmed on all 32 bytes.

use once_cell::sync::Lazy;
use serde::Deserialize;

use super::{Digest, digest_of_hex, short};
use crate::values::name::Name;

/// What a worthless digest is the digest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The empty string or white space.
    Empty,
    /// `null`, `undefined`, `None`, `NaN`, `[object Object]` and kin.
    Nullish,
    /// A word such as `guest` or `none` that can also be somebody's name or town.
    LoneWord,
    /// `test@test.com`, `0000000000` and kin.
    Placeholder,
    /// A sample value of Meta's documentation.
    Sample,
}

/// Where the plain text of a worthless digest can be a right value after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Nowhere.
    Nowhere,
    /// A name or a town, however rare: `guest`.
    Name,
    /// A name, a town or a province: `nan`.
    Province,
    /// A code of a country and of provinces, a name and a town: `na`.
    Code,
    /// The same code in capitals.
    UpperCode,
    /// A word that serves as a name, a town or a user id: `admin`.
    Word,
    /// A user id: `1`.
    Id,
    /// A user id or a postcode: `12345`.
    Digits,
}

/// How a worthless digest stands in one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its text is a right value of that key.
    Right,
    /// Its text is nearly always junk there, and rarely somebody's name.
    Doubtful,
    /// It can match nobody.
    Worthless,
}

/// A worthless digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is the digest of.
    pub class: Class,
    /// Whether it is the digest of the digest.
    pub twice: bool,
    fit: Fit,
}

impl Entry {
    /// How the digest stands in key `name`: `na` is Namibia in `country` and Napoli in `st`.
    pub fn standing(self, name: Name) -> Standing {
        use Name::*;
        use Standing::*;
        let is_name = matches!(name, Fn | Ln | Ct | F5first | F5last);
        match self.fit {
            Fit::Nowhere => Worthless,
            Fit::Code if matches!(name, Country | St) => Right,
            Fit::UpperCode if matches!(name, Country | St) => Doubtful,
            Fit::UpperCode => Worthless,
            Fit::Province if name == St => Doubtful,
            Fit::Name | Fit::Province | Fit::Code if is_name => Doubtful,
            Fit::Word if is_name || matches!(name, Fi | St | ExternalId) => Right,
            Fit::Id | Fit::Digits if name == ExternalId => Right,
            // A code or word of another scheme, which is a wrong form and no missing value.
            Fit::Id | Fit::Word if name == Ge => Right,
            Fit::Digits if name == Zp => Right,
            _ => Worthless,
        }
    }
}

/// What the 64 lower-case hex digits `hex` are known to be, whatever the key.
#[inline]
pub fn find(hex: &str) -> Option<Entry> {
    find_digest(&digest_of_hex(hex))
}

/// As [`find`], for a digest that was read already.
#[inline]
pub fn find_digest(digest: &Digest) -> Option<Entry> {
    TABLE.find(digest)
}

/// The first eight bytes of every known digest.
pub(super) fn prefixes() -> impl Iterator<Item = u64> {
    TABLE.prefixes.iter().copied()
}

/// How many digests are known.
pub(super) fn count() -> usize {
    TABLE.prefixes.len()
}

static TABLE: Lazy<Table> = Lazy::new(Table::build);

/// The bits of the filter: 2^19, 64 KiB, of which about one in forty is set.
const FILTER_BITS: u32 = 19;

struct Table {
    filter: Box<[u64]>,
    /// Of the entries, in their order.
    prefixes: Vec<u64>,
    /// Sorted by digest.
    entries: Vec<(Digest, Entry)>,
}

impl Table {
    #[inline]
    fn find(&self, digest: &Digest) -> Option<Entry> {
        let bit = digest[0] >> (64 - FILTER_BITS);
        if self.filter[(bit / 64) as usize] & (1 << (bit % 64)) == 0 {
            return None;
        }
        self.confirm(digest)
    }

    /// The entries are sorted by digest, and so by its prefix, which is quicker to compare.
    #[cold]
    fn confirm(&self, digest: &Digest) -> Option<Entry> {
        let prefix = digest[0];
        let mut at = self.prefixes.binary_search(&prefix).ok()?;
        while at > 0 && self.prefixes[at - 1] == prefix {
            at -= 1;
        }
        let alike = self.prefixes[at..]
            .iter()
            .take_while(|known| **known == prefix)
            .count();
        self.entries[at..at + alike]
            .iter()
            .find(|(known, _)| known == digest)
            .map(|(_, entry)| *entry)
    }

    fn build() -> Table {
        let mut maker = Maker(Vec::with_capacity(15_000));
        maker.collect(&Words::load());
        let made = maker.0;
        // By the first bits, in which hardly two of them are alike, and by their order: numbers are
        // sorted sooner than what they stand for. The first that claims a digest keeps it.
        let numbered = made.iter().zip(0u32..);
        let mut order: Vec<(u64, u32)> = numbered
            .map(|((digest, _), number)| (digest[0], number))
            .collect();
        order.sort_unstable();
        let mut entries: Vec<_> = order
            .into_iter()
            .map(|(_, number)| made[number as usize])
            .collect();
        entries.dedup_by_key(|(digest, _)| *digest);
        let mut filter = vec![0; 1 << (FILTER_BITS - 6)].into_boxed_slice();
        for (digest, _) in &entries {
            let bit = digest[0] >> (64 - FILTER_BITS);
            filter[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        let prefixes = entries.iter().map(|(digest, _)| digest[0]).collect();
        Table {
            filter,
            prefixes,
            entries,
        }
    }
}

/// The word lists.
#[derive(Deserialize)]
pub(crate) struct Words {
    blank: Vec<String>,
    maybe_names: Vec<String>,
    nullish: Vec<String>,
    exact: Vec<String>,
    ordinary_words: Vec<String>,
    numbers: Vec<String>,
    emails: Emails,
    phones: Phones,
    placeholder_words: Vec<String>,
    samples: Samples,
    /// Digests by other algorithms than SHA-256, with what they are.
    pub(crate) other_algorithms: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Emails {
    locals: Vec<String>,
    reserved_domains: Vec<String>,
    stock_locals: Vec<String>,
    stock_domains: Vec<String>,
    whole: Vec<String>,
}

#[derive(Deserialize)]
struct Phones {
    repeated_7_to_10: String,
    repeated_11_to_12: String,
    whole: Vec<String>,
    calling_codes_before_zeros: Vec<String>,
}

#[derive(Deserialize)]
struct Samples {
    values: Vec<String>,
    /// Digests of which nobody published the plain text.
    unknown: Vec<String>,
}

impl Words {
    /// # Panics
    /// When the embedded table is malformed, which the tests rule out.
    pub(crate) fn load() -> Words {
        serde_json::from_str(include_str!("../../rules/tables/worthless.json"))
            .expect("rules/tables/worthless.json is well formed")
    }
}

/// Collects entries; of two for one digest the first counts.
struct Maker(Vec<(Digest, Entry)>);

impl Maker {
    fn collect(&mut self, words: &Words) {
        for blank in &words.blank {
            self.text(blank, Class::Empty, Fit::Nowhere);
            let raw = short::digest_of_bytes(&short::digest(&[blank.as_bytes()]));
            self.digest(&raw, Class::Empty, Fit::Nowhere, true);
        }
        for word in &words.maybe_names {
            let fit = match word.as_str() {
                "na" => Fit::Code,
                "nan" => Fit::Province,
                _ => Fit::Name,
            };
            self.text(word, Class::LoneWord, fit);
            // Names and towns are hashed in lower case: any other spelling matches nobody.
            let fit = if word == "na" {
                Fit::UpperCode
            } else {
                Fit::Nowhere
            };
            for variant in cases(word) {
                self.text(&variant, Class::Nullish, fit);
            }
            self.dressed(word);
        }
        for word in &words.ordinary_words {
            self.text(word, Class::Placeholder, Fit::Word);
        }
        for word in &words.nullish {
            self.text(word, Class::Nullish, Fit::Nowhere);
            for variant in cases(word) {
                self.text(&variant, Class::Nullish, Fit::Nowhere);
            }
            self.padded(word, Class::Nullish);
        }
        self.dressed("undefined");
        for word in &words.exact {
            self.text(word, Class::Nullish, Fit::Nowhere);
        }
        // What programs that keep text in units of two bytes hash, when they hash these.
        for word in ["null", "NULL", "None", "undefined", "nan", "NaN"] {
            let units = || word.encode_utf16();
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            for bytes in [little, big] {
                self.plain(&[&bytes], Class::Nullish);
            }
        }
        for number in &words.numbers {
            // Meta's own code cuts a postcode at its dash: all of 00-950 that stays is 00.
            let fit = if number == "00" { Fit::Digits } else { Fit::Id };
            self.text(number, Class::Nullish, fit);
        }
        for sample in &words.samples.values {
            let digits = sample.bytes().all(|b| b.is_ascii_digit());
            let fit = if digits { Fit::Digits } else { Fit::Nowhere };
            self.text(sample, Class::Sample, fit);
        }
        for hex in &words.samples.unknown {
            self.known(digest_of_hex(hex), Class::Sample, Fit::Nowhere, false);
        }
        for word in &words.placeholder_words {
            self.text(word, Class::Placeholder, Fit::Nowhere);
        }
        self.emails(&words.emails);
        self.phones(&words.phones);
    }

    fn emails(&mut self, emails: &Emails) {
        for email in &emails.whole {
            self.text(email, Class::Placeholder, Fit::Nowhere);
            self.padded(email, Class::Placeholder);
            self.capitals(email, true);
        }
        let mut email = String::new();
        let mut cross = |locals: &[String], domains: &[String]| {
            for domain in domains {
                for local in locals {
                    email.clear();
                    email.push_str(local);
                    email.push('@');
                    email.push_str(domain);
                    self.text(&email, Class::Placeholder, Fit::Nowhere);
                    // The commonest, with what a file or a form leaves around them.
                    let is_common = matches!(domain.as_str(), "example.com" | "test.com");
                    self.capitals(&email, is_common);
                    if is_common {
                        self.padded(&email, Class::Placeholder);
                    }
                }
            }
        };
        cross(&emails.locals, &emails.reserved_domains);
        cross(&emails.stock_locals, &emails.stock_domains);
    }

    fn phones(&mut self, phones: &Phones) {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        for phone in &phones.whole {
            let fit = if digits(phone) {
                Fit::Digits
            } else {
                Fit::Nowhere
            };
            self.text(phone, Class::Placeholder, fit);
        }
        for (digits, lengths) in [
            (&phones.repeated_7_to_10, 7..=10),
            (&phones.repeated_11_to_12, 11..=12),
        ] {
            for digit in digits.split("").filter(|digit| !digit.is_empty()) {
                for length in lengths.clone() {
                    self.text(&digit.repeat(length), Class::Placeholder, Fit::Digits);
                }
            }
        }
        for code in &phones.calling_codes_before_zeros {
            for zeros in 7..=10 {
                let phone = format!("+{code}{}", "0".repeat(zeros));
                self.text(&phone[1..], Class::Placeholder, Fit::Digits);
                self.text(&phone, Class::Placeholder, Fit::Nowhere);
            }
        }
    }

    /// A text and its digest as text.
    fn text(&mut self, text: &str, class: Class, fit: Fit) {
        let digest = short::digest(&[text.as_bytes()]);
        self.digest(&digest, class, fit, false);
        self.digest(&short::digest_of_hex(&digest, b'a'), class, fit, true);
    }

    /// An address in capitals; `also` with a capital in front, as phones write it, and with one in
    /// front of its domain as well.
    fn capitals(&mut self, email: &str, also: bool) {
        let mut written = email.to_ascii_uppercase();
        self.plain(&[written.as_bytes()], Class::Placeholder);
        written[1..].make_ascii_lowercase();
        if !also || written == email {
            return;
        }
        self.plain(&[written.as_bytes()], Class::Placeholder);
        // And as people write it who take the domain for a name: `Test@Test.com`.
        if let Some(at) = written.find('@') {
            written[at..].split_at_mut(2).0.make_ascii_uppercase();
            self.plain(&[written.as_bytes()], Class::Placeholder);
        }
    }

    /// A word with white space around it.
    fn padded(&mut self, word: &str, class: Class) {
        for (before, after) in [("", "\n"), ("", " "), (" ", "")] {
            self.plain(&[before, word, after].map(str::as_bytes), class);
        }
    }

    /// A word in every case, with white space, quotes and brackets around it.
    fn dressed(&mut self, word: &str) {
        for word in cases(word).into_iter().chain([word.to_owned()]) {
            self.padded(&word, Class::Nullish);
            for (open, close) in [
                ("\"", "\""),
                ("'", "'"),
                ("`", "`"),
                ("[", "]"),
                ("(", ")"),
                ("<", ">"),
                ("{", "}"),
                ("[\"", "\"]"),
                ("['", "']"),
            ] {
                self.plain(&[open, &word, close].map(str::as_bytes), Class::Nullish);
            }
        }
    }

    /// Some parts behind one another, which fit nowhere.
    fn plain(&mut self, parts: &[&[u8]], class: Class) {
        self.digest(&short::digest(parts), class, Fit::Nowhere, false);
    }

    fn digest(&mut self, digest: &short::Words, class: Class, fit: Fit, twice: bool) {
        self.known(short::numbers(digest), class, fit, twice);
    }

    fn known(&mut self, digest: Digest, class: Class, fit: Fit, twice: bool) {
        self.0.push((digest, Entry { class, twice, fit }));
    }
}

/// `word` in capitals, with a capital in front, and with one in front of each part.
fn cases(word: &str) -> Vec<String> {
    let mut sentence = String::with_capacity(word.len());
    let mut title = String::with_capacity(word.len());
    let (mut at_start, mut at_part) = (true, true);
    for c in word.chars() {
        let upper = || c.to_uppercase();
        if c.is_alphabetic() && at_start {
            sentence.extend(upper());
        } else {
            sentence.push(c);
        }
        if c.is_alphabetic() && at_part {
            title.extend(upper());
        } else {
            title.push(c);
        }
        at_start &= !c.is_alphabetic();
        at_part = !c.is_alphabetic();
    }
    let mut out = vec![word.to_uppercase()];
    // The one spelling that is neither: JavaScript's and Python's not-a-number.
    if word == "nan" {
        out.push("NaN".to_owned());
    }
    // JavaScript writes `[object Object]`.
    if let Some(tag) = word.strip_prefix("[object ") {
        out.push(format!("[object {}", cases(tag).pop().unwrap_or_default()));
    }
    for variant in [title, sentence] {
        if variant != word && !out.contains(&variant) {
            out.push(variant);
        }
    }
    out.retain(|variant| variant != word);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;

    /// Digests that public collections of capture logs agree on, of the texts from `""` to
    /// `john.doe@example.com`.
    const KNOWN: [&str; 69] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        "fb329000228cc5a24c264c57139de8bf854fc86fc18bf1c04ab61a2b5cb4b921",
        "fa1d2db62d4d952e2031452e1bc1ddcad0b192c2e29a706f11ce426ae5acddea",
        "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c",
        "140bedbf9c3f6d56a9846d2ba7088798683f4da0c248231336e6a05679e4fdfe",
        "dc937b59892604f5a86ac96936cd7ff09e25f18ae6b758e8014a24c7fa039e91",
        "c627c09c14e58e44bc51622dac392958ec88244e414b508020634f53cfcd1e69",
        "9b2d5b4678781e53038e91ea5324530a03f27dc1d0e5f6c9bc9d493a23be9de0",
        "d5b592c05dc25b5032553f1b27f4139be95e881f73db33b02b05ab20c3f9981e",
        "5da3a4c7f117944275b4c8629c4916403625d5a4a6573a01ecb03f0e9d2edbe6",
        "a683c5c5349f6f7fb903ba8a9e7e55d0ba1b8f03579f95be83f4954c33e81098",
        "e2f79e5b60330bba4c289962231b6ba2957d0b14e7deb3110417003c79dea635",
        "3d9fc4bde7ceef058d65b00186e79c1f14b42687b491644c303065135b644e18",
        "20ef0f0c8d0eea98772412cea9b3b92612e3e53cb5e59152b5703165f56e8a53",
        "3973e022e93220f9212c18d0d0c543ae7c309e46640da93a4a0314de999f5112",
        "d8156bae0c4243d3742fc4e9774d8aceabe0410249d720c855f98afc88ff846c",
        "cdb4ee2aea69cc6a83331bbe96dc2caa9a299d21329efb0336fc02a82e1839a8",
        "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        "b5bea41b6c623f7c09f1bf24dcae58ebab3c0cdd90ad966bc43a45b44867e12b",
        "fcbcf165908dd18a9e49f7ff27810176db8e9f63b4352213741664245224f8aa",
        "3cbc87c7681f34db4617feaa2c8801931bc5e42d8d0f560e756dd4cd92885f18",
        "60a33e6cf5151f2d52eddae9685cfa270426aa89d8dbc7dfb854606f1d1a40fe",
        "b23a6a8439c0dde5515893e7c90c1e3233b8616e634470f20dc4928bcf3609bc",
        "b764cdc0eab7137467211272fa539f1260d1bf2e71bcf6ff3bdc960f5c16aa14",
        "34292f4267fcc40572e19d90988467838747a21321372edf934e1d1c0f3e65f2",
        "1aef939917215ce780284dd9047f170482753bbe40a0998b3decb2f02c2606ac",
        "552e423045fcbd949252397b4bee754f0b8f99b1bbbe41edc9b25dbfc81b146a",
        "2f183a4e64493af3f377f745eda502363cd3e7ef6e4d266d444758de0a85fcc8",
        "84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25",
        "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "b28c94b2195c8ed259f0b415aaee3f39b0b2920a4537611499fa044956917a21",
        "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126",
        "6f49cdbd80e1b95d5e6427e1501fc217790daee87055fa5b4e71064288bddede",
        "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068",
        "6c179f21e6f62b629055d8ab40f454ed02e48b68563913473b857d3638e23b28",
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
        "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9",
        "82244417f956ac7c599f191593f7e441a4fafa20a4158fd52e154f1dc4c8ed92",
        "45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7",
        "a318c24216defe206feeb73ef5be00033fa9c4a74d0b967f6532a26ca5906d3b",
        "f1534392279bddbf9d43dde8701cb5be14b82f76ec6607bf8d6ad557f60f304e",
        "2ac9a6746aca543af8dff39894cfe8173afba21eb01c6fae33d52947222855ef",
        "9af15b336e6a9619928537df30b2e6a2376569fcf9d7e773eccede65606529a0",
        "e7042ac7d09c7bc41c8cfa5749e41858f6980643bc0db1a83cc793d3e24d3f77",
        "91b4d142823f7d20c5f08df69122de43f35f057a988d9619f6d3138485c9a203",
        "7e071fd9b023ed8f18458a73613a0834f6220bd5cc50357ba3493c6040a9ea8c",
        "84d9c4b849506b6d8f8075a9000e7e0a254be71060ea889fad3c88395988f4fc",
        "d2d02ea74de2c9fab1d802db969c18d409a8663a9697977bb1c98ccdd9de4372",
        "c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646",
        "ce3a598687c8d2e5aa6bedad20e059b4a78cca0adad7e563b07998d5cd226b8c",
        "f660ab912ec121d1b1e928a0bb4bc61b15f5ad44d5efdc4e1c92a25e99b8e44a",
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
        "31c5543c1734d25c7206f5fd591525d0295bec6fe84ff82f946a34fe970a1e66",
        "2a539d6520266b56c3b0c525b9e6128858baeccb5ee9b694a2906e123c8d6dd3",
        "1cda5bd6e45a02b158eb2bd4c364c0b7ad30a2fce6bdaba38d985d4d42682d79",
        "53dbc72aca15b087d623bfba1ccaba0ad1b26864dd356acf7c1d8e54781d5157",
        "0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b",
        "ca871b3caae791a6a4b969195738f187bc7e993d13e98d522153a21885557fb6",
        "1e1780b6bcb2978c096b2ce228281d626e60b7a9ac137c7159108c28918dd0a8",
        "7dcb0cd247aa94896e665c337696a7be18d387a78d6d55b4854b7ff7d5925042",
        "d709f370e52b57b4eb75f04e2b3422c4d41a05148cad8f81776d94a048fb70af",
        "855f96e983f1f8e8be944692b6f719fd54329826cb62e98015efee8e2e071dd4",
        "836f82db99121b3481011f16b49dfa5fbc714a0d1b1b9f784a1ebbbf5b39577f",
    ];

    /// Samples of Meta's documentation and of its Payload Helper.
    const SAMPLES: [&str; 10] = [
        "309a0a5c3e211326ae75ca18196d301a9bdbd1a882a4d2569511033da23f0abd",
        "254aa248acb47dd654ca3ea53f48c2c26d641d23d7e2e93a1ec56258df7674c4",
        "6f4fcb9deaeadc8f9746ae76d97ce1239e98b404efe5da3ee0b7149740f89ad6",
        "7b17fb0bd173f625b58636fb796407c22b3d16fc78302d79f0fd30c2fc2fc068",
        "6069d14bf122fdfd931dc7beb58e5dfbba395b1faf05bdcd42d12358d63d8599",
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        "30a79640dfd8293d4f4965ec11821f640ca77979ca0a6b365f06372f81a3f602",
        "8159ea0e33c51a774b83104ee562784f9b1836c852102046e4bd8385706fe7ca",
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
    ];

    #[test]
    fn the_well_known_digests_are_known() {
        for hex in KNOWN.iter().chain(&SAMPLES) {
            assert!(find(hex).is_some(), "{hex}");
        }
        for hex in SAMPLES {
            assert_eq!(find(hex).unwrap().class, Class::Sample, "{hex}");
        }
    }

    #[test]
    fn words_are_told_by_class() {
        for (text, class) in [
            ("", Class::Empty),
            (" ", Class::Empty),
            ("\r\n", Class::Empty),
            ("undefined", Class::Nullish),
            ("Undefined", Class::Nullish),
            ("UNDEFINED\n", Class::Nullish),
            ("\"null\"", Class::Nullish),
            ("None", Class::Nullish),
            ("NaN", Class::Nullish),
            ("[object Object]", Class::Nullish),
            ("[object Promise]", Class::Nullish),
            ("{{email}}", Class::Nullish),
            ("#N/A", Class::Nullish),
            ("(Not Set)", Class::Nullish),
            ("none", Class::LoneWord),
            ("guest", Class::LoneWord),
            ("guest@example.com", Class::Placeholder),
            ("no-reply@example.org", Class::Placeholder),
            ("490000000000", Class::Placeholder),
            ("+10000000000", Class::Placeholder),
            ("TEST@EXAMPLE.COM", Class::Placeholder),
            ("Test@test.com", Class::Placeholder),
            ("Test@Test.com", Class::Placeholder),
            ("Test@Example.com", Class::Placeholder),
            ("491111111111", Class::Placeholder),
            ("+491234567890", Class::Placeholder),
            ("31600000000", Class::Placeholder),
            ("GUEST@GUEST.GUEST", Class::Placeholder),
            ("noreply@example.com\n", Class::Placeholder),
            (" test@test.com", Class::Placeholder),
            ("b'None'", Class::Nullish),
            ("n\0u\0l\0l\0", Class::Nullish),
            ("\0N\0o\0n\0e", Class::Nullish),
            ("john_smith@gmail.com", Class::Sample),
        ] {
            let entry = find(&sha256_hex(text)).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((entry.class, entry.twice), (class, false), "{text:?}");
        }
    }

    #[test]
    fn a_digest_of_a_worthless_digest_is_worthless() {
        let twice = |text: &str| find(&sha256_hex(&sha256_hex(text)));
        assert_eq!(twice("").unwrap().class, Class::Empty);
        assert!(twice("null").unwrap().twice);
        assert!(twice("test@test.com").unwrap().twice);
        let raw = "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456";
        assert!(find(raw).is_some_and(|entry| entry.twice && entry.class == Class::Empty));
    }

    #[test]
    fn a_word_is_no_fault_where_it_is_a_right_value() {
        let standing = |text: &str, name| find(&sha256_hex(text)).unwrap().standing(name);
        assert_eq!(standing("na", Name::Country), Standing::Right);
        assert_eq!(standing("na", Name::St), Standing::Right);
        assert_eq!(standing("NA", Name::Country), Standing::Doubtful);
        assert_eq!(standing("na", Name::Ln), Standing::Doubtful);
        assert_eq!(standing("nan", Name::St), Standing::Doubtful);
        assert_eq!(standing("null", Name::St), Standing::Worthless);
        assert_eq!(standing("guest", Name::Ln), Standing::Doubtful);
        assert_eq!(standing("guest", Name::Em), Standing::Worthless);
        assert_eq!(standing("None", Name::Ln), Standing::Worthless);
        assert_eq!(standing("1", Name::ExternalId), Standing::Right);
        assert_eq!(standing("1", Name::Ge), Standing::Right);
        assert_eq!(standing("1", Name::Ph), Standing::Worthless);
        assert_eq!(standing("12345", Name::Zp), Standing::Right);
        assert_eq!(standing("00000", Name::Zp), Standing::Worthless);
        assert_eq!(standing("admin", Name::Ln), Standing::Right);
        assert_eq!(standing("admin", Name::Em), Standing::Worthless);
    }

    #[test]
    fn names_and_towns_are_not_in_the_table() {
        for text in [
            "smith",
            "maria",
            "berlin",
            "blanco",
            "10117",
            "us",
            "f",
            "m",
            "ca",
            "19900131",
            "nada",
            "leer",
            "promises",
            "16505551213",
            // Somebody's, as dear as such numbers are.
            "919999999999",
            "5511999999999",
            "201111111111",
            "441234567890",
            "ana@shop.com",
            "info@testing.com",
        ] {
            assert_eq!(find(&sha256_hex(text)), None, "{text}");
        }
    }

    #[test]
    fn the_table_stays_small() {
        let entries = TABLE.entries.len();
        assert!((5_000..13_500).contains(&entries), "{entries}");
    }
}
