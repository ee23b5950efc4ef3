//! Tests of connections that do not open.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::transport::Transport;

#[test]
fn a_connection_that_does_not_open_is_given_up_however_much_others_hear() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (mut served, _) = listener.accept().expect("a connection");
        let _waits = listener.accept().expect("another one");
        let _ = served.read(&mut [0; 1024]);
        let welcome = br#"{"code":200,"sys":{}}"#;
        let head = [packet::HANDSHAKE, 0, 0, u8::try_from(welcome.len()).expect("a short one")];
        let _ = served.write_all(&[&head[..], welcome].concat());
        // It hears something all the time, until it is closed.
        while served.write_all(&[packet::HEARTBEAT, 0, 0, 0]).is_ok() {
            let _ = served.read(&mut [0; 1024]);
        }
    });
    let mut generator = Generator::new(Target::new(address, Transport::Tcp)).expect("a generator");
    generator.patience = Duration::from_millis(300);
    let request = Template::new("echo.say", b"");
    let mut load = Traffic::new(request, Exchange::Request, Pace::InFlight(1));
    let error = generator.connect(2, 2, &mut load).expect_err("one does not open");
    assert!(format!("{error:#}").contains("connection 1: it is not open after 300ms"), "{error:#}");
}
