//! A method marked `#[handler]`.

use syn::{ImplItemFn, Path};

use super::Handler;
use crate::attribute::{self, Helper, Known};
use crate::errors::Errors;
use crate::name::{self, NameKind, RenameRule};
use crate::policy::Policy;
use crate::signature::{self, Role};

const OPTIONS: Known =
    &["name", "concurrent", "notify", "internal", "timeout", "rate", "max_body", "guest", "before"];

pub(super) fn parse(
    component: &str,
    method: &ImplItemFn,
    helper: &Helper,
    rule: Option<RenameRule>,
    errors: &mut Errors,
) -> Option<Handler> {
    let options = helper.options(OPTIONS, errors);
    let ident = method.sig.ident.clone();
    let (name, name_span) = match &options.name {
        Some(name) => (name.value(), name.span()),
        None => {
            let name = name::unraw(&ident);
            (rule.map_or(name.clone(), |rule| rule.method(&name)), ident.span())
        }
    };
    name::check(&name, NameKind::Handler, name_span, errors);
    let route = format!("{component}.{name}");
    // The name of a component that is too long is reported once, where it stands.
    if name::leaves_room(component) {
        name::check_route(&route, name_span, errors);
    }

    let signature = signature::parse(&method.sig, Role::Handler, errors)?;
    if let (Some(notify), Some(_)) = (&options.notify, signature.reply()) {
        errors.on(
            notify,
            "nobody waits for the reply of a `notify` handler: return `()` or `Result<()>`, and take no `Reply<T>`",
        );
        return None;
    }
    if let Some(internal) = &options.internal {
        for_clients_only(internal, &options.policy, errors);
    }
    let doc_attributes = attribute::doc_attributes(&method.attrs);
    Some(Handler {
        ident,
        name,
        route,
        name_span,
        docs: attribute::doc_text(&doc_attributes),
        doc_attributes,
        cfgs: super::conditions(method, helper),
        concurrent: options.concurrent,
        is_internal: options.internal.is_some(),
        policy: options.policy,
        is_request: options.notify.is_none() && signature.is_request(),
        signature,
    })
}

/// Reports what only messages of clients are checked with.
fn for_clients_only(internal: &Path, policy: &Policy, errors: &mut Errors) {
    let options = [
        ("rate", policy.rate.is_some()),
        ("max_body", policy.max_body.is_some()),
        ("guest", policy.guest.is_some()),
    ];
    for (option, _) in options.iter().filter(|(_, is_given)| *is_given) {
        errors.on(
            internal,
            format_args!("`{option}` is about messages of clients, which never reach an `internal` handler: leave one of the two out"),
        );
    }
}

/// Reports routes that two methods claim. Methods that both carry a condition may exclude each
/// other; if they do not, the runtime says so at start.
pub(super) fn check_duplicates(handlers: &[Handler], errors: &mut Errors) {
    for (at, handler) in handlers.iter().enumerate() {
        let earlier = handlers.iter().take(at).find(|other| {
            other.route == handler.route && (other.cfgs.is_empty() || handler.cfgs.is_empty())
        });
        if let Some(earlier) = earlier {
            let route = &handler.route;
            errors.at(handler.name_span, format_args!("the route `{route}` is taken already"));
            errors.at(earlier.name_span, format_args!("`{route}` is first taken here"));
        }
    }
}
