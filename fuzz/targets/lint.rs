#![no_main]

libfuzzer_sys::fuzz_target!(|input: &str| laws::lint(input));
