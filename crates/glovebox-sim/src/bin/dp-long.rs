//! The long test of the samplers: `dp-long [DRAWS]`, a million numbers at each scale by default.

use std::process::ExitCode;
use std::time::Instant;

use glovebox_privacy::{Mechanism, Ratio, SecureDraw};
use glovebox_sim::sampler::{LEVEL, judge};

/// From one half to a million, whole and not.
const SCALES: [(u128, u64); 10] = [
    (1, 2),
    (1, 1),
    (7, 3),
    (10, 1),
    (463_798, 65_536),
    (30, 1),
    (100, 1),
    (12_345, 7),
    (100_000, 1),
    (1_000_000, 1),
];

fn main() -> ExitCode {
    let n_draws = match std::env::args().nth(1).map(|it| it.parse()) {
        None => 1_000_000,
        Some(Ok(n_draws)) if n_draws >= 10_000 => n_draws,
        Some(_) => {
            eprintln!("usage: dp-long [DRAWS], at least 10000");
            return ExitCode::from(2);
        }
    };
    let mut draw = match SecureDraw::new() {
        Ok(draw) => draw,
        Err(insecure) => {
            eprintln!("{insecure}");
            return ExitCode::FAILURE;
        }
    };
    let mut passes = true;
    println!("{n_draws} draws at each scale; a correct sampler fails a line with {LEVEL:e}");
    for mechanism in [Mechanism::Gaussian, Mechanism::Laplace] {
        for (numerator, denominator) in SCALES {
            let Some(scale) = Ratio::new(numerator, denominator) else { continue };
            let started = Instant::now();
            match judge(mechanism, scale, n_draws, &mut draw) {
                Ok(it) => {
                    passes &= it.passes();
                    println!(
                        "{mechanism:?} {scale}: chi-square {:.1} with {} degrees, p = {:.3}; mean {:+.2} errors; largest {:.1} deviations; {:.1} us a draw; {}",
                        it.chi_square,
                        it.degrees,
                        it.likelihood,
                        it.mean_errors,
                        it.largest_deviations,
                        started.elapsed().as_secs_f64() * 1e6 / f64::from(n_draws),
                        if it.passes() { "passes" } else { "FAILS" },
                    );
                }
                Err(not_drawn) => {
                    eprintln!("{mechanism:?} {scale}: {not_drawn}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    if passes { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
