//! Logs on standard output, without secrets: JSON where deployed, readable lines elsewhere.

use std::fmt::{self, Write as _};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::NAME;
use crate::redact::Redactor;
use crate::settings::{Environment, Settings};

const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+00:00");
const CLOCK: &[BorrowedFormatItem<'_>] =
    format_description!("[hour]:[minute]:[second].[subsecond digits:3]");

/// Send all that is logged to standard output, and spans to where traces are collected.
pub fn configure(settings: &Settings, traces: Option<&SdkTracerProvider>) {
    let exported = traces.map(|traces| {
        // Spans are traced at any level of the logs, those of libraries not at all.
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer(NAME))
            .with_filter(tracing_subscriber::filter::filter_fn(|metadata| {
                metadata.is_span() && metadata.target().starts_with("service")
            }))
    });
    let printed = tracing_subscriber::fmt::layer()
        .event_format(Format::new(settings))
        .with_filter(LevelFilter::from_level(settings.log_level));
    let subscriber = Registry::default().with(exported).with(printed);
    // It fails where another test has done so before.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

enum Style {
    Json,
    Readable { colour: bool },
}

struct Format {
    redactor: Redactor,
    style: Style,
}

impl Format {
    fn new(settings: &Settings) -> Self {
        let style = if settings.environment.deployed() {
            Style::Json
        } else {
            let wanted = std::env::var_os("NO_COLOR").is_none();
            Style::Readable {
                colour: wanted && settings.environment == Environment::Development,
            }
        };
        Self {
            redactor: Redactor::new(&settings.secrets),
            style,
        }
    }

    fn write(
        &self,
        line: &mut impl fmt::Write,
        level: Level,
        logger: &str,
        fields: Fields,
    ) -> fmt::Result {
        let now = OffsetDateTime::now_utc();
        let level = match level {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            Level::DEBUG | Level::TRACE => "debug",
        };
        let logger = logger.replace("::", ".");
        let message = self.redactor.text(&fields.message);
        match self.style {
            Style::Json => {
                let mut entry = Map::new();
                entry.insert(
                    "timestamp".to_owned(),
                    now.format(TIMESTAMP).map_err(|_| fmt::Error)?.into(),
                );
                entry.insert("level".to_owned(), level.into());
                entry.insert("logger".to_owned(), logger.into());
                entry.insert("message".to_owned(), message.into());
                for (name, value) in fields.others {
                    let value = self.redacted(&name, value);
                    entry.entry(name).or_insert(value);
                }
                writeln!(line, "{}", Value::Object(entry))
            }
            Style::Readable { colour } => {
                let paint = |text: &str, code: &str| {
                    if colour {
                        format!("\x1b[{code}m{text}\x1b[0m")
                    } else {
                        text.to_owned()
                    }
                };
                let code = match level {
                    "error" => "31",
                    "warning" => "33",
                    "info" => "32",
                    _ => "2",
                };
                let clock = now.format(CLOCK).map_err(|_| fmt::Error)?;
                let level = paint(&format!("{:<8}", level.to_uppercase()), code);
                write!(line, "{} {level} {logger}: {message}", paint(&clock, "2"))?;
                for (name, value) in fields.others {
                    let value = self.redacted(&name, value);
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    write!(line, " {}{value}", paint(&format!("{name}="), "2"))?;
                }
                writeln!(line)
            }
        }
    }

    fn redacted(&self, name: &str, value: Value) -> Value {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let redacted = self.redactor.field(name, &text);
        if redacted == text {
            value
        } else {
            redacted.into()
        }
    }
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        self.write(&mut line, *metadata.level(), metadata.target(), fields)
    }
}

/// The message of an event, and what else it tells, in order.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(String, Value)>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.push((field.name().to_owned(), value.into()));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // It cannot fail: a string takes any text.
            let _ = write!(self.message, "{value:?}");
        } else {
            self.add(field, format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.add(field, value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::info;
    use tracing::subscriber::with_default;

    use super::*;

    fn line(style: Style, fields: Fields) -> String {
        let format = Format {
            redactor: Redactor::new(&["hunter2".to_owned()]),
            style,
        };
        let mut line = String::new();
        format
            .write(&mut line, Level::WARN, "service::notes", fields)
            .expect("a line");
        line
    }

    fn fields() -> Fields {
        Fields {
            message: "two\nlines of hunter2".to_owned(),
            others: vec![
                ("status".to_owned(), 200.into()),
                ("token".to_owned(), 7.into()),
                ("level".to_owned(), "mine".into()),
            ],
        }
    }

    #[test]
    fn json_has_one_object_a_line_with_the_fields() {
        let line = line(Style::Json, fields());
        assert_eq!(line.lines().count(), 1);
        let mut entry: Map<String, Value> = serde_json::from_str(&line).expect("an object");
        let timestamp = entry.remove("timestamp").expect("a timestamp");
        assert!(
            timestamp
                .as_str()
                .is_some_and(|text| text.ends_with("+00:00"))
        );
        let expected = serde_json::json!({
            "level": "warning",
            "logger": "service.notes",
            "message": "two\nlines of [redacted]",
            "status": 200,
            "token": "[redacted]",
        });
        assert_eq!(Value::Object(entry), expected);
    }

    #[test]
    fn an_event_is_recorded_with_its_message_and_fields() {
        for event in [
            || info!(number = -7, ratio = 0.5, yes = true, name = "x", "hello"),
            || {
                info!(
                    message = "hello",
                    number = -7,
                    ratio = 0.5,
                    yes = true,
                    name = "x"
                );
            },
        ] {
            let seen = Arc::default();
            with_default(Registry::default().with(Recorder(Arc::clone(&seen))), event);
            let seen = seen.lock().expect("no panic");
            assert_eq!(seen[0].message, "hello");
            let others: Vec<String> = seen[0]
                .others
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert_eq!(
                others,
                ["number=-7", "ratio=0.5", "yes=true", r#"name="x""#]
            );
        }
    }

    #[derive(Clone)]
    struct Recorder(Arc<Mutex<Vec<Fields>>>);

    impl<S: Subscriber> Layer<S> for Recorder {
        fn on_event(&self, event: &Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().expect("no panic").push(fields);
        }
    }

    #[test]
    fn development_is_readable_and_coloured_if_asked_to() {
        let plain = line(Style::Readable { colour: false }, fields());
        assert!(
            plain.contains(" WARNING  service.notes: two\nlines of [redacted] status=200"),
            "{plain}"
        );
        assert!(line(Style::Readable { colour: true }, fields()).contains("\x1b[33mWARNING"));
    }
}
