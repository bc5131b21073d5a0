//! Athena, as far as `moto` does not play it: tables of the catalog, queries that are really run
//! (by DataFusion, whose SQL agrees where ours goes), results where it was asked for them, and
//! trouble.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What goes wrong, or does not.
#[derive(Debug, Clone, Default)]
pub(crate) enum Mood {
    /// Queries run.
    #[default]
    Usual,
    /// Queries give this text, whatever they ask.
    Canned(&'static str),
    /// Queries end so, with a reason that tells a value.
    Ends(&'static str),
    /// Queries say that they have their result there.
    Elsewhere(&'static str),
    /// Queries run until they are stopped; something of their result is there already.
    Forever,
    /// The same, and nobody may see which queries there are.
    Blind,
    /// The first answer to a start waits until it is let go.
    Held,
    /// Every start is refused: type and message.
    Refuses(&'static str, &'static str),
    /// What is not known here is passed on to another server.
    Before(SocketAddr),
}

/// A running server.
#[derive(Clone)]
pub(crate) struct Fake(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    buckets: PathBuf,
    columns: Value,
    rows: SessionContext,
    mood: Mood,
    /// Operations and what they were asked.
    calls: watch::Sender<Vec<(String, Value)>>,
    /// Whose key signed them, in the same order.
    signers: Mutex<Vec<String>>,
    let_go: watch::Sender<bool>,
}

impl Fake {
    /// The table `db.t` with these columns and rows; results are written below `buckets`.
    pub(crate) async fn serve(
        buckets: &Path,
        columns: &[(&str, &str)],
        rows: RecordBatch,
        mood: Mood,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let column = |(name, kind): &(&str, &str)| json!({"Name": name, "Type": kind});
        let schema = MemorySchemaProvider::new();
        let table = MemTable::try_new(rows.schema(), vec![vec![rows]]).unwrap();
        schema.register_table("t".into(), Arc::new(table)).unwrap();
        let context = SessionContext::new();
        context.catalog("datafusion").unwrap().register_schema("db", Arc::new(schema)).unwrap();
        let fake = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            buckets: buckets.to_owned(),
            columns: columns.iter().map(column).collect(),
            rows: context,
            mood,
            calls: watch::Sender::default(),
            signers: Mutex::default(),
            let_go: watch::Sender::default(),
        }));
        let app = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// What was asked, in order: operations with their arguments.
    pub(crate) fn calls(&self) -> Vec<(String, Value)> {
        self.0.calls.borrow().clone()
    }

    /// The texts of the queries that were started.
    pub(crate) fn queries(&self) -> Vec<String> {
        let starts = self.calls().into_iter().filter(|it| it.0 == "StartQueryExecution");
        starts.map(|it| it.1["QueryString"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until so many calls of an operation came.
    pub(crate) async fn met(&self, operation: &str, times: usize) {
        let count = |calls: &Vec<(String, Value)>| {
            calls.iter().filter(|it| it.0 == operation).count() >= times
        };
        self.0.calls.subscribe().wait_for(count).await.unwrap();
    }

    /// The ids of the access keys with which it was asked, in order.
    pub(crate) fn signers(&self) -> Vec<String> {
        self.0.signers.lock().unwrap().clone()
    }

    /// Lets a start go on.
    pub(crate) fn let_go(&self) {
        self.0.let_go.send_replace(true);
    }

    fn times(&self, operation: &str) -> usize {
        self.calls().iter().filter(|it| it.0 == operation).count()
    }

    async fn start(&self, args: &Value) -> Answer {
        match &self.0.mood {
            Mood::Refuses(kind, message) => return Err((*kind, (*message).to_owned())),
            Mood::Held => {
                self.0.let_go.subscribe().wait_for(|it| *it).await.unwrap();
            }
            _ => {}
        }
        let id = format!("0000-{}", self.times("StartQueryExecution"));
        let text = match &self.0.mood {
            Mood::Canned(text) => (*text).to_owned(),
            _ => self.run(args["QueryString"].as_str().unwrap()).await,
        };
        if !matches!(self.0.mood, Mood::Elsewhere(_)) {
            let path = self.place(args, &id);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::write(path.with_extension("csv.metadata"), "types").unwrap();
        }
        Ok(json!({"QueryExecutionId": id}))
    }

    fn place(&self, args: &Value, id: &str) -> PathBuf {
        let location = args["ResultConfiguration"]["OutputLocation"].as_str().unwrap();
        self.0.buckets.join(location.strip_prefix("s3://").unwrap()).join(format!("{id}.csv"))
    }

    /// The CSV that Athena writes: all in quotes but NULL.
    async fn run(&self, query: &str) -> String {
        let frame = self.0.rows.sql(query).await.unwrap();
        let names: Vec<String> =
            frame.schema().fields().iter().map(|it| format!("\"{}\"", it.name())).collect();
        let mut text = format!("{}\n", names.join(","));
        let options = FormatOptions::new().with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.6f"));
        for batch in frame.collect().await.unwrap() {
            let columns: Vec<_> = batch
                .columns()
                .iter()
                .map(|it| ArrayFormatter::try_new(it.as_ref(), &options).unwrap())
                .collect();
            for row in 0..batch.num_rows() {
                let cells = columns.iter().zip(batch.columns()).map(|(shown, column)| {
                    let value =
                        || format!("\"{}\"", shown.value(row).to_string().replace('"', "\"\""));
                    if column.is_null(row) { String::new() } else { value() }
                });
                text.push_str(&cells.collect::<Vec<_>>().join(","));
                text.push('\n');
            }
        }
        text
    }

    fn state(&self, args: &Value) -> Value {
        let id = args["QueryExecutionId"].as_str().unwrap();
        let is_stopped = self.times("StopQueryExecution") > 0;
        let state = match &self.0.mood {
            _ if is_stopped => "CANCELLED",
            _ if self.times("GetQueryExecution") == 1 => "QUEUED",
            _ if self.times("GetQueryExecution") == 2 => "RUNNING",
            Mood::Ends(state) => state,
            Mood::Forever | Mood::Blind => "RUNNING",
            _ => "SUCCEEDED",
        };
        let location = self.location(id);
        json!({"QueryExecution": {
            "QueryExecutionId": id,
            "ResultConfiguration": {"OutputLocation": location},
            "Status": {"State": state, "StateChangeReason": "cannot cast 'hush' to bigint"},
        }})
    }

    fn location(&self, id: &str) -> String {
        let number: usize = id.strip_prefix("0000-").unwrap().parse().unwrap();
        let mut starts = self.calls().into_iter().filter(|it| it.0 == "StartQueryExecution");
        let (_, started) = starts.nth(number - 1).unwrap();
        let asked = started["ResultConfiguration"]["OutputLocation"].as_str().unwrap().to_owned();
        match &self.0.mood {
            Mood::Elsewhere(location) => (*location).to_owned(),
            _ => format!("{asked}{id}.csv"),
        }
    }

    /// The executions so far, two to a page.
    fn executions(&self, args: &Value) -> Answer {
        if matches!(self.0.mood, Mood::Blind) {
            return Err(("AccessDeniedException", "not authorized to perform".to_owned()));
        }
        assert_eq!(args["WorkGroup"], json!("primary"));
        let all: Vec<String> =
            (1..=self.times("StartQueryExecution")).rev().map(|it| format!("0000-{it}")).collect();
        let from: usize = args["NextToken"].as_str().unwrap_or("0").parse().unwrap();
        let page: Vec<&String> = all.iter().skip(from).take(2).collect();
        let next = (from + 2 < all.len()).then(|| (from + 2).to_string());
        Ok(json!({"QueryExecutionIds": page, "NextToken": next}))
    }

    fn told(&self, args: &Value) -> Answer {
        let about = |id: &Value| {
            let location = self.location(id.as_str().unwrap());
            json!({"QueryExecutionId": id, "ResultConfiguration": {"OutputLocation": location}})
        };
        let ids = args["QueryExecutionIds"].as_array().unwrap();
        Ok(json!({"QueryExecutions": ids.iter().map(about).collect::<Vec<Value>>()}))
    }

    fn tables(&self, args: &Value) -> Answer {
        assert_eq!(args["MaxResults"], json!(10));
        self.table(&json!({"DatabaseName": args["DatabaseName"]}))?;
        Ok(json!({"TableMetadataList": [{"Name": "t", "Columns": self.0.columns}]}))
    }

    fn table(&self, args: &Value) -> Answer {
        let missing = |what: &str| {
            let text = format!("{what} not found (Error Code: EntityNotFoundException)");
            Err(("MetadataException", text))
        };
        match (args["DatabaseName"].as_str(), args["TableName"].as_str()) {
            (Some("db"), Some("t")) => {
                Ok(json!({"TableMetadata": {"Name": "t", "Columns": self.0.columns}}))
            }
            (Some("db"), None) => Ok(json!({"Database": {"Name": "db"}})),
            (Some("db"), _) => missing("Table"),
            _ => missing("Database"),
        }
    }
}

type Answer = Result<Value, (&'static str, String)>;

async fn answer(State(fake): State<Fake>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let Some(target) = headers.get("x-amz-target").map(|it| it.to_str().unwrap()) else {
        return (StatusCode::BAD_REQUEST, String::new());
    };
    let operation = target.strip_prefix("AmazonAthena.").unwrap().to_owned();
    let args: Value = serde_json::from_slice(&body).unwrap();
    let signed = headers["authorization"].to_str().unwrap().split_once("Credential=").unwrap().1;
    fake.0.signers.lock().unwrap().push(signed.split_once('/').unwrap().0.to_owned());
    fake.0.calls.send_modify(|it| it.push((operation.clone(), args.clone())));
    let answer = match (operation.as_str(), &fake.0.mood) {
        ("GetTableMetadata" | "GetDatabase", _) => fake.table(&args),
        ("ListTableMetadata", _) => fake.tables(&args),
        (_, Mood::Before(server)) => return pass(*server, &headers, body).await,
        ("StartQueryExecution", _) => fake.start(&args).await,
        ("ListQueryExecutions", _) => fake.executions(&args),
        ("BatchGetQueryExecution", _) => fake.told(&args),
        ("GetQueryExecution", _) => Ok(fake.state(&args)),
        ("StopQueryExecution", _) => Ok(json!({})),
        _ => Err(("InvalidRequestException", operation)),
    };
    match answer {
        Ok(it) => (StatusCode::OK, it.to_string()),
        Err((kind, message)) => {
            (StatusCode::BAD_REQUEST, json!({"__type": kind, "Message": message}).to_string())
        }
    }
}

/// The same request to another server.
async fn pass(server: SocketAddr, headers: &HeaderMap, body: Bytes) -> (StatusCode, String) {
    let mut request = reqwest::Client::new().post(format!("http://{server}/")).body(body.to_vec());
    for name in ["authorization", "content-type", "x-amz-date", "x-amz-target"] {
        request = request.header(name, headers[name].as_bytes());
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    (status, answer.text().await.unwrap())
}
