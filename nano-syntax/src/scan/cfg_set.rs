//! The set of `cfg` conditions that hold.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token, token};

#[cfg(test)]
mod tests;

/// The configuration that `#[cfg(..)]` is evaluated against.
///
/// # Examples
///
/// ```
/// use nano_syntax::scan::CfgSet;
///
/// let cfg = CfgSet::new().flag("unix").key_value("feature", "chat");
/// let holds = |text: &str| cfg.eval(&text.parse().unwrap()).unwrap();
/// assert!(holds("all(unix, not(test))"));
/// assert!(holds(r#"any(windows, feature = "chat")"#));
/// assert!(!holds(r#"target_os = "linux""#));
/// ```
#[derive(Clone, Debug, Default)]
pub struct CfgSet {
    flags: HashSet<String>,
    pairs: HashSet<(String, String)>,
    /// Names in the spelling of Cargo's variables, which differs from that of the sources.
    env_flags: HashSet<String>,
    env_pairs: HashSet<(String, String)>,
    env_features: HashSet<String>,
}

impl CfgSet {
    /// An empty configuration, in which only `true` and negations hold.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name without a value, as `unix`.
    pub fn flag(mut self, name: impl Into<String>) -> Self {
        self.flags.insert(name.into());
        self
    }

    /// Adds a name with a value, as `feature = "chat"`. A name may have several values.
    pub fn key_value(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.pairs.insert((name.into(), value.into()));
        self
    }

    /// Reads the variables that Cargo sets for build scripts, from `CARGO_CFG_*` and
    /// `CARGO_FEATURE_*`; others are ignored.
    ///
    /// Cargo tells a build script less than the compiler knows. `test` never holds, as clients see
    /// nothing of tests. `debug_assertions` holds if `PROFILE` is `debug`, which a profile may have
    /// changed. A condition that the build script itself sets with `cargo::rustc-cfg` has to be
    /// added here too, by [`flag`](Self::flag) or [`key_value`](Self::key_value).
    pub fn from_env(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut set = Self::new();
        let mut features_are_listed = false;
        for (variable, value) in vars {
            if let Some(name) = variable.strip_prefix("CARGO_CFG_") {
                features_are_listed |= name == "FEATURE";
                set.add_variable(name, &value);
            } else if let Some(feature) = variable.strip_prefix("CARGO_FEATURE_") {
                set.env_features.insert(feature.to_owned());
            } else if variable == "PROFILE" && value == "debug" {
                set.flags.insert("debug_assertions".to_owned());
            }
        }
        // The list keeps the spelling that the separate variables lose.
        if features_are_listed {
            set.env_features.clear();
        }
        set
    }

    /// Cargo writes several values with commas between, and a name without a value as empty.
    fn add_variable(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.env_flags.insert(name.to_owned());
        }
        // A value may contain a comma itself.
        for value in value.split(',').chain([value]) {
            self.env_pairs.insert((name.to_owned(), value.to_owned()));
        }
    }

    /// Evaluates the tokens between the parentheses of `#[cfg(..)]`.
    ///
    /// # Errors
    ///
    /// Fails at the token that is not a condition.
    pub fn eval(&self, predicate: &TokenStream) -> syn::Result<bool> {
        let parser = |input: ParseStream<'_>| {
            let value = self.predicate(input)?;
            input.parse::<Option<Token![,]>>()?;
            Ok(value)
        };
        parser.parse2(predicate.clone())
    }

    fn predicate(&self, input: ParseStream<'_>) -> syn::Result<bool> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected a condition: a name, `name = \"value\"`, `all(..)`, `any(..)` or `not(..)`"));
        }
        let ident = Ident::parse_any(input)?;
        let name = ident.unraw().to_string();
        if input.peek(token::Paren) {
            return self.list(&ident, &name, input);
        }
        if input.parse::<Option<Token![=]>>()?.is_some() {
            let value: LitStr = input.parse()?;
            return Ok(self.has_pair(name, value.value()));
        }
        match ident.to_string().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Ok(self.has_flag(&name)),
        }
    }

    fn list(&self, ident: &Ident, name: &str, input: ParseStream<'_>) -> syn::Result<bool> {
        if !matches!(name, "all" | "any" | "not") {
            return Err(syn::Error::new(
                ident.span(),
                format!("unknown condition `{name}(..)`; known are `all`, `any`, `not`"),
            ));
        }
        let content;
        syn::parenthesized!(content in input);
        let mut values = Vec::new();
        while !content.is_empty() {
            values.push(self.predicate(&content)?);
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        match name {
            "all" => Ok(values.iter().all(|value| *value)),
            "any" => Ok(values.iter().any(|value| *value)),
            _ => match values.as_slice() {
                [value] => Ok(!value),
                _ => Err(syn::Error::new(
                    ident.span(),
                    format!("`not(..)` takes one condition, got {}", values.len()),
                )),
            },
        }
    }

    /// Returns `true` if `feature = "name"` holds.
    pub fn has_feature(&self, name: &str) -> bool {
        self.has_pair("feature".to_owned(), name.to_owned())
    }

    fn has_pair(&self, name: String, value: String) -> bool {
        let from_env = self.env_pairs.contains(&(variable_name(&name), value.clone()))
            || (name == "feature" && self.env_features.contains(&variable_name(&value)));
        from_env || self.pairs.contains(&(name, value))
    }

    /// Returns `true` if `name` is set without a value.
    pub(super) fn has_flag(&self, name: &str) -> bool {
        self.flags.contains(name) || self.env_flags.contains(&variable_name(name))
    }
}

fn variable_name(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}
