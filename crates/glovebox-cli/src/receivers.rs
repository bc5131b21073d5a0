//! Who receives the result of a query, as the command line says it and as the server tells it.

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::Client;

/// The bucket that results go to when none is named; made when it is missing.
const BUCKET: &str = "glovebox-results";

/// Where results go when no place is named.
const OUTPUT: &str = "s3://glovebox-results/queries";

/// What the command line says of receivers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// `--receiver`, as often as it was given.
    pub(crate) receivers: &'a [String],
    /// `--output`
    pub(crate) output: Option<&'a str>,
    /// Whether a file is to be written from the runner's own copy.
    pub(crate) writes: bool,
    /// Whether that is Parquet.
    pub(crate) parquet: bool,
}

impl Wanted<'_> {
    /// The output configuration: members, or a bucket of our own that exists from now on, or both.
    pub(crate) fn configuration(self, client: &Client) -> Result<Value> {
        let mut locations: Vec<Value> =
            self.receivers.iter().map(|it| json!({"member": {"accountId": it}})).collect();
        if self.receivers.is_empty() || self.writes || self.output.is_some() {
            let (bucket, s3) = self.own()?;
            if bucket == BUCKET {
                client.create_bucket(&bucket).context("the bucket for results")?;
            }
            locations.insert(0, json!({"s3": s3}));
        }
        Ok(one_or_several(locations))
    }

    /// A bucket of our own, and what is said of it.
    fn own(self) -> Result<(String, Value)> {
        let rest = self.output.unwrap_or(OUTPUT).strip_prefix("s3://");
        let rest = rest.ok_or_else(|| anyhow!("--output must begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            bail!("--output names no bucket");
        }
        let mut s3 = json!({
            "bucket": bucket,
            "resultFormat": if self.parquet { "PARQUET" } else { "CSV" },
            "singleFileOutput": true,
        });
        let prefix = prefix.trim_end_matches('/');
        if let (false, Some(object)) = (prefix.is_empty(), s3.as_object_mut()) {
            object.insert("keyPrefix".to_owned(), json!(prefix));
        }
        Ok((bucket.to_owned(), s3))
    }
}

/// One location is said as AWS says it of one.
fn one_or_several(mut locations: Vec<Value>) -> Value {
    match (locations.len(), locations.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            locations.extend(last);
            json!({"distribute": {"locations": locations}})
        }
    }
}

/// Where the runner's own copy lies.
pub(crate) fn location(query: &Value) -> Option<&str> {
    let at = |path| query.pointer(path).and_then(Value::as_str);
    at("/result/output/s3/location").or_else(|| at("/result/output/distribute/s3/location"))
}

/// A line for each copy that is not the runner's only one: who has it, and who does not.
pub(crate) fn lines(client: &Client, query: &str) -> Result<Vec<String>> {
    let path = format!("/glovebox/v1/protectedQueries/{query}/deliveries");
    let answer = client.call("GET", &path, "", None)?;
    Ok(said(&answer))
}

fn said(answer: &Value) -> Vec<String> {
    let text = |it: &Value, name: &str| {
        glovebox_model::escape(it.get(name).and_then(Value::as_str).unwrap_or_default()).to_string()
    };
    let copy = |it: &Value| {
        let account = text(it, "accountId");
        match text(it, "state").as_str() {
            "DELIVERED" => format!("delivered to {account}"),
            "UNREACHABLE" => format!("not delivered to {account}: its bucket did not take it"),
            "WITHHELD" => format!("not delivered to {account}: a right was withdrawn"),
            _ => format!("not delivered to {account}"),
        }
    };
    let copies = answer.get("deliveries").and_then(Value::as_array);
    copies.map(|it| it.iter().map(copy).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_location_stands_alone_and_several_are_distributed() {
        let member = |it: &str| json!({"member": {"accountId": it}});
        assert_eq!(one_or_several(vec![member("1")]), member("1"));
        let both = one_or_several(vec![member("1"), member("2")]);
        assert_eq!(both, json!({"distribute": {"locations": [member("1"), member("2")]}}));
    }

    #[test]
    fn a_place_is_a_bucket_and_a_prefix() {
        let wanted = |output| Wanted { receivers: &[], output, writes: true, parquet: true };
        let (bucket, s3) = wanted(None).own().unwrap();
        assert_eq!((bucket.as_str(), &s3["keyPrefix"]), (BUCKET, &json!("queries")));
        let (bucket, s3) = wanted(Some("s3://mine/a/b/")).own().unwrap();
        assert_eq!((bucket.as_str(), &s3["keyPrefix"]), ("mine", &json!("a/b")));
        assert_eq!(s3["resultFormat"], "PARQUET");
        for wrong in ["mine/a", "s3://", "s3:///a"] {
            assert!(wanted(Some(wrong)).own().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_copy_has_its_line() {
        let answer = json!({"deliveries": [
            {"accountId": "1", "state": "DELIVERED", "time": 0},
            {"accountId": "2", "state": "UNREACHABLE", "time": 0},
            {"accountId": "3", "state": "WITHHELD", "time": 0},
        ]});
        let lines = said(&answer);
        assert_eq!(lines[0], "delivered to 1");
        assert!(lines[1].starts_with("not delivered to 2") && lines[2].contains("right"));
        assert!(said(&json!({})).is_empty());
    }
}
