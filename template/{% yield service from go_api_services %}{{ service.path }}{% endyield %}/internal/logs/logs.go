// Package logs writes logs without secrets: JSON where the service is deployed, readable lines elsewhere.
package logs

import (
	"io"
	"log/slog"
	"strings"
)

// Options say how much is logged, and in which form.
type Options struct {
	Level   slog.Level
	JSON    bool
	Colour  bool
	Secrets []string // values that no line may hold
}

// New returns a logger that writes a line at a time to w. Its parts are told apart by the attribute
// `logger`, which Named adds.
func New(w io.Writer, options Options) *slog.Logger {
	redactor := newRedactor(options.Secrets)
	if !options.JSON {
		return slog.New(contextual{newConsole(w, options, redactor)})
	}
	return slog.New(contextual{slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: options.Level,
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			return redactor.attr(groups, standard(groups, attr))
		},
	})})
}

// Named returns the logger of a part of the service.
func Named(log *slog.Logger, name string) *slog.Logger {
	return log.With("logger", name)
}

// standard returns what slog adds to every record under the names that all services have.
func standard(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return attr
	}
	switch attr.Key {
	case slog.TimeKey:
		return slog.String("timestamp", attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000-07:00"))
	case slog.LevelKey:
		return slog.String("level", strings.Replace(strings.ToLower(attr.Value.String()), "warn", "warning", 1))
	case slog.MessageKey:
		return slog.String("message", attr.Value.String())
	default:
		return attr
	}
}
