//! The intended differences between the codec and Go nano.

pub(super) struct Difference {
    /// The vector's name.
    pub(super) name: &'static str,
    /// The sentence of the wire's specification that asks for the difference.
    pub(super) wire: &'static str,
    /// The facts that differ from the vector, with the codec's values.
    pub(super) ours: &'static [&'static str],
}

const U24: &str = "type u8 | length u24 big-endian | body";
const AT_ONCE: &str =
    "A message whose body is shorter than four bytes is delivered as soon as it is complete.";
const EMPTY_RESPONSE: &str = "A response with an empty body is legal both ways.";
const ROUTE: &str =
    "Route: `u16 BE code` when compressed, else `u8 length | UTF-8`, so 255 bytes at most.";
const ID: &str = "An unterminated id, one above 64 bits [..]: a protocol error";
const CODE: &str = "a truncated code or route [..]: a protocol error";
const NO_ROUTE: &str = "Flag: bit 0 = route is compressed; [..] route (not in a response)";

const fn differs(
    name: &'static str,
    wire: &'static str,
    ours: &'static [&'static str],
) -> Difference {
    Difference { name, wire, ours }
}

pub(super) const DIFFERENCES: &[Difference] = &[
    differs("packet_data_len_16777216", U24, &["encode=error codec: packet size exceed"]),
    differs("packet_dec_split_after_header_body_1", AT_ONCE, &["chunk 1=1 00", "chunk 2=3 "]),
    differs("packet_dec_split_after_header_body_2", AT_ONCE, &["chunk 1=1 0001", "chunk 2=3 "]),
    differs("packet_dec_split_after_header_body_3", AT_ONCE, &["chunk 1=1 000102", "chunk 2=3 "]),
    differs("msg_response_id1_room_join_empty", EMPTY_RESPONSE, &["redecode=2 1 \"\" "]),
    differs("msg_response_route0_payload0", EMPTY_RESPONSE, &["redecode=2 1 \"\" "]),
    differs("msg_response_id_0_empty", EMPTY_RESPONSE, &["redecode=2 0 \"\" "]),
    differs("msg_response_id_128_empty", EMPTY_RESPONSE, &["redecode=2 128 \"\" "]),
    differs("msg_dec_response_empty", EMPTY_RESPONSE, &["decode=2 1 \"\" "]),
    differs(
        "msg_notify_route256",
        ROUTE,
        &["head=error route of 256 bytes exceeds the limit of 255", "redecode=nothing"],
    ),
    differs(
        "msg_notify_route300",
        ROUTE,
        &["head=error route of 300 bytes exceeds the limit of 255", "redecode=nothing"],
    ),
    differs("msg_dec_route_invalid_utf8", ROUTE, &["decode=error route is not valid utf-8"]),
    differs("msg_dec_request_id_overflow_10th", ID, &["decode=error wrong message"]),
    differs("msg_dec_request_varint_20_cont_terminated", ID, &["decode=error wrong message"]),
    differs("msg_dec_request_varint_200_cont_unterminated_80", ID, &["decode=error wrong message"]),
    differs("msg_dec_response_varint_20_cont_unterminated", ID, &["decode=error wrong message"]),
    differs("msg_dec_compressed_truncated_no_dict", CODE, &["decode=error wrong message"]),
    differs("dict_dec_notify_code_truncated_1", CODE, &["decode=error wrong message"]),
    differs("dict_dec_push_code_truncated_1", CODE, &["decode=error wrong message"]),
    differs("dict_dec_request_code_truncated_1", CODE, &["decode=error wrong message"]),
    differs("dict_response_room_join_64", NO_ROUTE, &["head=0401"]),
    differs("dict_response_route_in_dict", NO_ROUTE, &["head=04ac02"]),
    // Differs in two ways: in the flag, and in that it can be read again.
    differs("dict_response_room_join_empty", NO_ROUTE, &["head=0401", "redecode=2 1 \"\" "]),
];
