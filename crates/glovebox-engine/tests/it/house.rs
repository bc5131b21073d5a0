//! A house with two members: a seller with `orders` and a brand with `audience`.
//!
//! The brand runs. Groups of `orders` must hold at least two different `person`s.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use glovebox_catalog::{AccountFolders, Buckets, Stop, TableLocation, describe};
use glovebox_engine::{
    Cancel, Canceller, Engine, EngineConfig, Failed, Input, KeptKey, Limits, cancel,
};
use glovebox_model::{
    AccountId, Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName,
    Destination, Extension, Id, JoinOperators, ListRule, OutputConstraint, Query, ResultFormat,
    Rule, TableName, Timestamp,
};
use glovebox_policy::{RuledTable, Rules, clear};
use glovebox_privacy::{
    Encoded, Executed, Kept, Released, Reserved, SampleKey, SecureDraw, SecureNoise, Terms, price,
    release,
};
use glovebox_sql::{Schema, TableSchema, bind};
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const SELLER: &str = "111111111111";
pub(crate) const BRAND: &str = "222222222222";
pub(crate) const BUCKET: &str = "results";

/// The query of most tests.
pub(crate) const BY_REGION: &str = "SELECT region, SUM(amount) AS total FROM orders \
     JOIN audience ON orders.person = audience.person GROUP BY region";

pub(crate) const ORDERS: &str = "person,region,amount\n\
     p1,eu,10\np2,eu,20\np3,us,5\np4,us,7\np5,asia,100\np9,eu,1000\n";
pub(crate) const AUDIENCE: &str = "person,segment\np1,a\np2,a\np3,b\np4,b\np5,b\n";

pub(crate) struct House {
    pub(crate) dir: TempDir,
    pub(crate) config: EngineConfig,
}

/// A house with these CSV tables.
pub(crate) fn house(orders: &str, audience: &str) -> House {
    let dir = TempDir::new().unwrap();
    for (account, table, text) in [(SELLER, "orders", orders), (BRAND, "audience", audience)] {
        let path = tables(&dir, account).join("db");
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join(format!("{table}.csv")), text).unwrap();
    }
    let config = EngineConfig::new(dir.path().to_owned());
    House { dir, config }
}

fn tables(dir: &TempDir, account: &str) -> PathBuf {
    dir.path().join("accounts").join(account).join("tables")
}

fn names(text: &str) -> Vec<ColumnName> {
    text.split_whitespace().map(|it| ColumnName::new(it).unwrap()).collect()
}

fn aggregation() -> Rule {
    Rule::Aggregation(
        AggregationRule::new(AggregationDraft {
            aggregates: vec![
                Aggregate {
                    function: AggregateFunction::Sum,
                    column: ColumnName::new("amount").unwrap(),
                },
                Aggregate {
                    function: AggregateFunction::CountDistinct,
                    column: ColumnName::new("person").unwrap(),
                },
            ],
            join_columns: names("person"),
            join_required: true,
            dimensions: names("region"),
            output_constraints: vec![OutputConstraint {
                column: ColumnName::new("person").unwrap(),
                minimum: 2,
            }],
            ..AggregationDraft::default()
        })
        .unwrap(),
    )
}

fn brand_rule() -> Rule {
    Rule::Aggregation(
        AggregationRule::new(AggregationDraft {
            aggregates: vec![Aggregate {
                function: AggregateFunction::CountDistinct,
                column: ColumnName::new("person").unwrap(),
            }],
            join_columns: names("person"),
            dimensions: names("segment"),
            output_constraints: vec![OutputConstraint {
                column: ColumnName::new("person").unwrap(),
                minimum: 2,
            }],
            ..AggregationDraft::default()
        })
        .unwrap(),
    )
}

fn list(listed: &str) -> Rule {
    let operators = JoinOperators::default();
    Rule::List(ListRule::new(names("person"), operators, names(listed)).unwrap())
}

impl House {
    pub(crate) fn table(&self, account: &str, table: &str) -> PathBuf {
        tables(&self.dir, account).join("db").join(table)
    }

    fn location(&self, account: &str, table: &str) -> TableLocation {
        TableLocation::folder(tables(&self.dir, account), "db", table)
    }

    /// The tables as they are described now.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        [(SELLER, "orders"), (BRAND, "audience")]
            .into_iter()
            .map(|(account, table)| {
                let location = self.location(account, table);
                let described = describe(&location, &Stop::default()).unwrap();
                let columns =
                    described.columns.into_iter().chain(described.partition_keys).collect();
                Input { table: TableName::new(table).unwrap(), location, columns }
            })
            .collect()
    }

    /// The query, judged by aggregation rules (or list rules) and reserved.
    pub(crate) fn reserved(&self, sql: &str, rules: [Rule; 2]) -> Reserved {
        self.reserved_if_allowed(sql, rules).unwrap()
    }

    /// The same, if it binds and the rules allow it.
    pub(crate) fn reserved_if_allowed(&self, sql: &str, rules: [Rule; 2]) -> Option<Reserved> {
        self.reserved_under(sql, rules, [Extension::default(), Extension::default()])
    }

    /// The query under the aggregation rules of both members, with what the seller says beside.
    pub(crate) fn reserved_with(&self, sql: &str, seller: Extension) -> Reserved {
        self.reserved_with_both(sql, [seller, Extension::default()])
    }

    /// The same, with what the brand says too.
    pub(crate) fn reserved_with_both(&self, sql: &str, extensions: [Extension; 2]) -> Reserved {
        self.reserved_under(sql, [aggregation(), brand_rule()], extensions).unwrap()
    }

    /// The same by any rules.
    pub(crate) fn reserved_under(
        &self,
        sql: &str,
        rules: [Rule; 2],
        extensions: [Extension; 2],
    ) -> Option<Reserved> {
        let mut schema = Schema::default();
        for input in self.inputs() {
            let table = TableSchema { columns: input.columns, hidden: Vec::new() };
            schema.tables.insert(input.table, table);
        }
        let bound = bind(sql, &schema, Timestamp::from_millis(0)).ok()?;
        let owner = |account: &str, rule, extension| RuledTable {
            owner: account.parse::<AccountId>().unwrap(),
            owner_name: account.into(),
            configured_table: None,
            rule: Some(rule),
            extension,
        };
        let ([orders, audience], [seller, brand]) = (rules, extensions);
        let rules = Rules {
            runner: BRAND.parse().unwrap(),
            analysis: glovebox_policy::Analysis::Direct,
            encryption: glovebox_model::EncryptionMetadata::default(),
            tables: BTreeMap::from([
                (TableName::new("orders").unwrap(), owner(SELLER, orders, seller)),
                (TableName::new("audience").unwrap(), owner(BRAND, audience, brand)),
            ]),
        };
        let cleared = clear(bound, &rules).ok()?;
        let priced = price(cleared, &Terms::default()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
        Some(Reserved::assertion(priced))
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::new(self.config.clone()).unwrap()
    }

    pub(crate) async fn execute(&self, sql: &str) -> Result<Executed, Failed> {
        self.run(self.reserved_by_default(sql), self.inputs()).await
    }

    /// The query, cleared by the aggregation rules of both members.
    pub(crate) fn reserved_by_default(&self, sql: &str) -> Reserved {
        self.reserved(sql, [aggregation(), brand_rule()])
    }

    pub(crate) async fn execute_list(&self, sql: &str) -> Result<Executed, Failed> {
        let reserved = self.reserved(sql, [list("region amount"), list("segment")]);
        self.run(reserved, self.inputs()).await
    }

    pub(crate) async fn run(
        &self,
        reserved: Reserved,
        inputs: Vec<Input>,
    ) -> Result<Executed, Failed> {
        let (_canceller, cancel) = uncancelled();
        self.engine().execute(reserved, query(), inputs, &limits(), (&cancel, sample_key())).await
    }

    pub(crate) fn bucket(&self, account: &str) -> Buckets {
        let buckets =
            AccountFolders::new(self.dir.path()).buckets(&account.parse().unwrap()).unwrap();
        if !buckets.bucket_exists(BUCKET).unwrap() {
            buckets.create_bucket(BUCKET).unwrap();
        }
        buckets
    }

    pub(crate) async fn encode(
        &self,
        released: Released,
        destinations: Vec<Destination>,
    ) -> Result<Encoded, Failed> {
        self.engine().encode(released, query(), destinations, &key()).await
    }

    /// From text to delivered objects: their keys and bytes.
    pub(crate) async fn walk(&self, sql: &str, destination: Destination) -> Vec<(String, Vec<u8>)> {
        let account = destination.account.to_string();
        self.bucket(&account);
        let executed = self.execute(sql).await.unwrap();
        let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
        let encoded = self.encode(released, vec![destination]).await.unwrap();
        let delivered = self.engine().deliver(kept(encoded), &key(), &[]).await.unwrap();
        delivered
            .objects
            .iter()
            .map(|it| (it.key.clone(), self.object(&account, &it.key)))
            .collect()
    }

    pub(crate) fn object(&self, account: &str, key: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut reader = self.bucket(account).get(BUCKET, key).unwrap();
        std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
        bytes
    }
}

pub(crate) fn kept(encoded: Encoded) -> Kept {
    #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
    Kept::assertion(encoded.into_files())
}

pub(crate) fn query() -> Id<Query> {
    Id::from_random([3; 16])
}

pub(crate) fn key() -> KeptKey {
    KeptKey::new(Zeroizing::new([5; 32]))
}

pub(crate) fn limits() -> Limits {
    Limits { wall: Duration::from_secs(60), result_rows: 1_000_000, result_bytes: 64 << 20 }
}

pub(crate) fn uncancelled() -> (Canceller, Cancel) {
    cancel()
}

pub(crate) fn destination(account: &str, format: ResultFormat) -> Destination {
    Destination {
        account: account.parse().unwrap(),
        bucket: BUCKET.into(),
        key_prefix: "out/daily".into(),
        format,
        single_file: false,
    }
}

/// A secret to bound contributions by.
pub(crate) fn sample_key() -> SampleKey {
    SampleKey::fresh(&mut SecureNoise).unwrap()
}
