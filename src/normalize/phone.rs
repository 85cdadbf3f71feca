//! ph: digits only, with the country calling code and without leading zeros.

use super::Unusable;
use super::text::{all_digits, digits_of, without_fraction};
use crate::values::places::{PHONES, Plan};

/// The number. One that has no `+` or `00` is taken as it is only where its digits leave no other
/// reading, unless the country is known.
pub(super) fn normal(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    // A label or a sign in front: `tel:`, `p:`, the quote or the equals sign of a spreadsheet.
    let text = value.trim_start_matches(|c: char| {
        c.is_ascii_alphabetic() || c.is_whitespace() || ":='\"`.".contains(c)
    });
    if text.contains('@') {
        return Err(Unusable::NOT_A_PHONE);
    }
    let whole = in_powers_of_ten(text).transpose()?;
    let text = whole.as_deref().unwrap_or(text);
    let text = without_extension(without_fraction(text));
    let digits: String = digits_of(text).collect();
    if digits.len() < LEAST {
        return Err(Unusable::NOT_A_PHONE);
    }
    let plus = text.trim_start_matches(['(', '[', ' ']).starts_with('+');
    let plan = country.and_then(|country| PHONES.plan(country));
    let from_america = plan.is_some_and(|plan| plan.calling == "1") && digits.starts_with("011");
    let outside = if plus {
        Some(digits.trim_start_matches('0'))
    } else if from_america {
        Some(&digits[3..])
    } else {
        digits
            .strip_prefix("00")
            .map(|rest| rest.trim_start_matches('0'))
    };
    let number = match outside {
        // `+49 (0)171` and `+490171`: the trunk prefix has no place behind the calling code.
        Some(digits) => without_trunk(digits),
        None => match plan {
            Some(plan) => from_national(&digits, plan)?,
            None => unmarked(&digits)?,
        },
    };
    // Two zeros behind the calling code are no trunk prefix but no number.
    let fits = (LEAST..=MOST).contains(&number.len())
        && without_trunk(&number) == number
        && match PHONES.calling_code(&number) {
            Some("1") => is_american(&number[1..]),
            code => code.is_some(),
        };
    if fits {
        Ok(number)
    } else {
        Err(Unusable::NOT_A_PHONE)
    }
}

/// The fewest digits of a number with its calling code that this program takes for one.
const LEAST: usize = 7;
/// The most digits, by ITU-T E.164.
const MOST: usize = 15;

/// The digits of a number in powers of ten, as spreadsheets and programs write it: `4.9151234567E10` shows
/// them all, `4.91512E+12` has lost some. `None` for any other text.
fn in_powers_of_ten(text: &str) -> Option<Result<String, Unusable>> {
    let (mantissa, power) = text.split_once(['e', 'E'])?;
    let exponent = power.trim_start_matches(['+', '-']);
    let (whole, rest) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let is_notation =
        exponent.len() <= 2 && all_digits(exponent) && whole.len() == 1 && all_digits(whole) && {
            all_digits(rest)
        };
    is_notation.then(|| {
        let is_all = !power.starts_with('-') && exponent.parse() == Ok(rest.len());
        match is_all {
            true => Ok(format!("{whole}{rest}")),
            false => Err(Unusable::LOST_DIGITS),
        }
    })
}

/// `text` without an extension such as `ext. 12`, `x12`, `#12`, `;ext=12`.
fn without_extension(text: &str) -> &str {
    let mut digits = 0;
    for (at, c) in text.char_indices() {
        if digits >= LEAST && (c.is_alphabetic() || matches!(c, '#' | ';' | ',')) {
            return &text[..at];
        }
        digits += usize::from(c.is_numeric());
    }
    text
}

/// An international number without a trunk zero behind its calling code. No number begins with
/// zero in countries that have such a prefix; in Italy and elsewhere the zero belongs to it.
fn without_trunk(digits: &str) -> String {
    let Some(code) = PHONES.calling_code(digits) else {
        return digits.to_owned();
    };
    let national = &digits[code.len()..];
    let has_trunk = || PHONES.plans_of(code).iter().any(|plan| plan.trunk == "0");
    match national.strip_prefix('0') {
        Some(rest) if has_trunk() => format!("{code}{rest}"),
        _ => digits.to_owned(),
    }
}

/// Whether a number without calling code and trunk prefix can be one of the plan.
fn fits(plan: &Plan, national: &str) -> bool {
    plan.fits(national)
        && !(plan.trunk == "0" && national.starts_with('0'))
        && (plan.calling != "1" || is_american(national))
}

/// Ten digits of which neither the area code nor the exchange begins with 0 or 1.
fn is_american(national: &str) -> bool {
    let starts = |text: &str| text.bytes().next().is_some_and(|b| b >= b'2');
    national.len() == 10 && starts(national) && starts(&national[3..])
}

/// A number written as inside the country, or with its calling code but without `+`.
fn from_national(digits: &str, plan: &Plan) -> Result<String, Unusable> {
    let with_code = |national: &str| format!("{}{national}", plan.calling);
    if !plan.trunk.is_empty()
        && let Some(national) = digits.strip_prefix(&*plan.trunk)
        && fits(plan, national)
    {
        return Ok(with_code(national));
    }
    if let Some(national) = digits.strip_prefix(&*plan.calling)
        && fits(plan, national)
        // With a trunk prefix in use, ten digits that begin with it or with the calling code are
        // more likely the international form; without one the shorter reading wins.
        && !(plan.trunk.is_empty() && fits(plan, digits))
    {
        return Ok(digits.to_owned());
    }
    if fits(plan, digits) {
        return Ok(with_code(digits));
    }
    unmarked(digits)
}

/// A number of which nothing says that it is international.
fn unmarked(digits: &str) -> Result<String, Unusable> {
    if digits.len() > MOST {
        return Err(Unusable::NOT_A_PHONE);
    }
    if digits.starts_with('0') {
        return Err(Unusable::NO_CALLING_CODE);
    }
    let code = PHONES
        .calling_code(digits)
        .ok_or(Unusable::NO_CALLING_CODE)?;
    let number = without_trunk(digits);
    let national = &number[code.len()..];
    let plans = PHONES.plans_of(code);
    let is_one = plans.iter().any(|plan| plan.fits(national)) || plans.is_empty();
    let right = match code {
        "1" => is_american(national),
        // Ten digits can be an American number without its 1.
        _ => is_one && digits.len() >= 10 && !is_american(digits),
    };
    if right {
        Ok(number)
    } else {
        Err(Unusable::NO_CALLING_CODE)
    }
}

/// Ruby and Java keep the plus, PHP keeps leading zeros, and nobody takes an extension or a trunk
/// zero away or adds a country.
pub(super) fn accepted(value: &str, forms: &mut Vec<String>) {
    let digits: String = digits_of(value).collect();
    if value.starts_with('+') {
        forms.push(format!("+{digits}"));
    }
    forms.push(digits.trim_start_matches('0').to_owned());
    forms.push(digits);
}
