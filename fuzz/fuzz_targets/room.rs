//! Any text is a room or a list of errors; never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = glovebox_fixture::parse(text);
});
