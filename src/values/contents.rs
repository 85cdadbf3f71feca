//! What the items of `contents` come to, to be held against `value`.

use crate::event::Event;
use crate::json::{Item, Val};
use crate::values::money;
use crate::values::name::Name;

/// The sums over the items of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sums {
    /// Price times quantity over all items.
    pub total: f64,
    /// The prices, each taken once.
    pub prices: f64,
}

impl Sums {
    /// The sums of an event's contents; `None` unless every item has a price and a quantity.
    /// Rows of a till are left out: `value` and `item_number` there may be of the whole order.
    pub fn of(event: &Event<'_, '_>) -> Option<Sums> {
        let contents = event.custom(Name::Contents)?;
        let (_, _, custom) = event.names();
        if !contents.is_list() || contents.is_empty() || custom & Name::ItemNumber.bit() != 0 {
            return None;
        }
        let mut sums = Sums {
            total: 0.0,
            prices: 0.0,
        };
        for item in contents.children() {
            let (mut price, mut quantity) = (None, None);
            for member in item.children() {
                match member.name() {
                    Some(Name::ItemPrice) => price = amount(member),
                    Some(Name::Quantity) => quantity = amount(member),
                    _ => {}
                }
            }
            let (price, quantity) = (price?, quantity.filter(|&quantity| quantity > 0.0)?);
            sums.total += price * quantity;
            sums.prices += price;
        }
        (sums.total > 0.0).then_some(sums)
    }
}

/// The currency of the event's amounts, when it is a code of ISO 4217 in any case.
pub fn currency(event: &Event<'_, '_>) -> Option<String> {
    let code = event.custom(Name::Currency)?.text()?.trim();
    let code = code.to_ascii_uppercase();
    money::is_currency(&code).then_some(code)
}

/// How many decimals the event's value lost, when it is what the contents come to in the smallest
/// unit of the currency: cents instead of euros. Where nothing names the currency, it is taken for
/// one with two decimals.
pub fn lost_decimals(event: &Event<'_, '_>, value: f64, sums: Sums) -> Option<usize> {
    if value < 1.0 || value.fract() != 0.0 || value < sums.total * 10.0 {
        return None;
    }
    let decimals = currency(event).map_or(2, |code| money::decimals(&code));
    let factor = match decimals {
        2 => 100.0,
        3 => 1000.0,
        _ => return None,
    };
    is_same(value, sums.total * factor).then_some(decimals)
}

/// A number, or a number in quotes.
pub fn amount(item: Item<'_, '_>) -> Option<f64> {
    let number = match item.val() {
        Val::Text(text) => money::plain_number(text)?.parse().ok()?,
        _ => item.number()?,
    };
    number.is_finite().then_some(number)
}

/// Whether two amounts are the same but for what adding decimals loses.
pub fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}
