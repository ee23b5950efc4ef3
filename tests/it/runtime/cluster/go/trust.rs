//! Calls of those who are not trusted.

use nano::{App, Cluster, GoNano};
use tonic::Code;

use super::messages::{MemberInfo, OfMember, OfSession, Push, Request};
use super::script::Script;
use super::{address, trust};

#[tokio::test]
async fn trap_39_calls_from_elsewhere_are_refused() {
    let stranger = Script::start("127.0.0.2").await;
    // A network that the stranger is not of, a token that it has not, and a node that knows no nodes of Go nano.
    let elsewhere = GoNano::trust(["127.0.0.1", "10.0.0.0/8"]);
    let with_token = trust().token("secret");
    for (go, code) in [
        (Some(elsewhere), Code::PermissionDenied),
        (Some(with_token), Code::PermissionDenied),
        (None, Code::Unimplemented),
    ] {
        let node = Cluster::bind("127.0.0.1:0").number(1);
        let node = match go {
            Some(go) => Cluster::bind("127.0.0.1:0").master().go_nano(go),
            None => node,
        };
        let server = App::new().cluster(node).start().await.expect("it starts");
        let to_node = stranger.to(address(&server));
        let info = Some(MemberInfo::new("x", &stranger.address, &["Chat"]));
        let (member, session) = (OfMember { info }, OfSession { session: 1 });
        for (method, outcome) in [
            ("Register", to_node.call("Master/Register", &member).await),
            ("Heartbeat", to_node.call("Master/Heartbeat", &member).await),
            ("NewMember", to_node.call("Member/NewMember", &member).await),
            ("HandleRequest", to_node.call("Member/HandleRequest", &Request::default()).await),
            ("HandlePush", to_node.call("Member/HandlePush", &Push::default()).await),
            ("CloseSession", to_node.call("Member/CloseSession", &session).await),
        ] {
            assert_eq!(outcome.expect_err("refused").code(), code, "{method}");
        }
        server.shutdown().await;
    }
}

#[tokio::test]
async fn calls_with_the_token_are_taken() {
    let script = Script::start("127.0.0.1").await;
    let node = Cluster::bind("127.0.0.1:0").master().go_nano(trust().token("secret"));
    let server = App::new().cluster(node).start().await.expect("it starts");
    let mut to_node = script.to(address(&server));
    for (token, is_taken) in [("secret", true), ("secreT", false), ("secret2", false)] {
        to_node.token = Some(token.to_owned());
        let outcome = to_node.call("Member/SessionClosed", &OfSession::default()).await;
        assert_eq!(outcome.is_ok(), is_taken, "{token}");
    }
    server.shutdown().await;
}
