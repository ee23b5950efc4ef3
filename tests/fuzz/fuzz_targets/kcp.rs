//! Datagrams of KCP: each is a byte that says where it goes, a byte of its length, and its bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nano::testing::KcpProbe;

/// The most bytes that a conversation holds for its application.
const MOST: usize = 2 * KcpProbe::WINDOW as usize * 1500;

fuzz_target!(|input: &[u8]| {
    let (mut probe, mut rest) = (KcpProbe::new(), input);
    while let [way, len, behind @ ..] = rest {
        let (datagram, behind) = behind.split_at(behind.len().min(usize::from(*len) * 6));
        rest = behind;
        match way % 4 {
            0 => {
                let answer = probe.meet(datagram);
                assert!(answer == 0 || answer < datagram.len(), "an answer is shorter");
            }
            1 => probe.pass(u32::from(way / 4) * 1000),
            2 => probe.read(),
            _ => assert!(probe.input(datagram) <= MOST, "the window holds"),
        }
        assert!(probe.flush().iter().all(|len| *len <= 1200), "no datagram is longer than the mtu");
    }
});
