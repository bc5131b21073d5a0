//! The engine that the interpreter is compared with, and what it must release.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;
use glovebox_engine::{Engine, EngineConfig, Limits, cancel};
use glovebox_model::TableName;
use glovebox_privacy::{Draw, Noising, NotDrawn, Ratio, SampleKey};
use glovebox_sim::plans::{Call, Claim, Data, Plan, Step};
use tempfile::TempDir;

use super::known::Known;
use crate::private::fuzzed::context;
use crate::private::world::{Fixed, batches, query, reserved};

/// Adds a number that depends on the scale alone: every group appears, and what is added is known.
struct Told;

fn told(scale: Ratio) -> i128 {
    5_000 + (scale.to_f64() % 997.0) as i128
}

impl Draw for Told {
    fn discrete_gaussian(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        Ok(told(scale))
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        Ok(told(scale))
    }
}

/// The engine, and what runs lower plans by themselves.
pub(super) struct Machines {
    engine: Engine,
    /// With more streams, and batches of 256 rows at most.
    other: Engine,
    _folder: TempDir,
    pub(super) context: SessionContext,
}

impl Machines {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = EngineConfig::new(folder.path().to_owned());
        config.partitions = 2;
        let mut other = config.clone();
        (other.partitions, other.memory_bytes) = (5, 64 << 20);
        let (engine, other) = (Engine::new(config).unwrap(), Engine::new(other).unwrap());
        Self { engine, other, _folder: folder, context: context() }
    }

    /// What the engine releases when it is told the noise: keys as text, then the columns.
    /// `otherwise`: with another engine, from several files.
    pub(super) async fn released(
        &self,
        (known, sql): (&Known, &str),
        data: &Data,
        key: u8,
        otherwise: bool,
    ) -> Released {
        let priced = known.priced(sql).unwrap();
        let n_keys = priced.noising().unwrap().keys.len();
        let folder = TempDir::new().unwrap();
        let read: Vec<TableName> = priced.tables().cloned().collect();
        let (engine, n_files) = if otherwise { (&self.other, 3) } else { (&self.engine, 1) };
        let inputs = known.inputs(data, &folder, (&read, n_files));
        let limits = Limits {
            wall: std::time::Duration::from_secs(60),
            result_rows: 1_000_000,
            result_bytes: 64 << 20,
        };
        let (_canceller, cancel) = cancel();
        let key = SampleKey::fresh(&mut Fixed(key)).unwrap();
        let running = engine.execute(reserved(priced), query(), inputs, &limits, (&cancel, key));
        let executed = running.await.unwrap_or_else(|it| panic!("{sql}: {:?}", it.cause));
        let mut all = Released::new();
        for batch in batches(executed, &mut Told) {
            for row in 0..batch.num_rows() {
                let text = |at: usize| {
                    let column = cast(batch.column(at), &DataType::Utf8).unwrap();
                    let column = column.as_string::<i32>();
                    if column.is_null(row) {
                        "NULL".to_owned()
                    } else {
                        column.value(row).to_owned()
                    }
                };
                let number = |column: &ArrayRef| match column.data_type() {
                    DataType::Int64 => {
                        Number::Whole(column.as_primitive::<Int64Type>().value(row).into())
                    }
                    DataType::Decimal128(_, scale) => {
                        let digits = column.as_primitive::<Decimal128Type>().value(row);
                        Number::Decimal(digits, *scale)
                    }
                    DataType::Float64 => {
                        Number::Real(column.as_primitive::<Float64Type>().value(row))
                    }
                    other => panic!("a released column of type {other}"),
                };
                let key = (0..n_keys).map(text).collect();
                all.insert(key, batch.columns()[n_keys..].iter().map(number).collect());
            }
        }
        all
    }
}

pub(super) type Released = BTreeMap<Vec<String>, Vec<Number>>;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// Digits, and how many of them stand behind the point.
    Decimal(i128, i8),
    Real(f64),
    Whole(i128),
}

impl Number {
    /// Whole numbers and sums are equal, what is divided to the last digits that are shown.
    pub(super) fn is(self, house: Self) -> bool {
        match (self, house) {
            (Self::Whole(own), Self::Whole(house) | Self::Decimal(house, _)) => own == house,
            (Self::Real(own), Self::Real(house)) => {
                (own - house).abs() <= 1e-9 * own.abs().max(house.abs()).max(1e-9)
            }
            (Self::Real(own), Self::Decimal(digits, scale)) => {
                let unit = 10_f64.powi((-scale).into());
                (own - digits as f64 * unit).abs() <= 0.500_001 * unit
            }
            _ => false,
        }
    }
}

/// What the released columns of a group must be, by the published formulas.
pub(super) fn expected(plan: &Plan, claim: &Claim, noising: &Noising, row: &[i128]) -> Vec<Number> {
    let noise: Vec<i128> = noising.scales.iter().map(|it| told(it.ratio())).collect();
    let noisy: Vec<i128> = row[1..].iter().zip(&noise).map(|(it, noise)| it + noise).collect();
    let mut start = 0;
    let cells = plan.cells.iter().zip(claim.steps()).zip(&claim.sensitivities);
    cells
        .map(|((cell, (step, middle, reach)), units)| {
            let own = &noisy[start..start + units.len()];
            start += units.len();
            let (reach, middle) = (reach as f64, middle as f64);
            match (cell.call, own) {
                (Call::Sum, [it]) if matches!(step, Step::Binary(_)) => {
                    Number::Real(*it as f64 * step.value())
                }
                (Call::Average, [sum, n]) => {
                    let distance = *sum as f64 / (*n).max(1) as f64;
                    Number::Real((middle + distance.clamp(-reach, reach)) * step.value())
                }
                (Call::Moment { root, sample }, [squares, sum, n]) => {
                    let n_rows = (*n).max(1) as f64;
                    let mean = (*sum as f64 / n_rows).clamp(-reach, reach);
                    let variance =
                        (*squares as f64 / n_rows - mean * mean).clamp(0.0, reach * reach);
                    let n_rows = (*n).max(2) as f64;
                    let more = if sample { n_rows / (n_rows - 1.0) } else { 1.0 };
                    let variance = variance * more * step.value() * step.value();
                    Number::Real(if root { variance.sqrt() } else { variance })
                }
                (_, own) => Number::Whole(own[0]),
            }
        })
        .collect()
}
