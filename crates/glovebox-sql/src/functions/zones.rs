//! Zones by name: CONVERT_TIMEZONE, FROM_UTC_TIMESTAMP, TO_UTC_TIMESTAMP.

use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::accept::{TIMESTAMP, fits};
use super::kind::Kind;
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "convert_timezone",
        accepts: |kinds| match kinds {
            [_, _] => fits(kinds, &[Kind::String, Kind::Timestamp], 2),
            _ => fits(kinds, &[Kind::String, Kind::String, Kind::Timestamp], 3),
        },
        returns: TIMESTAMP,
        row: |_, values| match values {
            [Value::Text(to), Value::Moment(micros)] => moment(shown(to, *micros)),
            [Value::Text(from), Value::Text(to), Value::Moment(micros)] => {
                moment(meant(from, *micros).and_then(|it| shown(to, it)))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "from_utc_timestamp",
        accepts: |kinds| fits(kinds, &[Kind::Timestamp, Kind::String], 2),
        returns: TIMESTAMP,
        row: |_, values| match values {
            [Value::Moment(micros), Value::Text(zone)] => moment(shown(zone, *micros)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "to_utc_timestamp",
        accepts: |kinds| fits(kinds, &[Kind::Timestamp, Kind::String], 2),
        returns: TIMESTAMP,
        row: |_, values| match values {
            [Value::Moment(micros), Value::Text(zone)] => moment(meant(zone, *micros)),
            _ => Value::Null,
        },
    },
];

fn moment<'a>(micros: Option<i64>) -> Value<'a> {
    micros.map_or(Value::Null, Value::Moment)
}

/// What clocks of a zone show at a moment.
fn shown(zone: &str, micros: i64) -> Option<i64> {
    later(micros, Zone::named(zone)?.offset_at(naive(micros)?))
}

/// The moment at which clocks of a zone show this: of two the first; a time that was left out is
/// as much later as was left out.
pub(super) fn meant(zone: &str, micros: i64) -> Option<i64> {
    later(micros, Zone::named(zone)?.offset_of(naive(micros)?)?.checked_neg()?)
}

fn later(micros: i64, seconds: i64) -> Option<i64> {
    micros.checked_add(seconds.checked_mul(1_000_000)?)
}

fn naive(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|it| it.naive_utc())
}

/// A zone, as Java names it.
enum Zone {
    /// So many seconds ahead of UTC, always.
    Fixed(i64),
    Region(Tz),
}

/// Java's short names.
const SHORT: [(&str, &str); 28] = [
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Harare"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Addis_Ababa"),
    ("ECT", "Europe/Paris"),
    ("EST", "-05:00"),
    ("HST", "-10:00"),
    ("IET", "America/Indiana/Indianapolis"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("MST", "-07:00"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

/// The longest distance from UTC, in seconds.
const FARTHEST: i64 = 18 * 3600;

impl Zone {
    fn named(name: &str) -> Option<Self> {
        let name = SHORT.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
        if name == "Z" {
            return Some(Self::Fixed(0));
        }
        let rest = ["UTC", "GMT", "UT"].iter().find_map(|it| name.strip_prefix(it));
        match rest.unwrap_or(name) {
            "" if rest.is_some() => Some(Self::Fixed(0)),
            offset if offset.starts_with(['+', '-']) => ahead(offset).map(Self::Fixed),
            _ => name.parse().ok().map(Self::Region),
        }
    }

    /// Seconds ahead of UTC at a moment.
    fn offset_at(&self, utc: NaiveDateTime) -> i64 {
        match self {
            Self::Fixed(seconds) => *seconds,
            Self::Region(zone) => seconds(&zone.offset_from_utc_datetime(&utc)),
        }
    }

    /// Seconds ahead of UTC when clocks there show this.
    fn offset_of(&self, local: NaiveDateTime) -> Option<i64> {
        match self {
            Self::Fixed(seconds) => Some(*seconds),
            // What was left out is at most a day: then as before it.
            Self::Region(zone) => (0..=25).find_map(|hours| {
                let before = local.checked_sub_signed(Duration::hours(hours))?;
                let found = zone.offset_from_local_datetime(&before);
                let found = if hours == 0 { found.earliest() } else { found.latest() };
                found.as_ref().map(seconds)
            }),
        }
    }
}

fn seconds(offset: &impl Offset) -> i64 {
    i64::from(offset.fix().local_minus_utc())
}

/// `+1`, `+01`, `+1:30`, `+0130`, `+01:30:15`.
fn ahead(text: &str) -> Option<i64> {
    let digits = text.get(1..)?;
    let parts: Vec<&str> = if digits.contains(':') {
        digits.split(':').collect()
    } else {
        match digits.len() {
            1 | 2 => vec![digits],
            4 => vec![digits.get(..2)?, digits.get(2..)?],
            6 => vec![digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?],
            _ => return None,
        }
    };
    let [hours, minutes, seconds] = match parts.as_slice() {
        [hours] => [*hours, "0", "0"],
        [hours, minutes] => [*hours, *minutes, "0"],
        [hours, minutes, seconds] if minutes.len() == 2 && seconds.len() == 2 => {
            [*hours, *minutes, *seconds]
        }
        _ => return None,
    };
    let number = |text: &str, most: i64| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        text.parse::<i64>().ok().filter(|it| plain && *it <= most)
    };
    let total = number(hours, 18)?
        .checked_mul(3600)?
        .checked_add(number(minutes, 59)?.checked_mul(60)?)?
        .checked_add(number(seconds, 59)?)?;
    let total = Some(total).filter(|it| *it <= FARTHEST)?;
    if text.starts_with('-') { total.checked_neg() } else { Some(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        let format = "%Y-%m-%d %H:%M:%S";
        NaiveDateTime::parse_from_str(text, format).unwrap().and_utc().timestamp_micros()
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_are_read_as_java_reads_them() {
        let berlin = |text| meant("Europe/Berlin", micros(text)).unwrap();
        assert_eq!(berlin("2024-03-31 02:30:00"), micros("2024-03-31 01:30:00"));
        assert_eq!(berlin("2024-10-27 02:30:00"), micros("2024-10-27 00:30:00"));
        let apia = meant("Pacific/Apia", micros("2011-12-30 12:00:00")).unwrap();
        assert_eq!(shown("Pacific/Apia", apia), Some(micros("2011-12-31 12:00:00")));
        assert_eq!(
            shown("America/New_York", micros("2024-07-01 12:00:00")),
            Some(micros("2024-07-01 08:00:00"))
        );
    }

    #[test]
    fn a_zone_is_a_region_a_short_name_or_an_offset() {
        let offset = |name: &str| Zone::named(name).map(|it| it.offset_at(naive(0).unwrap()));
        for (name, seconds) in [
            ("UTC", 0),
            ("Z", 0),
            ("GMT", 0),
            ("EST", -18_000),
            ("JST", 32_400),
            ("Asia/Tokyo", 32_400),
            ("+9", 32_400),
            ("+09:00", 32_400),
            ("-0930", -34_200),
            ("UTC+01:30", 5_400),
            ("+18:00", 64_800),
            ("+01:02:03", 3_723),
        ] {
            assert_eq!(offset(name), Some(seconds), "{name}");
        }
        for name in ["", "+", "+19", "+18:01", "+1:60", "Mars/Olympus", "asia/tokyo", "+ 1", "UTC+"]
        {
            assert_eq!(offset(name), None, "{name}");
        }
    }
}
