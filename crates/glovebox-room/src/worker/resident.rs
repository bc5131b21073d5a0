//! The memory that a process holds, as the kernel counts it.
//!
//! What a pool of memory counts is what operators say of themselves; what decoders and functions
//! take beside it only the kernel knows.

use std::io;

/// Bytes of memory and swap that a process holds for itself; the pages of its program do not
/// count, they cost nobody anything. `None` for a process that has ended.
///
/// # Errors
/// When the kernel does not show it.
pub(super) fn resident(pid: u32) -> io::Result<Option<u64>> {
    std::fs::read_to_string(format!("/proc/{pid}/status")).map(|it| parse(&it))
}

fn parse(status: &str) -> Option<u64> {
    let kib = |name: &str| {
        let line = status.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    };
    // Kernels before 4.5 do not tell one kind from another.
    let held = match kib("RssAnon") {
        Some(anonymous) => anonymous.saturating_add(kib("RssShmem").unwrap_or(0)),
        None => kib("VmRSS")?,
    };
    Some(held.saturating_add(kib("VmSwap").unwrap_or(0)).saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_files_do_not_count_and_swapped_ones_do() {
        let status = "Name:\tglovebox\nVmRSS:\t  900 kB\nRssAnon:\t  100 kB\nRssFile:\t  790 kB\n\
                      RssShmem:\t   10 kB\nVmSwap:\t   5 kB\nThreads:\t4\n";
        assert_eq!(parse(status), Some(115 * 1024));
        assert_eq!(parse("VmRSS:\t900 kB\nVmSwap:\t5 kB\n"), Some(905 * 1024), "an old kernel");
        assert_eq!(parse("Name:\tglovebox\nState:\tZ (zombie)\n"), None);
        assert_eq!(parse("RssAnon:\tmuch\n"), None);
    }

    #[test]
    fn this_process_holds_what_it_has_filled() {
        let before = resident(std::process::id()).unwrap().unwrap();
        let filled = vec![7_u8; 64 << 20];
        let after = resident(std::process::id()).unwrap().unwrap();
        assert!(after >= before + (60 << 20), "{before} {after}");
        assert_eq!(filled.iter().map(|it| u64::from(*it)).sum::<u64>(), 7 * (64 << 20));
        assert!(resident(u32::MAX).is_err());
    }
}
