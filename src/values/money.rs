//! Amounts and currency codes: how they are to be written, and how people write them.

use std::collections::HashMap;

use once_cell::sync::Lazy;
use serde::Deserialize;

/// The codes of ISO 4217 and the other ways to write a currency.
#[derive(Deserialize)]
struct Table {
    active: Vec<String>,
    /// Codes for testing and for "no currency".
    reserved: Vec<String>,
    /// Currencies whose amounts have three decimals.
    three_decimals: Vec<String>,
    /// Currencies whose amounts have none.
    no_decimals: Vec<String>,
    /// Units of account whose amounts have four.
    four_decimals: Vec<String>,
    /// Active codes of what nobody pays with: metals, and units of banks and bonds.
    no_money: Vec<String>,
    /// Active codes that Meta is said to refuse.
    refused: Vec<String>,
    /// The first day on which a code is no longer one.
    withdrawn: HashMap<String, String>,
    /// Signs and names in lower case, each with the codes that it may mean.
    spellings: HashMap<String, Vec<String>>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/currencies.json"))
        .expect("the embedded table of currencies is read by a test")
});

const CODES: usize = 26 * 26 * 26;

/// One bit a code of three capitals.
type Codes = [u64; CODES.div_ceil(64)];

static ACTIVE: Lazy<Codes> = Lazy::new(|| bits_of(TABLE.active.iter()));

/// The active codes that stand for no money or that Meta is said to refuse.
static UNUSUAL: Lazy<Codes> = Lazy::new(|| bits_of(TABLE.no_money.iter().chain(&TABLE.refused)));

fn bits_of<'a>(codes: impl Iterator<Item = &'a String>) -> Codes {
    let mut bits = [0; CODES.div_ceil(64)];
    for at in codes.filter_map(|code| number_of(code)) {
        bits[at / 64] |= 1 << (at % 64);
    }
    bits
}

fn number_of(code: &str) -> Option<usize> {
    let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
    letters.iter().try_fold(0, |sum, &letter| {
        letter
            .is_ascii_uppercase()
            .then(|| sum * 26 + usize::from(letter - b'A'))
    })
}

/// Whether the text is an active code of ISO 4217, in capitals and with nothing around it.
#[inline]
pub fn is_currency(code: &str) -> bool {
    number_of(code).is_some_and(|at| ACTIVE[at / 64] >> (at % 64) & 1 == 1)
}

/// Whether ISO 4217 keeps the code for testing or for the absence of a currency.
pub fn is_reserved(code: &str) -> bool {
    TABLE.reserved.iter().any(|reserved| reserved == code)
}

/// Whether more is to be said of an active code than that it is one.
#[inline]
pub fn is_unusual(code: &str) -> bool {
    number_of(code).is_some_and(|at| UNUSUAL[at / 64] >> (at % 64) & 1 == 1)
}

/// Whether the code stands for a metal or a unit of account, and not for money.
pub fn is_no_money(code: &str) -> bool {
    TABLE.no_money.iter().any(|listed| listed == code)
}

/// Whether Meta is said to refuse the code although ISO 4217 has it.
pub fn is_said_to_be_refused(code: &str) -> bool {
    TABLE.refused.iter().any(|listed| listed == code)
}

/// The moment from which a withdrawn code is no longer one, in Unix seconds.
pub fn withdrawn_at(code: &str) -> Option<i64> {
    let day: jiff::civil::Date = TABLE.withdrawn.get(code)?.parse().ok()?;
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_second())
}

/// The codes that a sign, a name or a code in any case may mean; `None` when it is none of these.
pub fn currencies_written(text: &str) -> Option<Vec<&'static str>> {
    let code = text.trim().to_ascii_uppercase();
    if let Some(code) = TABLE.active.iter().find(|active| **active == code) {
        return Some(vec![code]);
    }
    let codes = TABLE.spellings.get(&text.trim().to_lowercase())?;
    Some(codes.iter().map(String::as_str).collect())
}

/// How an amount in text is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount<'a> {
    /// The amount as a JSON number, with the digits as they were written.
    pub json: String,
    /// Whether it can only be read that way.
    pub sure: bool,
    /// What stood around the number: a sign, a code or other words.
    pub affix: &'a str,
}

/// The JSON number that the text spells letter for letter, but for white space around it, a plus
/// sign, and zeros that JSON has otherwise.
pub fn plain_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (minus, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let power = exponent.trim_start_matches(['e', 'E']);
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    if exponent.len() > 6 || exponent.is_empty() != power.is_empty() || !all_digits(power) {
        return None;
    }
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + decimals.len() == 0 || !all_digits(whole) || !all_digits(decimals) {
        return None;
    }
    Some(format!("{minus}{}{exponent}", join(whole, decimals)))
}

/// Whether a number in text could also be a whole number with a point between the thousands.
pub fn may_be_thousands(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+']);
    text.split_once('.').is_some_and(|(whole, decimals)| {
        decimals.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') && !whole.is_empty()
    })
}

/// Whether amounts in this currency have three decimals.
pub fn has_three_decimals(code: &str) -> bool {
    TABLE.three_decimals.iter().any(|three| three == code)
}

/// How many decimals amounts in this currency have.
pub fn decimals(code: &str) -> usize {
    let is_in = |list: &[String]| list.iter().any(|listed| listed == code);
    match () {
        () if is_in(&TABLE.no_decimals) => 0,
        () if is_in(&TABLE.three_decimals) => 3,
        () if is_in(&TABLE.four_decimals) => 4,
        () => 2,
    }
}

/// Reads an amount as people write it: `1.299,00`, `1 299`, `€249`, `249,- kr`.
pub fn read_amount(text: &str) -> Option<Amount<'_>> {
    let text = text.trim();
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (before, core, after) = (&text[..first], &text[first..last], &text[last..]);
    let dash = |c: char| matches!(c, '-' | '−');
    let (before, minus) = match before.trim_end().strip_suffix(dash) {
        Some(rest) => (rest, "-"),
        None => match before.strip_prefix(dash) {
            Some(rest) => (rest, "-"),
            None => (before, ""),
        },
    };
    // `249,-` and `249.–` say that there are no cents.
    let after = match after.strip_prefix(['.', ',']) {
        Some(rest) if rest.starts_with(['-', '–', '—']) => {
            rest.trim_start_matches(['-', '–', '—'])
        }
        _ => after,
    };
    let affix = match (before.trim(), after.trim()) {
        ("", affix) | (affix, "") => affix,
        _ => return None,
    };
    let (number, sure) = ungroup(core)?;
    Some(Amount {
        json: format!("{minus}{number}"),
        sure,
        affix,
    })
}

/// A number with separators as JSON writes it, and whether no other reading is possible.
fn ungroup(core: &str) -> Option<(String, bool)> {
    let mut runs: Vec<&str> = core.split(|c: char| !c.is_ascii_digit()).collect();
    let marks: Vec<char> = core
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .map(|c| match c {
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            '\'' | '’' => '\'',
            c => c,
        })
        .collect();
    if runs.iter().any(|run| run.is_empty()) || marks.iter().any(|c| !" '.,".contains(*c)) {
        return None;
    }
    let Some((&last, others)) = marks.split_last() else {
        return Some((join(core, ""), true));
    };
    let is_decimal = |c: char| c == '.' || c == ',';
    if let Some(&group) = others.first() {
        if others.iter().any(|&mark| mark != group) {
            return None;
        }
        let decimals = match last == group {
            true => "",
            false if is_decimal(last) => runs.pop()?,
            false => return None,
        };
        return are_groups(&runs).then(|| (join(&runs.concat(), decimals), true));
    }
    let (whole, rest) = (runs[0], runs[1]);
    if !is_decimal(last) {
        return are_groups(&runs).then(|| (join(&runs.concat(), ""), true));
    }
    match rest.len() {
        // Read as thousands, which `1,299` is more often than not; the caller has to be asked.
        3 if are_groups(&runs) => Some((join(&runs.concat(), ""), false)),
        2 | 3 => Some((join(whole, rest), true)),
        _ => Some((join(whole, rest), false)),
    }
}

/// Whether the digits stand in groups of thousands, or of lakh and crore.
fn are_groups(runs: &[&str]) -> bool {
    let Some(([first, middle @ ..], last)) = runs.split_last().map(|(last, rest)| (rest, last))
    else {
        return false;
    };
    let all = |length: usize| middle.iter().all(|run| run.len() == length);
    last.len() == 3
        && !first.starts_with('0')
        && ((first.len() <= 3 && all(3)) || (first.len() <= 2 && all(2)))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Whole part and decimals as JSON joins them: no zeros in front, none left out.
fn join(whole: &str, decimals: &str) -> String {
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match decimals {
        "" => whole.to_owned(),
        decimals => format!("{whole}.{decimals}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_holds_what_is_in_use() {
        for code in ["EUR", "USD", "JPY", "BRL", "XCG", "ZWG"] {
            assert!(is_currency(code), "{code}");
        }
        for code in ["eur", "EURO", "BGN", "XXX", "", "E R"] {
            assert!(!is_currency(code), "{code}");
        }
        assert!(TABLE.active.iter().all(|code| is_currency(code)));
        assert!(TABLE.withdrawn.keys().all(|c| withdrawn_at(c).is_some()));
        assert!(is_no_money("XAU") && !is_no_money("XOF"));
        assert!(
            TABLE
                .no_money
                .iter()
                .chain(&TABLE.refused)
                .all(|c| is_currency(c))
        );
        let decimals = ["JPY", "EUR", "KWD", "CLF"].map(decimals);
        assert_eq!(decimals, [0, 2, 3, 4]);
        assert_eq!(withdrawn_at("HRK"), Some(1_672_531_200));
        assert_eq!(currencies_written("€").unwrap(), ["EUR"]);
        assert_eq!(currencies_written(" eur").unwrap(), ["EUR"]);
        assert!(currencies_written("$").unwrap().len() > 1);
        assert_eq!(currencies_written("loyalty points"), None);
    }

    #[test]
    fn numbers_in_quotes_keep_their_digits() {
        let read = |text| plain_number(text);
        assert_eq!(read(" 249.00 ").unwrap(), "249.00");
        assert_eq!(read("+007.50").unwrap(), "7.50");
        assert_eq!(read("-.5").unwrap(), "-0.5");
        assert_eq!(read("0").unwrap(), "0");
        assert_eq!(read("1e3").unwrap(), "1e3");
        for text in [
            "",
            ".",
            "-",
            "e3",
            "1e",
            "249,00",
            "NaN",
            "0x10",
            "1e99999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let read = |text| read_amount(text).map(|a| (a.json, a.sure, a.affix));
        let sure = |text, json: &str, affix| {
            assert_eq!(read(text), Some((json.to_owned(), true, affix)), "{text}");
        };
        sure("249,00", "249.00", "");
        sure("1.299,00", "1299.00", "");
        sure("1,299.00", "1299.00", "");
        sure("1 299,50", "1299.50", "");
        sure("1\u{a0}299", "1299", "");
        sure("1'299.00", "1299.00", "");
        sure("12.345.678", "12345678", "");
        sure("1,29,900.00", "129900.00", "");
        sure("0,125", "0.125", "");
        sure("€249", "249", "€");
        sure("-€249.00", "-249.00", "€");
        sure("R$ 49,90", "49.90", "R$");
        sure("249,- kr", "249", "kr");
        let unsure = |text, json: &str| {
            let amount = read_amount(text).unwrap();
            assert_eq!((amount.json.as_str(), amount.sure), (json, false), "{text}");
        };
        unsure("1,299", "1299");
        unsure("249,5", "249.5");
        for text in [
            "",
            "free",
            "1,2,3",
            "12,34,56",
            "1.2.3",
            "US$ 249 USD",
            "10-20",
            "249 1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_point_before_three_digits_may_be_thousands() {
        assert!(may_be_thousands("1.299"));
        for text in ["0.125", "1299.000", "1.29", "249"] {
            assert!(!may_be_thousands(text), "{text}");
        }
    }
}
