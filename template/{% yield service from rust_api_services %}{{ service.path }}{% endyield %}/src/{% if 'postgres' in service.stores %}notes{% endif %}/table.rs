//! What is stored of a note, and what is asked of the database.

use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgPool};
use time::OffsetDateTime;

/// A note as it is stored; a higher id is a newer note.
#[derive(Debug, FromRow, Serialize)]
pub struct Note {
    id: i64,
    title: String,
    body: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// A note to be written.
#[derive(Debug, Deserialize)]
pub struct NewNote {
    title: String,
    #[serde(default)]
    body: String,
}

impl NewNote {
    /// Return the note without blanks around its title.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn checked(self) -> Result<Self, &'static str> {
        let title = self.title.trim().to_owned();
        if !(1..=200).contains(&title.chars().count()) {
            return Err("title does not have 1 to 200 characters");
        }
        if self.body.chars().count() > 10_000 {
            return Err("body has more than 10000 characters");
        }
        // PostgreSQL's text cannot hold this character.
        if title.contains('\0') || self.body.contains('\0') {
            return Err("title or body has a NUL");
        }
        Ok(Self {
            title,
            body: self.body,
        })
    }
}

/// Return the newest notes.
pub async fn list(pool: &PgPool, limit: u64) -> sqlx::Result<Vec<Note>> {
    sqlx::query_as("SELECT id, title, body, created_at FROM notes ORDER BY id DESC LIMIT $1")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await
}

/// Store a note and return it.
pub async fn create(pool: &PgPool, new: &NewNote) -> sqlx::Result<Note> {
    sqlx::query_as(
        "INSERT INTO notes (title, body) VALUES ($1, $2) RETURNING id, title, body, created_at",
    )
    .bind(&new.title)
    .bind(&new.body)
    .fetch_one(pool)
    .await
}

/// Delete a note, and return whether there was one of this id.
pub async fn delete(pool: &PgPool, id: i64) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM notes WHERE id = $1")
        .bind(id)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(title: &str, body: &str) -> Result<NewNote, &'static str> {
        NewNote {
            title: title.to_owned(),
            body: body.to_owned(),
        }
        .checked()
    }

    #[test]
    fn a_title_loses_the_blanks_around_it() {
        assert_eq!(
            checked("  Zoë ✓ ", "").map(|note| note.title),
            Ok("Zoë ✓".to_owned())
        );
        assert!(checked(&"é".repeat(200), &"é".repeat(10_000)).is_ok());
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        let (long, longer) = ("x".repeat(201), "x".repeat(10_001));
        for (title, body) in [
            ("", ""),
            ("  ", ""),
            (&long, ""),
            ("x", &longer),
            ("x\0", ""),
            ("x", "\0"),
        ] {
            assert!(checked(title, body).is_err(), "{title:.5} {body:.5}");
        }
    }
}
