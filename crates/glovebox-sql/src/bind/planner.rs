//! Statement to logical plan: DataFusion's planner over our tables and our functions alone.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema as ArrowSchema, SchemaRef, TimeUnit};
use datafusion::common::TableReference;
use datafusion::common::config::ConfigOptions;
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::grouping::grouping_udaf;
use datafusion::logical_expr::planner::ContextProvider;
use datafusion::logical_expr::{
    AggregateUDF, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF,
};
use datafusion::sql::planner::{NullOrdering, ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast;
use glovebox_model::{Column, ColumnType, TableName};

use super::grouping_id::PLANNED;
use crate::functions;
use crate::schema::Schema;

/// Plans a statement whose names are resolved and folded.
pub(super) fn plan(
    statement: ast::Statement,
    schema: &Schema,
) -> Result<LogicalPlan, DataFusionError> {
    let context = Context { schema, options: ConfigOptions::default() };
    let options = ParserOptions {
        parse_float_as_decimal: true,
        enable_ident_normalization: false,
        support_varchar_with_length: true,
        enable_options_value_normalization: false,
        collect_spans: false,
        map_string_types_to_utf8view: false,
        // Spark: NULL comes first in ascending order, last in descending.
        default_null_ordering: NullOrdering::NullsMin,
    };
    SqlToRel::new_with_options(&context, options).sql_statement_to_plan(statement)
}

/// A table as plans know it: its columns, and no way to read it.
#[derive(Debug)]
pub struct PlanTable {
    schema: SchemaRef,
}

impl PlanTable {
    /// A table of these columns, all of which may hold NULL.
    pub fn new(columns: &[Column]) -> Self {
        Self { schema: arrow_schema(columns) }
    }
}

impl TableSource for PlanTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// The Arrow schema that a source of these columns must have: all fields may hold NULL.
pub fn arrow_schema(columns: &[Column]) -> SchemaRef {
    let field = |it: &Column| Field::new(it.name.as_str(), arrow_type(it.kind), true);
    Arc::new(ArrowSchema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// The Arrow type that stands for a column type.
pub fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Bigint => DataType::Int64,
        ColumnType::Binary => DataType::Binary,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, i8::try_from(scale).unwrap_or(i8::MAX))
        }
        ColumnType::Double => DataType::Float64,
        ColumnType::Float => DataType::Float32,
        ColumnType::Int => DataType::Int32,
        ColumnType::Smallint => DataType::Int16,
        ColumnType::String => DataType::Utf8,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Tinyint => DataType::Int8,
    }
}

struct Context<'a> {
    schema: &'a Schema,
    options: ConfigOptions,
}

impl ContextProvider for Context<'_> {
    fn get_table_source(
        &self,
        name: TableReference,
    ) -> Result<Arc<dyn TableSource>, DataFusionError> {
        let TableReference::Bare { table } = &name else {
            return Err(DataFusionError::Plan("no such table".to_owned()));
        };
        let found = TableName::new(table).ok().and_then(|it| self.schema.tables.get(&it));
        match found {
            Some(table) => Ok(Arc::new(PlanTable::new(&table.columns))),
            None => Err(DataFusionError::Plan("no such table".to_owned())),
        }
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        functions::scalar(name)
    }

    fn get_higher_order_meta(&self, _name: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        functions::aggregate(name).or_else(|| (name == PLANNED).then(grouping_udaf))
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        functions::window(name)
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.options
    }

    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
