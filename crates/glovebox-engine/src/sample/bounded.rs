//! The groups of users, bounded, and their sums.

use std::hash::Hasher as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Schema, SchemaRef};
use datafusion::arrow::row::{RowConverter, SortField};
use siphasher::sip::SipHasher24;

use super::Sample;
use super::intern::Interner;
use crate::Cause;

const BROKEN: Cause = Cause::Internal("a private plan has other columns");
const TOO_MANY: Cause = Cause::Memory;

/// A group that a user is in.
#[derive(Clone, Copy)]
struct Chosen {
    /// The keyed hash, once it is needed.
    hash: Option<u64>,
    group: u32,
    /// Where its contributions are.
    place: u32,
}

/// The users of one partition with their groups.
pub(super) struct Bounded {
    sample: Sample,
    keys: RowConverter,
    user: RowConverter,
    groups: Interner,
    users: Interner,
    /// By user.
    chosen: Vec<Vec<Chosen>>,
    /// By place, so many as there are units.
    contributions: Vec<i128>,
}

fn converter(schema: &Schema, places: std::ops::Range<usize>) -> Result<RowConverter, Cause> {
    let fields = schema.fields().get(places).ok_or(BROKEN)?;
    let fields = fields.iter().map(|it| SortField::new(it.data_type().clone())).collect();
    RowConverter::new(fields).map_err(|_| BROKEN)
}

impl Bounded {
    pub(super) fn new(sample: Sample, schema: &Schema) -> Result<Self, Cause> {
        let n_keys = sample.n_keys;
        Ok(Self {
            keys: converter(schema, 0..n_keys)?,
            user: converter(schema, n_keys..n_keys + 1)?,
            sample,
            groups: Interner::new(),
            users: Interner::new(),
            chosen: Vec::new(),
            contributions: Vec::new(),
        })
    }

    /// Adds rows, each of another pair of group and user.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Cause> {
        let n_keys = self.sample.n_keys;
        let columns = batch.columns();
        let of_keys = columns.get(..n_keys).ok_or(BROKEN)?;
        let keys = match n_keys {
            0 => None,
            _ => Some(self.keys.convert_columns(of_keys).map_err(|_| BROKEN)?),
        };
        let of_user = columns.get(n_keys..=n_keys).ok_or(BROKEN)?;
        let users = self.user.convert_columns(of_user).map_err(|_| BROKEN)?;
        let partials = columns.get(n_keys + 1..).ok_or(BROKEN)?;
        let partials = partials.iter().map(wide).collect::<Result<Vec<_>, _>>()?;
        let mut row_partials = vec![0; partials.len()];
        for row in 0..batch.num_rows() {
            for (value, column) in row_partials.iter_mut().zip(&partials) {
                // The sum of nothing is NULL.
                *value = if column.is_null(row) { 0 } else { column.value(row) };
            }
            let key = keys.as_ref().map(|it| it.row(row));
            let key = key.as_ref().map_or(&[][..], |it| it.as_ref());
            let group = self.groups.intern(key).ok_or(TOO_MANY)?;
            let user = self.users.intern(users.row(row).as_ref()).ok_or(TOO_MANY)?;
            self.choose(user, group, &row_partials)?;
        }
        Ok(())
    }

    /// Counts the group for the user, or leaves it or another one out.
    fn choose(&mut self, user: u32, group: u32, partials: &[i128]) -> Result<(), Cause> {
        let index = user as usize;
        if index >= self.chosen.len() {
            self.chosen.resize_with(index + 1, Vec::new);
        }
        let n_units = self.sample.units.len();
        let Some(own) = self.chosen.get_mut(index) else { return Err(BROKEN) };
        let most = self.sample.max_groups.unwrap_or(usize::MAX);
        let place = if own.len() < most {
            let place = u32::try_from(self.contributions.len() / n_units.max(1));
            let place = place.map_err(|_| TOO_MANY)?;
            own.push(Chosen { hash: None, group, place });
            self.contributions.resize(self.contributions.len() + n_units, 0);
            if n_units == 0 {
                return Ok(());
            }
            place
        } else {
            let key = &self.sample.key;
            let user = self.users.get(user);
            let order = |it: &Chosen| (it.hash, self.groups.get(it.group));
            for it in own.iter_mut().filter(|it| it.hash.is_none()) {
                it.hash = Some(rank(key, user, self.groups.get(it.group)));
            }
            let hash = Some(rank(key, user, self.groups.get(group)));
            let Some(last) = own.iter_mut().max_by(|one, other| order(one).cmp(&order(other)))
            else {
                return Ok(());
            };
            if (hash, self.groups.get(group)) >= order(last) {
                return Ok(());
            }
            *last = Chosen { hash, group, place: last.place };
            last.place
        };
        let start = place as usize * n_units;
        let room = self.contributions.get_mut(start..start + n_units).ok_or(BROKEN)?;
        for (value, unit) in room.iter_mut().zip(self.sample.units.iter()) {
            *value = unit.contribution(partials);
        }
        Ok(())
    }

    /// The sums of all that was chosen.
    pub(super) fn groups(self) -> Groups {
        let n_units = self.sample.units.len();
        let mut sums = vec![vec![0_i128; n_units + 1]; self.groups.len()];
        for Chosen { group, place, .. } in self.chosen.iter().flatten() {
            let Some(sum) = sums.get_mut(*group as usize) else { continue };
            let start = *place as usize * n_units;
            let own = self.contributions.get(start..start + n_units).unwrap_or_default();
            for (sum, value) in sum.iter_mut().zip(std::iter::once(&1).chain(own)) {
                *sum = sum.saturating_add(*value);
            }
        }
        Groups { groups: self.groups, sums, n_units }
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.groups.size()
            + self.users.size()
            + self.contributions.capacity() * 16
            + self.chosen.capacity() * size_of::<Vec<Chosen>>()
            + self.contributions.len() / self.sample.units.len().max(1) * 2 * size_of::<Chosen>()
    }
}

/// Counts are bigints, sums decimals.
fn wide(column: &ArrayRef) -> Result<Decimal128Array, Cause> {
    let column = match column.data_type() {
        DataType::Decimal128(_, 0) => Arc::clone(column),
        DataType::Int64 => cast(column, &DataType::Decimal128(38, 0)).map_err(|_| BROKEN)?,
        _ => return Err(BROKEN),
    };
    column.as_primitive_opt::<Decimal128Type>().cloned().ok_or(BROKEN)
}

/// The rank of a group among those of a user: SipHash-2-4 under the secret of the query, of both
/// with their lengths before them.
fn rank(key: &[u8; 16], user: &[u8], group: &[u8]) -> u64 {
    let mut hasher = SipHasher24::new_with_key(key);
    for part in [user, group] {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish()
}

/// The sums of groups: users, then units.
pub(super) struct Groups {
    groups: Interner,
    sums: Vec<Vec<i128>>,
    n_units: usize,
}

impl Groups {
    pub(super) fn new(sample: &Sample) -> Self {
        Self { groups: Interner::new(), sums: Vec::new(), n_units: sample.units.len() }
    }

    /// Adds the sums of other users; a group that cannot be numbered is never left out.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Cause> {
        for (number, added) in other.sums.iter().enumerate() {
            // A group of which nobody was chosen is none.
            if added.first() == Some(&0) {
                continue;
            }
            let number = u32::try_from(number).map_err(|_| TOO_MANY)?;
            let own = self.groups.intern(other.groups.get(number)).ok_or(TOO_MANY)? as usize;
            if own >= self.sums.len() {
                self.sums.resize_with(own + 1, || vec![0; self.n_units + 1]);
            }
            if let Some(sums) = self.sums.get_mut(own) {
                for (sum, added) in sums.iter_mut().zip(added) {
                    *sum = sum.saturating_add(*added);
                }
            }
        }
        Ok(())
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.groups.size() + self.sums.capacity() * (self.n_units + 1) * 16
    }

    /// The columns of the groups, then users and units as whole decimals; in the order of keys.
    pub(super) fn batch(
        &self,
        sample: &Sample,
        schema: &Schema,
    ) -> Result<(SchemaRef, RecordBatch), Cause> {
        let mut order: Vec<u32> =
            (0..u32::try_from(self.groups.len()).map_err(|_| TOO_MANY)?).collect();
        order.sort_by_key(|it| self.groups.get(*it));
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        if sample.n_keys > 0 {
            let keys = converter(schema, 0..sample.n_keys)?;
            let parser = keys.parser();
            let rows = order.iter().map(|it| parser.parse(self.groups.get(*it)));
            columns.extend(keys.convert_rows(rows).map_err(|_| BROKEN)?);
            let shown = schema.fields().iter().take(sample.n_keys);
            fields.extend(shown.map(|it| it.as_ref().clone().with_nullable(true)));
        }
        for unit in 0..=self.n_units {
            let of = |it: &u32| self.sums.get(*it as usize).and_then(|it| it.get(unit)).copied();
            let values: Option<Vec<i128>> = order.iter().map(of).collect();
            let values = Decimal128Array::from(values.ok_or(BROKEN)?);
            let values = values.with_precision_and_scale(38, 0).map_err(|_| BROKEN)?;
            columns.push(Arc::new(values));
            fields.push(Field::new(format!("__gb_sum_{unit}"), DataType::Decimal128(38, 0), false));
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|_| BROKEN)?;
        Ok((schema, batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_tell_pairs_apart_however_they_are_cut() {
        let key = [7; 16];
        assert_ne!(rank(&key, b"ab", b"c"), rank(&key, b"a", b"bc"));
        assert_ne!(rank(&key, b"ab", b"c"), rank(&[8; 16], b"ab", b"c"));
        assert_eq!(rank(&key, b"ab", b"c"), rank(&key, b"ab", b"c"));
    }
}
