//! Normal forms, value by value, and laws that hold for all of them.

use super::*;

fn form(name: Name, value: &str, country: &str) -> Result<String, &'static str> {
    let assume = Assumptions {
        country: (!country.is_empty()).then(|| country.to_owned()),
        zone: None,
    };
    normal_form(name, value, &assume).map_err(|why| why.0)
}

#[track_caller]
fn check(name: Name, cases: &[(&str, &str, &str)]) {
    for &(value, country, normal) in cases {
        match form(name, value, country) {
            Ok(form) => assert_eq!(form, normal, "{name} {value:?} {country}"),
            Err(why) => assert_eq!("", normal, "{name} {value:?} {country}: {why}"),
        }
    }
}

#[test]
fn emails() {
    check(
        Name::Em,
        &[
            (" Ana.Smith+x@Shop.COM\n", "", "ana.smith+x@shop.com"),
            ("Ana Smith <Ana@shop.com>", "", "ana@shop.com"),
            ("mailto:ana@shop.com?subject=x", "", "ana@shop.com"),
            ("\"ana@shop.com\"", "", "ana@shop.com"),
            ("ana%40shop.com", "", "ana@shop.com"),
            ("jösé@exämple.com", "", "jösé@exämple.com"),
            ("ana@shop", "", ""),
            ("ana@@shop.com", "", ""),
            ("ana shop@shop.com", "", ""),
            ("a@10.0.0.1", "", ""),
            ("+49 171 1234567", "", ""),
            ("  ", "", ""),
        ],
    );
}

#[test]
fn phones() {
    check(
        Name::Ph,
        &[
            ("+1 (650) 555-1212", "", "16505551212"),
            ("16505551212", "", "16505551212"),
            ("1-650-555-1212 ext. 12", "", "16505551212"),
            ("0016505551212", "", "16505551212"),
            ("(650)555-1212", "", ""),
            ("(650)555-1212", "us", "16505551212"),
            ("1 650 555 1212", "us", "16505551212"),
            ("011 49 171 1234567", "us", "491711234567"),
            ("+44 (0)20 7183 8750", "", "442071838750"),
            ("+4402071838750", "", "442071838750"),
            ("020 7183 8750", "", ""),
            ("020 7183 8750", "gb", "442071838750"),
            ("0171 1234567", "de", "491711234567"),
            ("491711234567", "de", "491711234567"),
            ("491711234567", "", "491711234567"),
            ("+39 06 1234567", "", "39061234567"),
            ("06 1234567", "it", "39061234567"),
            ("+４９ １７１ １２３４５６７", "", "491711234567"),
            ("+٤٩١٧١١٢٣٤٥٦٧", "", "491711234567"),
            ("tel:+65 8123 4567", "", "6581234567"),
            ("6581234567", "", "6581234567"),
            ("11 98765-4321", "br", "5511987654321"),
            ("12345", "", ""),
            ("+999 1234567", "", ""),
            ("1234567890123456", "", ""),
            ("ana@shop.com", "", ""),
        ],
    );
}

#[test]
fn names_and_places() {
    check(
        Name::Fn,
        &[
            ("Mary Ann", "", "maryann"),
            ("O'Brien", "", "obrien"),
            ("O’Brien", "", "obrien"),
            ("MÜLLER", "", "müller"),
            ("...", "", ""),
        ],
    );
    check(
        Name::Ct,
        &[
            ("New York", "", "newyork"),
            ("San José", "", "sanjosé"),
            ("L'Aquila", "", "laquila"),
            ("東京", "", "東京"),
            ("123", "", ""),
        ],
    );
    check(
        Name::St,
        &[
            ("California", "", "ca"),
            ("US-CA", "", "ca"),
            ("CA", "", "ca"),
            ("Bayern", "", "bayern"),
            ("New South Wales", "au", "newsouthwales"),
            ("Georgia", "ge", "georgia"),
            ("Quebec", "ca", "qc"),
            ("D.C.", "us", "dc"),
        ],
    );
    check(
        Name::Country,
        &[
            ("United States", "", "us"),
            ("USA", "", "us"),
            ("UK", "", "gb"),
            ("Deutschland", "", "de"),
            ("xx", "", ""),
        ],
    );
    check(
        Name::Zp,
        &[
            ("94035", "", "94035"),
            ("94035-1234", "", "94035"),
            ("940351234", "us", "94035"),
            ("2139", "us", "02139"),
            ("SW1A 1AA", "", "sw1a1aa"),
            ("D-80331", "", "80331"),
            ("01310-100", "", "01310100"),
            ("1010-035", "pt", "1010035"),
        ],
    );
    check(
        Name::Ge,
        &[
            ("Female", "", "f"),
            ("M", "", "m"),
            ("weiblich", "", "f"),
            ("1", "", ""),
            ("other", "", ""),
        ],
    );
    check(Name::ExternalId, &[(" User 7 ", "", "User 7")]);
    check(Name::F5first, &[("Jonathan", "", "jonat")]);
    check(Name::Fi, &[("Ana", "", "a")]);
    check(Name::Dobd, &[("7", "", "07"), ("32", "", "")]);
}

#[test]
fn bytes_as_python_prints_them() {
    for (name, value, normal) in [
        (Name::Em, "b'Ana@laden.de'", "ana@laden.de"),
        (Name::Ph, "b'+49 171 1234567'", "491711234567"),
        (Name::Fn, "b\"O'Brien\"", "obrien"),
        (Name::Ln, "b'M\\xc3\\xbcller\\n'", "müller"),
        (Name::Ln, "B'ANA'", "ana"),
        (Name::Ln, "B'Elanna", "belanna"),
        (Name::Ct, " b'Berlin' ", "berlin"),
        (Name::St, "b'CA'", "ca"),
        (Name::Zp, "b'80331'", "80331"),
        (Name::Country, "b'DE'", "de"),
        (Name::Ge, "b'f'", "f"),
        (Name::Db, "b'1990-01-31'", "19900131"),
        (Name::Dobd, "b'7'", "07"),
        (Name::ExternalId, "b'42'", "b'42'"),
        // Latin-1, cut, and with a sign that Python does not print.
        (Name::Ln, "b'M\\xfcller'", ""),
        (Name::Ln, "b'Lop", ""),
        (Name::Em, "b'ana@laden.de", ""),
        (Name::Ln, "b'Lop\\qez'", ""),
        (Name::Ln, "b''", ""),
    ] {
        check(name, &[(value, "", normal)]);
    }
    let assume = Assumptions::default();
    assert_eq!(
        accepted_forms(Name::Fn, "b'Mary Ann'", &assume),
        ["mary ann"]
    );
}

#[test]
fn dates() {
    check(
        Name::Db,
        &[
            ("19970216", "", "19970216"),
            ("1997-02-16", "", "19970216"),
            ("1997-02-16T00:00:00.000Z", "", "19970216"),
            ("1997-02-16 00:00:00", "", "19970216"),
            ("2/16/1997", "", "19970216"),
            ("16.02.1997", "", "19970216"),
            ("02-02-1990", "", "19900202"),
            ("02-03-1990", "", ""),
            ("16 Feb 1997", "", "19970216"),
            ("February 16, 1997", "", "19970216"),
            ("1997-02-31", "", ""),
            ("19971345", "", ""),
            ("16/02/97", "", ""),
            ("29.02.1900", "", ""),
            ("29.02.2000", "", "20000229"),
            ("1899-12-31", "", ""),
            ("birthday", "", ""),
        ],
    );
}

#[test]
fn messy_emails() {
    check(
        Name::Em,
        &[
            ("E-Mail: Ana@shop.com", "", "ana@shop.com"),
            ("“Ana@shop.com”;", "", "ana@shop.com"),
            ("ana＠shop.com", "", "ana@shop.com"),
            ("ana@shop.com.", "", "ana@shop.com"),
            ("ana\u{200b}@shop.com", "", "ana@shop.com"),
            ("ana%2Bx%40shop.com", "", "ana+x@shop.com"),
            ("ana&#64;shop.com", "", "ana@shop.com"),
            ("jose\u{301}@shop.com", "", "josé@shop.com"),
            ("[\"Ana@shop.com\"]", "", "ana@shop.com"),
            ("['ana@shop.com']", "", "ana@shop.com"),
            ("[ana@shop.com]", "", "ana@shop.com"),
            ("(ana@shop.com)", "", "ana@shop.com"),
            ("('ana@shop.com',)", "", "ana@shop.com"),
            ("{ana@shop.com}", "", "ana@shop.com"),
            ("{\"email\":\"ana@shop.com\"}", "", "ana@shop.com"),
            ("[{ 'email': 'ana@shop.com' }]", "", "ana@shop.com"),
            ("\"[\\\"ana@shop.com\\\"]\"", "", "ana@shop.com"),
            ("[\"ana@shop.com\",\"ben@shop.com\"]", "", ""),
            ("{\"email\":\"ana@shop.com\",\"name\":\"Ana\"}", "", ""),
            ("Ana [ana@shop.com]", "", ""),
            ("ana@shop.com, ben@shop.com", "", ""),
            ("ana @shop.com", "", ""),
            ("ana%4shop.com", "", ""),
            ("@shop.com", "", ""),
        ],
    );
}

#[test]
fn two_zeros_behind_a_calling_code_are_no_number() {
    let form = normal_form(Name::Ph, "+49T00:00:00Z", &Assumptions::default());
    assert_eq!(form, Err(Unusable::NOT_A_PHONE));
}

#[test]
fn messy_phones() {
    check(
        Name::Ph,
        &[
            ("p:+4917112345678", "", "4917112345678"),
            ("'+49 171 1234567", "", "491711234567"),
            ("=+49 171 1234567", "", "491711234567"),
            ("\u{202a}+49 171 1234567\u{202c}", "", "491711234567"),
            ("(+49) 171-1234567", "", "491711234567"),
            ("+49-(0)-171/1234567", "", "491711234567"),
            ("0049 (0)171 1234567", "", "491711234567"),
            ("00 49 171 1234567", "", "491711234567"),
            ("4901711234567", "", "491711234567"),
            ("16505551212.0", "", "16505551212"),
            ("491711234567.0", "", "491711234567"),
            ("4.91711E+11", "", ""),
            ("3.1612345678E+10", "", "31612345678"),
            ("1-800-FLOWERS", "", ""),
            ("+1 (650) 555-1212 x123", "", "16505551212"),
            ("650.555.1212 #9", "us", "16505551212"),
            ("１６５０５５５１２１２", "", "16505551212"),
            ("1234567890", "us", ""),
            ("+1 234 567", "", ""),
            ("8 (912) 345-67-89", "ru", "79123456789"),
            ("06 20 123 4567", "hu", "36201234567"),
            ("0151 23456789", "us", ""),
            ("0171 1234567 / 0172 1234567", "de", ""),
        ],
    );
}

#[test]
fn messy_names_and_genders() {
    check(
        Name::Fn,
        &[
            ("Jose\u{301}", "", "josé"),
            ("Anne-Marie", "", "annemarie"),
            ("Müller, Dr.", "", "müllerdr"),
            ("Ａｎａ", "", "ana"),
            ("İlker", "", "i\u{307}lker"),
            ("정", "", "정"),
        ],
    );
    check(
        Name::Ge,
        &[("\"Female\"", "", "f"), ("Herr", "", "m"), ("F.", "", "f")],
    );
    check(
        Name::Dobm,
        &[("+7", "", ""), ("007", "", ""), ("٧", "", "07")],
    );
}

#[test]
fn messy_places() {
    check(
        Name::Ct,
        &[
            ("New York, NY", "", "newyork"),
            ("Paris, FR", "", "paris"),
            ("paris, fr", "fr", "paris"),
            ("Berlin, Germany", "", "berlin"),
            ("Berlin (Germany)", "de", "berlin"),
            ("Portland, OR, USA", "us", "portland"),
            ("Atlanta, Georgia", "us", "atlanta"),
            ("Singapore, Singapore", "", "singapore"),
            ("Washington, D.C.", "us", "washington"),
            ("Washington D.C.", "us", "washingtondc"),
            ("Halle, Saale", "de", "hallesaale"),
            ("Berlin,", "de", "berlin"),
            ("Frankfurt (Main)", "", "frankfurtmain"),
            ("São Paulo", "", "sãopaulo"),
            ("St. John’s", "", "stjohns"),
            ("29 Palms", "", "palms"),
        ],
    );
    check(
        Name::St,
        &[
            ("Uşak", "", "uşak"),
            ("Usak", "", "usak"),
            ("CA-ON", "", "on"),
            ("N.Y.", "", "ny"),
            ("Ontario, CA", "ca", "on"),
            ("Ontario, Canada", "", "on"),
            ("Georgia, USA", "", "ga"),
            ("Florida, Uruguay", "", "florida"),
            ("Bayern (Deutschland)", "", "bayern"),
            ("Washington, D.C.", "", "dc"),
            ("Florida", "", "florida"),
            ("Florida", "us", "fl"),
            ("Florida", "uy", "florida"),
            ("13", "", ""),
        ],
    );
    check(
        Name::Country,
        &[
            ("U.S.", "", "us"),
            ("u.k.", "", "gb"),
            ("US!", "", "us"),
            ("DEU", "", "de"),
            ("The Netherlands", "", "nl"),
            ("United States of America", "", "us"),
            ("United States (US)", "", "us"),
            ("Korea, Republic of", "", "kr"),
            ("Côte d'Ivoire", "", "ci"),
            ("Great Britain", "", "gb"),
            ("England", "", "gb"),
            ("🇺🇸", "", "us"),
            ("840", "", "us"),
            ("+49", "", "de"),
            ("+1", "", ""),
            ("49", "", "de"),
            ("1", "", ""),
            ("8", "", ""),
            // Austria without its zero, or the calling code of Romania.
            ("40", "", ""),
            ("380", "", "it"),
            ("de-DE", "", "de"),
            ("en_US", "", "us"),
            ("zh-Hans-CN", "", "cn"),
            ("en-UK", "", "gb"),
            ("US-CA", "", "us"),
            ("us-ca", "", ""),
            ("US/CA", "", ""),
            ("de-DE-x", "", ""),
            ("Ireland, Republic of", "", "ie"),
            ("Iran, Islamic Republic of", "", "ir"),
            ("Congo, Democratic Republic of the", "", "cd"),
            ("Virgin Islands, British", "", "vg"),
            ("China, Republic of", "", ""),
            ("Berlin, Republic of", "", ""),
            ("Atlantis", "", ""),
        ],
    );
    check(
        Name::Zp,
        &[
            ("98 121-9431", "", "98121"),
            ("12345.0", "", "12345"),
            ("〒100-0001", "", "1000001"),
            ("１００－０００１", "", "1000001"),
            ("EC1A 1BB", "gb", "ec1a1bb"),
            ("K1A 0B6", "ca", "k1a0b6"),
            ("VLT-1117", "", "vlt1117"),
            ("00-950", "pl", "00950"),
            ("501", "us", "00501"),
            ("Hamburg", "", ""),
            ("20095 Hamburg Altstadt", "", "20095"),
            ("75012 Paris", "", "75012"),
            ("75012, Paris, France", "fr", "75012"),
            ("Paris 75012", "", "75012"),
            ("20095 St. Georg", "", "20095"),
            ("101 Reykjavik", "is", "101"),
            ("Dublin 12", "ie", "dublin12"),
            ("8010 Graz", "at", "8010"),
            ("9434 Au", "ch", "9434"),
            ("1012 AB", "", "1012ab"),
            ("1012 AB", "nl", "1012ab"),
            ("1012 AB Amsterdam", "", "1012ab"),
            ("W1A 1AA Hull", "", "w1a1aa"),
            ("D02 X285", "ie", "d02x285"),
            ("A65 F4E2", "ie", "a65f4e2"),
            ("C1425 CLA", "ar", "c1425cla"),
            ("FIQQ 1ZZ", "fk", "fiqq1zz"),
            ("VLT 1117", "mt", "vlt1117"),
            ("AZ 1000", "az", "az1000"),
            ("CA 94103", "us", "94103"),
            ("94103 CA", "us", "94103"),
            ("75570 Paris Cedex 12", "fr", ""),
            ("12", "us", ""),
        ],
    );
}

#[test]
fn messy_dates() {
    check(
        Name::Db,
        &[
            ("16021997", "", "19970216"),
            ("02161997", "", "19970216"),
            ("19021990", "", "19900219"),
            ("02031990", "", ""),
            ("1997/2/16", "", "19970216"),
            ("1997.02.16", "", "19970216"),
            ("19970216.0", "", "19970216"),
            ("16. März 1997", "", "19970316"),
            ("16 de febrero de 1997", "", "19970216"),
            ("16 juillet 1997", "", "19970716"),
            ("16th of February 1997", "", "19970216"),
            ("Sun Feb 16 1997 00:00:00 GMT+0000 (UTC)", "", "19970216"),
            ("1997-Feb-16", "", "19970216"),
            ("1997-02-16T23:00:00.000Z", "", ""),
            ("1997-02-16T05:00:00.000Z", "", "19970216"),
            ("1997-02-16 12:30", "", "19970216"),
            ("１９９７年２月１６日", "", ""),
            ("1997-02", "", ""),
            ("856051200", "", ""),
            ("0", "", ""),
        ],
    );
}

#[test]
fn what_the_builder_makes_of_an_open_date_is_accepted() {
    let assume = Assumptions::default();
    assert_eq!(
        accepted_forms(Name::Db, "02-03-1990", &assume),
        ["19900203"]
    );
    assert!(accepted_forms(Name::Db, "16.02.1997", &assume).is_empty());
}

mod laws {
    use proptest::prelude::*;

    use super::*;
    use crate::values::name::Hashing;

    fn hashed() -> impl Iterator<Item = Name> {
        let all = Name::ALL.iter().copied();
        all.filter(|name| matches!(name.hashing(), Some(Hashing::Required | Hashing::Optional)))
    }

    fn assumptions() -> impl Strategy<Value = Assumptions> {
        const COUNTRIES: [&str; 10] = ["us", "ca", "gb", "de", "it", "ru", "hu", "br", "jp", "xx"];
        proptest::option::of(proptest::sample::select(&COUNTRIES[..])).prop_map(|country| {
            Assumptions {
                country: country.map(str::to_owned),
                zone: None,
            }
        })
    }

    /// Any text, and texts out of the pieces that forms treat specially.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = [
            "a",
            "B",
            "é",
            "e\u{301}",
            "İ",
            "ß",
            "Σ",
            "東",
            "٣",
            "９",
            "0",
            "1",
            "7",
            "49",
            "16505551212",
            "1997",
            "02",
            "Feb",
            " ",
            "-",
            ".",
            ",",
            ":",
            "/",
            "(",
            ")",
            "<",
            ">",
            "'",
            "\"",
            "@",
            "+",
            "%40",
            "&#64;",
            "mailto:",
            "x12",
            "\u{200d}",
            "\u{feff}",
            "\0",
            "US",
            "us-ca",
            "California",
            "Germany",
            "🇺🇸",
            "female",
            "NY",
            ".com",
            ".0",
            "E+11",
            "T00:00:00Z",
            "YW5hQHNob3AuY29t",
        ];
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..8)
                .prop_map(|pieces| pieces.concat()),
            "[0-9+() ./-]{0,20}",
            "[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}",
            "[a-zA-Z0-9._%+-]{1,12}@[a-zA-Z0-9.-]{1,12}\\.[a-zA-Z]{1,4}",
            "[A-Z]{1,2}[0-9]{1,2} ?[0-9][A-Z]{2}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_normal_form_is_its_own_normal_form(text in texts(), assume in assumptions()) {
            for name in hashed() {
                if let Ok(form) = normal_form(name, &text, &assume) {
                    prop_assert!(!form.is_empty());
                    // Without its plus, a number may read as one inside a country.
                    let again = match name {
                        Name::Ph => format!("+{form}"),
                        _ => form.clone(),
                    };
                    let again = normal_form(name, &again, &assume);
                    prop_assert_eq!(again, Ok(form), "{} of {:?}", name, text);
                }
            }
        }

        #[test]
        fn accepted_forms_are_other_forms(text in texts(), assume in assumptions()) {
            for name in hashed() {
                let normal = normal_form(name, &text, &assume);
                let mut accepted = accepted_forms(name, &text, &assume);
                prop_assert!(accepted.iter().all(|form| !form.is_empty()));
                if let Ok(normal) = normal {
                    prop_assert!(!accepted.contains(&normal));
                }
                let count = accepted.len();
                accepted.sort();
                accepted.dedup();
                prop_assert_eq!(accepted.len(), count);
            }
        }

        /// What the sources are known to do with simple texts, written anew.
        #[test]
        fn the_forms_of_sdks_and_builder_are_accepted(text in "[A-Za-zÀ-ÿ0-9 '.()-]{1,14}") {
            // What Python prints of bytes is no text that an SDK is meant to get.
            prop_assume!(!text.trim().to_lowercase().starts_with("b'"));
            let assume = Assumptions::default();
            let lower = text.trim().to_lowercase();
            let all = |name| {
                let mut all = accepted_forms(name, &text, &assume);
                all.extend(normal_form(name, &text, &assume));
                all.push(String::new());
                all
            };
            let sdk_place: String = lower
                .chars()
                .filter(|c| !c.is_whitespace() && !"0123456789.-()".contains(*c))
                .collect();
            for name in [Name::Fn, Name::Ln] {
                prop_assert!(all(name).contains(&lower));
                let builder = lower.replace(|c: char| c.is_whitespace() || c.is_ascii_punctuation(), "");
                prop_assert!(all(name).contains(&builder));
            }
            for name in [Name::Ct, Name::St] {
                prop_assert!(all(name).contains(&sdk_place));
            }
            let builder: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
            prop_assert!(all(Name::Ct).contains(&builder));
            let before_dash = lower.split('-').next().unwrap_or_default();
            for form in [before_dash.trim().to_owned(), before_dash.replace(' ', "")] {
                prop_assert!(form.chars().count() < 2 || all(Name::Zp).contains(&form));
            }
            let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(all(Name::Ph).contains(&digits));
            prop_assert!(all(Name::Ph).contains(&digits.trim_start_matches('0').to_owned()));
        }

        #[test]
        fn nobody_was_born_in_a_year_to_come(years in 1u32..1000, m in 1u32..13, d in 1u32..29) {
            let y = birth::last_year() + years;
            let assume = Assumptions::default();
            for text in [format!("{y:04}{m:02}{d:02}"), format!("{y}-{m:02}-{d:02}")] {
                prop_assert!(normal_form(Name::Db, &text, &assume).is_err());
            }
            prop_assert!(normal_form(Name::Doby, &y.to_string(), &assume).is_err());
        }

        #[test]
        fn a_real_date_has_one_form(y in 1900..=birth::last_year(), m in 1u32..13, d in 1u32..29) {
            let assume = Assumptions::default();
            let form = format!("{y:04}{m:02}{d:02}");
            for text in [
                form.clone(),
                format!("{y}-{m:02}-{d:02}"),
                format!("{y}/{m}/{d}"),
                format!("{y:04}-{m:02}-{d:02}T00:00:00.000Z"),
            ] {
                prop_assert_eq!(normal_form(Name::Db, &text, &assume), Ok(form.clone()));
            }
            let swapped = [format!("{d:02}.{m:02}.{y}"), format!("{m}/{d}/{y}"), format!("{d:02}{m:02}{y}")];
            for text in swapped {
                match normal_form(Name::Db, &text, &assume) {
                    Ok(found) => prop_assert_eq!(&found, &form),
                    Err(why) => {
                        prop_assert_eq!(why, Unusable::TWO_READINGS);
                        prop_assert!(d <= 12 && d != m);
                    }
                }
            }
        }
    }
}
