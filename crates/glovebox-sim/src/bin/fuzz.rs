//! Long runs of the fuzz targets: `fuzz [--seconds N] [--seed S] [TARGET...]`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use glovebox_sim::fuzz::{TARGETS, run, stuck};

const USAGE: &str = "usage: fuzz [--seconds N] [--seed S] [TARGET...]";

fn main() -> ExitCode {
    let (mut seconds, mut seed, mut names) = (60_u64, 1_u64, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let number = match argument.as_str() {
            "--seconds" => &mut seconds,
            "--seed" => &mut seed,
            _ => {
                names.push(argument);
                continue;
            }
        };
        let Some(value) = arguments.next().and_then(|it| it.parse().ok()) else {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        };
        *number = value;
    }
    let unknown = names.iter().find(|name| TARGETS.iter().all(|it| it.name != name.as_str()));
    if let Some(name) = unknown {
        let known: Vec<&str> = TARGETS.iter().map(|it| it.name).collect();
        eprintln!("`{name}` is no target: {}\n{USAGE}", known.join(", "));
        return ExitCode::from(2);
    }
    // What breaks is printed below; the traces of each smaller try would drown it.
    std::panic::set_hook(Box::new(|_| {}));
    watch();
    let mut broken = false;
    for target in TARGETS.iter().filter(|it| names.is_empty() || names.iter().any(|n| n == it.name))
    {
        let until = Instant::now() + Duration::from_secs(seconds);
        let outcome = run(target, seed, u64::MAX, Some(until));
        println!(
            "{}: {} executions, {} accepted, slowest {:.1} ms",
            target.name,
            outcome.executions,
            outcome.accepted,
            outcome.slowest.as_secs_f64() * 1e3
        );
        if let Some((input, what)) = outcome.broken {
            broken = true;
            println!("  BROKEN by {:?}: {what}", String::from_utf8_lossy(&input));
        }
    }
    if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Ends the run when one input does not end.
fn watch() {
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if let Some(input) = stuck(Duration::from_secs(10)) {
                println!("  DOES NOT END: {:?}", String::from_utf8_lossy(&input));
                std::process::exit(1);
            }
        }
    });
}
