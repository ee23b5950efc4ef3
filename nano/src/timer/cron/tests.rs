use super::*;

fn cron(expression: &str) -> Cron {
    Cron::parse(expression).expect(expression)
}

fn at(time: &str) -> Timestamp {
    time.parse().expect(time)
}

#[test]
fn the_moments_of_an_expression_are_those_of_crontab_in_its_zone() {
    let check = |expression: &str, from: &str, expected: &[&str]| {
        let cron = cron(expression);
        let mut last = at(from);
        for expected in expected {
            last = cron.after(last).expect("a moment");
            assert_eq!(last, at(expected), "{expression} after {from}");
        }
    };
    let noon = "2026-03-27T12:00:00Z";
    check("0 4 * * *", noon, &["2026-03-28T04:00:00Z", "2026-03-29T04:00:00Z"]);
    check(" 0 12 * * * ", noon, &["2026-03-28T12:00:00Z"]);
    check("*/20 * * * * *", noon, &["2026-03-27T12:00:20Z", "2026-03-27T12:00:40Z"]);
    check("@daily", noon, &["2026-03-28T00:00:00Z"]);
    check("0 0 L * *", noon, &["2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"]);
    check("30 9 * * mon-fri", noon, &["2026-03-30T09:30:00Z"]);
    check("0 0 29 2 *", noon, &["2028-02-29T00:00:00Z"]);
    check("CRON_TZ=Asia/Shanghai 0 4 * * *", noon, &["2026-03-27T20:00:00Z"]);
    // At two o'clock on the 29th clocks go forward; the 25th of October has two hours from two to three.
    let berlin = "CRON_TZ=Europe/Berlin 30 2 * * *";
    check(berlin, noon, &["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    check(berlin, "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
}

#[test]
fn an_expression_that_cannot_be_read_is_told_with_the_fault() {
    let check = |expression: &str, text: &str| {
        let error = Cron::parse(expression).expect_err(expression);
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        let (start, message) = (format!("`{expression}` is no cron expression: "), error.message());
        assert!(message.starts_with(&start) && message.contains(text), "{error}");
    };
    check("", "empty");
    check("0 4 * *", "the fields are minute, hour");
    check("0 25 * * *", "25");
    check("0 4 * * * * 2027", "fields");
    check("0 4 \u{1f600} * *", "illegal");
    check("0 0 30 2 *", "there is no such day");
    check("CRON_TZ=Europe/Atlantis 0 4 * * *", "there is no time zone `Europe/Atlantis`");
    check("CRON_TZ=Europe/Berlin", "empty");
}

#[test]
fn what_was_missed_is_counted_up_to_a_bound() {
    let cron = cron("* * * * * *");
    let start = at("2026-03-27T12:00:00Z");
    let check = |millis, passed, expected| {
        let now = start + SignedDuration::from_millis(millis);
        let last = start + SignedDuration::from_millis(passed);
        assert_eq!(cron.skip(start, now), (last, expected), "{millis}");
    };
    check(-5000, 0, 0);
    check(0, 0, 0);
    check(1000, 0, 0); // due just now
    check(1001, 1000, 1);
    check(5500, 5000, 5);
    check(999_500, 999_000, 999);
    check(10_000_500, 10_000_500, COUNTED);
}

#[test]
fn a_clock_that_is_set_back_repeats_nothing_unless_it_was_wrong_by_hours() {
    let last = at("2026-03-27T12:00:00Z");
    for (now, expected) in [
        ("2026-03-27T12:00:01Z", last),
        ("2026-03-27T09:00:00Z", last),
        ("2026-03-27T08:59:59Z", at("2026-03-27T08:59:59Z")),
        ("2027-03-27T12:00:00Z", last),
    ] {
        assert_eq!(from(last, at(now)), expected, "{now}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_moves_with_paused_time() {
    let (before, day) = (now(), Duration::from_secs(24 * 60 * 60));
    tokio::time::advance(day).await;
    let passed = now().duration_since(before);
    let off = passed - SignedDuration::try_from(day).expect("a day");
    // The real time that the test took is added.
    assert!(off.abs() < SignedDuration::from_secs(60), "{passed:?}");
}
