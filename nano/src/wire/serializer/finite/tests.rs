use std::collections::BTreeMap;
use std::f64::consts::PI;

use bytes::BytesMut;
use serde::Serialize;

use super::write;

#[derive(Serialize)]
enum Shape {
    Dot,
    Round(f64),
    Line(f32, f32),
    Box { size: Option<f64> },
}

#[derive(Serialize)]
struct Flat {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[derive(Serialize)]
struct Wrapped(f64);

fn text(value: &impl Serialize) -> Result<String, String> {
    let mut out = BytesMut::new();
    write(value, &mut out).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out.to_vec()).expect("JSON is UTF-8"))
}

#[test]
fn case_b12_a_number_that_json_does_not_have_is_an_error_with_its_field() {
    let shape = |shape: Shape| BTreeMap::from([("shape", vec![Shape::Dot, shape])]);
    let flat = |number| Flat { id: 1, rest: BTreeMap::from([("x".to_owned(), number)]) };
    for (found, expected) in [
        (text(&f64::NAN), "the value is NaN"),
        (text(&Some(Wrapped(f64::INFINITY))), "the value is inf"),
        (text(&[1.0, f32::NEG_INFINITY]), "`[1]` is -inf"),
        (text(&shape(Shape::Round(f64::NAN))), "`shape[1].Round` is NaN"),
        (text(&shape(Shape::Line(0.5, f32::NAN))), "`shape[1][1]` is NaN"),
        (text(&shape(Shape::Box { size: Some(f64::NAN) })), "`shape[1].size` is NaN"),
        (text(&flat(f64::NAN)), "`x` is NaN"),
        (text(&BTreeMap::from([(7, (true, f64::NAN))])), "`7[1]` is NaN"),
    ] {
        assert_eq!(found, Err(format!("{expected}, which JSON does not have")));
    }
}

#[test]
fn all_else_is_written_as_serde_json_does() {
    fn check(value: &impl Serialize) {
        assert_eq!(text(value), Ok(serde_json::to_string(value).expect("JSON")));
    }
    check(&vec![Shape::Dot, Shape::Round(PI), Shape::Line(0.1, -0.0), Shape::Box { size: None }]);
    check(&Flat { id: 1, rest: BTreeMap::from([("x".to_owned(), 1e300)]) });
    check(&(i128::MIN, u128::MAX, 'x', "\u{1}\"", (), true, Wrapped(0.0), None::<f64>));
    check(&BTreeMap::from([(1.5_f64.to_bits(), [f32::MAX])]));
    check(&serde_json::json!({ "a": [1.5, null, { "b": u64::MAX }] }));
    check(&format_args!("{}-{}", 1, 2));
}
