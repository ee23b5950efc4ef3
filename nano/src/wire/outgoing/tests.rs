use super::*;
use crate::serializer::Json;
use crate::wire::Dictionary;

/// Checks which of the dialects are handed the very same packet, by the first that has it.
fn check(body_len: usize, dialects: &[Dialect], expected: &[usize]) {
    let wire = Wire::new(Json, Dictionary::default());
    let mut broadcast = Outgoing::broadcast(&wire, "onNews", &|_, out| {
        out.resize(body_len, b'a');
        Ok(())
    })
    .expect("a body");
    let packets: Vec<Bytes> = dialects
        .iter()
        .map(|dialect| {
            broadcast.shared(&wire, *dialect).expect("a broadcast").expect("it fits").clone()
        })
        .collect();
    let first = |packet: &Bytes| packets.iter().position(|other| other.as_ptr() == packet.as_ptr());
    let shared: Vec<_> = packets.iter().filter_map(first).collect();
    assert_eq!(shared, expected, "{body_len} bytes");
}

#[test]
fn a_broadcast_is_encoded_once_for_each_form() {
    let native = |zlib| Dialect::native(true, zlib);
    let dialects = [
        Dialect::NANO,
        Dialect::PITAYA,
        native(true),
        native(false),
        Dialect::native(false, true),
        Dialect::PITAYA,
        Dialect::NANO,
        native(false),
    ];
    check(5000, &dialects, &[0, 1, 2, 3, 2, 1, 0, 3]);
    // Below the threshold nobody gets it compressed: one form less.
    check(100, &dialects, &[0, 1, 2, 2, 2, 1, 0, 2]);
}
