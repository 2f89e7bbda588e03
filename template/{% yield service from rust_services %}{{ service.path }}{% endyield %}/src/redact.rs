//! Leaves secrets out of what is logged.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Regex, RegexBuilder};

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// A shorter secret is part of ordinary words.
const SHORTEST: usize = 4;

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
    /// None without secrets: an empty pattern would be found everywhere.
    known: Option<Regex>,
}

impl Redactor {
    /// Return one that knows these secrets.
    #[must_use]
    pub fn new(secrets: &[String]) -> Self {
        let mut secrets: Vec<&String> = secrets
            .iter()
            .filter(|secret| secret.len() >= SHORTEST)
            .collect();
        // The longest first: one secret may be part of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        Self {
            known: (!forms.is_empty()).then(|| any(&forms)),
        }
    }

    /// Return the text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        if let Some(known) = &self.known
            && known.is_match(&text)
        {
            text = known.replace_all(&text, REDACTED).into_owned().into();
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

/// Return what finds one of many patterns, however long they are: a secret may be a file.
fn any(patterns: &[String]) -> Regex {
    RegexBuilder::new(&patterns.join("|"))
        .size_limit(usize::MAX)
        .build()
        .expect("a pattern of escaped characters")
}

fn forms(secret: &str) -> [String; 3] {
    let base64 = |last| regex::escape(&base64(secret.as_bytes(), last));
    [any_encoding(secret), base64(['+', '/']), base64(['-', '_'])]
}

/// Return a pattern for a secret as it is, in URLs and in JSON.
///
/// Which characters are escaped depends on what wrote it, so each may be or may not.
fn any_encoding(secret: &str) -> String {
    let mut pattern = String::new();
    for character in secret.chars() {
        if character.is_ascii_alphanumeric() {
            pattern.push(character);
        } else {
            let forms = any_form(character).join("|");
            // Writing to a string cannot fail.
            let _ = write!(pattern, "(?:{forms})");
        }
    }
    pattern
}

fn any_form(character: char) -> Vec<String> {
    let plain = character.to_string();
    let percent = utf8_percent_encode(&plain, NON_ALPHANUMERIC);
    let mut unicode = String::new();
    for unit in plain.encode_utf16() {
        let _ = write!(unicode, r"\\u{unit:04x}");
    }
    let mut forms = vec![regex::escape(&plain), format!("(?i:{percent}|{unicode})")];
    match character {
        '"' | '\\' => forms.push(format!(r"\\{}", regex::escape(&plain))),
        '\n' => forms.push(r"\\n".to_owned()),
        '\r' => forms.push(r"\\r".to_owned()),
        '\t' => forms.push(r"\\t".to_owned()),
        ' ' => forms.push(r"\+".to_owned()),
        _ => {}
    }
    forms
}

/// Return the Base64 of bytes, without what fills it up; the last two signs of its alphabet are not
/// the same in URLs.
fn base64(bytes: &[u8], last: [char; 2]) -> String {
    let signs: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(last)
        .collect();
    let mut encoded = String::new();
    for chunk in bytes.chunks(3) {
        let missing = 3 - chunk.len();
        let bits = chunk
            .iter()
            .fold(0, |bits, byte| (bits << 8) | usize::from(*byte))
            << (8 * missing);
        for place in 0..=chunk.len() {
            encoded.push(signs[(bits >> (18 - 6 * place)) & 63]);
        }
    }
    encoded
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
    fn a_secret_is_redacted_in_every_form() {
        let secret = "a/b+c~ü😀\"\\ \t\n>>>???";
        let redactor = Redactor::new(&[secret.to_owned()]);
        for form in [
            secret,
            "a%2Fb%2Bc~%C3%BC%F0%9F%98%80%22%5C%20%09%0A%3E%3E%3E%3F%3F%3F",
            "a/b+c%7e%c3%bc%f0%9f%98%80%22%5c+%09%0a%3e%3e%3e%3f%3f%3f",
            r#"a/b+c~ü😀\"\\ \t\n>>>???"#,
            r#"a/b+c~\u00fc\uD83D\ude00\"\\ \t\n\u003e\u003e\u003e???"#,
            "YS9iK2N+w7zwn5iAIlwgCQo+Pj4/Pz8",
            "YS9iK2N-w7zwn5iAIlwgCQo-Pj4_Pz8",
        ] {
            assert_eq!(redactor.text(&format!("got {form}.")), "got [redacted].");
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
