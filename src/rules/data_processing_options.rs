//! CL707: Limited Data Use that does not say what Meta needs to hear.

use crate::event::{Event, Request};
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, quote};
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/data-processing-options.md`.
pub static RULE: Rule = crate::rule!(
    "data-processing-options",
    Check::RequestAndEvent(in_request, in_event)
)
.when(Signs::RARE_KEYS);

const KEYS: [Name; 3] = [
    Name::DataProcessingOptions,
    Name::DataProcessingOptionsCountry,
    Name::DataProcessingOptionsState,
];
const BITS: u128 = KEYS[0].bit() | KEYS[1].bit() | KEYS[2].bit();

/// The only option there is.
const LDU: &str = "LDU";

fn in_request(request: &Request<'_, '_>, out: &mut Findings) {
    for member in request.body.children().filter(|_| !request.is_form) {
        if member.name().is_some_and(|name| BITS & name.bit() != 0) && !member.is_blank() {
            let message = "the option stands beside `data`; Meta reads it in each event";
            out.at(member, message)
                .certainty(Certainty::Strong)
                .help("write the data processing options into every event they are meant for");
        }
    }
}

fn in_event(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().0 & BITS == 0 {
        return;
    }
    let asks = event
        .get(Name::DataProcessingOptions)
        .is_some_and(|options| check_options(event, options, out));
    let country = number(event, Name::DataProcessingOptionsCountry, out);
    let state = number(event, Name::DataProcessingOptionsState, out);
    for (given, known, what) in [
        (
            &country,
            is_country as fn(i64) -> bool,
            "0 (Meta finds out) or 1 (the United States)",
        ),
        (
            &state,
            is_state,
            "0 (Meta finds out) or one of the codes from 1000 to 1013",
        ),
    ] {
        if let Given::Number(item, number) = given
            && !known(*number)
        {
            let name = item.name().map_or("", Name::text);
            out.at(
                *item,
                format!("{name} is none of the values that Meta lists"),
            )
            .help(format!("send {what}"));
        }
    }
    if asks {
        demand(event, &country, &state, out);
    }
}

/// Looks at the list itself. Whether it asks for Limited Data Use.
fn check_options(event: &Event<'_, '_>, options: Item<'_, '_>, out: &mut Findings) -> bool {
    let at = options.pointer_from(event.root().place());
    match options.val() {
        Val::Text(text) if text.trim().eq_ignore_ascii_case(LDU) => {
            out.at(
                options,
                "data_processing_options is text, Meta takes a list",
            )
            .fix(Fix::safe("write the option as a list").replace(at, format!("[{}]", quote(LDU))));
            true
        }
        Val::List => {
            let mut asks = false;
            for option in options.children() {
                match option.text() {
                    Some(LDU) => asks = true,
                    Some(text) if text.trim().eq_ignore_ascii_case(LDU) => {
                        asks = true;
                        let at = option.pointer_from(event.root().place());
                        out.at(option, "the option is LDU in another spelling")
                            .certainty(Certainty::Strong)
                            .fix(
                                Fix::safe("write the option as Meta documents it")
                                    .replace_text(at, LDU),
                            );
                    }
                    _ if option.is_blank() => {}
                    _ => {
                        out.at(
                            option,
                            "there is no such data processing option; Meta knows LDU",
                        );
                    }
                }
            }
            asks
        }
        // Nothing is asked for, though `[]` would say so.
        _ if options.is_blank() => false,
        val => {
            let kind = val.kind();
            out.at(
                options,
                format!("data_processing_options is {kind}, Meta takes a list"),
            );
            false
        }
    }
}

/// A country or state as it was given.
enum Given<'t, 'a> {
    Nothing,
    Number(Item<'t, 'a>, i64),
    /// Something that was reported already.
    Odd,
}

fn number<'t, 'a>(event: &Event<'t, 'a>, name: Name, out: &mut Findings) -> Given<'t, 'a> {
    let Some(item) = event.get(name).filter(|item| !item.is_blank()) else {
        return Given::Nothing;
    };
    match item.val() {
        Val::Int(number) => return Given::Number(item, number),
        Val::Text(text) => {
            if let Ok(number) = text.trim().parse::<i64>() {
                let at = item.pointer_from(event.root().place());
                out.at(
                    item,
                    format!("{name} is text, Meta documents a whole number"),
                )
                .severity(Severity::Warning)
                .certainty(Certainty::Strong)
                .help("send the number without quotes")
                .fix(Fix::safe("write the number without quotes").replace(at, number.to_string()));
                return Given::Number(item, number);
            }
            let message = format!("{name} is text; Meta has a number for each place");
            out.at(item, message);
        }
        val => {
            out.at(
                item,
                format!("{name} is {}, Meta takes a whole number", val.kind()),
            );
        }
    }
    Given::Odd
}

fn is_country(number: i64) -> bool {
    matches!(number, 0 | 1)
}

/// The page of server events knows 0 and 1000, the page of data processing options fourteen states:
/// either list is right.
fn is_state(number: i64) -> bool {
    number == 0 || (1000..=1013).contains(&number)
}

/// What has to come with the wish: a country, and a place or an address to find the place by.
fn demand(
    event: &Event<'_, '_>,
    country: &Given<'_, '_>,
    state: &Given<'_, '_>,
    out: &mut Findings,
) {
    let has_address = event
        .user(Name::ClientIpAddress)
        .is_some_and(|address| !address.is_blank());
    let at = Pointer::root().key(Name::DataProcessingOptions.text());
    match (country, state) {
        (Given::Nothing, _) => {
            out.at_pointer(at, "Limited Data Use has no data_processing_options_country")
                .help("send data_processing_options_country: 1 for the United States, 0 to let Meta find out");
        }
        (_, Given::Nothing) if !has_address => {
            let message = "Limited Data Use has neither a state nor an address to find it by";
            out.at_pointer(at, message)
                .help("send data_processing_options_state, or client_ip_address");
        }
        // The country alone is no place either: a state of 0 leaves it to the address.
        (Given::Number(..), Given::Number(_, 0)) if !has_address => {
            let message =
                "Meta is to find out where the person is, and there is no address to do it by";
            out.at_pointer(at, message)
                .help("send client_ip_address, or say the country and the state");
        }
        _ => {}
    }
}
