//! Tables of a Glue catalog, as `moto` plays it.

use std::fs::{create_dir_all, write};
use std::path::Path;

use apache_avro::types::{Record, Value as Avro};
use apache_avro::{Schema, Writer};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::prelude::{col, lit};
use glovebox_catalog::{Connected, Hint, Stop, TableLocation, Unavailable, pin, pin_some};
use glovebox_model::{AwsService, Column, ColumnName, ColumnType, Place};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conformance::{ask, conforms};
use crate::moto::Moto;
use crate::people;
use crate::store::{keys, objects, reach};
use crate::tables::{described, parquet};

const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
const LAZY: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const OPEN_CSV: &str = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
const JSON: &str = "org.openx.data.jsonserde.JsonSerDe";
const AVRO: &str = "org.apache.hadoop.hive.serde2.avro.AvroSerDe";

/// A catalog with the database `db`, and a bucket.
struct House {
    moto: Moto,
    files: TempDir,
}

impl House {
    fn new() -> Self {
        let moto = Moto::start();
        moto.call(&[
            ("s3", "create_bucket", json!({"Bucket": "bucket"})),
            ("s3", "create_bucket", json!({"Bucket": "elsewhere"})),
            ("glue", "create_database", json!({"DatabaseInput": {"Name": "db"}})),
        ]);
        Self { moto, files: TempDir::new().unwrap() }
    }

    fn put(&self, bucket: &str, key: &str, make: impl FnOnce(&Path)) {
        let path = self.files.path().join(key.replace('/', "+"));
        create_dir_all(self.files.path()).unwrap();
        make(&path);
        let body = format!("@{}", path.display());
        self.moto.call(&[(
            "s3",
            "put_object",
            json!({"Bucket": bucket, "Key": key, "Body": body}),
        )]);
    }

    fn create(&self, table: Value) {
        let args = json!({"DatabaseName": "db", "TableInput": table});
        self.moto.call(&[("glue", "create_table", args)]);
    }

    fn location(&self, database: &str, table: &str) -> TableLocation {
        let address = self.moto.address();
        let endpoint = Some(format!("http://{address}"));
        let place = Place::Glue {
            service: AwsService { region: "us-east-1".into(), endpoint },
            catalog_id: None,
            data: objects(address, "data"),
        };
        let reach = reach(place, keys("hush"), &address.to_string());
        TableLocation::Connected(Connected {
            reach,
            database: database.into(),
            table: table.into(),
        })
    }

    async fn described(&self, table: &str) -> Result<Vec<Column>, Unavailable> {
        described(&self.location("db", table)).await
    }
}

fn columns(given: &[(&str, &str)]) -> Value {
    given.iter().map(|(name, kind)| json!({"Name": name, "Type": kind})).collect()
}

fn storage(location: &str, serde: &str, parameters: &Value, given: &[(&str, &str)]) -> Value {
    json!({
        "Columns": columns(given),
        "Location": location,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
    })
}

fn table(name: &str, serde: &str, parameters: &Value, given: &[(&str, &str)]) -> Value {
    let location = format!("s3://bucket/data/{name}/");
    json!({"Name": name, "StorageDescriptor": storage(&location, serde, parameters, given)})
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_json_and_avro_tables_of_a_catalog_conform() {
    let house = House::new();
    for (file, from) in (0..people::ROWS).step_by(500).enumerate() {
        let rows = people::rows(from, from + 500);
        let key = format!("data/people/{file}.snappy.parquet");
        house.put("bucket", &key, |it| parquet(it, &rows, 200));
        house.put("bucket", &format!("data/lines/{file}.json"), |it| {
            let mut writer = LineDelimitedWriter::new(std::fs::File::create(it).unwrap());
            writer.write(&rows).unwrap();
            writer.finish().unwrap();
        });
        house.put("bucket", &format!("data/avro/{file}"), |it| avro(it, &rows));
    }
    house.put("bucket", "data/people/_SUCCESS", |it| write(it, "").unwrap());
    house.create(table("people", PARQUET, &json!({"serialization.format": "1"}), &people::COLUMNS));
    house.create(table("lines", JSON, &json!({}), &people::COLUMNS));
    house.create(table("avro", AVRO, &json!({}), &people::COLUMNS));
    for name in ["people", "lines", "avro"] {
        conforms(&house.location("db", name), true).await;
    }
}

fn avro(path: &Path, rows: &datafusion::arrow::array::RecordBatch) {
    let optional = |name: &str, kind: Value| json!({"name": name, "type": ["null", kind]});
    let schema = json!({"type": "record", "name": "person", "fields": [
        optional("id", json!("long")),
        optional("age", json!("int")),
        optional("name", json!("string")),
        optional("amount", json!({
            "type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2,
        })),
        optional("score", json!("double")),
        optional("active", json!("boolean")),
        optional("born", json!({"type": "int", "logicalType": "date"})),
        optional("seen", json!({"type": "long", "logicalType": "timestamp-micros"})),
    ]});
    let schema = Schema::parse_str(&schema.to_string()).unwrap();
    let mut writer = Writer::new(&schema, std::fs::File::create(path).unwrap());
    for row in 0..rows.num_rows() {
        let mut record = Record::new(writer.schema()).unwrap();
        for (column, field) in rows.columns().iter().zip(rows.schema().fields()) {
            let value = column.is_valid(row).then(|| match field.name().as_str() {
                "id" => Avro::Long(column.as_primitive::<Int64Type>().value(row)),
                "age" => Avro::Int(column.as_primitive::<Int32Type>().value(row)),
                "name" => Avro::String(column.as_string::<i32>().value(row).into()),
                "amount" => {
                    let value = column.as_primitive::<Decimal128Type>().value(row);
                    Avro::Decimal(apache_avro::Decimal::from(value.to_be_bytes()))
                }
                "score" => Avro::Double(column.as_primitive::<Float64Type>().value(row)),
                "active" => Avro::Boolean(column.as_boolean().value(row)),
                "born" => Avro::Date(column.as_primitive::<Date32Type>().value(row)),
                _ => Avro::TimestampMicros(
                    column.as_primitive::<TimestampMicrosecondType>().value(row),
                ),
            });
            let value = match value {
                Some(value) => Avro::Union(1, Box::new(value)),
                None => Avro::Union(0, Box::new(Avro::Null)),
            };
            record.put(field.name(), value);
        }
        writer.append(record).unwrap();
    }
    writer.flush().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_split_as_its_serde_says() {
    let house = House::new();
    let given = [("id", "int"), ("word", "string"), ("half", "double")];
    let lazy = json!({"field.delim": "|", "escape.delim": "\\", "skip.header.line.count": "1"});
    house.create(table("lazy", LAZY, &lazy, &given));
    house.put("bucket", "data/lazy/part", |it| {
        write(it, "id|word|half\n1|a\\|b|0.5\n2|\\N|\\N\n3||x\n4\n").unwrap();
    });
    let open = json!({"separatorChar": ";", "quoteChar": "\""});
    house.create(table("open", OPEN_CSV, &open, &given));
    house.put("bucket", "data/open/part.csv", |it| {
        write(it, "\"1\";\"a;\\\"b\\\"\";\"0.5\"\n2;;\n").unwrap();
    });
    for (table, expected) in [
        ("lazy", vec!["| 1  | a|b  | 0.5  |", "| 2  |      |      |", "| 3  |      |      |"]),
        ("open", vec!["| 1  | a;\"b\" | 0.5  |", "| 2  |       |      |"]),
    ] {
        let location = house.location("db", table);
        let columns = house.described(table).await.unwrap();
        let answer = ask(&location, &columns, "select * from t order by id").await.unwrap();
        for line in expected {
            assert!(answer.contains(line), "{answer}");
        }
        let nulls = "select count(*) as n, count(word) as w, count(half) as h from t";
        let answer = ask(&location, &columns, nulls).await.unwrap();
        let counts = if table == "lazy" { "| 4 | 2 | 1 |" } else { "| 2 | 2 | 1 |" };
        assert!(answer.contains(counts), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_properties_of_a_table_counts_for_its_text() {
    let house = House::new();
    let given = [("id", "int"), ("word", "string")];
    // As awswrangler and `TBLPROPERTIES` write it.
    let with = |name: &str, serde: &str, serde_says: &Value, says: &Value| {
        let mut made = table(name, serde, serde_says, &given);
        made["Parameters"] = says.clone();
        house.create(made);
        let key = format!("data/{name}/part.csv");
        house.put("bucket", &key, |it| write(it, "id,word\n7,-\n8,b\n").unwrap());
    };
    let one = json!({"skip.header.line.count": "1", "serialization.null.format": "-"});
    let comma = json!({"field.delim": ","});
    with("lazy", LAZY, &comma, &one);
    with("open", OPEN_CSV, &json!({}), &one);
    // What stands nearer to the files counts.
    let nearer = json!({"field.delim": ",", "skip.header.line.count": "2"});
    with("nearer", LAZY, &nearer, &one);
    for (name, expected) in
        [("lazy", "| 2 | 7 | 1 |"), ("open", "| 2 | 7 | 2 |"), ("nearer", "| 1 | 8 | 1 |")]
    {
        let columns = house.described(name).await.unwrap();
        let query = "select count(*) as n, min(id) as m, count(word) as w from t";
        let answer = ask(&house.location("db", name), &columns, query).await.unwrap();
        assert!(answer.contains(expected), "{name}: {answer}");
    }
    with("footed", LAZY, &comma, &json!({"skip.footer.line.count": "1"}));
    let footed = house.described("footed").await.unwrap_err().to_string();
    assert!(footed.contains("text with lines at its end"), "{footed}");
}

/// `db.days`, partitioned by `day`: ten days, and one whose data lies where it must not.
fn days(house: &House) {
    let mut given = table("days", PARQUET, &json!({}), &people::COLUMNS);
    given["PartitionKeys"] = columns(&[("day", "int")]);
    house.create(given);
    for day in 0..10 {
        let rows = people::rows(day * 10, day * 10 + 10);
        let key = format!("data/days/day={day}/a.parquet");
        house.put("bucket", &key, |it| parquet(it, &rows, 10));
    }
    let mut inputs: Vec<Value> = (0..10)
        .map(|day| {
            let location = format!("s3://bucket/data/days/day={day}");
            json!({
                "Values": [day.to_string()],
                "StorageDescriptor": storage(&location, PARQUET, &json!({}), &people::COLUMNS),
            })
        })
        .collect();
    inputs.push(json!({
        "Values": ["10"],
        "StorageDescriptor":
            storage("s3://elsewhere/data", PARQUET, &json!({}), &people::COLUMNS),
    }));
    let args = json!({"DatabaseName": "db", "TableName": "days", "PartitionInputList": inputs});
    house.moto.call(&[("glue", "batch_create_partition", args)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_leaves_out_partitions_that_hints_rule_out() {
    let house = House::new();
    days(&house);
    let location = house.location("db", "days");
    let outside = described(&location).await.unwrap_err();
    assert_eq!(outside, Unavailable::Outside { path: "s3://elsewhere/data".into() });
    let work = move || {
        let pinned = |hints: &[Hint]| pin_some(&location, hints, &Stop::default());
        assert_eq!(pinned(&[]).map(drop), Err(outside));
        let hint = |it| Hint::of(&it).unwrap();
        let few = pinned(&[hint(col("day").in_list(vec![lit(3), lit(4)], false))]).unwrap();
        assert_eq!(few.manifest().files(), 2);
        let under = pinned(&[hint(col("day").lt(lit(10)))]).unwrap();
        assert_eq!(under.manifest().files(), 10);
        let configured: Vec<Column> = people::columns()
            .into_iter()
            .chain([Column { name: ColumnName::new("day").unwrap(), kind: ColumnType::Int }])
            .collect();
        let shown: Vec<_> = configured.iter().map(|it| it.name.clone()).collect();
        let opened = under.open(&configured, &shown, None).unwrap();
        let context = crate::tables::context(&opened);
        let handle = tokio::runtime::Handle::current();
        let sql =
            "select day, count(*) as n, min(id) as m from t where day > 7 group by 1 order by 1";
        let answer = handle.block_on(async { context.sql(sql).await?.collect().await }).unwrap();
        let answer = datafusion::arrow::util::pretty::pretty_format_batches(&answer).unwrap();
        assert!(answer.to_string().contains("| 9   | 10 | 90 |"), "{answer}");
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_by_name() {
    let house = House::new();
    let given = [("id", "int")];
    let says = async |name: &str| house.described(name).await.unwrap_err().to_string();

    let orc = "org.apache.hadoop.hive.ql.io.orc.OrcSerde";
    house.create(table("orc", orc, &json!({}), &given));
    assert!(says("orc").await.contains(&format!("a table of the SerDe {orc}")));
    let mut view = table("view", PARQUET, &json!({}), &given);
    view["TableType"] = json!("VIRTUAL_VIEW");
    house.create(view);
    assert!(says("view").await.contains("a view"));
    let mut projected = table("projected", PARQUET, &json!({}), &given);
    projected["Parameters"] = json!({"projection.enabled": "true"});
    house.create(projected);
    assert!(says("projected").await.contains("partition projection"));
    house.create(table("nested", PARQUET, &json!({}), &[("id", "array<int>")]));
    assert_eq!(says("nested").await, "the column `id` of `db.nested` has a nested or unknown type");
    house.create(table("dated", OPEN_CSV, &json!({}), &[("d", "date")]));
    assert!(says("dated").await.contains("column d is a date"));
    let places =
        ["s3://elsewhere/data/x", "s3://bucket/other", "file:///etc", "s3://bucket/data/../x"];
    for (place, location) in places.iter().enumerate() {
        let name = format!("at{place}");
        let outside = storage(location, PARQUET, &json!({}), &given);
        house.create(json!({"Name": name, "StorageDescriptor": outside}));
        assert!(says(&name).await.contains("lies outside of what the connection may read"));
    }
    house.create(table("retyped", PARQUET, &json!({}), &[("id", "string")]));
    house.put("bucket", "data/retyped/a.parquet", |it| parquet(it, &people::rows(0, 5), 5));
    let retyped = says("retyped").await;
    assert!(retyped.contains("does not have the column `id` as it was configured"), "{retyped}");
    house.create(table("packed", LAZY, &json!({}), &given));
    house.put("bucket", "data/packed/a.gz", |it| write(it, "1").unwrap());
    assert!(says("packed").await.contains("a compressed file of text"));

    assert_eq!(says("nothing").await, "the catalog has no table `db.nothing`");
    let nowhere = described(&house.location("nowhere", "t")).await.unwrap_err();
    assert_eq!(nowhere.to_string(), "the catalog has no database `nowhere`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_in_another_format_is_refused() {
    let house = House::new();
    days(&house);
    let other = json!({
        "DatabaseName": "db", "TableName": "days",
        "PartitionInput": {
            "Values": ["11"],
            "StorageDescriptor":
                storage("s3://bucket/data/days/day=11", LAZY, &json!({}), &people::COLUMNS),
        },
    });
    house.moto.call(&[("glue", "create_partition", other)]);
    let location = house.location("db", "days");
    let mixed = tokio::task::spawn_blocking(move || pin(&location, &Stop::default()).map(drop));
    let mixed = mixed.await.unwrap().unwrap_err();
    assert!(mixed.to_string().contains("a partition in another format"), "{mixed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_format_that_is_not_known_is_refused_for_tables_and_partitions() {
    let house = House::new();
    let symlink = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat";
    let hudi = "org.apache.hudi.hadoop.HoodieParquetInputFormat";
    for (name, serde, input) in [("links", OPEN_CSV, symlink), ("versions", PARQUET, hudi)] {
        let mut made = table(name, serde, &json!({}), &[("id", "int")]);
        made["StorageDescriptor"]["InputFormat"] = json!(input);
        house.create(made);
        let said = house.described(name).await.unwrap_err().to_string();
        assert!(said.contains(&format!("a table of the input format {input}")), "{said}");
    }
    days(&house);
    let mut other = storage("s3://bucket/data/days/day=11", PARQUET, &json!({}), &people::COLUMNS);
    other["InputFormat"] = json!(hudi);
    let other = json!({
        "DatabaseName": "db", "TableName": "days",
        "PartitionInput": {"Values": ["11"], "StorageDescriptor": other},
    });
    house.moto.call(&[("glue", "create_partition", other)]);
    let said = house.described("days").await.unwrap_err().to_string();
    assert!(said.contains(&format!("a table of the input format {hudi}")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_says_the_same_in_other_words_is_read() {
    let house = House::new();
    let text = json!({"field.delim": ",", "serialization.format": ","});
    for (name, serde, of_table, of_partition) in [
        ("bare", PARQUET, json!({"serialization.format": "1"}), json!({})),
        ("said", LAZY, text, json!({"field.delim": ",", "line.delim": "\n"})),
    ] {
        let mut made = table(name, serde, &of_table, &people::COLUMNS);
        made["PartitionKeys"] = columns(&[("at", "int")]);
        house.create(made);
        let location = format!("s3://bucket/data/{name}/at=1");
        let partition = storage(&location, serde, &of_partition, &people::COLUMNS);
        let args = json!({
            "DatabaseName": "db", "TableName": name,
            "PartitionInput": {"Values": ["1"], "StorageDescriptor": partition},
        });
        house.moto.call(&[("glue", "create_partition", args)]);
    }
    let rows = people::rows(0, 5);
    house.put("bucket", "data/bare/at=1/a.parquet", |it| parquet(it, &rows, 5));
    let lines = "0,,,,,,,\n1,,,,,,,\n2,,,,,,,\n3,,,,,,,\n4,,,,,,,\n";
    house.put("bucket", "data/said/at=1/a.csv", |it| write(it, lines).unwrap());
    for name in ["bare", "said"] {
        let columns = house.described(name).await.unwrap();
        let query = "select count(*) as n, max(id) as m, min(at) as a from t";
        let answer = ask(&house.location("db", name), &columns, query).await.unwrap();
        assert!(answer.contains("| 5 | 4 | 1 |"), "{name}: {answer}");
    }
}

/// Registers a partition of `db.NAME`: its value, its columns, its own parameters.
fn register(house: &House, name: &str, value: i32, given: &[(&str, &str)], says: &Value) {
    let location = format!("s3://bucket/data/{name}/at={value}");
    let args = json!({
        "DatabaseName": "db", "TableName": name,
        "PartitionInput": {
            "Values": [value.to_string()], "Parameters": says,
            "StorageDescriptor": storage(&location, LAZY, &json!({"field.delim": ","}), given),
        },
    });
    house.moto.call(&[("glue", "create_partition", args)]);
}

/// A table of text, partitioned by `at`.
fn log(house: &House, name: &str) {
    let given = [("id", "int"), ("day", "string"), ("amount", "int")];
    let mut made = table(name, LAZY, &json!({"field.delim": ","}), &given);
    made["PartitionKeys"] = columns(&[("at", "int")]);
    made["Parameters"] = json!({"skip.header.line.count": "1", "EXTERNAL": "TRUE"});
    house.create(made);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_partitions_older_than_the_last_columns_has_null_there() {
    let house = House::new();
    log(&house, "log");
    let whole = [("id", "int"), ("day", "string"), ("amount", "int")];
    let counted = json!({"numRows": "1", "transient_lastDdlTime": "1"});
    register(&house, "log", 1, &[("ID", "int"), ("Day", "varchar(9)")], &json!({}));
    register(&house, "log", 2, &whole, &counted);
    // Some writers leave the columns out.
    register(&house, "log", 3, &[], &json!({}));
    for (at, lines) in [(1, "1,mon,70\n2,tue\n"), (2, "3,wed,9\n"), (3, "4,thu,8\n")] {
        let key = format!("data/log/at={at}/part");
        house.put("bucket", &key, |it| write(it, format!("a header\n{lines}")).unwrap());
    }
    let columns = house.described("log").await.unwrap();
    let query = "select id, day, amount from t order by id";
    let answer = ask(&house.location("db", "log"), &columns, query).await.unwrap();
    for line in [
        "| 1  | mon |        |",
        "| 2  | tue |        |",
        "| 3  | wed | 9      |",
        "| 4  | thu | 8      |",
    ] {
        assert!(answer.contains(line), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_a_partition_with_other_columns_is_refused_by_its_folder() {
    let house = House::new();
    let whole = [("id", "int"), ("day", "string"), ("amount", "int")];
    let more = [("id", "int"), ("day", "string"), ("amount", "int"), ("more", "int")];
    let others: [&[(&str, &str)]; 4] = [
        &[("id", "int"), ("amount", "int")],
        &[("day", "string"), ("id", "int"), ("amount", "int")],
        &[("id", "string"), ("day", "string"), ("amount", "int")],
        &more,
    ];
    for (place, other) in others.into_iter().enumerate() {
        let name = format!("other{place}");
        log(&house, &name);
        register(&house, &name, 1, &whole, &json!({}));
        register(&house, &name, 2, other, &json!({}));
        let path = format!("s3://bucket/data/{name}/at=2");
        let reason = "a partition with other columns";
        assert_eq!(house.described(&name).await, Err(Unavailable::Mixed { path, reason }));
    }
    log(&house, "skips");
    register(&house, "skips", 1, &whole, &json!({"skip.header.line.count": "2"}));
    let (path, reason) = ("db.skips".into(), "a partition in another format");
    assert_eq!(house.described("skips").await, Err(Unavailable::Mixed { path, reason }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_avro_file_without_a_declared_column_is_refused() {
    let house = House::new();
    let more: Vec<_> = people::COLUMNS.into_iter().chain([("extra", "string")]).collect();
    house.create(table("thin", AVRO, &json!({}), &more));
    house.put("bucket", "data/thin/0", |it| avro(it, &people::rows(0, 5)));
    let columns = house.described("thin").await.unwrap();
    let location = house.location("db", "thin");
    let thin = ask(&location, &columns, "select id from t").await.unwrap_err();
    let (path, column) = ("data/thin/0".into(), ColumnName::new("extra").unwrap());
    assert_eq!(thin, Unavailable::SchemaChanged { path, column });
    // Whoever configured no such column does not miss it.
    let known = people::columns();
    let answer = ask(&location, &known, "select count(*) as n, max(id) as m from t").await;
    assert!(answer.unwrap().contains("| 5 | 4 |"));
}

#[tokio::test(flavor = "multi_thread")]
async fn avro_cells_of_another_type_than_the_declared_are_a_fault_with_its_column() {
    let house = House::new();
    let of_file = people::COLUMNS;
    // What the file has as a timestamp, as a text, as a decimal.
    for (name, column, kind) in
        [("moments", "seen", "bigint"), ("texts", "name", "int"), ("parts", "amount", "boolean")]
    {
        let given: Vec<(&str, &str)> =
            of_file.iter().map(|it| if it.0 == column { (column, kind) } else { *it }).collect();
        house.create(table(name, AVRO, &json!({}), &given));
        let path = format!("data/{name}/0");
        house.put("bucket", &path, |it| avro(it, &people::rows(0, 50)));
        let columns = house.described(name).await.unwrap();
        let location = house.location("db", name);
        let query = format!("select count({column}) as n from t");
        let retyped = ask(&location, &columns, &query).await.unwrap_err();
        let column = ColumnName::new(column).unwrap();
        assert_eq!(retyped, Unavailable::SchemaChanged { path, column });
    }
}
