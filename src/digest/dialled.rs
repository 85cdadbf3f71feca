//! How people write a telephone number: in groups, with signs between them, and what a program leaves
//! that takes only some of the signs away.

/// The groups of digits that are usual behind a calling code.
const GROUPS: [(&str, &[&[usize]]); 24] = [
    ("1", &[&[3, 3, 4]]),
    ("7", &[&[3, 3, 2, 2]]),
    ("27", &[&[2, 3, 4]]),
    ("31", &[&[1, 8], &[2, 7]]),
    ("32", &[&[3, 2, 2, 2]]),
    ("33", &[&[1, 2, 2, 2, 2]]),
    ("34", &[&[3, 3, 3], &[3, 2, 2, 2]]),
    ("39", &[&[3, 7], &[3, 3, 4]]),
    ("41", &[&[2, 3, 2, 2]]),
    ("44", &[&[4, 6], &[4, 3, 3], &[2, 4, 4]]),
    ("45", &[&[2, 2, 2, 2]]),
    ("46", &[&[2, 3, 2, 2], &[2, 7]]),
    ("47", &[&[3, 2, 3], &[2, 2, 2, 2]]),
    ("48", &[&[3, 3, 3]]),
    ("52", &[&[2, 4, 4], &[3, 3, 4]]),
    ("55", &[&[2, 5, 4], &[2, 4, 4]]),
    ("61", &[&[3, 3, 3], &[1, 4, 4]]),
    ("64", &[&[2, 3, 4]]),
    ("81", &[&[2, 4, 4]]),
    ("86", &[&[3, 4, 4]]),
    ("90", &[&[3, 3, 2, 2]]),
    ("91", &[&[5, 5]]),
    ("351", &[&[3, 3, 3]]),
    ("420", &[&[3, 3, 3]]),
];

/// The groups of a number: the usual ones of its country, or else an area code of three digits, of two
/// or of four.
fn groups<'n>(code: &str, national: &'n str) -> Vec<Vec<&'n str>> {
    let cut = |sizes: &[usize]| {
        let mut rest = national;
        let parts = sizes.iter().map(|&size| {
            let (part, more) = rest.split_at(size);
            rest = more;
            part
        });
        parts.collect()
    };
    let fits = |sizes: &&&[usize]| sizes.iter().sum::<usize>() == national.len();
    let of_country = GROUPS.iter().find(|(of, _)| *of == code);
    let usual: Vec<_> = of_country
        .into_iter()
        .flat_map(|(_, groups)| groups.iter().filter(fits))
        .map(|sizes| cut(sizes))
        .collect();
    if !usual.is_empty() {
        return usual;
    }
    let length = national.len();
    let areas = [3, 2, 4].into_iter().filter(|area| area + 4 <= length);
    areas.map(|area| cut(&[area, length - area])).collect()
}

/// The signs that stand between groups.
const SIGNS: [&str; 3] = ["", " ", "-"];

/// Shows the groups with every choice of signs between them; of four groups and more with those that one
/// kind of sign gives, whole or with some of them taken away. A list of customers has a million numbers,
/// and each form of each is hashed.
fn join(groups: &[&str], show: &mut dyn FnMut(&[&str])) {
    let gaps = groups.len() - 1;
    let mut parts = Vec::with_capacity(2 * groups.len());
    let mut write = |sign: &dyn Fn(usize) -> &'static str| {
        parts.clear();
        parts.push(groups[0]);
        for (gap, group) in groups[1..].iter().enumerate() {
            parts.extend([sign(gap), group]);
        }
        show(&parts);
    };
    write(&|_| ".");
    if gaps <= 2 {
        // The first choice is digits alone, which is no spelling.
        for choice in 1..SIGNS.len().pow(gaps as u32) {
            write(&|gap| SIGNS[choice / SIGNS.len().pow(gap as u32) % SIGNS.len()]);
        }
        return;
    }
    for sign in [" ", "-"] {
        write(&|_| sign);
        write(&|gap| if gap == 0 { "" } else { sign });
        write(&|gap| if gap == 0 { sign } else { "" });
        write(&|gap| if gap + 1 == gaps { sign } else { "" });
        write(&|gap| if gap == 0 { " " } else { sign });
        write(&|gap| if gap < 2 { " " } else { sign });
    }
}

/// Shows every usual spelling of a number with signs in it, as the parts that make it up, and whether
/// it lacks the calling code. `trunk` is the zero in front of a number inside its country, or nothing.
pub(super) fn spellings(
    code: &str,
    national: &str,
    trunk: &str,
    show: &mut dyn FnMut(&[&str], bool),
) {
    let (international, abroad) = (["+", code].concat(), ["00", code].concat());
    let heads = [code, &international];
    let has_plan = GROUPS.iter().any(|(of, _)| *of == code);
    for (number, groups) in groups(code, national).into_iter().enumerate() {
        let (area, rest) = (groups[0], &groups[1..]);
        let inside = &*[trunk, area].concat();
        if number > 0 && !has_plan {
            // A guess at the length of the area code: only the plainest spellings.
            let rest = &*rest.concat();
            for sign in [" ", "-"] {
                show(&[inside, sign, rest], true);
                for head in heads {
                    show(&[head, " ", area, sign, rest], false);
                }
            }
            continue;
        }
        let mut parts = vec![inside];
        parts.extend(rest);
        join(&parts, &mut |parts| show(parts, true));
        for head in heads {
            let mut parts = vec![head, area];
            parts.extend(rest);
            join(&parts, &mut |parts| show(parts, false));
        }
        for sign in [" ", "-"] {
            show(&[&abroad, sign, &groups.join(sign)], false);
        }
        show(&[&abroad, " ", national], false);
        let mut rests = vec![rest.concat()];
        if rest.len() > 1 {
            rests.push(rest.join("-"));
        }
        for rest in &rests {
            for gap in ["", " "] {
                show(&["(", inside, ")", gap, rest], true);
                for head in heads {
                    show(&[head, " (", area, ")", gap, rest], false);
                    show(&[head, "(", area, ")", gap, rest], false);
                }
            }
            if !trunk.is_empty() {
                show(&["+", code, " (", trunk, ")", area, " ", rest], false);
                show(&["+", code, " (", trunk, ") ", area, " ", rest], false);
            }
        }
    }
}

/// A number as programs print it that take it for one with a fraction.
pub(super) fn in_powers_of_ten(digits: &str) -> Vec<String> {
    let Ok(number) = digits.parse::<f64>() else {
        return Vec::new();
    };
    let whole = format!("{number:e}");
    // Go, spreadsheets and Java.
    let signs = ["e+", "E+", "E"];
    signs.map(|sign| whole.replacen('e', sign, 1)).into()
}

/// The same with only so many digits that the others are lost.
pub(super) fn with_digits_lost(digits: &str) -> Vec<String> {
    let mut cut = Vec::new();
    let Ok(number) = digits.parse::<f64>() else {
        return cut;
    };
    for decimals in [5, 6, 8] {
        let short = format!("{number:.decimals$e}");
        if short.parse() != Ok(number) {
            cut.extend(["E+", "e+"].map(|sign| short.replacen('e', sign, 1)));
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(code: &str, national: &str, trunk: &str) -> Vec<String> {
        let mut out = Vec::new();
        spellings(code, national, trunk, &mut |parts, _| {
            out.push(parts.concat());
        });
        out
    }

    #[test]
    fn numbers_come_in_the_groups_of_their_country() {
        let american = all("1", "6505551212", "");
        for text in [
            "1650555-1212",
            "1650-555-1212",
            "1-650-555-1212",
            "1 650 555 1212",
            "+1 650-555-1212",
            "+1650555-1212",
            "1.650.555.1212",
            "(650) 555-1212",
            "1 (650) 5551212",
            "650555-1212",
        ] {
            assert!(american.iter().any(|it| it == text), "{text}");
        }
        let german = all("49", "1711234987", "0");
        for text in [
            "+49 171 1234987",
            "49 171-1234987",
            "0171-1234987",
            "+49 (0)171 1234987",
            "0049 171 1234987",
        ] {
            assert!(german.iter().any(|it| it == text), "{text}");
        }
        assert!(all("33", "612345678", "0").contains(&"06 12 34 56 78".to_owned()));
        // As many as an e-mail has.
        assert!(american.len() < 70, "{}", american.len());
        assert!(german.len() < 70, "{}", german.len());
    }

    #[test]
    fn powers_of_ten_keep_all_digits_or_lose_some() {
        let in_both = |digits| (in_powers_of_ten(digits), with_digits_lost(digits));
        let (exact, cut) = in_both("16505551212");
        assert!(exact.contains(&"1.6505551212E+10".to_owned()));
        assert!(exact.contains(&"1.6505551212e+10".to_owned()));
        assert!(cut.contains(&"1.65056E+10".to_owned()));
        assert!(cut.contains(&"1.65055512E+10".to_owned()));
        let (exact, cut) = in_both("16505500000");
        assert!(exact.contains(&"1.65055E+10".to_owned()) && cut.is_empty());
    }
}
