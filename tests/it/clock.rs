//! Time, as tests measure it.

use std::fs;
use std::time::{Duration, Instant};

/// The time that this thread has run, where the system tells it: what else runs on the machine does not count.
fn clock() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let run = told.and_then(|told| told.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    run.unwrap_or_else(|| {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    })
}

/// The least time of so many runs.
pub(crate) fn least(runs: usize, run: impl Fn()) -> Duration {
    let time = || {
        let started = clock();
        run();
        clock() - started
    };
    (0..runs).map(|_| time()).min().unwrap_or_default()
}
