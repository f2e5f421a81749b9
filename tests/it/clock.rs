//! Time, as tests measure it.

use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The time that this thread has run, where the system tells it: what else runs on the machine does not count.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    static IS_TOLD: OnceLock<bool> = OnceLock::new();
    // a system that does not count tells zeros, and a thread may be so young
    match IS_TOLD.get_or_init(|| time_run("self").is_some_and(|run| run > Duration::ZERO)) {
        true => time_run("thread-self").unwrap_or_default(),
        false => START.get_or_init(Instant::now).elapsed(),
    }
}

fn time_run(task: &str) -> Option<Duration> {
    let told = fs::read_to_string(format!("/proc/{task}/schedstat")).ok()?;
    Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
}

/// How far that clock may go in one step: some systems tell it at the ticks of their scheduler only.
const TICK: Duration = Duration::from_millis(10);

/// The least time of so many runs, each repeated until the clock has moved on well.
pub(crate) fn least(runs: usize, run: impl Fn()) -> Duration {
    let time = || {
        let (started, mut times) = (clock(), 0);
        loop {
            run();
            times += 1;
            let taken = clock() - started;
            if taken > 3 * TICK {
                return taken / times;
            }
        }
    };
    (0..runs).map(|_| time()).min().unwrap_or_default()
}
