//! A scalar function that answers row by row and cannot fail on one.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err, plan_err, resources_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::kind::Kind;
use super::value::{Reader, Value, Writer};

/// What a row function is told beside its arguments.
#[derive(Debug)]
pub(crate) struct Call<'c> {
    /// The kinds of the arguments.
    pub(crate) arguments: &'c [Kind],
    /// The kind to answer in; anything else becomes NULL.
    pub(crate) result: Kind,
}

/// Bytes that the answers for one batch may have; beyond it the query runs out of memory.
const MAX_BATCH_BYTES: usize = 1 << 28;

/// Answers for one row: `Value::Null` when there is no answer. Never panics.
pub(crate) type Row = for<'a> fn(&Call<'_>, &[Value<'a>]) -> Value<'a>;

/// One function: what it takes, what it gives, how it answers.
#[derive(Clone, Copy)]
pub(crate) struct Definition {
    /// Its folded name.
    pub(crate) name: &'static str,
    /// The kinds that arguments of these kinds are coerced to; `None` refuses the call.
    pub(crate) accepts: fn(&[Kind]) -> Option<Vec<Kind>>,
    /// The kind of the result, given coerced kinds and constant arguments.
    pub(crate) returns: fn(&[Kind], &[Option<Value<'_>>]) -> Option<Kind>,
    /// The answer for one row.
    pub(crate) row: Row,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A definition as DataFusion wants it.
#[derive(Debug)]
pub(crate) struct Scalar {
    definition: &'static Definition,
    signature: Signature,
}

impl Scalar {
    pub(crate) fn new(definition: &'static Definition) -> Self {
        Self { definition, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn refused<T>(&self) -> Result<T> {
        plan_err!("the arguments of {} do not fit", self.definition.name)
    }

    fn kinds<'t>(&self, types: impl Iterator<Item = &'t DataType>) -> Result<Vec<Kind>> {
        match types.map(Kind::of).collect() {
            Some(kinds) => Ok(kinds),
            None => self.refused(),
        }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for Scalar {}

impl Hash for Scalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl ScalarUDFImpl for Scalar {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        internal_err!("the result of {} depends on its arguments", self.definition.name)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let kinds = self.kinds(types.iter())?;
        let Some(wanted) = (self.definition.accepts)(&kinds) else { return self.refused() };
        let pairs = types.iter().zip(kinds).zip(wanted);
        Ok(pairs
            .map(|((own, kind), wanted)| if kind == wanted { own.clone() } else { wanted.arrow() })
            .collect())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let kinds = self.kinds(args.arg_fields.iter().map(|it| it.data_type()))?;
        let mut constants = Vec::with_capacity(kinds.len());
        for scalar in args.scalar_arguments {
            constants.push(scalar.map(constant).transpose()?);
        }
        let values: Vec<_> =
            constants.iter().map(|it| it.as_ref().map(|reader| reader.get(0))).collect();
        match (self.definition.returns)(&kinds, &values) {
            Some(kind) => Ok(Arc::new(Field::new(self.definition.name, kind.arrow(), true))),
            None => self.refused(),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arguments = self.kinds(args.arg_fields.iter().map(|it| it.data_type()))?;
        let Some(result) = Kind::of(args.return_field.data_type()) else { return self.refused() };
        let call = Call { arguments: &arguments, result };
        let constant_only = args.args.iter().all(|it| matches!(it, ColumnarValue::Scalar(_)));
        let rows = if constant_only { 1 } else { args.number_rows };
        let mut readers = Vec::with_capacity(args.args.len());
        for argument in args.args {
            readers.push(match argument {
                ColumnarValue::Array(array) => Reader::rows(array),
                ColumnarValue::Scalar(scalar) => constant(&scalar)?,
            });
        }
        let mut writer = Writer::new(result);
        let mut values = Vec::with_capacity(readers.len());
        for row in 0..rows {
            values.clear();
            values.extend(readers.iter().map(|it| it.get(row)));
            writer.push((self.definition.row)(&call, &values));
            if writer.bytes() > MAX_BATCH_BYTES {
                return resources_err!("the values of {} are too large", self.definition.name);
            }
        }
        let array = writer.finish();
        if constant_only {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn constant(scalar: &ScalarValue) -> Result<Reader> {
    Ok(Reader::constant(scalar.to_array()?))
}
