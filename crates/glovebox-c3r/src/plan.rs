//! A schema put upon an input: which value goes where.

use crate::schema::position;
use crate::{Column, ColumnKind, DataType, Header, Schema, Settings, ValueType};

/// A schema and an input that fit each other.
#[derive(Clone, Debug)]
pub struct Plan {
    columns: Vec<TargetColumn>,
    used: Vec<usize>,
    types: Vec<ValueType>,
    settings: Settings,
}

/// One column of the output.
#[derive(Clone, Debug)]
pub struct TargetColumn {
    /// What it is called.
    pub target: Header,
    /// What becomes of the values.
    pub kind: ColumnKind,
    /// Which of [`Plan::used`] has its values.
    pub slot: usize,
    /// What the values are.
    pub value_type: ValueType,
}

/// Why a schema does not fit an input, or the collaboration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Cleartext where the collaboration has none.
    #[error(
        "the collaboration does not allow cleartext columns, and the schema has: {}",
        .0.join(", ")
    )]
    CleartextForbidden(Vec<String>),
    /// A column that the input does not have.
    #[error("the input has no column `{0}`, which the schema names as a source")]
    NoSuchColumn(Header),
    /// Two columns that are called alike.
    #[error(
        "the input has two columns that are both `{0}` when case and blanks are not counted: \
         which one is meant?"
    )]
    TwoSuchColumns(Header),
    /// The input has more or fewer columns than the schema has places.
    #[error("the schema has places for {expected} columns, and the input has {found}")]
    ColumnCount {
        /// The places.
        expected: usize,
        /// The columns.
        found: usize,
    },
    /// Values of this type cannot become that.
    #[error("target column `{target}` cannot be made: {error}")]
    Type {
        /// Which column.
        target: Header,
        /// Why not.
        error: crate::CellError,
    },
}

impl Plan {
    /// Puts a schema upon an input whose columns have these names and types.
    ///
    /// The input of a schema by position has as many columns as the schema has places; what they
    /// are called is not looked at.
    pub fn new(
        schema: &Schema,
        input: &[(Header, ValueType)],
        settings: Settings,
    ) -> Result<Self, PlanError> {
        let of_kind = |it: &&Column| it.kind == ColumnKind::Cleartext;
        let cleartext: Vec<_> =
            schema.columns().iter().filter(of_kind).map(|it| it.target.to_string()).collect();
        if !settings.allow_cleartext && !cleartext.is_empty() {
            return Err(PlanError::CleartextForbidden(cleartext));
        }
        if let Some(expected) = schema.positions().filter(|it| *it != input.len()) {
            return Err(PlanError::ColumnCount { expected, found: input.len() });
        }
        let mut plan = Self { columns: Vec::new(), used: Vec::new(), types: Vec::new(), settings };
        for column in schema.columns() {
            let source = find(schema, input, &column.source)?;
            let value_type = input.get(source).map_or(ValueType::STRING, |(_, it)| *it);
            let slot = plan.slot(source, value_type);
            fits(column, value_type.data_type)?;
            let Column { target, kind, .. } = column.clone();
            plan.columns.push(TargetColumn { target, kind, slot, value_type });
        }
        Ok(plan)
    }

    fn slot(&mut self, source: usize, value_type: ValueType) -> usize {
        let known = self.used.iter().position(|it| *it == source);
        known.unwrap_or_else(|| {
            self.used.push(source);
            self.types.push(value_type);
            self.used.len() - 1
        })
    }

    /// The columns of the output, in order.
    pub fn columns(&self) -> &[TargetColumn] {
        &self.columns
    }

    /// Which columns of the input are used, by place. A row is given as their values in this order.
    pub fn used(&self) -> &[usize] {
        &self.used
    }

    /// What the values of [`Self::used`] are.
    pub fn types(&self) -> &[ValueType] {
        &self.types
    }

    /// The collaboration's settings.
    pub const fn settings(&self) -> Settings {
        self.settings
    }
}

fn find(
    schema: &Schema,
    input: &[(Header, ValueType)],
    source: &Header,
) -> Result<usize, PlanError> {
    if schema.positions().is_some() {
        let found = position(source).filter(|it| *it < input.len());
        return found.ok_or_else(|| PlanError::NoSuchColumn(source.clone()));
    }
    let mut found = input.iter().enumerate().filter(|(_, (name, _))| name == source);
    match (found.next(), found.next()) {
        (None, _) => Err(PlanError::NoSuchColumn(source.clone())),
        (Some((n, _)), None) => Ok(n),
        (Some(_), Some(_)) => Err(PlanError::TwoSuchColumns(source.clone())),
    }
}

fn fits(column: &Column, data_type: DataType) -> Result<(), PlanError> {
    let error = match column.kind {
        ColumnKind::Cleartext => return Ok(()),
        _ if data_type == DataType::Unknown => crate::CellError::UnknownType,
        ColumnKind::Fingerprint if data_type.representative().is_none() => {
            crate::CellError::NoFingerprint(data_type)
        }
        ColumnKind::Fingerprint | ColumnKind::Sealed(_) => return Ok(()),
    };
    Err(PlanError::Type { target: column.target.clone(), error })
}
