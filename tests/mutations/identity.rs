//! Faults in the identity of the customer: hashed keys and external_id.

use serde_json::{Value, json};

use crate::corpus::*;
use crate::{Mutation, Then::*, event};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Writes the first digest of `key`, taken without an appendix, in another notation.
fn dress(event: &mut Value, key: &str, make: impl Fn(&str) -> Value) -> Option<()> {
    let digest = first(event, key)?;
    if !capilint::digest::is_digest(&digest) || digest.len() != 64 {
        return None;
    }
    put(event, key, make(&digest))
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).expect("hex")
}

/// Gives a key of user_data another name.
fn rename(event: &mut Value, key: &str, new: &str) -> Option<()> {
    let user = user(event)?;
    if user.len() < 3 {
        return None;
    }
    let value = user.remove(key)?;
    user.insert(new.into(), value);
    Some(())
}

/// Puts a value into a free key of user_data in which it means nothing.
fn is_us(e: &mut Value) -> Option<()> {
    (plain(e, "country")? == "us").then_some(())
}

pub fn table() -> Vec<Mutation> {
    vec![
        // CL101
        event("unhashed-pii", "an e-mail as typed", Back, |e| {
            replace(e, "em", |plain| Some(format!(" {} ", title(plain))))
        }),
        event("unhashed-pii", "an e-mail in the right form", Back, |e| {
            replace(e, "em", |plain| Some(plain.into()))
        }),
        event("unhashed-pii", "a phone with plus", Back, |e| {
            replace(e, "ph", |plain| Some(format!("+{plain}")))
        }),
        event("unhashed-pii", "a surname", Back, |e| {
            replace(e, "ln", |plain| Some(title(plain)))
        }),
        event("unhashed-pii", "a first name in capitals", Back, |e| {
            replace(e, "fn", |plain| Some(plain.to_uppercase()))
        }),
        event("unhashed-pii", "a country code", Back, |e| {
            replace(e, "country", |plain| Some(plain.to_uppercase()))
        }),
        event("unhashed-pii", "the word of a gender", Back, |e| {
            replace(e, "ge", |plain| {
                Some(if plain == "f" { "Female" } else { "Male" }.into())
            })
        }),
        event("unhashed-pii", "an ISO date of birth", Back, |e| {
            replace(e, "db", |plain| {
                Some(format!("{}-{}-{}", &plain[..4], &plain[4..6], &plain[6..]))
            })
        }),
        event("unhashed-pii", "a city", Back, |e| {
            replace(e, "ct", |plain| Some(title(plain)))
        }),
        event("unhashed-pii", "a postcode of digits", Back, |e| {
            is_us(e)?;
            replace(e, "zp", |plain| Some(plain.into()))
        }),
        // CL102
        event("hash-of-empty", "of nothing", Back, |e| {
            push(e, "ph", EMPTY)
        }),
        event("hash-of-empty", "of a blank", Back, |e| {
            push(e, "zp", hash(" "))
        }),
        event("hash-of-empty", "of a line break", Back, |e| {
            push(e, "ct", hash("\n"))
        }),
        event("hash-of-empty", "of the digest of nothing", Back, |e| {
            push(e, "ln", hash(EMPTY))
        }),
        event("hash-of-empty", "in external_id", Back, |e| {
            push(e, "external_id", EMPTY)
        }),
        event("hash-of-empty", "with an appendix", Back, |e| {
            push(e, "em", format!("{EMPTY}.AQYCAQIB"))
        }),
        // CL103
        event("hash-of-nullish", "of undefined", Back, |e| {
            push(e, "em", hash("undefined"))
        }),
        event("hash-of-nullish", "of None in ph", Back, |e| {
            push(e, "ph", hash("None"))
        }),
        event("hash-of-nullish", "of NULL in zp", Back, |e| {
            push(e, "zp", hash("NULL"))
        }),
        event("hash-of-nullish", "of an object", Back, |e| {
            push(e, "ct", hash("[object Object]"))
        }),
        event("hash-of-nullish", "of NaN in db", Back, |e| {
            push(e, "db", hash("NaN"))
        }),
        event("hash-of-nullish", "of N/A in st", Back, |e| {
            push(e, "st", hash("N/A"))
        }),
        event("hash-of-nullish", "of null in ln", BackUnsafe, |e| {
            push(e, "ln", hash("null"))
        }),
        event("hash-of-nullish", "of none in ct", BackUnsafe, |e| {
            push(e, "ct", hash("none"))
        }),
        // CL104
        event("hash-of-placeholder", "test@test.com", Back, |e| {
            push(e, "em", hash("test@test.com"))
        }),
        event("hash-of-placeholder", "a phone of zeros", Back, |e| {
            push(e, "ph", hash("0000000000"))
        }),
        event("hash-of-placeholder", "a sample of the guide", Back, |e| {
            push(
                e,
                "em",
                "7b17fb0bd173f625b58636fb796407c22b3d16fc78302d79f0fd30c2fc2fc068",
            )
        }),
        event(
            "hash-of-placeholder",
            "guest at the shop's host",
            BackUnsafe,
            |e| {
                let url = text(e, "/event_source_url")?;
                let host = url.strip_prefix("https://")?.split(['/', ':']).next()?;
                if !host.is_ascii() {
                    return None;
                }
                push(e, "em", hash(&format!("guest@{host}")))
            },
        ),
        // CL105
        event("double-hash", "of a country", Back, |e| {
            respell(e, "country", |plain| Some(hash(plain)))
        }),
        event("double-hash", "of a gender", Back, |e| {
            respell(e, "ge", |plain| Some(hash(plain)))
        }),
        event(
            "double-hash",
            "of the e-mail's digest beside it",
            Back,
            |e| {
                let digest = first(e, "em")?;
                let list = user(e)?.get_mut("em")?.as_array_mut()?;
                list.push(hash(split(&digest).0).into());
                Some(())
            },
        ),
        // CL106
        event("not-sha256", "MD5", Stays, |e| {
            push(e, "em", "9a0b3c5d7e1f2a4b6c8d0e2f4a6b8c1d")
        }),
        event("not-sha256", "SHA-1", Stays, |e| {
            push(e, "ph", &hash("a phone")[..40])
        }),
        event("not-sha256", "SHA-512", Stays, |e| {
            push(e, "em", format!("{}{}", hash("one"), hash("two")))
        }),
        event("not-sha256", "bcrypt", Stays, |e| {
            push(
                e,
                "em",
                "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            )
        }),
        // CL107
        event("truncated-hash", "two digits short", Stays, |e| {
            dress(e, "em", |hex| hex[..62].into())
        }),
        event("truncated-hash", "fifty digits", Stays, |e| {
            dress(e, "ph", |hex| hex[..50].into())
        }),
        event("truncated-hash", "two digits too many", Stays, |e| {
            dress(e, "ln", |hex| format!("{hex}00").into())
        }),
        event("truncated-hash", "an ellipsis", Stays, |e| {
            dress(e, "em", |hex| format!("{}…", &hex[..12]).into())
        })
        .also(&["lossy-capture"]),
        // CL108
        event("hash-encoding", "base64", Back, |e| {
            dress(e, "em", |hex| base64(&bytes(hex)).into())
        }),
        event("hash-encoding", "0x", Back, |e| {
            dress(e, "ph", |hex| format!("0x{hex}").into())
        }),
        event("hash-encoding", "sha256:", Back, |e| {
            dress(e, "em", |hex| format!("sha256:{hex}").into())
        }),
        event("hash-encoding", "quotes", Back, |e| {
            dress(e, "ln", |hex| format!("\"{hex}\"").into())
        }),
        event("hash-encoding", "white space", Back, |e| {
            dress(e, "fn", |hex| format!(" {hex}\n").into())
        }),
        event("hash-encoding", "dashes", Back, |e| {
            dress(e, "em", |hex| {
                let pairs: Vec<&str> = (0..32).map(|at| &hex[2 * at..2 * at + 2]).collect();
                pairs.join("-").into()
            })
        }),
        event("hash-encoding", "a Buffer of Node", Back, |e| {
            dress(e, "em", |hex| json!({"type": "Buffer", "data": bytes(hex)}))
        }),
        event("hash-encoding", "a list of bytes", Back, |e| {
            if !user(e)?.get("em")?.is_string() {
                return None;
            }
            dress(e, "em", |hex| json!(bytes(hex)))
        }),
        // CL109
        event("hash-uppercase", "all capitals", Back, |e| {
            let digest = first(e, "em")?;
            let (hex, appendix) = split(&digest);
            // An appendix of a version to come is left alone.
            let known = ["", ".AQ", ".Ag", ".Aw", ".BA", ".BQ", ".Bg"];
            let known = known.contains(&appendix) || appendix.starts_with(".AQ");
            (hex.len() == 64 && known).then_some(())?;
            put(e, "em", format!("{}{appendix}", hex.to_ascii_uppercase()))
        }),
        event("hash-uppercase", "mixed", Back, |e| {
            dress(e, "ph", |hex| {
                let (a, b) = hex.split_at(32);
                let mixed = format!("{}{b}", a.to_ascii_uppercase());
                mixed.into()
            })
        }),
        // CL110
        event("encoded-pii", "an e-mail in base64", Back, |e| {
            replace(e, "em", |plain| Some(base64(plain.as_bytes())))
        }),
        event("encoded-pii", "an e-mail in hex", Back, |e| {
            replace(e, "em", |plain| Some(hex::encode(plain)))
        }),
        event("encoded-pii", "a phone in base64", Back, |e| {
            replace(e, "ph", |plain| Some(base64(plain.as_bytes())))
        }),
        // CL111
        event("hash-of-wrong-case", "a country in capitals", Back, |e| {
            respell(e, "country", |plain| Some(plain.to_uppercase()))
        }),
        event("hash-of-wrong-case", "a gender in capitals", Back, |e| {
            respell(e, "ge", |plain| Some(plain.to_uppercase()))
        }),
        event("hash-of-wrong-case", "a state in capitals", Back, |e| {
            is_us(e)?;
            respell(e, "st", |plain| Some(plain.to_uppercase()))
        }),
        event("hash-of-wrong-case", "a first name as written", Back, |e| {
            respell(e, "fn", |plain| {
                ["mary", "thomas"].contains(&plain).then(|| title(plain))
            })
        }),
        // CL112
        event("hash-of-wrong-form", "a state's name", Back, |e| {
            is_us(e)?;
            respell(e, "st", |plain| match plain {
                "ca" => Some("california".into()),
                "or" => Some("oregon".into()),
                "ny" => Some("new york".into()),
                _ => None,
            })
        }),
        event("hash-of-wrong-form", "a country's name", Back, |e| {
            respell(e, "country", |plain| match plain {
                "us" => Some("united states".into()),
                "de" => Some("germany".into()),
                "br" => Some("Brasil".into()),
                "fr" => Some("FRA".into()),
                _ => None,
            })
        })
        .also(&["hash-of-wrong-case"]),
        event("hash-of-wrong-form", "the word of a gender", Back, |e| {
            respell(e, "ge", |plain| {
                Some(if plain == "f" { "female" } else { "male" }.into())
            })
        }),
        event("hash-of-wrong-form", "an ISO date", Back, |e| {
            respell(e, "db", |plain| {
                Some(format!("{}-{}-{}", &plain[..4], &plain[4..6], &plain[6..]))
            })
        }),
        event("hash-of-wrong-form", "a line break behind", Back, |e| {
            respell(e, "country", |plain| Some(format!("{plain}\n")))
        }),
        event("hash-of-wrong-form", "quotes around", Back, |e| {
            respell(e, "country", |plain| Some(format!("\"{plain}\"")))
        }),
        event("hash-of-wrong-form", "UTF-16", Back, |e| {
            let country = plain(e, "country")?;
            let digest = first(e, "country")?;
            let wide: Vec<u8> = country.encode_utf16().flat_map(u16::to_le_bytes).collect();
            put(
                e,
                "country",
                format!("{}{}", hash_bytes(&wide), split(&digest).1),
            )
        }),
        event("hash-of-wrong-form", "a ZIP without its zero", Back, |e| {
            is_us(e)?;
            respell(e, "zp", |plain| plain.strip_prefix('0').map(str::to_owned))
        }),
        event("hash-of-wrong-form", "a ZIP as a float", Back, |e| {
            is_us(e)?;
            respell(e, "zp", |plain| Some(format!("{plain}.0")))
        }),
        // CL113
        event("hash-in-wrong-key", "a ZIP in ct", Back, |e| {
            is_us(e)?;
            plain(e, "zp")?;
            let user = user(e)?;
            // A list comes back as its one element.
            if user.contains_key("ct") || !user.get("zp")?.is_string() {
                return None;
            }
            let zip = user.remove("zp")?;
            user.insert("ct".into(), zip);
            Some(())
        }),
        // CL114
        event("same-hash-in-two-keys", "em in ph", BackUnsafe, |e| {
            let digest = first(e, "em")?;
            add(e, "ph", digest)
        }),
        event("same-hash-in-two-keys", "ph in zp", BackUnsafe, |e| {
            let digest = first(e, "ph")?;
            add(e, "zp", digest)
        }),
        // CL116
        event("null-identifier", "null", Back, |e| {
            push(e, "ph", Value::Null)
        }),
        event("null-identifier", "an empty text", Back, |e| {
            push(e, "em", "")
        }),
        event("null-identifier", "an empty list", Back, |e| {
            add(e, "ln", json!([]))
        }),
        event("null-identifier", "a list of null", Back, |e| {
            add(e, "zp", json!([null]))
        }),
        event("null-identifier", "the word undefined", Back, |e| {
            push(e, "external_id", "undefined")
        }),
        event("null-identifier", "a value twice", Back, |e| {
            let digest = first(e, "em")?;
            user(e)?.get_mut("em")?.as_array_mut()?.push(digest.into());
            Some(())
        }),
        event("null-identifier", "fbc null", Back, |e| {
            add(e, "fbc", Value::Null)
        }),
        // CL117
        event("template-residue", "braces in em", Back, |e| {
            push(e, "em", "{{ customer.email }}")
        }),
        event("template-residue", "dollar in ph", Back, |e| {
            push(e, "ph", "${phone}")
        }),
        event("template-residue", "per cent signs in fn", Back, |e| {
            push(e, "fn", "%FIRSTNAME%")
        }),
        event("template-residue", "a formula's error in zp", Back, |e| {
            push(e, "zp", "#N/A")
        }),
        event("template-residue", "not set in ct", Back, |e| {
            push(e, "ct", "(not set)")
        }),
        event("template-residue", "brackets in external_id", Back, |e| {
            push(e, "external_id", "[[customer_id]]")
        }),
        // CL118
        event("unknown-user-data-key", "email", Back, |e| {
            on_web(e)?;
            rename(e, "em", "email")
        }),
        event("unknown-user-data-key", "phone_number", Back, |e| {
            rename(e, "ph", "phone_number")
        })
        .also(&["insufficient-user-data"]),
        event("unknown-user-data-key", "ip_address", Back, |e| {
            rename(e, "client_ip_address", "ip_address")
        })
        .also(&["insufficient-user-data"]),
        event("unknown-user-data-key", "clientUserAgent", Back, |e| {
            rename(e, "client_user_agent", "clientUserAgent")
        })
        .also(&["website-without-user-agent"]),
        event("unknown-user-data-key", "_fbp", Back, |e| {
            rename(e, "fbp", "_fbp")
        }),
        event("unknown-user-data-key", "zip", Back, |e| {
            rename(e, "zp", "zip")
        }),
        event("unknown-user-data-key", "firstName", Back, |e| {
            rename(e, "fn", "firstName")
        }),
        // CL119
        event(
            "phone-without-country-code",
            "a national number in Britain",
            BackUnsafe,
            |e| {
                (plain(e, "country")? == "gb").then_some(())?;
                replace(e, "ph", |plain| {
                    plain.strip_prefix("44").map(|rest| format!("0{rest}"))
                })
            },
        )
        .also(&["unhashed-pii"]),
        event(
            "phone-without-country-code",
            "a national number in the USA",
            BackUnsafe,
            |e| {
                is_us(e)?;
                replace(e, "ph", |plain| {
                    let rest = plain.strip_prefix('1')?;
                    Some(format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..]))
                })
            },
        )
        .also(&["unhashed-pii"]),
        // CL120
        event("unusable-plain-value", "no address", Back, |e| {
            push(e, "em", "call customer first")
        })
        .also(&["unhashed-pii"]),
        event(
            "unusable-plain-value",
            "a phone of three digits",
            Back,
            |e| push(e, "ph", "123"),
        )
        .also(&["unhashed-pii"]),
        event("unusable-plain-value", "a day that never was", Back, |e| {
            push(e, "db", "1997-02-31")
        })
        .also(&["unhashed-pii"]),
        // CL121
        event("external-id-not-a-person", "the address", BackUnsafe, |e| {
            let ip = text(e, "/user_data/client_ip_address")?;
            (!ip.contains(".A") && !ip.contains(".B")).then_some(())?;
            add(e, "external_id", ip)
        }),
        event(
            "external-id-not-a-person",
            "the event_id",
            BackUnsafe,
            |e| {
                // Of other events a person may have but one.
                (named(e, "Purchase")
                    .or(named(e, "PageView"))
                    .or(named(e, "AddToCart")))?;
                let id = text(e, "/event_id")?;
                add(e, "external_id", id)
            },
        ),
        event("external-id-not-a-person", "the order", BackUnsafe, |e| {
            let id = text(e, "/custom_data/order_id")?;
            add(e, "external_id", id)
        }),
        event("external-id-not-a-person", "zero", BackUnsafe, |e| {
            add(e, "external_id", "0")
        }),
        // CL125
        event("default-birth-date", "1970-01-01", BackUnsafe, |e| {
            push(e, "db", hash("19700101"))
        }),
        event("default-birth-date", "1900-01-01", BackUnsafe, |e| {
            push(e, "db", hash("19000101"))
        }),
        // CL126
        event("insufficient-user-data", "nothing", Stays, |e| {
            e["user_data"] = json!({});
            Some(())
        })
        .also(&[
            "website-without-user-agent",
            "messaging-event-incomplete",
            "crm-event-incomplete",
            "app-event-incomplete",
            "data-processing-options",
            "click-id-not-sent",
        ]),
        event("insufficient-user-data", "a country alone", Stays, |e| {
            e["user_data"] = json!({ "country": hash("de") });
            Some(())
        })
        .also(&[
            "website-without-user-agent",
            "messaging-event-incomplete",
            "crm-event-incomplete",
            "app-event-incomplete",
            "data-processing-options",
            "click-id-not-sent",
        ]),
        event("insufficient-user-data", "the agent alone", Stays, |e| {
            from(e, "website")?;
            let agent = text(e, "/user_data/client_user_agent")?;
            e["user_data"] = json!({ "client_user_agent": agent });
            Some(())
        })
        .also(&["data-processing-options", "click-id-not-sent"]),
        event(
            "insufficient-user-data",
            "first name and gender",
            Stays,
            |e| {
                (from(e, "email").or(from(e, "phone_call"))).or(from(e, "other"))?;
                e["user_data"] = json!({ "fn": hash("mary"), "ge": hash("f") });
                Some(())
            },
        ),
    ]
}
