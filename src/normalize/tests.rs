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
