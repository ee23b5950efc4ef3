use quote::{ToTokens, quote};

use super::*;
use crate::attribute::{Options, Source};

fn policy(tokens: proc_macro2::TokenStream) -> (Policy, Vec<String>) {
    let mut errors = Errors::new();
    let known = &["timeout", "rate", "max_body", "guest", "before", "name"];
    let options = Options::parse("handler", known, Source::Tokens(tokens), &mut errors);
    assert_eq!(options.name.map(|name| name.value()).as_deref(), Some("x"), "the rest is read");
    (options.policy, errors.iter().map(ToString::to_string).collect())
}

/// The settings, as short texts.
fn shown(policy: &Policy) -> String {
    fn one<T>(name: &str, setting: &Option<Setting<T>>, show: impl Fn(&T) -> String) -> String {
        match setting {
            None => String::new(),
            Some(Setting::Off) => format!("{name} off;"),
            Some(Setting::To(value)) => format!("{name} {};", show(value)),
        }
    }
    let path = |path: &Path| path.to_token_stream().to_string().replace(' ', "");
    let rate = |rate: &Rate| format!("{}/{:?}, {:?}", rate.count, rate.period, rate.burst);
    one("timeout", &policy.timeout, |timeout| format!("{timeout:?}"))
        + &one("rate", &policy.rate, rate)
        + &one("max_body", &policy.max_body, u32::to_string)
        + &one("guest", &policy.guest, |()| "on".to_owned())
        + &one("before", &policy.before, path)
}

#[test]
fn each_option_has_a_value_or_is_off() {
    let check = |tokens, expected: &str| {
        let (policy, errors) = policy(tokens);
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(shown(&policy), expected);
        assert_eq!(policy.is_empty(), expected.is_empty());
    };
    check(quote!(name = "x"), "");
    check(
        quote!(
            timeout = "2s",
            rate = "10/s",
            max_body = "4KiB",
            guest,
            before = require,
            name = "x"
        ),
        "timeout 2s;rate 10/1s, None;max_body 4096;guest on;before require;",
    );
    check(
        quote!(timeout = off, rate = off, max_body = off, guest = off, before = off, name = "x"),
        "timeout off;rate off;max_body off;guest off;before off;",
    );
    check(quote!(before = self::off, name = "x"), "before self::off;");
    check(quote!(before = off::require, name = "x"), "before off::require;");
    check(
        quote!(before = ::game::Player::<u8>::require, name = "x"),
        "before ::game::Player::<u8>::require;",
    );
}

#[test]
fn a_wrong_value_is_told_with_the_accepted_forms() {
    let check = |tokens, expected: &str| {
        let (policy, errors) = policy(tokens);
        assert_eq!(errors, [expected]);
        assert!(policy.is_empty(), "{expected}");
    };
    let timeout =
        "option `timeout` takes a value in quotes or `off`: `timeout = \"2s\"`, `timeout = off`";
    check(quote!(timeout, name = "x"), timeout);
    check(quote!(timeout = 2, name = "x"), timeout);
    check(quote!(timeout = on, name = "x"), timeout);
    check(quote!(timeout("2s"), name = "x"), timeout);
    check(quote!(timeout = "0s", name = "x"), "a timeout cannot be zero, got `0s`");
    check(quote!(timeout = "9000h", name = "x"), "a timeout is at most a year, got `9000h`");
    check(
        quote!(rate = 10, name = "x"),
        "option `rate` takes a value in quotes or `off`: `rate = \"10/s\"`, `rate = off`",
    );
    check(
        quote!(max_body = 4096, name = "x"),
        "option `max_body` takes a value in quotes or `off`: `max_body = \"4KiB\"`, `max_body = off`",
    );
    let guest = "option `guest` takes no value but `off`: `guest`, `guest = off`";
    check(quote!(guest = true, name = "x"), guest);
    check(quote!(guest = "off", name = "x"), guest);
    let before = "option `before` takes the path of a function without quotes, or `off`: \
                  `before = require_player`, `before = off`";
    check(quote!(before, name = "x"), before);
    check(quote!(before = "require", name = "x"), before);
    check(quote!(before = |s| Ok(()), name = "x"), before);
}

#[test]
fn a_rate_is_a_number_for_each_unit() {
    let check = |text: &str, expected: Result<(u32, u64, Option<u32>), &str>| {
        let expected = expected.map(|(count, seconds, burst)| Rate {
            count,
            period: Duration::from_secs(seconds),
            burst,
        });
        assert_eq!(rate::read(text), expected, "{text}");
    };
    check("10/s", Ok((10, 1, None)));
    check("100/m", Ok((100, 60, None)));
    check("1/h", Ok((1, 3600, None)));
    check("10/s burst 20", Ok((10, 1, Some(20))));
    check("5/s burst 1", Ok((5, 1, Some(1))));
    let form = "is a whole number for each unit of `s`, `m`, `h`, as in `10/s`, and may end in the number that \
                may come at once, as in `10/s burst 20`";
    for text in [
        "",
        "10",
        "/s",
        "10/",
        "10/d",
        "10 /s",
        "1.5/s",
        "-1/s",
        "10/s burst",
        "10/s burst x",
        "10/s, burst 2",
    ] {
        check(text, Err(form));
    }
    for text in ["0/s", "10/s burst 0"] {
        check(text, Err("has no zero in it: nothing would pass"));
    }
    check("4294967296/s", Err("has numbers up to 4294967295"));
    check("1000000001/s", Err("is at most one message each nanosecond"));
    check("1000000001/m", Ok((1_000_000_001, 60, None)));
    check("1/h burst 8785", Err("allows a burst again within a year"));
}

#[test]
fn a_size_is_a_number_and_a_unit() {
    let check = |text: &str, expected: Result<u32, &str>| {
        assert_eq!(size::read(text), expected, "{text}");
    };
    check("64B", Ok(64));
    check("4KiB", Ok(4096));
    check("1MiB", Ok(1 << 20));
    check("16777215B", Ok(0xff_ffff));
    let form = "is a whole number and one unit of `B`, `KiB`, `MiB`, as in `4KiB`";
    for text in ["", "64", "B", "64 B", "4KB", "4kib", "1.5MiB", "-1B"] {
        check(text, Err(form));
    }
    check("0KiB", Err("cannot be zero: no message with a body would pass"));
    for text in ["16MiB", "16777216B", "4294967296B", "4194304KiB"] {
        check(text, Err("is at most 16777215 bytes, the longest body of a packet"));
    }
}
