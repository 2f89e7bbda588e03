//! What lines of logs look like, without secrets: JSON where deployed, readable elsewhere.

use std::fmt::{self, Write as _};
use std::panic::PanicHookInfo;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber, error};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::redact::Redactor;
use crate::settings::{Environment, Settings};

/// How lines call the identifier of a request.
const REQUEST_ID: &str = "request_id";

/// How spans call it: the service's own, and those of the runtime of Lambda.
const IN_SPANS: [&str; 2] = [REQUEST_ID, "requestId"];

/// Return what prints events line by line, without secrets.
pub fn printed<S, W>(settings: &Settings, output: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Format::new(settings))
        .with_writer(output);
    RequestIds
        .and_then(lines)
        .with_filter(LevelFilter::from_level(settings.log_level))
}

/// Log a panic like everything else: Rust itself would print it as it is, with what it may tell.
pub fn report(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let reason = panic
        .payload_as_str()
        .unwrap_or("for no reason that is text");
    error!(location, "panic: {reason}");
}

/// What the request is called that a span belongs to.
struct RequestId(Value);

/// Keeps with each span what its request is called: all lines within carry it.
struct RequestIds;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for RequestIds {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let given = fields
            .others
            .into_iter()
            .find(|(name, _)| IN_SPANS.contains(&name.as_str()));
        if let (Some((_, given)), Some(span)) = (given, context.span(id)) {
            span.extensions_mut().insert(RequestId(given));
        }
    }
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
        // 2026-11-21T13:14:15.123456Z
        let mut now = String::new();
        SystemTime.format_time(&mut Writer::new(&mut now))?;
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
                    format!("{}+00:00", &now[..23]).into(),
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
                let clock = &now[11..23];
                let level = paint(&format!("{:<8}", level.to_uppercase()), code);
                write!(line, "{} {level} {logger}: {message}", paint(clock, "2"))?;
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
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let request = context
            .event_scope()
            .into_iter()
            .flatten()
            .find_map(|span| {
                let extensions = span.extensions();
                extensions.get::<RequestId>().map(|id| id.0.clone())
            });
        if let Some(id) = request {
            fields.others.push((REQUEST_ID.to_owned(), id));
        }
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
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;
    use tracing::{error_span, info, info_span};
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;

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
                .is_some_and(|text| text.len() == 29 && text.ends_with("+00:00"))
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
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().expect("no panic").push(fields);
        }
    }

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the output").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Return the lines that are logged meanwhile where the service is deployed.
    fn logged(level: &str, meanwhile: impl FnOnce()) -> Vec<Value> {
        let mut settings =
            Settings::load(&|name: &str| (name == "LOG_LEVEL").then(|| level.to_owned()))
                .expect("settings");
        settings.environment = Environment::Production;
        settings.secrets = vec!["hunter2".to_owned()];
        let output = Output::default();
        let writer = output.clone();
        let subscriber = Registry::default().with(printed(&settings, move || writer.clone()));
        with_default(subscriber, meanwhile);
        let bytes = output.0.lock().expect("the output").clone();
        let lines = String::from_utf8(bytes).expect("text");
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("an object"))
            .collect()
    }

    #[test]
    fn every_line_of_a_request_carries_its_identifier() {
        for level in ["info", "error"] {
            let lines = logged(level, || {
                error_span!("request", request_id = "4f1a-9c2e").in_scope(|| {
                    info_span!("inner").in_scope(|| error!("inside"));
                });
                error_span!("invoke", requestId = "4f1a-9c2e").in_scope(|| error!("inside"));
                error!("outside");
            });
            assert_eq!(lines.len(), 3);
            assert_eq!(lines[0]["request_id"], "4f1a-9c2e");
            assert_eq!(lines[1]["request_id"], "4f1a-9c2e");
            assert!(lines[2].get("request_id").is_none());
        }
    }

    #[test]
    fn a_panic_is_a_line_without_secrets() {
        let lines = logged("error", || {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(report));
            let panic = std::panic::catch_unwind(|| panic!("it was hunter2"));
            std::panic::set_hook(usual);
            assert!(panic.is_err());
        });
        assert_eq!(lines[0]["message"], "panic: it was [redacted]");
        assert_eq!(lines[0]["level"], "error");
        assert!(
            lines[0]["location"]
                .as_str()
                .is_some_and(|place| place.contains("lines.rs:"))
        );
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
