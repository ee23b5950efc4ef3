use std::time::Duration;

use super::read;

#[test]
fn one_number_and_one_unit() {
    let form = "is a whole number and one unit of `ms`, `s`, `m`, `h`, as in `60s`";
    let large = "is at most 2^64 - 1 milliseconds";
    let cases = [
        ("250ms", Ok(250)),
        ("60s", Ok(60_000)),
        ("5m", Ok(300_000)),
        ("1h", Ok(3_600_000)),
        ("007s", Ok(7_000)),
        ("18446744073709551615ms", Ok(u64::MAX)),
        ("0s", Err("cannot be zero")),
        ("18446744073709551616ms", Err(large)),
        ("18446744073709551615h", Err(large)),
        ("", Err(form)),
        ("60", Err(form)),
        ("s", Err(form)),
        ("1.5s", Err(form)),
        ("-1s", Err(form)),
        ("1h30m", Err(form)),
        ("60 s", Err(form)),
        ("60S", Err(form)),
        ("6٠s", Err(form)),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected.map(Duration::from_millis), "{text}");
    }
}
