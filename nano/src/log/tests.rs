use std::time::Duration;

use tokio::time::advance;

use super::*;

#[tokio::test(start_paused = true)]
async fn each_kind_has_a_line_a_second_with_the_number_of_those_left_out() {
    let log = Log::default();
    assert_eq!(log.permit(Line::HandlerFailed), Some(0));
    for _ in 0..1000 {
        assert_eq!(log.permit(Line::HandlerFailed), None);
    }
    assert_eq!(log.permit(Line::CallFailed), Some(0), "another kind has a second of its own");
    advance(Duration::from_millis(PERIOD - 1)).await;
    assert_eq!(log.permit(Line::HandlerFailed), None);
    advance(Duration::from_millis(1)).await;
    assert_eq!(log.permit(Line::HandlerFailed), Some(1001));
    assert_eq!(log.permit(Line::HandlerFailed), None);
    advance(Duration::from_millis(2 * PERIOD - 1)).await;
    log.tell_left_out();
    assert_eq!(log.permit(Line::HandlerFailed), Some(1), "it is not told yet");
    assert_eq!(log.permit(Line::HandlerFailed), None);
    advance(Duration::from_millis(2 * PERIOD)).await;
    log.tell_left_out();
    assert_eq!(log.permit(Line::HandlerFailed), None, "the number was a line as well");
}

#[tokio::test(start_paused = true)]
async fn lines_about_nodes_come_twenty_at_once_and_then_one_a_second() {
    let log = Log::default();
    let written = || (0..100).filter(|_| log.permit(Line::NodeLinked).is_some()).count();
    assert_eq!(written(), 20);
    advance(Duration::from_millis(3 * PERIOD)).await;
    assert_eq!(log.permit(Line::NodeLinked), Some(80));
    assert_eq!(written(), 2);
    advance(Duration::from_secs(3600)).await;
    assert_eq!(written(), 20, "no more than that is saved");
}

#[test]
fn many_threads_get_one_line_and_count_the_others() {
    let log = Log::default();
    let permitted = std::thread::scope(|scope| {
        let count = || (0..1000).filter_map(|_| log.permit(Line::SlowConsumer)).count();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum::<usize>()
    });
    let left_out = log.limits[Line::SlowConsumer as usize].left_out.load(Ordering::Relaxed);
    // A slow machine may take longer than a second.
    assert!((1..10).contains(&permitted), "{permitted} lines");
    assert!(permitted > 1 || left_out == 3999, "{left_out} left out");
}

#[test]
fn the_documentation_lists_every_kind() {
    let page = include_str!("../docs/logs.md");
    let section = page.split("\n# ").find(|section| section.starts_with("Lines that a peer"));
    let rows = section.expect("the section").lines().filter_map(|line| {
        let (level, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        Some((level.to_uppercase(), rest.split_once('`')?.0))
    });
    let all = Line::ALL.iter().map(|line| (line.level().to_string(), line.text()));
    let expected: Vec<_> =
        std::iter::once((Level::WARN.to_string(), LEFT_OUT)).chain(all).collect();
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}
