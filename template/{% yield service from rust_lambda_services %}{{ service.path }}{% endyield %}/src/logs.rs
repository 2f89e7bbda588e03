//! Logs on standard output: JSON where deployed, readable lines elsewhere.

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::settings::{Environment, Settings};

/// Print all that is logged; a line carries the id of the request that it belongs to.
pub fn configure(settings: &Settings) {
    let subscriber = subscriber(settings, std::io::stdout);
    // It fails where another test has done so before.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

fn subscriber<W>(settings: &Settings, output: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let base = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::from_level(settings.log_level))
        .with_writer(output);
    if settings.environment.deployed() {
        Box::new(
            base.json()
                .flatten_event(true)
                .with_span_list(false)
                .finish(),
        )
    } else {
        let colour = settings.environment == Environment::Development
            && std::env::var_os("NO_COLOR").is_none();
        Box::new(base.with_ansi(colour).finish())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tracing::{debug, info, info_span};

    use super::*;

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

    fn logged(variables: &[(&str, &str)]) -> String {
        let settings = Settings::load(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .expect("settings");
        let output = Output::default();
        let writer = output.clone();
        tracing::subscriber::with_default(subscriber(&settings, move || writer.clone()), || {
            let _inside = info_span!("invoke", requestId = "4f1a").entered();
            info!(guests = 1, "greeted");
            debug!("seldom of interest");
        });
        let bytes = output.0.lock().expect("the output").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn deployed_a_line_is_an_object_with_the_request() {
        let lines = logged(&[("ENVIRONMENT", "production")]);
        assert_eq!(lines.lines().count(), 1);
        let entry: Value = serde_json::from_str(&lines).expect("an object");
        assert_eq!(entry["level"], "INFO");
        assert_eq!(entry["message"], "greeted");
        assert_eq!(entry["guests"], 1);
        assert_eq!(entry["span"]["requestId"], "4f1a");
        assert!(entry["timestamp"].is_string());
    }

    #[test]
    fn elsewhere_lines_are_readable() {
        let lines = logged(&[("ENVIRONMENT", "test"), ("LOG_LEVEL", "debug")]);
        assert_eq!(lines.lines().count(), 2);
        assert!(lines.contains("greeted guests=1"), "{lines}");
        assert!(!lines.contains('\x1b'), "{lines}");
    }
}
