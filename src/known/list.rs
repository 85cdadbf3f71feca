//! Reading a list of customers.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read};

use crate::values::name::Name;

/// A line or record of the list that is longer is none.
const LONGEST_LINE: u64 = 1 << 20;
/// Names of keys that stand for nobody's value are told apart up to so many.
const MOST_OTHER: usize = 1_000;

/// One record of a list.
pub(super) type Row = Vec<(Name, String)>;

/// Words that shops put in front of what a column is.
const WHOSE: [&str; 9] = [
    "customer", "billing", "shipping", "default", "address", "primary", "contact", "home", "work",
];

/// The key of user_data that a column of a list stands for.
fn column(header: &str) -> Option<Name> {
    let plain: String = header
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let mut word = plain.as_str();
    loop {
        if let Some(name) = named(word) {
            return Some(name);
        }
        word = WHOSE.iter().find_map(|whose| word.strip_prefix(whose))?;
    }
}

fn named(word: &str) -> Option<Name> {
    Some(match word {
        "em" | "email" | "mail" | "emailaddress" => Name::Em,
        "ph" | "phone" | "phonenumber" | "mobile" | "mobilenumber" | "mobilephone"
        | "mobilephonenumber" | "telephone" | "telephonenumber" | "tel" | "telefon" | "handy" => {
            Name::Ph
        }
        "fn" | "firstname" | "givenname" | "forename" | "vorname" => Name::Fn,
        "ln" | "lastname" | "surname" | "familyname" | "nachname" => Name::Ln,
        "db" | "dob" | "dateofbirth" | "birthday" | "birthdate" | "geburtsdatum" => Name::Db,
        "ge" | "gender" | "sex" | "geschlecht" => Name::Ge,
        "ct" | "city" | "town" | "stadt" => Name::Ct,
        "st" | "state" | "province" | "region" | "statecode" | "provincecode" | "regioncode" => {
            Name::St
        }
        "zp" | "zip" | "zipcode" | "postcode" | "postalcode" | "plz" => Name::Zp,
        "country" | "countrycode" | "land" => Name::Country,
        "externalid" | "customerid" | "userid" | "memberid" => Name::ExternalId,
        _ => return None,
    })
}

/// Reads a list: CSV with a line of headers (comma, semicolon or tab), or one JSON object a line.
/// Gives how many columns, or keys of the objects, stand for nothing. The message of an error holds no
/// value.
pub(super) fn rows(source: impl Read, each: impl FnMut(Row)) -> io::Result<u64> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    // What is unpacked comes in pieces of any size.
    let mut head = Vec::new();
    let line = |source: &mut BufReader<_>, head: &mut Vec<u8>| {
        head.clear();
        source.take(LONGEST_LINE).read_until(b'\n', head)
    };
    line(&mut source, &mut head)?;
    let first = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    // Excel's word for what stands between the cells.
    let told = match first.trim_ascii_end() {
        [b's', b'e', b'p', b'=', sign] => Some(*sign),
        _ => None,
    };
    if told.is_some() {
        line(&mut source, &mut head)?;
    }
    let first = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let kind = first.trim_ascii_start().first().copied();
    let most = [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|sign| first.iter().filter(|byte| *byte == sign).count());
    let sign = told.or(most).unwrap_or(b',');
    let is_empty = head.is_empty();
    let source = io::Cursor::new(head).chain(source);
    match kind {
        _ if is_empty => Err(invalid("it is empty".to_owned())),
        Some(b'{') => objects(source, each),
        Some(b'[') => {
            let what = "it is a JSON array: give one object a line, as `jq -c '.[]'` writes them";
            Err(invalid(what.to_owned()))
        }
        _ => table(source, sign, each),
    }
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

const NO_COLUMN: &str =
    "no column is called em, ph, fn, ln, db, ge, ct, st, zp, country or external_id";

/// Reads one JSON object a line.
fn objects(mut source: impl BufRead, mut each: impl FnMut(Row)) -> io::Result<u64> {
    let (mut line, mut number) = (Vec::new(), 0u64);
    let mut others: HashSet<String> = HashSet::new();
    loop {
        line.clear();
        let read = source.by_ref().take(LONGEST_LINE);
        if { read }.read_until(b'\n', &mut line)? == 0 {
            return Ok(others.len() as u64);
        }
        number += 1;
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if text.trim_ascii().is_empty() {
            continue;
        }
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text)
            .map_err(|_| invalid(format!("line {number} is no JSON object")))?;
        let mut row = Row::new();
        for (key, value) in &object {
            let Some(name) = column(key) else {
                if others.len() < MOST_OTHER && !others.contains(key) {
                    others.insert(key.clone());
                }
                continue;
            };
            let mut take = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => row.push((name, text.clone())),
                serde_json::Value::Number(number) => row.push((name, number.to_string())),
                _ => {}
            };
            match value {
                serde_json::Value::Array(list) => list.iter().for_each(&mut take),
                one => take(one),
            }
        }
        each(row);
    }
}

/// What is read behind a table: a cell that holds it too was never closed.
const END: &[u8] = b"\n\x1eend of the table\x1e\n";

/// Reads a table whose cells are divided by `sign`.
fn table(source: impl Read, sign: u8, mut each: impl FnMut(Row)) -> io::Result<u64> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(sign)
        .flexible(true)
        .from_reader(source.chain(END));
    let headers = reader
        .byte_headers()
        .map_err(|_| invalid("it is neither CSV nor JSON lines".to_owned()))?;
    let columns: Vec<Option<Name>> = headers
        .iter()
        .map(|header| column(&String::from_utf8_lossy(header)))
        .collect();
    let others = columns.iter().filter(|column| column.is_none()).count();
    if others == columns.len() {
        return Err(invalid(NO_COLUMN.to_owned()));
    }
    let mut record = csv::ByteRecord::new();
    loop {
        let more = reader.read_byte_record(&mut record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            invalid(format!("line {line} is no CSV"))
        })?;
        if !more || record.as_slice() == END.trim_ascii() {
            return Ok(others as u64);
        }
        if record.as_slice().ends_with(END) {
            let line = record.position().map_or(0, csv::Position::line);
            let what = "a quote in it is never closed, and what follows cannot be read";
            return Err(invalid(format!("line {line}: {what}")));
        }
        let row = record.iter().zip(&columns).filter_map(|(field, column)| {
            Some(((*column)?, std::str::from_utf8(field).ok()?.to_owned()))
        });
        each(row.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_is_told_with_its_line() {
        let good = "em,fn\na@b.de,\"Ana\nMaria\"\n";
        assert_eq!(read(good).unwrap().1.len(), 1);
        assert_eq!(read(good.trim_end()).unwrap().1.len(), 1);
        let error = read(&format!("{good}\"c@d.de,x\ne@f.de,y\n")).unwrap_err();
        assert!(error.to_string().contains("line 4"), "{error}");
    }

    fn read(text: &str) -> io::Result<(u64, Vec<Row>)> {
        let mut rows_read = Vec::new();
        let others = rows(text.as_bytes(), |row| rows_read.push(row))?;
        Ok((others, rows_read))
    }

    #[test]
    fn columns_are_known_as_shops_call_them() {
        for (header, name) in [
            ("E-Mail", Name::Em),
            ("Customer Email", Name::Em),
            ("Billing Phone", Name::Ph),
            ("Mobile Phone Number", Name::Ph),
            ("Telefon", Name::Ph),
            ("Default Address Zip", Name::Zp),
            ("Default Address Country Code", Name::Country),
            ("shipping_city", Name::Ct),
            ("Customer ID", Name::ExternalId),
        ] {
            assert_eq!(column(header), Some(name), "{header}");
        }
        for header in [
            "Customer",
            "Address",
            "Company",
            "Total Spent",
            "Accepts Email Marketing",
        ] {
            assert_eq!(column(header), None, "{header}");
        }
    }

    #[test]
    fn what_is_not_used_is_counted() {
        let row = vec![(Name::Em, "a@b.example".to_owned())];
        for text in [
            "em,Company,Notes\na@b.example,x,y\n",
            "\u{feff}sep=;\r\nem;Company;Notes\r\na@b.example;x;y\r\n",
            "{\"em\":\"a@b.example\",\"Company\":\"x\"}\n{\"em\":\"a@b.example\",\"Notes\":\"y\"}\n",
        ] {
            let (others, rows) = read(text).unwrap();
            assert_eq!(others, 2, "{text}");
            assert!(rows.iter().all(|one| *one == row), "{text}");
        }
    }

    #[test]
    fn faults_say_what_to_do() {
        for (text, says) in [
            ("", "it is empty"),
            ("[{\"em\":\"a@b.example\"}]", "one object a line"),
            ("a@b.example\n", "no column is called"),
            ("{\"em\":1}\nem\n", "line 2"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("b.example"), "{error}");
        }
    }
}
