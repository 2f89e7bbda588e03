// Package notes keeps short texts that people leave: the example of a feature, from its table to its
// routes.
package notes

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Note is a note as it is stored; a higher id is a newer note.
type Note struct {
	ID        int64     `json:"id"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
}

// Store keeps notes in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
}

// NewStore returns a store that uses these connections.
func NewStore(pool *pgxpool.Pool) *Store {
	return &Store{pool}
}

// List returns the newest notes, the newest first.
func (s *Store) List(ctx context.Context, limit int) ([]Note, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, title, body, created_at FROM notes ORDER BY id DESC LIMIT $1", limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// Create stores a note and returns it.
func (s *Store) Create(ctx context.Context, title, body string) (Note, error) {
	rows, err := s.pool.Query(ctx,
		"INSERT INTO notes (title, body) VALUES ($1, $2) RETURNING id, title, body, created_at", title, body)
	if err != nil {
		return Note{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scan)
}

// Delete deletes a note; false if there is none of this id.
func (s *Store) Delete(ctx context.Context, id int64) (bool, error) {
	tag, err := s.pool.Exec(ctx, "DELETE FROM notes WHERE id = $1", id)
	return tag.RowsAffected() > 0, err
}

func scan(row pgx.CollectableRow) (Note, error) {
	note, err := pgx.RowToStructByPos[Note](row)
	note.CreatedAt = note.CreatedAt.UTC()
	return note, err
}
