use std::collections::BTreeMap;

use serde_json::Value;

use super::*;

/// Calls between nodes of Go nano 0.5.0, as they were on the wire.
const GO_NANO: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/go-nano-cluster.jsonl"));

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("text"), 16).expect("hex"))
        .collect()
}

/// The form of a message again, and the `MemberInfo`s in it.
type Again = (Vec<u8>, Vec<Bytes>);

fn again<T: Message + Default>(bytes: &[u8], infos: impl FnOnce(&T) -> Vec<Bytes>) -> Again {
    let message = T::decode(bytes).expect("a message");
    (message.encode_to_vec(), infos(&message))
}

fn none<T>(_: &T) -> Vec<Bytes> {
    Vec::new()
}

fn request(method: &str, bytes: &[u8]) -> Again {
    match method {
        "clusterpb.Master/Register" => {
            again(bytes, |message: &RegisterRequest| vec![message.member_info.clone()])
        }
        "clusterpb.Master/Heartbeat" => {
            again(bytes, |message: &HeartbeatRequest| vec![message.member_info.clone()])
        }
        "clusterpb.Master/Unregister" => again(bytes, none::<UnregisterRequest>),
        "clusterpb.Member/NewMember" => {
            again(bytes, |message: &NewMemberRequest| vec![message.member_info.clone()])
        }
        "clusterpb.Member/DelMember" => again(bytes, none::<DelMemberRequest>),
        "clusterpb.Member/HandleRequest" => again(bytes, none::<RequestMessage>),
        "clusterpb.Member/HandleNotify" => again(bytes, none::<NotifyMessage>),
        "clusterpb.Member/HandleResponse" => again(bytes, none::<ResponseMessage>),
        "clusterpb.Member/HandlePush" => again(bytes, none::<PushMessage>),
        "clusterpb.Member/SessionClosed" => again(bytes, none::<SessionClosedRequest>),
        "clusterpb.Member/CloseSession" => again(bytes, none::<CloseSessionRequest>),
        other => panic!("{other} is no method of Go nano"),
    }
}

fn response(method: &str, bytes: &[u8]) -> Again {
    match method {
        "clusterpb.Master/Register" => {
            again(bytes, |message: &RegisterResponse| message.members.clone())
        }
        _ => again(bytes, none::<MemberHandleResponse>),
    }
}

#[test]
fn every_call_of_go_nano_reads_and_is_written_as_it_came() {
    let mut seen = BTreeMap::<String, usize>::new();
    for line in GO_NANO.lines() {
        let vector: Value = serde_json::from_str(line).expect("JSON");
        let text = |field: &str| vector[field].as_str();
        let Some(method) = text("method").filter(|method| method.starts_with("clusterpb.")) else {
            continue;
        };
        // Scripts in place of nodes sent fields that are zero, too, and unknown ones in front.
        let is_go = !text("from").unwrap_or_default().starts_with("fake");
        let forms = [text("request").map(|hex| (request as fn(&str, &[u8]) -> Again, hex, is_go))]
            .into_iter()
            .chain([text("response").map(|hex| (response as _, hex, true))]);
        for (read, hex, is_exact) in forms.flatten() {
            let bytes = bytes(hex);
            let (written, infos) = read(method, &bytes);
            if is_exact {
                assert_eq!(written, bytes, "{line}");
            }
            *seen.entry(method.to_owned()).or_default() += 1;
            for info in infos.into_iter().filter(|info| !info.is_empty()) {
                match Info::parse(info.clone()) {
                    Ok(parsed) => assert_eq!(parsed.bytes, info, "{line}"),
                    Err(fault) => {
                        assert!(line.contains("r-poison"), "{fault}: {line}");
                        assert!(fault.contains("`` is no address"), "{fault}");
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), 11, "each method of Master and Member: {seen:?}");
    assert!(seen.values().sum::<usize>() > 250, "{seen:?}");
}

#[test]
fn what_a_node_tells_beside_what_go_nano_knows_is_passed_on() {
    // `fake3` of the vectors: unknown fields 100 to 103 in front of known ones.
    let hex = "a2060a08051001180120012801a90601020304050607081a0446616b65120e3132372e302e302e313a3434\
               3733b506616263640a0566616b6533b806808080808020";
    let info = Info::parse(bytes(hex).into()).expect("an info");
    assert_eq!((info.label.as_str(), info.address.as_str()), ("fake3", "127.0.0.1:4473"));
    assert_eq!(info.services, ["Fake"]);
    let native = info.native.expect("field 100");
    assert_eq!((native.number, native.protocol_min, native.protocol_max), (5, 1, 1));
    assert!(native.gate);
    assert_eq!(info.bytes, bytes(hex));

    let node = Node::new(77, "chat-1", "10.0.0.5:7800").with_components(["chat"]).with_gate(true);
    let own = Info::of(&node);
    assert_eq!(Info::parse(own.bytes.clone()), Ok(own));
}

#[test]
fn a_node_that_cannot_be_is_refused_with_its_fault() {
    let of = |address: &str, services: Vec<String>| {
        let info = MemberInfo { service_addr: address.to_owned(), services, ..Default::default() };
        Info::parse(info.encode_to_vec().into()).map(|info| info.address)
    };
    assert_eq!(of("chat.internal:7800", Vec::new()), Ok("chat.internal:7800".to_owned()));
    assert_eq!(of("[::1]:7800", Vec::new()), Ok("[::1]:7800".to_owned()));
    for bad in ["nowhere", ":1", "a:0", "a:70000", "a@b:1", "a:1/x", "a b:1", &"a:1".repeat(99)] {
        assert!(of(bad, Vec::new()).is_err_and(|fault| fault.contains("no address")), "{bad}");
    }
    assert!(of("a:1", vec![String::new()]).is_err());
    assert!(of("a:1", vec!["x".repeat(254)]).is_err());
    assert!(of("a:1", vec!["x".to_owned(); 1025]).is_err());
    assert!(Info::parse(Bytes::new()).is_err());
    assert!(
        Info::parse(vec![0xff; 12].into()).is_err_and(|fault| fault.contains("cannot be read"))
    );
    assert!(Info::parse(vec![0; LARGEST_INFO + 1].into()).is_err());
}
