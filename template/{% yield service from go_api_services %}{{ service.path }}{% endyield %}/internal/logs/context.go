package logs

import (
	"context"
	"log/slog"
	"slices"
)

type contextKey struct{}

// With returns a context whose records all have these attributes too.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	return context.WithValue(ctx, contextKey{}, slices.Concat(attrsOf(ctx), attrs))
}

func attrsOf(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(contextKey{}).([]slog.Attr)
	return attrs
}

// contextual adds the attributes of the context to each record.
type contextual struct {
	slog.Handler
}

// Handle writes a record with what its context says.
func (c contextual) Handle(ctx context.Context, record slog.Record) error {
	if attrs := attrsOf(ctx); len(attrs) > 0 {
		record = record.Clone()
		record.AddAttrs(attrs...)
	}
	return c.Handler.Handle(ctx, record)
}

// WithAttrs returns a handler that adds these attributes to every record.
func (c contextual) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextual{c.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler that puts further attributes into a group.
func (c contextual) WithGroup(name string) slog.Handler {
	return contextual{c.Handler.WithGroup(name)}
}
