//! What the environment tells the function, checked as a whole before anything starts.

use std::fmt;
use std::str::FromStr;

use tracing::Level;

/// Where the function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine.
    Development,
    /// In tests.
    Test,
    /// Deployed, for a last look.
    Staging,
    /// Deployed, for its users.
    Production,
}

impl Environment {
    /// Return whether this is staging or production.
    #[must_use]
    pub fn deployed(self) -> bool {
        matches!(self, Self::Staging | Self::Production)
    }
}

impl FromStr for Environment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "development" => Ok(Self::Development),
            "test" => Ok(Self::Test),
            "staging" => Ok(Self::Staging),
            "production" => Ok(Self::Production),
            _ => Err(()),
        }
    }
}

/// All settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `ENVIRONMENT`
    pub environment: Environment,
    /// `LOG_LEVEL`
    pub log_level: Level,
    /// The value of every secret that `secret::read` has read, so that logs can leave them out.
    pub secrets: Vec<String>,
}

impl Settings {
    /// Read the settings from variables by name; an empty one counts as not set.
    ///
    /// # Errors
    ///
    /// Every problem there is, not just the first.
    pub fn load(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let get = |name| variable(name).filter(|value| !value.is_empty());
        let mut problems = Problems::default();
        let environment = match get("ENVIRONMENT") {
            // Lambda sets nothing by itself: what is delivered knows where it runs.
            None => Environment::Production,
            Some(text) => text.parse().unwrap_or_else(|()| {
                let remedy = "development, test, staging or production";
                problems.add("ENVIRONMENT", &text, remedy);
                Environment::Production
            }),
        };
        let log_level = match get("LOG_LEVEL").as_deref() {
            None | Some("info") => Level::INFO,
            Some("debug") => Level::DEBUG,
            Some("warning") => Level::WARN,
            Some("error") => Level::ERROR,
            Some(text) => {
                problems.add("LOG_LEVEL", text, "debug, info, warning or error");
                Level::INFO
            }
        };
        if problems.0.is_empty() {
            Ok(Self {
                environment,
                log_level,
                secrets: Vec::new(),
            })
        } else {
            Err(problems)
        }
    }
}

/// What is wrong with the settings, by variable.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<(String, String)>);

impl Problems {
    fn add(&mut self, variable: &str, text: &str, remedy: &str) {
        let problem = format!("is {text:?}; set it to {remedy}");
        self.0.push((variable.to_owned(), problem));
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(formatter, "Cannot start: 1 setting is wrong.")?,
            count => write!(formatter, "Cannot start: {count} settings are wrong.")?,
        }
        for (variable, problem) in &self.0 {
            write!(formatter, "\n  {variable}: {problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &str, log_level: &str) -> Result<Settings, Problems> {
        Settings::load(&|name| match name {
            "ENVIRONMENT" => Some(environment.to_owned()),
            "LOG_LEVEL" => Some(log_level.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn nothing_has_to_be_set() {
        for settings in [Settings::load(&|_| None), load("", "")] {
            let settings = settings.expect("defaults");
            assert_eq!(settings.environment, Environment::Production);
            assert_eq!(settings.log_level, Level::INFO);
        }
    }

    #[test]
    fn environments_and_levels_have_the_names_that_all_services_know() {
        for (name, deployed) in [
            ("development", false),
            ("test", false),
            ("staging", true),
            ("production", true),
        ] {
            let settings = load(name, "").expect("an environment");
            assert_eq!(settings.environment.deployed(), deployed, "{name}");
        }
        for (name, level) in [
            ("debug", Level::DEBUG),
            ("info", Level::INFO),
            ("warning", Level::WARN),
            ("error", Level::ERROR),
        ] {
            assert_eq!(load("", name).expect("a level").log_level, level);
        }
    }

    #[test]
    fn every_problem_is_listed_at_once() {
        let text = load("prod", "loud").expect_err("problems").to_string();
        let expected = "Cannot start: 2 settings are wrong.\n  \
            ENVIRONMENT: is \"prod\"; set it to development, test, staging or production\n  \
            LOG_LEVEL: is \"loud\"; set it to debug, info, warning or error";
        assert_eq!(text, expected);
    }

    #[test]
    fn one_problem_is_one() {
        let text = load("", "loud").expect_err("a problem").to_string();
        assert!(text.starts_with("Cannot start: 1 setting is wrong."));
    }
}
