//! Time, as tests measure it.

use std::fs;
use std::time::{Duration, Instant};

/// The time that this thread has run, where the system tells it: what else runs on the machine does not count.
fn clock() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let run = told.and_then(|told| told.split(' ').next()?.parse().ok()).filter(|nanos| *nanos > 0);
    let run = run.map(Duration::from_nanos);
    run.unwrap_or_else(|| {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    })
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
