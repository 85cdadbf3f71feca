//! The member names that Meta gives a meaning to.
//!
//! Every object key that the parser meets is looked up once; from then on it is a small number.
//! Sources: the parameter pages of the Conversions API (main body, server event, customer
//! information, custom data, app data), as stored on 2026-09-12.

macro_rules! names {
    ($($variant:ident = $text:literal,)*) => {
        /// A member name that Meta documents for a request, an event, `user_data` or `custom_data`,
        /// or that its own SDKs write there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Name { $($variant,)* }

        impl Name {
            /// Every name, in the order of declaration.
            pub const ALL: &'static [Name] = &[$(Name::$variant,)*];

            /// The spelling in the payload.
            pub const fn text(self) -> &'static str {
                match self { $(Name::$variant => $text,)* }
            }
        }
    };
}

names! {
    // request
    Data = "data",
    TestEventCode = "test_event_code",
    AccessToken = "access_token",
    PartnerAgent = "partner_agent",
    Platforms = "platforms",
    Progress = "progress",
    Trace = "trace",
    NamespaceId = "namespace_id",
    UploadId = "upload_id",
    UploadSource = "upload_source",
    UploadTag = "upload_tag",
    // event
    EventName = "event_name",
    EventTime = "event_time",
    EventId = "event_id",
    UserData = "user_data",
    CustomData = "custom_data",
    EventSourceUrl = "event_source_url",
    OptOut = "opt_out",
    ActionSource = "action_source",
    DataProcessingOptions = "data_processing_options",
    DataProcessingOptionsCountry = "data_processing_options_country",
    DataProcessingOptionsState = "data_processing_options_state",
    ReferrerUrl = "referrer_url",
    CustomerSegmentation = "customer_segmentation",
    AppData = "app_data",
    Extinfo = "extinfo",
    OriginalEventData = "original_event_data",
    AttributionData = "attribution_data",
    MessagingChannel = "messaging_channel",
    AdvancedMeasurementTable = "advanced_measurement_table",
    // user_data
    Em = "em",
    Ph = "ph",
    Fn = "fn",
    Ln = "ln",
    Db = "db",
    Ge = "ge",
    Ct = "ct",
    St = "st",
    Zp = "zp",
    Country = "country",
    ExternalId = "external_id",
    ClientIpAddress = "client_ip_address",
    ClientUserAgent = "client_user_agent",
    Fbc = "fbc",
    Fbp = "fbp",
    SubscriptionId = "subscription_id",
    FbLoginId = "fb_login_id",
    LeadId = "lead_id",
    AnonId = "anon_id",
    Madid = "madid",
    PageId = "page_id",
    PageScopedUserId = "page_scoped_user_id",
    CtwaClid = "ctwa_clid",
    IgAccountId = "ig_account_id",
    IgSid = "ig_sid",
    WhatsappBusinessAccountId = "whatsapp_business_account_id",
    InstagramBusinessAccountId = "instagram_business_account_id",
    F5first = "f5first",
    F5last = "f5last",
    Fi = "fi",
    Dobd = "dobd",
    Dobm = "dobm",
    Doby = "doby",
    AppUserId = "app_user_id",
    PartnerId = "partner_id",
    PartnerName = "partner_name",
    // custom_data
    Value = "value",
    Currency = "currency",
    Contents = "contents",
    ContentIds = "content_ids",
    ContentType = "content_type",
    ContentName = "content_name",
    ContentCategory = "content_category",
    OrderId = "order_id",
    ItemNumber = "item_number",
    NumItems = "num_items",
    PredictedLtv = "predicted_ltv",
    NetRevenue = "net_revenue",
    SearchString = "search_string",
    Status = "status",
    DeliveryCategory = "delivery_category",
    EventSource = "event_source",
    LeadEventSource = "lead_event_source",
    StoreData = "store_data",
    // an item of contents
    Id = "id",
    Quantity = "quantity",
    ItemPrice = "item_price",
    Price = "price",
    Title = "title",
    Description = "description",
    Brand = "brand",
    Category = "category",
}

/// Large enough that nearly every key is found, or not found, at the first look.
const TABLE_SIZE: usize = 2048;
const NO_NAME: u8 = u8::MAX;

/// The first sixteen bytes of a key in two numbers, behind its end zeros.
type Front = (u64, u64);

const fn front_of(key: &[u8]) -> Front {
    let (mut low, mut high, mut i) = (0, 0, 0);
    while i < key.len() && i < 16 {
        let byte = (key[i] as u64) << (i % 8 * 8);
        if i < 8 {
            low |= byte
        } else {
            high |= byte
        }
        i += 1;
    }
    (low, high)
}

#[inline]
const fn slot_of((low, high): Front, length: usize) -> usize {
    let mixed = (low ^ high.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ length as u64)
        .wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 53) as usize % TABLE_SIZE
}

const fn build_table() -> [u8; TABLE_SIZE] {
    let mut table = [NO_NAME; TABLE_SIZE];
    let mut i = 0;
    while i < Name::ALL.len() {
        let text = Name::ALL[i].text().as_bytes();
        let mut slot = slot_of(front_of(text), text.len());
        while table[slot] != NO_NAME {
            slot = (slot + 1) % TABLE_SIZE;
        }
        table[slot] = i as u8;
        i += 1;
    }
    table
}

static TABLE: [u8; TABLE_SIZE] = build_table();

/// By length, what belongs to a key in its sixteen bytes.
static MASKS: [Front; 17] = {
    let mut masks = [(u64::MAX, u64::MAX); 17];
    let mut i = 0;
    while i < 16 {
        let bits = (1u128 << (i * 8)) - 1;
        masks[i] = (bits as u64, (bits >> 64) as u64);
        i += 1;
    }
    masks
};

/// The front and the length of every name.
type Fronts = [(Front, u32); Name::ALL.len()];

const fn build_fronts() -> Fronts {
    let mut fronts = [((0, 0), 0); Name::ALL.len()];
    let mut i = 0;
    while i < Name::ALL.len() {
        let text = Name::ALL[i].text().as_bytes();
        fronts[i] = (front_of(text), text.len() as u32);
        i += 1;
    }
    fronts
}

static FRONTS: Fronts = build_fronts();

/// The front of a key of some length that these bytes begin with.
#[inline(always)]
fn masked(sixteen: [u8; 16], length: usize) -> Front {
    let both = u128::from_le_bytes(sixteen);
    let (low, high) = MASKS[length.min(16)];
    (both as u64 & low, (both >> 64) as u64 & high)
}

/// How a `user_data` key wants its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// SHA-256 of the normal form; plain text is refused.
    Required,
    /// Any stable value; hashing is recommended (`external_id`).
    Optional,
    /// Sent as it is; a digest there matches nobody.
    Never,
}

impl Name {
    /// The name that `key` spells, byte for byte.
    pub fn of(key: &str) -> Option<Name> {
        Name::with_front(key, front_of(key.as_bytes()))
    }

    /// As [`Name::of`], for a key at the start of `text`, which goes on behind it: loads and a mask
    /// take the place of a loop over its bytes.
    #[inline]
    pub fn at_start(text: &[u8], key: &str) -> Option<Name> {
        match text.first_chunk::<16>() {
            Some(sixteen) => Name::with_front(key, masked(*sixteen, key.len())),
            None => Name::of(key),
        }
    }

    /// The length of the name, when `text` begins with it and a quote. Every key of every event
    /// comes this way: keys mostly follow one another in the same order, event after event.
    #[inline(always)]
    pub fn quoted_at_start(self, text: &[u8]) -> Option<usize> {
        let (front, length) = FRONTS[self as usize];
        let length = length as usize;
        let is_it = masked(*text.first_chunk::<16>()?, length) == front
            && text.get(length) == Some(&b'"')
            && (length <= 16 || text.starts_with(self.text().as_bytes()));
        is_it.then_some(length)
    }

    #[inline]
    fn with_front(key: &str, front: Front) -> Option<Name> {
        let mut slot = slot_of(front, key.len());
        loop {
            let at = TABLE[slot];
            if at == NO_NAME {
                return None;
            }
            let (expected, length) = FRONTS[at as usize];
            // Up to sixteen bytes the front is the whole key.
            if expected == front && length as usize == key.len() {
                let name = Name::ALL[at as usize];
                if key.len() <= 16 || name.text() == key {
                    return Some(name);
                }
            }
            slot = (slot + 1) % TABLE_SIZE;
        }
    }

    /// The bit of this name in a set of names.
    #[inline]
    pub const fn bit(self) -> u128 {
        1 << self as u8
    }

    /// Whether Meta documents a number for it.
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Name::EventTime
                | Name::DataProcessingOptionsCountry
                | Name::DataProcessingOptionsState
                | Name::Value
                | Name::NumItems
                | Name::PredictedLtv
                | Name::NetRevenue
                | Name::Quantity
                | Name::ItemPrice
                | Name::Price
        )
    }

    /// How `user_data` wants this key, or `None` when it is no key of `user_data`.
    /// Source: customer-information-parameters (updated 2026-01-09); the date and name parts from
    /// Meta's SDKs.
    #[inline]
    pub const fn hashing(self) -> Option<Hashing> {
        use Name::*;
        Some(match self {
            Em | Ph | Fn | Ln | Db | Ge | Ct | St | Zp | Country | F5first | F5last | Fi | Dobd
            | Dobm | Doby => Hashing::Required,
            ExternalId => Hashing::Optional,
            ClientIpAddress
            | ClientUserAgent
            | Fbc
            | Fbp
            | SubscriptionId
            | FbLoginId
            | LeadId
            | AnonId
            | Madid
            | PageId
            | PageScopedUserId
            | CtwaClid
            | IgAccountId
            | IgSid
            | WhatsappBusinessAccountId
            | InstagramBusinessAccountId
            | AppUserId
            | PartnerId
            | PartnerName => Hashing::Never,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_by_its_text_and_fits_a_set() {
        assert!(Name::ALL.len() <= 128);
        for &name in Name::ALL {
            assert_eq!(Name::of(name.text()), Some(name));
            let text = format!("{}\":0,\"and so on\"", name.text());
            assert_eq!(Name::at_start(text.as_bytes(), name.text()), Some(name));
            for &guess in Name::ALL {
                let length = guess.quoted_at_start(text.as_bytes());
                assert_eq!(length, (guess == name).then_some(name.text().len()));
            }
            let longer = format!("{}s\":0,\"and so on\"", name.text());
            assert_eq!(name.quoted_at_start(longer.as_bytes()), None);
        }
        for other in ["", "Em", "email", "e", "eventName", "datum"] {
            assert_eq!(Name::of(other), None, "{other}");
        }
    }
}
