//! Reads secrets, and keeps them from being shown.

use std::{fmt, fs};

/// A value that must not be shown: it prints as `[redacted]`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Hide this value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Return the value, for whoever needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(crate::redact::REDACTED)
    }
}

/// Return a secret from its variable, or from the file that the variable with `_FILE` names; none
/// where neither is set. `what` tells those who have to set it what it is.
///
/// # Errors
///
/// What is wrong with the two, and what to do about it.
pub fn read(
    variable: &dyn Fn(&str) -> Option<String>,
    name: &str,
    what: &str,
) -> Result<Option<String>, String> {
    let get = |name: &str| variable(name).filter(|value| !value.is_empty());
    match (get(name), get(&format!("{name}_FILE"))) {
        (Some(_), Some(_)) => Err(format!(
            "is set, and so is {name}_FILE; set only one of them"
        )),
        (None, Some(path)) => from_file(name, &path, what).map(Some),
        (value, None) => Ok(value),
    }
}

fn from_file(name: &str, path: &str, what: &str) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| {
        format!(
            "{name}_FILE names {path}, which cannot be read ({error}); \
             set it to the path of a file with {what}"
        )
    })?;
    let value = text.trim_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(format!(
            "{name}_FILE names {path}, which is empty; write {what} into it"
        ));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str, path: &str) -> Result<Option<String>, String> {
        let variable = |name: &str| match name {
            "TOKEN" => Some(value.to_owned()),
            "TOKEN_FILE" => Some(path.to_owned()),
            _ => None,
        };
        read(&variable, "TOKEN", "the token")
    }

    #[test]
    fn a_secret_comes_from_its_variable_or_its_file() {
        let path = std::env::temp_dir().join(format!("token-{}", std::process::id()));
        let file = path.to_str().expect("a path");
        fs::write(file, "from the file\r\n").expect("its text");
        let found = token("", file);
        fs::write(file, "\n").expect("its text");
        let empty = token("", file);
        fs::remove_file(file).expect("no file");

        assert_eq!(found, Ok(Some("from the file".to_owned())));
        assert!(empty.is_err_and(|problem| problem.ends_with("; write the token into it")));
        let missing = token("", file).expect_err("a problem");
        assert!(missing.contains("which cannot be read"), "{missing}");
        assert_eq!(token("hunter2", ""), Ok(Some("hunter2".to_owned())));
        assert_eq!(token("", ""), Ok(None));
        let both = token("hunter2", file).expect_err("a problem");
        assert!(both.ends_with("; set only one of them"), "{both}");
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), crate::redact::REDACTED);
        assert_eq!(secret.expose(), "hunter2");
    }
}
