//! A value that is known in plain, and the wrong forms in which senders hash it.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::dialled;
use super::dress::{Case, DRESSES, Dress};
use super::forms::{Fault, Right, WrongForm};
use super::{decode, sha256, sha256_hex};
use crate::event::Assumptions;
use crate::normalize::{accepted_forms, normal_form};
use crate::values::name::Name;
use crate::values::places::PHONES;

/// What [`Mistake::what`](super::mistakes::Mistake::what) is called when a phone lacks its calling code: a rule of its own speaks of
/// those.
pub const NATIONAL: &str = "a phone number without its country calling code";

/// What is wrong with a digest, as far as it hangs on no value: it may be written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    pub what: &'static str,
    /// Which rule speaks.
    pub fault: Fault,
    /// Whether it means that value and no other.
    pub is_sure: bool,
    /// Whether Meta's own code lets this form pass.
    pub is_disputed: bool,
}

/// Every [`Class::what`] of an e-mail or a phone.
const CLASSES: [&str; 27] = [
    "a value in another spelling",
    super::dress::SPACED,
    super::dress::QUOTED,
    super::dress::LITERAL,
    super::dress::CHARSET,
    super::dress::TWICE,
    CAPITALS,
    CAPITAL,
    ENCODED,
    LINK,
    BRACKETED,
    WITHOUT_PLUS,
    WITHOUT_TAG,
    WITHOUT_DOTS,
    LOCAL,
    PLUS,
    ZEROS,
    SIGNS,
    TRUNK,
    DECIMALS,
    NATIONAL,
    AROUND,
    super::dress::OF_MD5,
    PREFIXED,
    POWERS,
    LOST,
    DECOMPOSED,
];

const FAULTS: [Fault; 4] = [Fault::Twice, Fault::Case, Fault::Spelling, Fault::WrongKey];

impl Class {
    /// The class of a form.
    pub fn of(form: &WrongForm) -> Class {
        Class {
            what: form.what,
            fault: form.fault,
            is_sure: form.sure,
            is_disputed: form.disputed,
        }
    }

    /// The class as a number, which [`Class::from_code`] reads. The same in every run of a version.
    pub fn code(&self) -> u32 {
        let place = |at: Option<usize>| at.unwrap_or(0) as u32;
        let what = place(CLASSES.iter().position(|what| *what == self.what));
        let fault = place(FAULTS.iter().position(|fault| *fault == self.fault));
        what << 4 | fault << 2 | u32::from(self.is_sure) << 1 | u32::from(self.is_disputed)
    }

    /// Whether it is the right form of another address of the same person: whoever has an alias may
    /// give either.
    pub fn is_alias(&self) -> bool {
        [WITHOUT_TAG, WITHOUT_DOTS].contains(&self.what)
    }

    /// The class of a number.
    pub fn from_code(code: u32) -> Class {
        let what = CLASSES.get((code >> 4) as usize);
        Class {
            what: what.unwrap_or(&CLASSES[0]),
            fault: FAULTS[(code >> 2 & 3) as usize],
            is_sure: code & 2 != 0,
            is_disputed: code & 1 != 0,
        }
    }
}

const CAPITALS: &str = "a value in capitals";
const CAPITAL: &str = "a value with a capital letter";
const ENCODED: &str = "an e-mail that is still encoded";
const LINK: &str = "an e-mail with mailto: in front";
const BRACKETED: &str = "an e-mail in angle brackets";
const WITHOUT_PLUS: &str = "an e-mail with a space in place of the plus";
const WITHOUT_TAG: &str = "an e-mail without its +tag";
const WITHOUT_DOTS: &str = "an e-mail without the dots in front of the @";
const LOCAL: &str = "the part of an e-mail in front of the @";
const AROUND: &str = "an e-mail with something around it";
const PLUS: &str = "a phone number with a plus";
const ZEROS: &str = "a phone number with 00 in front";
const SIGNS: &str = "a phone number with spaces or signs";
const TRUNK: &str = "a phone number with a zero behind its country calling code";
const PREFIXED: &str = "a phone number with `tel:` or `p:` in front";
const DECIMALS: &str = "a phone number with decimals";
const POWERS: &str = "a phone number in powers of ten";
const LOST: &str = "a phone number in powers of ten that lost its last digits";
const DECOMPOSED: &str = "a value with its accents behind their letters";

/// A value that is known in plain: its right digest and its wrong forms.
pub struct Known {
    name: Name,
    right: String,
    /// Digests that Meta's own code makes of it beside the right one, as hex.
    accepted: Vec<String>,
    /// The likely ones first.
    forms: Vec<Form>,
}

/// One text that senders hash for the value.
struct Form {
    text: String,
    /// What it is, when it is not the value itself.
    what: Option<&'static str>,
    /// Whether Meta's own code makes this form.
    disputed: bool,
    /// How many dresses are tried.
    dresses: usize,
    cases: &'static [Case],
}

/// As it is, and in capitals.
const BOTH: &[Case] = &[Case::AsListed, Case::Upper];
/// Only as it is: its capitals are those of another form, or it has no letters.
const AS_IT_IS: &[Case] = &[Case::AsListed];

/// Beside the likeliest texts every dress is tried, beside the others the usual ones.
const FEW: usize = 4;

/// The wrong forms of a value that is known in plain, each with its digest: about sixty for an
/// e-mail or a phone. Nothing when the value has no normal form. Forms that Meta's documentation or
/// code produces are marked as disputed, or are not among them at all.
pub fn wrong_forms(name: Name, plain: &str) -> impl Iterator<Item = (WrongForm, [u8; 32])> {
    Known::new(name, plain, &Assumptions::default())
        .into_iter()
        .flat_map(|known| known.digests().collect::<Vec<_>>())
}

impl Known {
    /// The forms of `typed`, the value as somebody wrote it; `None` when it has no normal form.
    pub fn new(name: Name, typed: &str, assume: &Assumptions) -> Option<Known> {
        let normal = normal_form(name, typed, assume).ok()?;
        let mut known = Known {
            name,
            right: sha256_hex(&normal),
            accepted: Vec::new(),
            forms: Vec::with_capacity(24),
        };
        known.add(typed, None, DRESSES.len());
        known.add(&normal, None, DRESSES.len());
        if !normal.is_ascii() {
            // As file systems and iPhones give it.
            let decomposed: String = normal.nfd().collect();
            known.add(&decomposed, Some(DECOMPOSED), 1);
        }
        match name {
            Name::Em => known.emails(typed, &normal),
            Name::Ph => {
                known.phones(typed, &normal);
                // A number without its calling code may be another country's number with it.
                known.forms.retain(|form| {
                    if form.text.bytes().any(|byte| !byte.is_ascii_digit()) {
                        return true;
                    }
                    let read = normal_form(Name::Ph, &form.text, &Assumptions::default());
                    form.text == normal || read.as_deref() != Ok(form.text.as_str())
                });
            }
            _ => {
                let accepted = accepted_forms(name, typed, assume);
                known.accepted = accepted.iter().map(|form| sha256_hex(form)).collect();
                known.add(&typed.to_lowercase(), None, FEW);
                known.add(&titled(typed), None, FEW);
            }
        }
        Some(known)
    }

    fn add(&mut self, text: &str, what: Option<&'static str>, dresses: usize) {
        if !text.is_empty() && self.forms.iter().all(|form| form.text != text) {
            self.forms.push(Form {
                text: text.to_owned(),
                what,
                disputed: false,
                dresses,
                cases: BOTH,
            });
        }
    }

    /// As [`Known::add`], for a text that is none of the others.
    fn add_as_it_is(&mut self, text: &str, what: Option<&'static str>, dresses: usize) {
        self.forms.push(Form {
            text: text.to_owned(),
            what,
            disputed: false,
            dresses,
            cases: AS_IT_IS,
        });
    }

    fn emails(&mut self, typed: &str, normal: &str) {
        self.add(&titled(typed), None, FEW);
        self.capitals(normal);
        let as_written = (typed != normal).then_some(typed);
        for written in as_written.into_iter().chain([normal]) {
            for at in ["%40", "&#64;", "&#x40;"] {
                self.add(&written.replacen('@', at, 1), Some(ENCODED), FEW);
            }
            let link = format!("mailto:{written}");
            self.add(&link, Some(LINK), FEW);
            let bracketed = format!("<{written}>");
            self.add(&bracketed, Some(BRACKETED), FEW);
            if written.contains('+') {
                // As encodeURIComponent writes it.
                let encoded = written.replace('+', "%2B").replacen('@', "%40", 1);
                self.add(&encoded, Some(ENCODED), FEW);
                self.add(&written.replace('+', " "), Some(WITHOUT_PLUS), FEW);
            }
        }
        let Some((local, domain)) = normal.split_once('@') else {
            return;
        };
        // What Google's normal form makes of an address of its own. Elsewhere the address without
        // dots or tag is another person's.
        if matches!(domain, "gmail.com" | "googlemail.com") {
            let untagged = local.split('+').next().unwrap_or(local);
            self.add(&format!("{untagged}@{domain}"), Some(WITHOUT_TAG), FEW);
            for name in [local, untagged] {
                let undotted = format!("{}@{domain}", name.replace('.', ""));
                self.add(&undotted, Some(WITHOUT_DOTS), FEW);
            }
        }
        self.add(local, Some(LOCAL), 1);
    }

    /// An address with capitals in front, as phones, people and `INITCAP` write it.
    fn capitals(&mut self, normal: &str) {
        let Some((local, domain)) = normal.split_once('@') else {
            return;
        };
        let (first, words) = (Case::Capital.write(local), capitalised(local));
        let host = Case::Capital.write(domain);
        let mut seen = Vec::with_capacity(6);
        for (local, domain, dresses) in [
            (&*first, domain, FEW),
            (&words, domain, FEW),
            (&first, &host, 1),
            (&words, &host, 1),
            (&words, &capitalised(domain), 1),
            (local, &host, 1),
        ] {
            let text = format!("{local}@{domain}");
            if !seen.contains(&text) {
                self.add_as_it_is(&text, None, dresses);
                seen.push(text);
            }
        }
    }

    fn phones(&mut self, typed: &str, normal: &str) {
        for form in &mut self.forms {
            if form.text == typed && typed != normal {
                form.what = Some(if form.text == format!("+{normal}") {
                    PLUS
                } else {
                    SIGNS
                });
            }
        }
        self.add(&format!("+{normal}"), Some(PLUS), FEW);
        // Meta's SDKs for Java and Ruby keep the plus.
        for form in &mut self.forms {
            form.disputed = form.text == format!("+{normal}");
        }
        self.add(&format!("00{normal}"), Some(ZEROS), FEW);
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if digits.trim_start_matches('0') != normal {
            self.add(&digits, Some(NATIONAL), FEW);
        }
        self.add(&format!("{normal}.0"), Some(DECIMALS), 1);
        let (exact, cut) = dialled::in_powers_of_ten(normal);
        for (texts, what) in [(exact, POWERS), (cut, LOST)] {
            for text in texts {
                self.add_as_it_is(&text, Some(what), 1);
            }
        }
        // A link, and the export of a lead form.
        for prefix in ["tel:", "p:"] {
            self.add(&format!("{prefix}+{normal}"), Some(PREFIXED), 1);
        }
        if let Some(signs) = typed.strip_prefix('+') {
            self.add(signs, Some(SIGNS), 1);
            self.add(&signs.replace(['-', '(', ')'], ""), Some(SIGNS), 1);
        }
        let once = typed.replacen([' ', '-', '('], "", 1);
        self.add(&once, Some(SIGNS), 1);
        let plain = typed.replace([' ', '-', '(', ')', '.', '/'], "");
        if plain != digits && plain != format!("+{normal}") {
            self.add(&plain, Some(SIGNS), 1);
        }
        let Some(code) = PHONES.calling_code(normal) else {
            return;
        };
        let national = &normal[code.len()..];
        self.add(national, Some(NATIONAL), FEW);
        let mut plans = PHONES.plans.iter().filter(|plan| plan.calling == code);
        let has_trunk = plans.any(|plan| plan.trunk == "0");
        if has_trunk {
            self.add(&format!("0{national}"), Some(NATIONAL), FEW);
            self.add(&format!("{code}0{national}"), Some(TRUNK), 1);
            self.add(&format!("+{code}0{national}"), Some(TRUNK), 1);
        }
        self.add(&format!("+{code} {national}"), Some(SIGNS), 1);
        self.add(&format!("{code} {national}"), Some(SIGNS), 1);
        self.add(&format!("{code}-{national}"), Some(SIGNS), 1);
        // Ten digits in American groups are hardly anybody else's number.
        let inside = if code == "1" { SIGNS } else { NATIONAL };
        let trunk = if has_trunk { "0" } else { "" };
        dialled::spellings(code, national, trunk, &mut |text, lacks_code| {
            self.add_as_it_is(text, Some(if lacks_code { inside } else { SIGNS }), 1);
        });
    }

    /// The digest of the value in its normal form.
    pub fn right(&self) -> &str {
        &self.right
    }

    /// What wrong form of the value the 64 lower-case hex digits `hex` are the digest of.
    pub fn find(&self, hex: &str) -> Option<WrongForm> {
        if hex == self.right {
            return None;
        }
        let digest = decode(hex)?;
        let mut found = None;
        self.each(|form, case, dress, candidate| {
            if candidate == digest {
                found = self.describe(form, case, dress);
            }
            found.is_none()
        });
        found
    }

    /// Shows the first eight bytes of the digest of every text that is tried, right or wrong.
    pub fn each_prefix(&self, mut take: impl FnMut(u64)) {
        let mut room = Vec::new();
        for form in &self.forms {
            for &case in form.cases {
                let text = case.write(&form.text);
                if case == Case::Upper && text == form.text {
                    continue;
                }
                let dresses = &DRESSES[..form.dresses];
                dresses
                    .iter()
                    .filter_map(|dress| dress.prefix(&text, &mut room))
                    .for_each(&mut take);
            }
        }
    }

    /// Every wrong form with its digest.
    pub fn digests(&self) -> impl Iterator<Item = (WrongForm, [u8; 32])> {
        let mut out: Vec<(WrongForm, [u8; 32])> = Vec::with_capacity(128);
        let mut seen: HashSet<[u8; 32]> = decode(&self.right).into_iter().collect();
        self.each(|form, case, dress, digest| {
            if seen.insert(digest)
                && let Some(wrong) = self.describe(form, case, dress)
            {
                out.push((wrong, digest));
            }
            true
        });
        out.into_iter()
    }

    /// Shows every text that is tried, until `take` says that it is enough.
    fn each(&self, mut take: impl FnMut(&Form, Case, Dress, [u8; 32]) -> bool) {
        let mut bytes = Vec::new();
        for form in &self.forms {
            for &case in form.cases {
                let text = case.write(&form.text);
                if case == Case::Upper && text == form.text {
                    continue;
                }
                for dress in &DRESSES[..form.dresses] {
                    if dress.write(&text, &mut bytes) && !take(form, case, *dress, sha256(&bytes)) {
                        return;
                    }
                }
            }
        }
    }

    /// What is wrong with a text; `None` when it is one of the forms that pass.
    fn describe(&self, form: &Form, case: Case, dress: Dress) -> Option<WrongForm> {
        let (fault, what) = match dress.what() {
            Some(what) if dress.is_twice() => (Fault::Twice, what),
            Some(what) => (Fault::Spelling, what),
            None => {
                let text = case.write(&form.text);
                let passes = |text: &str| {
                    let digest = sha256_hex(text);
                    digest == self.right || self.accepted.contains(&digest)
                };
                if passes(&text) {
                    return None;
                }
                match form.what {
                    Some(what) => (Fault::Spelling, what),
                    None if passes(&text.to_lowercase()) => {
                        let is_upper = case == Case::Upper;
                        (Fault::Case, if is_upper { CAPITALS } else { CAPITAL })
                    }
                    None => (Fault::Spelling, spelling_of(self.name)),
                }
            }
        };
        Some(WrongForm {
            fault,
            what,
            right: match form.what {
                // Many numbers begin alike.
                Some(LOST) => Right::Open,
                _ => Right::Digest(self.right.clone()),
            },
            // Another address may begin alike, and another country have the same number.
            sure: !matches!(form.what, Some(LOCAL | NATIONAL)),
            disputed: form.disputed && dress == Dress::None,
            belongs: None,
        })
    }
}

/// What a value in another spelling is.
fn spelling_of(name: Name) -> &'static str {
    match name {
        Name::Em => AROUND,
        Name::Ph => SIGNS,
        Name::Country => "a country in another spelling than its code",
        Name::St => "a state in another spelling",
        Name::Ct => "a city with spaces or signs in it",
        Name::Zp => "a postcode in another spelling",
        Name::Db => "a date in another layout than YYYYMMDD",
        Name::Ge => "a gender word",
        _ => "a value in another spelling",
    }
}

/// Every word with a capital in front.
fn titled(text: &str) -> String {
    capitals_behind(text, |c| c.is_whitespace() || c == '-')
}

/// Every part between the signs of an address, which is in lower case, with a capital in front.
fn capitalised(text: &str) -> String {
    capitals_behind(text, |c| matches!(c, '.' | '_' | '-' | '+' | '@'))
}

/// The text in lower case, with a capital in front and behind each such sign.
fn capitals_behind(text: &str, is_sign: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = is_sign(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_known_email() {
        let assume = Assumptions::default();
        let known = Known::new(Name::Em, "Ana+Shop@Kestrel.example", &assume).unwrap();
        assert_eq!(known.right(), sha256_hex("ana+shop@kestrel.example"));
        assert_eq!(known.find(known.right()), None);
        for (text, fault) in [
            ("Ana+Shop@Kestrel.example", Fault::Case),
            ("ANA+SHOP@KESTREL.EXAMPLE", Fault::Case),
            ("Ana+shop@kestrel.example", Fault::Case),
            ("Ana+Shop@kestrel.example", Fault::Case),
            ("Ana+shop@Kestrel.example", Fault::Case),
            ("Ana+Shop@Kestrel.Example", Fault::Case),
            ("ana+shop@Kestrel.example", Fault::Case),
            ("ana+shop@kestrel.example\n", Fault::Spelling),
            ("Ana+Shop@Kestrel.example ", Fault::Spelling),
            ("ana+shop%40kestrel.example", Fault::Spelling),
            ("ana shop@kestrel.example", Fault::Spelling),
            ("ana%2Bshop%40kestrel.example", Fault::Spelling),
            ("ana+shop@kestrel.example\u{a0}", Fault::Spelling),
            ("\u{200b}Ana+Shop@Kestrel.example", Fault::Spelling),
            ("\"ana+shop@kestrel.example\"", Fault::Spelling),
        ] {
            let form = known.find(&sha256_hex(text));
            assert_eq!(form.map(|form| form.fault), Some(fault), "{text:?}");
        }
        let twice = sha256_hex(known.right());
        assert_eq!(known.find(&twice).unwrap().fault, Fault::Twice);
        assert_eq!(known.find(&sha256_hex("ben@kestrel.example")), None);
        assert!(Known::new(Name::Em, "no address", &assume).is_none());
    }

    #[test]
    fn accents_behind_their_letters() {
        let known = Known::new(
            Name::Em,
            "jos\u{e9}@kestrel.example",
            &Assumptions::default(),
        );
        let form = known
            .unwrap()
            .find(&sha256_hex("jose\u{301}@kestrel.example"));
        assert_eq!(form.unwrap().what, DECOMPOSED);
    }

    #[test]
    fn a_known_phone_in_groups_and_in_powers_of_ten() {
        for listed in ["+16505551212", "1-650-555-1212", "(650) 555-1212"] {
            let assume = Assumptions {
                country: Some("us".to_owned()),
                ..Assumptions::default()
            };
            let known = Known::new(Name::Ph, listed, &assume).unwrap();
            for hashed in [
                "1650555-1212",
                "1650-555-1212",
                "1-650-555-1212",
                "1 650 555 1212",
                "+1 650-555-1212",
                "(650) 555-1212",
                "650-555-1212",
                "1.650.555.1212",
                "1 (650) 5551212",
                "1.6505551212E+10",
            ] {
                let form = known.find(&sha256_hex(hashed));
                let right = form.map(|form| form.right);
                assert_eq!(right, Some(Right::of("16505551212")), "{listed} {hashed}");
            }
            // A thousand customers have the same.
            let lost = known.find(&sha256_hex("1.65056E+10")).unwrap();
            assert_eq!(lost.right, Right::Open, "{listed}");
        }
        let known = Known::new(Name::Ph, "+491711234987", &Assumptions::default()).unwrap();
        let find = |hashed: &str| known.find(&sha256_hex(hashed)).map(|form| form.what);
        assert_eq!(find("+49 171 1234987"), Some(SIGNS));
        assert_eq!(find("0171 1234987"), Some(NATIONAL));
        // All spellings of a number are not many more than those of an address.
        let prefixes = |name, plain| {
            let mut number = 0;
            let known = Known::new(name, plain, &Assumptions::default()).unwrap();
            known.each_prefix(|_| number += 1);
            number
        };
        let email = prefixes(Name::Em, "Ana.Bremer@kestrel.example");
        let phone = prefixes(Name::Ph, "+16505551212");
        assert!(
            phone < email * 2,
            "{phone} of a phone, {email} of an e-mail"
        );
    }

    #[test]
    fn forms_of_a_known_phone_and_postcode() {
        let find = |name: Name, listed: &str, hashed: &str| {
            let known = Known::new(name, listed, &Assumptions::default()).unwrap();
            known.find(&sha256_hex(hashed)).map(|form| form.what)
        };
        for (hashed, what) in [
            ("tel:+491712345678", PREFIXED),
            ("p:+491712345678", PREFIXED),
            ("49 171 234-5678", SIGNS),
            ("49 171 2345678", SIGNS),
        ] {
            assert_eq!(
                find(Name::Ph, "+49 171 234-5678", hashed),
                Some(what),
                "{hashed}"
            );
        }
        // Nobody keeps the dash; nine digits without it are cut by none of Meta's programs.
        let postcode = |hashed| find(Name::Zp, "02139-1234", hashed);
        assert_eq!(postcode("02139-1234"), Some(spelling_of(Name::Zp)));
        assert_eq!((postcode("02139"), postcode("021391234")), (None, None));
    }

    #[test]
    fn dots_and_tags_are_ignored_by_gmail_alone() {
        let find = |listed: &str, hashed: &str| {
            let known = Known::new(Name::Em, listed, &Assumptions::default()).unwrap();
            known.find(&sha256_hex(hashed)).is_some()
        };
        for domain in ["gmail.com", "googlemail.com"] {
            let listed = format!("j.smith+shop@{domain}");
            for name in ["j.smith", "jsmith", "jsmith+shop"] {
                assert!(
                    find(&listed, &format!("{name}@{domain}")),
                    "{name}@{domain}"
                );
            }
        }
        for name in ["j.smith", "jsmith", "jsmith+shop"] {
            let hashed = format!("{name}@kestrel.example");
            assert!(!find("j.smith+shop@kestrel.example", &hashed), "{hashed}");
        }
    }

    #[test]
    fn a_number_of_another_country_is_no_wrong_form() {
        let assume = Assumptions {
            country: Some("de".to_owned()),
            ..Assumptions::default()
        };
        for typed in ["+49 176 58324455", "0176 58324455", "17658324455"] {
            let Some(known) = Known::new(Name::Ph, typed, &assume) else {
                continue;
            };
            // A number of the United States.
            assert_eq!(known.find(&sha256_hex("17658324455")), None, "{typed}");
        }
        let known = Known::new(Name::Ph, "+49 176 58324455", &assume).unwrap();
        assert!(known.find(&sha256_hex("017658324455")).is_some());
    }

    #[test]
    fn forms_of_a_known_phone() {
        let known = Known::new(Name::Ph, "+1 (650) 555-0143", &Assumptions::default()).unwrap();
        assert_eq!(known.right(), sha256_hex("16505550143"));
        for (text, disputed) in [
            ("+1 (650) 555-0143", false),
            ("+16505550143", true),
            ("+16505550143\n", false),
            ("6505550143", false),
            ("(650) 555-0143", false),
            ("0016505550143", false),
            ("16505550143.0", false),
        ] {
            let form = known
                .find(&sha256_hex(text))
                .unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (form.fault, form.disputed),
                (Fault::Spelling, disputed),
                "{text}"
            );
            assert_eq!(form.right, Right::of("16505550143"));
        }
        let german = Known::new(Name::Ph, "+49 171 1234567", &Assumptions::default()).unwrap();
        assert!(german.find(&sha256_hex("01711234567")).is_some());
        assert!(german.find(&sha256_hex("4901711234567")).is_some());
    }

    #[test]
    fn a_wrong_form_is_none_that_meta_makes() {
        for (name, plain) in [
            (Name::Em, "Ana.Smith+x@Kestrel.example"),
            (Name::Ph, "+49 171 1234567"),
            (Name::Fn, "Mary Ann"),
            (Name::Ln, "O'Brien"),
            (Name::Ct, "São Paulo"),
            (Name::St, "California"),
            (Name::Zp, "SW1A 1AA"),
            (Name::Country, "Germany"),
            (Name::Ge, "Female"),
            (Name::Db, "1990-02-16"),
        ] {
            let mut accepted = accepted_forms(name, plain, &Assumptions::default());
            accepted.extend(normal_form(name, plain, &Assumptions::default()));
            let forms: Vec<_> = wrong_forms(name, plain).collect();
            assert!(forms.len() >= 20, "{name}: {}", forms.len());
            for (form, digest) in forms {
                let passes = accepted
                    .iter()
                    .any(|text| sha256(text.as_bytes()) == digest);
                assert!(!passes || form.disputed, "{name}: {}", form.what);
            }
        }
        assert_eq!(wrong_forms(Name::Em, "no address").count(), 0);
        assert!(wrong_forms(Name::Em, "Ana.Smith@Kestrel.example").count() >= 60);
    }
}
