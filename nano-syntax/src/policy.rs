//! The options that say under which conditions a message reaches a handler.

mod rate;
mod size;

use std::time::Duration;

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token};

use crate::duration;
use crate::errors::Errors;
pub use rate::Rate;

#[cfg(test)]
mod tests;

/// The longest timeout: the runtime refuses a longer one when the app starts.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The policy that an attribute states; `None` for what it does not mention.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The time that a handler may take.
    pub timeout: Option<Setting<Duration>>,
    /// The messages that a session may send within a period.
    pub rate: Option<Setting<Rate>>,
    /// The bytes of the longest body.
    pub max_body: Option<Setting<u32>>,
    /// Sessions without a user may call it.
    pub guest: Option<Setting<()>>,
    /// The function that is asked before the handler is called.
    pub before: Option<Setting<Path>>,
}

/// The value of an option, or `off`, which switches a default off.
#[derive(Clone, Debug)]
pub enum Setting<T> {
    /// `option = off`
    Off,
    /// The value.
    To(T),
}

impl Policy {
    /// Returns `true` if nothing is mentioned.
    pub fn is_empty(&self) -> bool {
        let Self { timeout, rate, max_body, guest, before } = self;
        timeout.is_none()
            && rate.is_none()
            && max_body.is_none()
            && guest.is_none()
            && before.is_none()
    }

    /// Reads the value of one option.
    pub(crate) fn read(
        &mut self,
        option: &str,
        meta: &ParseNestedMeta<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        match option {
            "timeout" => {
                self.timeout = text(meta, "timeout = \"2s\"", |text| timeout(text, errors))?
            }
            "rate" => self.rate = text(meta, "rate = \"10/s\"", |text| rate::parse(text, errors))?,
            "max_body" => {
                self.max_body =
                    text(meta, "max_body = \"4KiB\"", |text| size::parse(text, errors))?;
            }
            "guest" => self.guest = Some(guest(meta)?),
            _ => self.before = Some(before(meta)?),
        }
        Ok(())
    }
}

fn timeout(text: &LitStr, errors: &mut Errors) -> Option<Duration> {
    let timeout = duration::parse(text, "a timeout", errors)?;
    if timeout > LONGEST {
        errors.on(text, format_args!("a timeout is at most a year, got `{}`", text.value()));
        return None;
    }
    Some(timeout)
}

/// Reads a value in quotes, or `off`. What `read` refuses has been reported, and counts as not mentioned.
fn text<T>(
    meta: &ParseNestedMeta<'_>,
    example: &str,
    read: impl FnOnce(&LitStr) -> Option<T>,
) -> syn::Result<Option<Setting<T>>> {
    let form = |meta: &ParseNestedMeta<'_>| {
        let option = option(meta);
        format!("option `{option}` takes a value in quotes or `off`: `{example}`, `{option} = off`")
    };
    if !meta.input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(&meta.path, form(meta)));
    }
    let value = meta.value()?;
    if is_off(value) {
        Ident::parse_any(value)?;
        return Ok(Some(Setting::Off));
    }
    if !value.peek(LitStr) {
        return Err(value.error(form(meta)));
    }
    Ok(read(&value.parse()?).map(Setting::To))
}

fn guest(meta: &ParseNestedMeta<'_>) -> syn::Result<Setting<()>> {
    if !meta.input.peek(Token![=]) {
        return Ok(Setting::To(()));
    }
    let value = meta.value()?;
    if !is_off(value) {
        return Err(value.error("option `guest` takes no value but `off`: `guest`, `guest = off`"));
    }
    Ident::parse_any(value)?;
    Ok(Setting::Off)
}

fn before(meta: &ParseNestedMeta<'_>) -> syn::Result<Setting<Path>> {
    const FORM: &str = "option `before` takes the path of a function without quotes, or `off`: \
                        `before = require_player`, `before = off`";
    if !meta.input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(&meta.path, FORM));
    }
    let value = meta.value()?;
    if is_off(value) {
        Ident::parse_any(value)?;
        return Ok(Setting::Off);
    }
    if !value.peek(Ident::peek_any) && !value.peek(Token![::]) {
        return Err(value.error(FORM));
    }
    value.parse().map(Setting::To)
}

/// Looks for `off`; a function of that name is written `self::off`.
fn is_off(value: ParseStream<'_>) -> bool {
    let ahead = value.fork();
    ahead.parse::<Ident>().is_ok_and(|ident| ident == "off") && !ahead.peek(Token![::])
}

fn option(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(Ident::to_string).unwrap_or_default()
}
