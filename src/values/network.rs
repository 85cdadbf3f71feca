//! Internet addresses: which ones a visitor can have, and what else is written where one belongs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::digest;

/// A range in which no visitor of a website stands.
/// Sources: the IANA registries of special-purpose addresses (RFC 6890 and what followed it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// `0.0.0.0/8` and `::`.
    Unspecified,
    /// `127.0.0.0/8` and `::1`.
    Loopback,
    /// Private networks and unique local addresses.
    Private,
    /// `100.64.0.0/10`, between a carrier and its customers.
    Carrier,
    /// `169.254.0.0/16`, `fe80::/10` and the retired `fec0::/10`.
    LinkLocal,
    /// Set aside for examples.
    Documentation,
    /// `198.18.0.0/15` and `2001:2::/48`.
    Benchmark,
    /// To many receivers.
    Multicast,
    /// `64:ff9b::/96` and `64:ff9b:1::/48`: an IPv4 address as a translator sees it.
    Translation,
    /// Everything else that is not assigned to networks of the internet.
    Reserved,
}

impl Range {
    /// What an address in it is, for messages.
    pub const fn describe(self) -> &'static str {
        match self {
            Range::Unspecified => "the unspecified address",
            Range::Loopback => "a loopback address",
            Range::Private => "an address of a private network",
            Range::Carrier => "an address from inside a carrier's network",
            Range::LinkLocal => "a link-local address",
            Range::Documentation => "an address reserved for documentation",
            Range::Benchmark => "an address reserved for benchmarks",
            Range::Multicast => "a multicast address",
            Range::Translation => "an address that a translator made up",
            Range::Reserved => "a reserved address",
        }
    }
}

/// Well-known resolvers of names: everybody asks them, nobody visits a page from them.
const RESOLVERS: [IpAddr; 10] = [
    IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)),
    IpAddr::V4(Ipv4Addr::new(1, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)),
    IpAddr::V4(Ipv4Addr::new(8, 8, 4, 4)),
    IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)),
    IpAddr::V4(Ipv4Addr::new(208, 67, 222, 222)),
    IpAddr::V4(Ipv4Addr::new(208, 67, 220, 220)),
    IpAddr::V6(Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8844)),
];

/// Whether the address is that of a public resolver, which people take for an example.
pub fn is_resolver(address: IpAddr) -> bool {
    RESOLVERS.contains(&address)
}

/// The special range of an address; `None` when a visitor can have it.
pub fn range_of(address: IpAddr) -> Option<Range> {
    match address {
        IpAddr::V4(v4) => range_of_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => range_of_v4(v4),
            None => range_of_v6(v6),
        },
    }
}

fn range_of_v4(address: Ipv4Addr) -> Option<Range> {
    Some(match address.octets() {
        [0, ..] => Range::Unspecified,
        [127, ..] => Range::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Range::Private,
        [100, 64..=127, ..] => Range::Carrier,
        [169, 254, ..] => Range::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Range::Documentation,
        [198, 18..=19, ..] => Range::Benchmark,
        [224..=239, ..] => Range::Multicast,
        [192, 0, 0, _] | [240..=255, ..] => Range::Reserved,
        _ => return None,
    })
}

fn range_of_v6(address: Ipv6Addr) -> Option<Range> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Range::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Range::Loopback,
        [0x64, 0xff9b, 0 | 1, ..] => Range::Translation,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => Range::Documentation,
        [0x2001, 2, 0, ..] => Range::Benchmark,
        [0xfc00..=0xfdff, ..] => Range::Private,
        [0xfe80..=0xfeff, ..] => Range::LinkLocal,
        [0xff00..=0xffff, ..] => Range::Multicast,
        // IANA hands out addresses of networks from 2000::/3 alone.
        [0x2000..=0x3fff, ..] => return None,
        _ => Range::Reserved,
    })
}

/// The address that `text` spells in the form that Meta asks for: one address and nothing else but
/// Meta's own appendix, and IPv4 as IPv4.
#[inline]
pub fn address(text: &str) -> Option<IpAddr> {
    if let Some(v4) = plain_v4(text.as_bytes()) {
        return Some(IpAddr::V4(v4));
    }
    if let Some(v6) = plain_v6(text.as_bytes()) {
        return v6.to_ipv4_mapped().is_none().then_some(IpAddr::V6(v6));
    }
    let address = text.parse().ok().or_else(|| {
        let core = digest::strip_appendix(text);
        (core.len() < text.len())
            .then(|| core.parse().ok())
            .flatten()
    })?;
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => None,
        address => Some(address),
    }
}

/// Groups of hex digits, with two colons at most in one place between them, as nearly every IPv6
/// address of a visitor is written. What it does not take is left to the standard library's parser.
#[inline]
fn plain_v6(bytes: &[u8]) -> Option<Ipv6Addr> {
    if bytes.len() > 39 || !bytes.first()?.is_ascii_hexdigit() {
        return None;
    }
    let (mut groups, mut count, mut gap) = ([0u16; 8], 0, None);
    let (mut value, mut digits) = (0u16, 0);
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        if byte != b':' {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                _ => return None,
            };
            (value, digits) = (value << 4 | u16::from(digit), digits + 1);
            if digits > 4 {
                return None;
            }
            continue;
        }
        *groups.get_mut(count)? = value;
        (count, value, digits) = (count + 1, 0, 0);
        if rest.as_slice().first() == Some(&b':') {
            if gap.replace(count).is_some() {
                return None;
            }
            rest.next();
        } else if rest.as_slice().is_empty() {
            return None;
        }
        // A third colon in a row.
        if rest.as_slice().first() == Some(&b':') {
            return None;
        }
    }
    if digits > 0 {
        *groups.get_mut(count)? = value;
        count += 1;
    }
    match gap {
        // Two colons stand for one group at least.
        Some(gap) if count < 8 => groups[gap..].rotate_right(8 - count),
        None if count == 8 => {}
        _ => return None,
    }
    Some(Ipv6Addr::from(groups))
}

/// Four numbers with dots, as nearly every IPv4 address is written. What it does not take is left
/// to the standard library's parser, which is several times as slow.
#[inline]
fn plain_v4(bytes: &[u8]) -> Option<Ipv4Addr> {
    if bytes.len() > 15 {
        return None;
    }
    let (mut octets, mut part, mut value, mut digits) = ([0; 4], 0, 0u32, 0);
    for &byte in bytes {
        if byte.is_ascii_digit() {
            // A leading zero reads as octal to some: no plain address.
            if digits > 0 && value == 0 {
                return None;
            }
            value = value * 10 + u32::from(byte - b'0');
            digits += 1;
        } else if byte == b'.' && digits > 0 && part < 3 {
            octets[part] = u8::try_from(value).ok()?;
            (part, value, digits) = (part + 1, 0, 0);
        } else {
            return None;
        }
        if digits > 3 {
            return None;
        }
    }
    if part != 3 || digits == 0 {
        return None;
    }
    octets[3] = u8::try_from(value).ok()?;
    Some(Ipv4Addr::from(octets))
}

/// What surrounds an address where it should stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrapping {
    /// White space or quotes.
    Spaces,
    /// `::ffff:` before an IPv4 address.
    Mapped,
    /// Brackets around an IPv6 address.
    Brackets,
    /// A port behind it.
    Port,
    /// The name of a network interface, `%eth0`.
    Zone,
    /// The length of a network prefix, `/32`.
    Prefix,
    /// Several addresses, or a `Forwarded` header.
    List,
}

impl Wrapping {
    /// What the value is, for messages.
    pub const fn describe(self) -> &'static str {
        match self {
            Wrapping::Spaces => "has white space or quotes around the address",
            Wrapping::Mapped => "writes an IPv4 address as IPv6",
            Wrapping::Brackets => "has brackets around the address",
            Wrapping::Port => "has a port behind the address",
            Wrapping::Zone => "has a network interface behind the address",
            Wrapping::Prefix => "has a prefix length behind the address",
            Wrapping::List => "is a list of addresses",
        }
    }
}

/// What a text that [`address`] refuses holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One or several addresses, in their order.
    Wrapped(Wrapping, Vec<IpAddr>),
    /// Four numbers, some with leading zeros: decimal to some readers and octal to others.
    LeadingZeros,
    /// An address of which the log, or a privacy filter, shows only a part.
    Hidden,
    /// No address at all.
    Other,
}

/// Reads what [`address`] refused.
pub fn read(text: &str) -> Reading {
    let core = digest::strip_appendix(text);
    if is_hidden(core) {
        return Reading::Hidden;
    }
    let pieces: Vec<&str> = core
        .split([',', ';', ' ', '\t', '\n', '\r'])
        .map(|piece| piece.trim_matches(['"', '\'']))
        .filter(|piece| !piece.is_empty())
        .collect();
    let mut found = Vec::new();
    let mut wrapping = Wrapping::Spaces;
    for piece in &pieces {
        if let Some((address, around)) = unwrap(piece) {
            wrapping = wrapping.max(around);
            found.push(address);
        }
    }
    if pieces.len() > 1 {
        wrapping = Wrapping::List;
    }
    match found.is_empty() {
        false => Reading::Wrapped(wrapping, found),
        true if has_leading_zeros(core.trim()) => Reading::LeadingZeros,
        true => Reading::Other,
    }
}

/// The one address in `piece`, and the outermost thing around it.
fn unwrap(piece: &str) -> Option<(IpAddr, Wrapping)> {
    let parse = |text: &str| text.parse::<IpAddr>().ok();
    let unmapped = |address: IpAddr, around: Wrapping| match address.to_canonical() {
        same if same == address => (same, around),
        v4 => (v4, around.max(Wrapping::Mapped)),
    };
    if let Some(address) = parse(piece) {
        return Some(unmapped(address, Wrapping::Spaces));
    }
    // Meta's own builder marks each address that it handles.
    if let Some(address) = parse(digest::strip_appendix(piece)) {
        return Some(unmapped(address, Wrapping::Spaces));
    }
    if let Some((head, rest)) = piece.split_once('=') {
        let address = head
            .eq_ignore_ascii_case("for")
            .then(|| unwrap(rest.trim_matches('"')))?;
        return address.map(|(address, _)| (address, Wrapping::List));
    }
    if let Ok(socket) = piece.parse::<SocketAddr>() {
        return Some(unmapped(socket.ip(), Wrapping::Port));
    }
    if let Some(inner) = piece
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let (address, around) = unwrap(inner)?;
        return Some((address, around.max(Wrapping::Brackets)));
    }
    if let Some((head, _)) = piece.split_once('%') {
        return Some(unmapped(parse(head)?, Wrapping::Zone));
    }
    let (head, length) = piece.split_once('/')?;
    let address = parse(head)?;
    // A shorter prefix names a network; its first address is nobody's.
    let whole = if address.is_ipv4() { "32" } else { "128" };
    (length == whole).then(|| unmapped(address, Wrapping::Prefix))
}

fn has_leading_zeros(text: &str) -> bool {
    text.split('.').count() == 4
        && text.split('.').all(|part| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_digit())
                && part.parse::<u16>().is_ok_and(|number| number <= 255)
        })
}

/// Whether stars or letters stand in place of a part of the address.
pub fn is_hidden(text: &str) -> bool {
    let is_mask = |byte: u8| matches!(byte, b'x' | b'X' | b'*');
    digest::is_hidden(text)
        || text.split(['.', ':']).count() >= 4
            && text.split(['.', ':']).any(|part| {
                part.bytes().any(is_mask)
                    && part.bytes().all(|b| is_mask(b) || b.is_ascii_hexdigit())
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_quick_parser_of_long_addresses_agrees_with_the_standard_one(
            text in "[0-9a-fA-F:]{0,3}(:{1,3}[0-9a-f]{0,5}){1,9}"
        ) {
            if let Some(address) = plain_v6(text.as_bytes()) {
                assert_eq!(text.parse(), Ok(address));
            }
        }
    }

    #[test]
    fn the_quick_parser_takes_the_usual_long_addresses() {
        for text in [
            "2a02:8123:1::5",
            "2001:db8:0:1:1:1:1:1",
            "2a02::",
            "1:2:3:4:5:6:7::",
            "2A00:1450::ffff",
        ] {
            assert_eq!(plain_v6(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in [
            "",
            "::1",
            "1:2",
            "1::2::3",
            "1:::2",
            "12345::",
            "1:2:3:4:5:6:7:8:",
            "1:",
            "fe80::1%eth0",
            "::ffff:1.2.3.4",
        ] {
            assert_eq!(plain_v6(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_quick_parser_agrees_with_the_standard_one() {
        for text in [
            "0.0.0.0",
            "81.2.69.142",
            "255.255.255.255",
            "256.1.1.1",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1..2.3",
            "1.2.3.4 ",
            "",
            "....",
            "1.2.3.999",
            "1.2.3.0004",
            "9999.1.1.1",
            "1.2.3.",
        ] {
            assert_eq!(plain_v4(text.as_bytes()), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn special_ranges() {
        for (text, range) in [
            ("81.2.69.142", None),
            ("172.15.0.1", None),
            ("172.32.0.1", None),
            ("100.63.255.255", None),
            ("100.128.0.1", None),
            ("192.0.1.1", None),
            ("223.255.255.254", None),
            ("2a02:8109:9a40:1::17", None),
            ("2001:0:5ef5:79fd::1", None),
            ("2002:5102:458e::1", None),
            ("0.0.0.0", Some(Range::Unspecified)),
            ("::", Some(Range::Unspecified)),
            ("127.0.0.1", Some(Range::Loopback)),
            ("::1", Some(Range::Loopback)),
            ("10.0.3.7", Some(Range::Private)),
            ("172.16.0.1", Some(Range::Private)),
            ("172.31.255.255", Some(Range::Private)),
            ("192.168.1.1", Some(Range::Private)),
            ("fd00::1", Some(Range::Private)),
            ("::ffff:10.0.0.1", Some(Range::Private)),
            ("100.64.0.1", Some(Range::Carrier)),
            ("169.254.1.1", Some(Range::LinkLocal)),
            ("fe80::1", Some(Range::LinkLocal)),
            ("fec0::1", Some(Range::LinkLocal)),
            ("203.0.113.7", Some(Range::Documentation)),
            ("2001:db8::1", Some(Range::Documentation)),
            ("3fff:fff::1", Some(Range::Documentation)),
            ("198.19.0.1", Some(Range::Benchmark)),
            ("224.0.0.1", Some(Range::Multicast)),
            ("ff02::1", Some(Range::Multicast)),
            ("64:ff9b::5102:458e", Some(Range::Translation)),
            ("192.0.0.8", Some(Range::Reserved)),
            ("254.254.254.254", Some(Range::Reserved)),
            ("255.255.255.255", Some(Range::Reserved)),
            ("100::1", Some(Range::Reserved)),
        ] {
            assert_eq!(range_of(text.parse().unwrap()), range, "{text}");
        }
    }

    #[test]
    fn right_forms_keep_the_appendix() {
        for text in [
            "81.2.69.142",
            "81.2.69.142.AQEDAQIB",
            "81.2.69.142.Bg",
            "2a02:8109:9a40:1::17",
            "2A02:8109:9A40:1::17",
            "2a02:8109:9a40:1::17.AQQDAQAA",
        ] {
            assert!(address(text).is_some(), "{text}");
        }
        for text in ["::ffff:81.2.69.142", " 81.2.69.142", "81.2.69", "unknown"] {
            assert!(address(text).is_none(), "{text}");
        }
    }

    #[test]
    fn wrappings() {
        let v4: IpAddr = "81.2.69.142".parse().unwrap();
        let v6: IpAddr = "2a02:8109:9a40:1::17".parse().unwrap();
        let proxy: IpAddr = "10.0.0.2".parse().unwrap();
        for (text, wrapping, found) in [
            ("81.2.69.142 ", Wrapping::Spaces, vec![v4]),
            ("\"81.2.69.142\"", Wrapping::Spaces, vec![v4]),
            (" 81.2.69.142.AQEDAQIB", Wrapping::Spaces, vec![v4]),
            ("81.2.69.142, 10.0.0.2", Wrapping::List, vec![v4, proxy]),
            ("unknown, 81.2.69.142", Wrapping::List, vec![v4]),
            ("81.2.69.142:5213", Wrapping::Port, vec![v4]),
            ("[2a02:8109:9a40:1::17]:443", Wrapping::Port, vec![v6]),
            ("[2a02:8109:9a40:1::17]", Wrapping::Brackets, vec![v6]),
            ("::ffff:81.2.69.142", Wrapping::Mapped, vec![v4]),
            ("::ffff:5102:458e", Wrapping::Mapped, vec![v4]),
            ("[::ffff:81.2.69.142]:443", Wrapping::Port, vec![v4]),
            ("2a02:8109:9a40:1::17%eth0", Wrapping::Zone, vec![v6]),
            ("81.2.69.142/32", Wrapping::Prefix, vec![v4]),
            ("for=81.2.69.142;proto=https", Wrapping::List, vec![v4]),
        ] {
            assert_eq!(read(text), Reading::Wrapped(wrapping, found), "{text}");
        }
        assert_eq!(read("081.002.069.142"), Reading::LeadingZeros);
        for text in [
            "81.2.69.xxx",
            "81.2.69.1xx",
            "81.x.x.142",
            "xx.xx.xx.xx",
            "2a02:8109:9a40:xxxx:xxxx:xxxx:xxxx:xxxx",
            "[ip]",
            "[IP_ADDRESS]",
            "81.2.69.*",
            "81.2.***",
            "[Filtered]",
            "81.2.…",
        ] {
            assert_eq!(read(text), Reading::Hidden, "{text}");
        }
        for text in [
            "unknown",
            "not-an-ip",
            "256.256.256.256",
            "192.168.1",
            "81.2.69.0/24",
        ] {
            assert_eq!(read(text), Reading::Other, "{text}");
        }
    }
}
