//! Whose page a URL is of, as far as its host tells: hosts that belong to nobody's shop.

/// Whose host it is when it is not the shop's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A social network or messenger, or its way out to other sites.
    Social,
    /// A search engine.
    Search,
    /// A payment or checkout provider.
    Checkout,
    /// The name that a shop system gives a shop beside its own.
    System,
}

impl Foreign {
    /// All of them.
    pub const ALL: [Foreign; 4] = [
        Foreign::Social,
        Foreign::Search,
        Foreign::Checkout,
        Foreign::System,
    ];

    /// What such a host is, for messages.
    pub const fn what(self) -> &'static str {
        match self {
            Foreign::Social => "a social network",
            Foreign::Search => "a search engine",
            Foreign::Checkout => "a payment provider",
            Foreign::System => "the shop system's own name for the shop",
        }
    }
}

/// Whose the host is, when it is none of a shop's. `host` is in lower case, as browsers write it.
#[inline]
pub fn foreign(host: &str) -> Option<Foreign> {
    // The last two labels, which most shops are told apart by.
    let mut dots = memchr::memrchr_iter(b'.', host.as_bytes());
    dots.next()?;
    let site = dots.next().map_or(host, |dot| &host[dot + 1..]);
    let before = host[..host.len() - site.len()].trim_end_matches('.');
    match site {
        "facebook.com" | "instagram.com" | "fb.com" | "tiktok.com" | "youtube.com"
        | "twitter.com" | "x.com" | "t.co" | "pinterest.com" | "linkedin.com" | "lnkd.in"
        | "reddit.com" | "snapchat.com" | "whatsapp.com" => Some(Foreign::Social),
        "bing.com" | "duckduckgo.com" | "ecosia.org" | "baidu.com" => Some(Foreign::Search),
        "stripe.com" | "paypal.com" | "klarna.com" | "mollie.com" | "adyen.com" | "shop.app" => {
            Some(Foreign::Checkout)
        }
        "myshopify.com" => (!before.is_empty()).then_some(Foreign::System),
        // Everything else of Google is somebody's: sites, forms, the store of apps.
        _ => {
            let search = host.strip_prefix("www.google.")?;
            (search.len() <= 6).then_some(Foreign::Search)
        }
    }
}

/// The host of a web address; `""` where there is none.
#[inline]
pub fn host_of(url: &str) -> &str {
    let rest = match url.strip_prefix("https://") {
        Some(rest) => rest,
        None => url.split_once("://").map_or("", |(_, rest)| rest),
    };
    let end = rest
        .bytes()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b':'))
        .unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_nobody_s_shop() {
        for (host, whose) in [
            ("l.facebook.com", Some(Foreign::Social)),
            ("t.co", Some(Foreign::Social)),
            ("www.google.de", Some(Foreign::Search)),
            ("www.google.co.uk", Some(Foreign::Search)),
            ("sites.google.com", None),
            ("checkout.stripe.com", Some(Foreign::Checkout)),
            ("kestrel-bikes.myshopify.com", Some(Foreign::System)),
            ("shop.example.com", None),
            ("netflix.com", None),
            ("localhost", None),
        ] {
            assert_eq!(foreign(host), whose, "{host}");
        }
        assert_eq!(
            host_of("https://www.google.de/search?q=a.b"),
            "www.google.de"
        );
        assert_eq!(host_of("/thanks"), "");
    }
}
