//! A value that is known in plain, and the wrong forms in which senders hash it.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::dialled;
use super::dress::{Case, DRESSES, Dress};
use super::forms::{Fault, Right, WrongForm};
use super::short;
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
    forms: Forms,
}

/// What senders hash for a value, the likely texts first.
#[derive(Default)]
pub struct Forms {
    list: Vec<Form>,
    /// All texts behind one another: a list of customers has a million values.
    texts: String,
}

/// One text that senders hash for the value.
struct Form {
    /// Where it stands among the texts.
    start: u32,
    end: u32,
    /// What it is, when it is not the value itself.
    what: Option<&'static str>,
    /// Whether Meta's own code makes this form.
    disputed: bool,
    /// How many dresses are tried.
    dresses: usize,
    cases: &'static [Case],
}

impl Form {
    fn text<'t>(&self, texts: &'t str) -> &'t str {
        &texts[self.start as usize..self.end as usize]
    }
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
        let mut forms = Forms::own(name, typed, &normal);
        forms.add_shared(name, &normal);
        let accepted = match name {
            Name::Em | Name::Ph => Vec::new(),
            _ => accepted_forms(name, typed, assume),
        };
        Some(Known {
            name,
            right: sha256_hex(&normal),
            accepted: accepted.iter().map(|form| sha256_hex(form)).collect(),
            forms,
        })
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
        self.forms.each(|form, text, case, dress, candidate| {
            if candidate == digest {
                found = self.describe(form, text, case, dress);
            }
            found.is_none()
        });
        found
    }

    /// Every wrong form with its digest.
    pub fn digests(&self) -> impl Iterator<Item = (WrongForm, [u8; 32])> {
        let mut out: Vec<(WrongForm, [u8; 32])> = Vec::with_capacity(128);
        let mut seen: HashSet<[u8; 32]> = decode(&self.right).into_iter().collect();
        self.forms.each(|form, text, case, dress, digest| {
            if seen.insert(digest)
                && let Some(wrong) = self.describe(form, text, case, dress)
            {
                out.push((wrong, digest));
            }
            true
        });
        out.into_iter()
    }

    /// What is wrong with a text; `None` when it is one of the forms that pass.
    fn describe(&self, form: &Form, text: &str, case: Case, dress: Dress) -> Option<WrongForm> {
        let (fault, what) = match dress.what() {
            Some(what) if dress.is_twice() => (Fault::Twice, what),
            Some(what) => (Fault::Spelling, what),
            None => {
                let passes = |text: &str| {
                    let digest = sha256_hex(text);
                    digest == self.right || self.accepted.contains(&digest)
                };
                if passes(text) {
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

impl Forms {
    /// The forms of `typed` that no other value has, or few; `normal` is its normal form.
    pub fn own(name: Name, typed: &str, normal: &str) -> Forms {
        let expected = match name {
            Name::Ph => 96,
            _ => 24,
        };
        let mut forms = Forms {
            list: Vec::with_capacity(expected),
            texts: String::with_capacity(expected * (normal.len() + 8)),
        };
        forms.add(&[typed], None, DRESSES.len());
        forms.add(&[normal], None, DRESSES.len());
        if !normal.is_ascii() {
            // As file systems and iPhones give it.
            let decomposed: String = normal.nfd().collect();
            forms.add(&[&decomposed], Some(DECOMPOSED), 1);
        }
        match name {
            Name::Em => forms.emails(typed, normal),
            Name::Ph => {
                forms.phones(typed, normal);
                // A number without its calling code may be another country's number with it.
                let Forms { list, texts } = &mut forms;
                list.retain(|form| {
                    let text = form.text(texts);
                    // No calling code begins with a zero.
                    if text.starts_with('0') || text.bytes().any(|byte| !byte.is_ascii_digit()) {
                        return true;
                    }
                    let read = || normal_form(Name::Ph, text, &Assumptions::default());
                    text == normal || read().as_deref() != Ok(text)
                });
            }
            _ => {
                forms.add(&[&typed.to_lowercase()], None, FEW);
                forms.add(&[&titled(typed)], None, FEW);
            }
        }
        forms
    }

    /// The forms that a value may have in common with thousands of others: `info`, or the first
    /// digits of a number.
    pub fn shared(name: Name, normal: &str) -> Forms {
        let mut forms = Forms::default();
        forms.add_shared(name, normal);
        forms
    }

    fn add_shared(&mut self, name: Name, normal: &str) {
        match name {
            Name::Ph => {
                for text in dialled::with_digits_lost(normal) {
                    self.add_as_it_is(&[&text], Some(LOST), 1);
                }
            }
            Name::Em => {
                let Some((local, domain)) = normal.split_once('@') else {
                    return;
                };
                // What Google's normal form makes of an address of its own. Elsewhere the address
                // without dots or tag is another person's.
                if matches!(domain, "gmail.com" | "googlemail.com") {
                    let untagged = local.split('+').next().unwrap_or(local);
                    for (name, what) in [
                        (untagged.to_owned(), WITHOUT_TAG),
                        (local.replace('.', ""), WITHOUT_DOTS),
                        (untagged.replace('.', ""), WITHOUT_DOTS),
                    ] {
                        if name != local {
                            self.add(&[&name, "@", domain], Some(what), FEW);
                        }
                    }
                }
                self.add(&[local], Some(LOCAL), 1);
            }
            _ => {}
        }
    }

    /// Adds a text, given in parts, that is to be tried as it is and in capitals.
    fn add(&mut self, parts: &[&str], what: Option<&'static str>, dresses: usize) {
        self.push(parts, what, dresses, BOTH);
        self.drop_if_among(0);
    }

    /// As [`Forms::add`], for a text that is none of the others.
    fn add_as_it_is(&mut self, parts: &[&str], what: Option<&'static str>, dresses: usize) {
        self.push(parts, what, dresses, AS_IT_IS);
    }

    fn push(
        &mut self,
        parts: &[&str],
        what: Option<&'static str>,
        dresses: usize,
        cases: &'static [Case],
    ) {
        let start = self.texts.len() as u32;
        parts.iter().for_each(|part| self.texts.push_str(part));
        self.list.push(Form {
            start,
            end: self.texts.len() as u32,
            what,
            disputed: false,
            dresses,
            cases,
        });
    }

    /// Takes the last form away when it has no text, or that of one behind the first so many.
    fn drop_if_among(&mut self, first: usize) {
        let Some((last, others)) = self.list.split_last() else {
            return;
        };
        let text = last.text(&self.texts);
        let mut others = others[first..].iter();
        if text.is_empty() || others.any(|form| form.text(&self.texts) == text) {
            self.texts.truncate(last.start as usize);
            self.list.pop();
        }
    }

    fn emails(&mut self, typed: &str, normal: &str) {
        self.add(&[&titled(typed)], None, FEW);
        self.capitals(normal);
        let as_written = (typed != normal).then_some(typed);
        for written in as_written.into_iter().chain([normal]) {
            for at in ["%40", "&#64;", "&#x40;"] {
                self.add(&[&written.replacen('@', at, 1)], Some(ENCODED), FEW);
            }
            self.add(&["mailto:", written], Some(LINK), FEW);
            self.add(&["<", written, ">"], Some(BRACKETED), FEW);
            if written.contains('+') {
                // As encodeURIComponent writes it.
                let encoded = written.replace('+', "%2B").replacen('@', "%40", 1);
                self.add(&[&encoded], Some(ENCODED), FEW);
                self.add(&[&written.replace('+', " ")], Some(WITHOUT_PLUS), FEW);
            }
        }
    }

    /// An address with capitals in front, as phones, people and `INITCAP` write it.
    fn capitals(&mut self, normal: &str) {
        let Some((local, domain)) = normal.split_once('@') else {
            return;
        };
        let (first, words) = (Case::Capital.write(local), capitalised(local));
        let host = Case::Capital.write(domain);
        let before = self.list.len();
        for (local, domain, dresses) in [
            (&*first, domain, FEW),
            (&words, domain, FEW),
            (&first, &host, 1),
            (&words, &host, 1),
            (&words, &capitalised(domain), 1),
            (local, &host, 1),
        ] {
            self.add_as_it_is(&[local, "@", domain], None, dresses);
            self.drop_if_among(before);
        }
    }

    fn phones(&mut self, typed: &str, normal: &str) {
        let with_plus = ["+", normal].concat();
        for form in &mut self.list {
            let text = form.text(&self.texts);
            if text == typed && typed != normal {
                form.what = Some(if text == with_plus { PLUS } else { SIGNS });
            }
        }
        self.add(&[&with_plus], Some(PLUS), FEW);
        // Meta's SDKs for Java and Ruby keep the plus.
        for form in &mut self.list {
            form.disputed = form.text(&self.texts) == with_plus;
        }
        self.add(&["00", normal], Some(ZEROS), FEW);
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if digits.trim_start_matches('0') != normal {
            self.add(&[&digits], Some(NATIONAL), FEW);
        }
        self.add(&[normal, ".0"], Some(DECIMALS), 1);
        for text in dialled::in_powers_of_ten(normal) {
            self.add_as_it_is(&[&text], Some(POWERS), 1);
        }
        // A link, and the export of a lead form.
        for prefix in ["tel:", "p:"] {
            self.add(&[prefix, &with_plus], Some(PREFIXED), 1);
        }
        if let Some(signs) = typed.strip_prefix('+') {
            self.add(&[signs], Some(SIGNS), 1);
            self.add(&[&signs.replace(['-', '(', ')'], "")], Some(SIGNS), 1);
        }
        let once = typed.replacen([' ', '-', '('], "", 1);
        self.add(&[&once], Some(SIGNS), 1);
        let plain = typed.replace([' ', '-', '(', ')', '.', '/'], "");
        if plain != digits && plain != with_plus {
            self.add(&[&plain], Some(SIGNS), 1);
        }
        let Some(code) = PHONES.calling_code(normal) else {
            return;
        };
        let national = &normal[code.len()..];
        self.add(&[national], Some(NATIONAL), FEW);
        let has_trunk = PHONES.plans_of(code).iter().any(|plan| plan.trunk == "0");
        if has_trunk {
            self.add(&["0", national], Some(NATIONAL), FEW);
            self.add(&[code, "0", national], Some(TRUNK), 1);
            self.add(&["+", code, "0", national], Some(TRUNK), 1);
        }
        self.add(&["+", code, " ", national], Some(SIGNS), 1);
        self.add(&[code, " ", national], Some(SIGNS), 1);
        self.add(&[code, "-", national], Some(SIGNS), 1);
        // Ten digits in American groups are hardly anybody else's number.
        let inside = if code == "1" { SIGNS } else { NATIONAL };
        let trunk = if has_trunk { "0" } else { "" };
        dialled::spellings(code, national, trunk, &mut |parts, lacks_code| {
            self.add_as_it_is(parts, Some(if lacks_code { inside } else { SIGNS }), 1);
        });
    }

    /// Shows the first eight bytes of the digest of every text that is tried, right or wrong.
    pub fn each_prefix(&self, mut take: impl FnMut(u64)) {
        let mut room = Vec::new();
        self.each_text(|form, text, _| {
            let bare = short::digest(&[text.as_bytes()]);
            let dresses = &DRESSES[..form.dresses];
            dresses
                .iter()
                .filter_map(|dress| dress.prefix_beside(text, || bare, &mut room))
                .for_each(&mut take);
            true
        });
    }

    /// Shows every text that is tried, in its case, until `take` says that it is enough.
    fn each_text(&self, mut take: impl FnMut(&Form, &str, Case) -> bool) {
        for form in &self.list {
            let listed = form.text(&self.texts);
            for &case in form.cases {
                let text = case.write(listed);
                if case == Case::Upper && text == listed {
                    continue;
                }
                if !take(form, &text, case) {
                    return;
                }
            }
        }
    }

    /// Shows the digest of every text in every dress, until `take` says that it is enough.
    fn each(&self, mut take: impl FnMut(&Form, &str, Case, Dress, [u8; 32]) -> bool) {
        let mut bytes = Vec::new();
        self.each_text(|form, text, case| {
            DRESSES[..form.dresses].iter().all(|dress| {
                !dress.write(text, &mut bytes) || take(form, text, case, *dress, sha256(&bytes))
            })
        });
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
            known.forms.each_prefix(|_| number += 1);
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
