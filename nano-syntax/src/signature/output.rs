//! The return type.

use syn::{ReturnType, Type};

use super::types::{self, Flaw};
use super::{Output, Param, Reporter, Role};

pub(super) fn parse(
    output: &ReturnType,
    params: &[Param],
    reporter: &mut Reporter<'_>,
) -> Option<Output> {
    let ty = match output {
        ReturnType::Default => return Some(Output::Unit),
        ReturnType::Type(_, ty) => ty,
    };
    let output = classify(ty);
    let (Output::Value(value) | Output::ValueResult(value)) = &output else { return Some(output) };

    let noun = reporter.role.noun();
    if !matches!(reporter.role, Role::Handler | Role::HandshakeHook) {
        reporter.refuse(
            ty,
            format_args!("{noun} returns `()` or `Result<()>`: nobody waits for a value"),
        );
        return None;
    }
    if params.iter().any(|param| matches!(param, Param::Reply(_))) {
        reporter.refuse(ty, "the value goes through the `Reply<T>`: return `()` or `Result<()>`");
        return None;
    }
    let reason = match (types::peel(value), types::flaw(value)) {
        (_, Some(Flaw::ImplTrait)) => "returns a concrete type: `impl Trait` leaves it open",
        (_, Some(Flaw::Reference | Flaw::Lifetime)) => {
            "returns an owned value: the borrow ends with the call"
        }
        (_, Some(Flaw::Infer)) => "returns a concrete type: `_` leaves it open",
        (Type::Never(_), _) => "returns: a request gets exactly one reply",
        _ => return Some(output),
    };
    reporter.refuse(value, format_args!("{noun} {reason}"));
    None
}

fn classify(ty: &Type) -> Output {
    if types::is_unit(ty) {
        return Output::Unit;
    }
    let Some(segment) = types::last_segment(ty).filter(|segment| segment.ident == "Result") else {
        return Output::Value(ty.clone());
    };
    match types::arguments(segment).first() {
        // An alias such as `fmt::Result`.
        None => Output::UnitResult,
        Some(value) if types::is_unit(value) => Output::UnitResult,
        Some(value) => Output::ValueResult((*value).clone()),
    }
}
