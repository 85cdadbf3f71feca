//! Placeholder addresses that a shop makes out of its own domain: `guest@`, `noreply@`, `test@` at
//! the host of the page or at a domain above it.

use std::cell::RefCell;

use super::{Digest, digest_of, sha256};

/// Local parts that no customer has. `info`, `sales` and `admin` are the shop's own people, who buy
/// there too.
const LOCALS: [&str; 44] = [
    "guest",
    "guests",
    "guestuser",
    "guest.user",
    "guest-user",
    "guestcheckout",
    "guest-checkout",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "noemail",
    "no-email",
    "no_email",
    "no.email",
    "nomail",
    "no-mail",
    "none",
    "null",
    "undefined",
    "nan",
    "unknown",
    "anonymous",
    "anonym",
    "anon",
    "nobody",
    "noone",
    "na",
    "test",
    "tester",
    "testing",
    "test123",
    "testuser",
    "dummy",
    "fake",
    "placeholder",
    "example",
    "pos",
    "walkin",
    "walk-in",
    "walkincustomer",
    "notprovided",
    "not-provided",
];

/// Hosts that a thread remembers.
const MOST_HOSTS: usize = 32;

/// A host and the digests of the placeholder addresses at it.
struct Host {
    /// Scheme and name, as in `https://shop.example`.
    origin: String,
    /// A bit for the first 12 bits of each digest.
    bits: [u64; 64],
    /// Sorted.
    digests: Vec<Digest>,
}

/// The hosts of the last events.
struct Hosts {
    list: Vec<Host>,
    /// That of the event before: nearly always this one's too.
    last: usize,
    /// Which to forget next.
    oldest: usize,
}

thread_local! {
    static HOSTS: RefCell<Hosts> = const {
        RefCell::new(Hosts {
            list: Vec::new(),
            last: 0,
            oldest: 0,
        })
    };
}

/// Whether a digest is that of a placeholder address at the host of `url` or at a domain above it,
/// also in capitals or with a line break.
pub fn is_placeholder(url: &str, digest: &Digest) -> bool {
    HOSTS.with_borrow_mut(|hosts| {
        let Hosts { list, last, oldest } = hosts;
        if !list.get(*last).is_some_and(|host| host.is_of(url)) {
            *last = match list.iter().position(|known| known.is_of(url)) {
                Some(at) => at,
                None => {
                    let Some((origin, host)) = host_of(url) else {
                        return false;
                    };
                    let host = Host::new(origin, host);
                    if list.len() < MOST_HOSTS {
                        list.push(host);
                        list.len() - 1
                    } else {
                        *oldest = (*oldest + 1) % MOST_HOSTS;
                        list[*oldest] = host;
                        *oldest
                    }
                }
            };
        }
        list[*last].has(digest)
    })
}

impl Host {
    fn new(origin: &str, name: &str) -> Host {
        let lower = name.to_ascii_lowercase();
        let mut digests = Vec::with_capacity(LOCALS.len() * 10);
        let mut domain = &*lower;
        // The domain that the shop registered is among those with two labels or more; an address
        // at `co.uk` is nobody's either.
        while let Some((_, above)) = domain.split_once('.') {
            for local in LOCALS {
                let mut email = format!("{local}@{domain}");
                let digest = sha256(email.as_bytes());
                let twice = sha256(hex::encode(digest).as_bytes());
                email.push('\n');
                let broken = sha256(email.as_bytes());
                email.make_ascii_uppercase();
                let upper = sha256(email.trim_end().as_bytes());
                email[1..].make_ascii_lowercase();
                let capital = sha256(email.trim_end().as_bytes());
                digests.extend([digest, twice, broken, upper, capital].map(|it| digest_of(&it)));
            }
            domain = above;
        }
        digests.sort_unstable();
        let mut bits = [0; 64];
        for [prefix, ..] in &digests {
            bits[(prefix >> 58) as usize] |= 1 << (prefix >> 52 & 63);
        }
        Host {
            origin: origin.to_owned(),
            bits,
            digests,
        }
    }

    fn is_of(&self, url: &str) -> bool {
        url.strip_prefix(&*self.origin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(ENDS))
    }

    fn has(&self, digest: &Digest) -> bool {
        let prefix = digest[0];
        self.bits[(prefix >> 58) as usize] & 1 << (prefix >> 52 & 63) != 0
            && self.digests.binary_search(digest).is_ok()
    }
}

/// The longest name of a host.
const LONGEST: usize = 253;

/// What stands behind a host.
const ENDS: [char; 4] = ['/', '?', '#', ':'];

/// The host of an address with a scheme, when it is a name with two labels or more; in front of it,
/// the same with the scheme.
fn host_of(url: &str) -> Option<(&str, &str)> {
    let start = url.find("://")? + 3;
    let rest = &url[start..];
    let end = rest.find(ENDS).unwrap_or(rest.len());
    let host = rest[..end].trim_end_matches('.');
    let named = host.len() <= LONGEST
        && host.contains('.')
        && !host.contains(['@', '[', '%', ' '])
        // An address of four numbers.
        && !host.ends_with(|c: char| c.is_ascii_digit());
    named.then_some((&url[..start + end], host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{digest_of_hex, sha256_hex};

    #[test]
    fn addresses_at_the_host_and_above_it() {
        let url = "https://shop.kestrel.example/thanks?x=1";
        for (email, is) in [
            ("guest@shop.kestrel.example", true),
            ("noreply@kestrel.example", true),
            ("GUEST@KESTREL.EXAMPLE", true),
            ("Guest@kestrel.example", true),
            ("guest@kestrel.example\n", true),
            ("guest@example", false),
            ("info@kestrel.example", false),
            ("guest@other.example", false),
        ] {
            let digest = digest_of_hex(&sha256_hex(email));
            assert_eq!(is_placeholder(url, &digest), is, "{email}");
        }
        let twice = sha256_hex(&sha256_hex("guest@kestrel.example"));
        assert!(is_placeholder(url, &digest_of_hex(&twice)));
        // Many hosts in turn.
        for number in 0..100 {
            let url = format!("https://shop{number}.example/");
            let digest = sha256_hex(&format!("guest@shop{number}.example"));
            assert!(is_placeholder(&url, &digest_of_hex(&digest)));
        }
    }

    #[test]
    fn hosts_of_addresses() {
        for (url, host) in [
            ("https://a.example/x", Some("a.example")),
            ("http://a.example:8080", Some("a.example")),
            ("https://a.example?x", Some("a.example")),
            ("a.example/x", None),
            ("https://localhost/", None),
            ("https://81.2.69.142/x", None),
            ("android-app://com.example.app", Some("com.example.app")),
            ("://", None),
        ] {
            assert_eq!(host_of(url).map(|it| it.1), host, "{url}");
        }
    }
}
