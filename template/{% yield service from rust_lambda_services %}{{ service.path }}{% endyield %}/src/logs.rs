//! Where logs go.

use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::lines;
use crate::settings::Settings;

/// Print all that is logged, and what a panic says.
pub fn configure(settings: &Settings) {
    let subscriber = Registry::default().with(lines::printed(settings, std::io::stdout));
    // It fails where another test has done so before.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(lines::report));
}
