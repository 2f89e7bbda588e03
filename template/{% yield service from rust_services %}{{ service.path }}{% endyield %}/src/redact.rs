//! Leaves secrets out of what is logged.

use std::borrow::Cow;
use std::sync::LazyLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// A shorter secret is part of ordinary words.
const SHORTEST: usize = 4;

/// What encoders of URLs quote: all that RFC 3986 does not call unreserved. Some leave `/` alone too.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

const TELLING: &str =
    "pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|api[-_]?key|private[-_]?key";

/// In a text that is quoted itself, as Debug does, quotes have backslashes before them.
const QUOTE: &str = r#"(?:\\*["'])?"#;
const VALUE: &str =
    r#"(?:\\"(?:[^"\\]|\\[^"])*\\"|\\+"[^"]*"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;&)}\]]+)"#;

static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:^|[-_.])(?:{TELLING}|authorization)$")));

/// Secrets in the text of a message: each pattern keeps what is around the secret, its two groups.
static TEXTS: LazyLock<[Regex; 6]> = LazyLock::new(|| {
    [
        pattern(r"(://[^/\s:@]*:)[^/\s@]+(@)"),
        pattern(&format!(r"((?:{TELLING}){QUOTE}\s*[=:]\s*){VALUE}()")),
        pattern(&format!(
            r#"(\bauthorization{QUOTE}\s*[=:]\s*{QUOTE}(?:[a-z]+\s+)?)[^\s"\\',;}}\]]+()"#
        )),
        pattern(r"(\bbearer\s+)[\w.~+/=-]{16,}()"),
        pattern(r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+()"),
        pattern(r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\z)"),
    ]
});

fn pattern(source: &str) -> Regex {
    Regex::new(&format!("(?i){source}")).expect("a pattern that is tested")
}

/// Replaces secrets: those it was given, values with telling names, and what looks like one.
#[derive(Debug)]
pub struct Redactor {
    known: Vec<String>,
}

impl Redactor {
    /// Return one that knows these secrets.
    #[must_use]
    pub fn new(secrets: &[String]) -> Self {
        let mut known: Vec<String> = secrets
            .iter()
            .filter(|secret| secret.len() >= SHORTEST)
            .flat_map(|secret| {
                let quoted = utf8_percent_encode(secret, QUOTED).to_string();
                let path = quoted.replace("%2F", "/");
                let form = quoted.replace("%20", "+");
                [secret.clone(), quoted, path, form]
            })
            .collect();
        // The longest first: one secret may be part of another.
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        known.dedup();
        Self { known }
    }

    /// Return the text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for known in &self.known {
            if text.contains(known) {
                text = text.replace(known, REDACTED).into();
            }
        }
        for pattern in TEXTS.iter() {
            if pattern.is_match(&text) {
                text = pattern
                    .replace_all(&text, format!("${{1}}{REDACTED}${{2}}"))
                    .into_owned()
                    .into();
            }
        }
        text.into_owned()
    }

    /// Return the text of a field of this name without secrets.
    #[must_use]
    pub fn field(&self, name: &str, text: &str) -> String {
        if NAME.is_match(name) {
            REDACTED.to_owned()
        } else {
            self.text(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t-with_all.signs~of/a b@c";

    fn redactor() -> Redactor {
        Redactor::new(&[SECRET.to_owned()])
    }

    #[test]
    fn secrets_are_redacted_in_text() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----";
        for (text, expected) in [
            ("it was s3cr3t-with_all.signs~of/a b@c", "it was [redacted]"),
            ("s3cr3t-with_all.signs~of%2Fa%20b%40c", "[redacted]"),
            ("s3cr3t-with_all.signs~of/a%20b%40c", "[redacted]"),
            ("s3cr3t-with_all.signs~of%2Fa+b%40c", "[redacted]"),
            (
                "postgresql://me:hunter2@host/db",
                "postgresql://me:[redacted]@host/db",
            ),
            ("redis://:hunter2@host", "redis://:[redacted]@host"),
            ("password=hunter2, next", "password=[redacted], next"),
            (
                "{'api_key': 'a b c', 'x': 1}",
                "{'api_key': [redacted], 'x': 1}",
            ),
            (
                "?access_token=abc&page=2",
                "?access_token=[redacted]&page=2",
            ),
            (
                "Authorization: Basic aGk6aG8=",
                "Authorization: Basic [redacted]",
            ),
            ("Authorization: abc", "Authorization: [redacted]"),
            (
                r#""password": "a\"b c", next"#,
                r#""password": [redacted], next"#,
            ),
            (
                r#"{\"token\":\"a b\",\"x\":1}"#,
                r#"{\"token\":[redacted],\"x\":1}"#,
            ),
            (
                r#"{\\\"token\\\":\\\"a b\\\"}"#,
                r#"{\\\"token\\\":[redacted]}"#,
            ),
            (
                r#"{\"Authorization\":\"Basic a\"}"#,
                r#"{\"Authorization\":\"Basic [redacted]\"}"#,
            ),
            ("bearer abcdefghijklmnop.qrst", "bearer [redacted]"),
            ("got eyJhbGciOiJI.eyJzdWIi.c2ln here", "got [redacted] here"),
            (
                key,
                "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMII",
                "-----BEGIN PRIVATE KEY-----[redacted]",
            ),
        ] {
            assert_eq!(redactor().text(text), expected);
        }
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        for text in [
            "GET /api/notes?limit=5",
            "http://host:8000/path",
            "the password is wrong",
            "12:30:05",
        ] {
            assert_eq!(redactor().text(text), text);
        }
    }

    #[test]
    fn a_secret_too_short_to_tell_from_words_is_no_secret() {
        assert_eq!(
            Redactor::new(&[String::new(), "x".to_owned()]).text("next"),
            "next"
        );
    }

    #[test]
    fn fields_with_telling_names_are_redacted() {
        for (name, expected) in [
            ("db_password", REDACTED),
            ("Authorization", REDACTED),
            ("tokens_used", "7"),
        ] {
            assert_eq!(redactor().field(name, "7"), expected);
        }
    }
}
