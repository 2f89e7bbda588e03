package logs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

var colours = map[slog.Level]string{
	slog.LevelDebug: "2",
	slog.LevelInfo:  "32",
	slog.LevelWarn:  "33",
	slog.LevelError: "31",
}

// console writes time, level, logger, message, then attributes as key=value.
type console struct {
	lock     *sync.Mutex
	w        io.Writer
	level    slog.Level
	colour   bool
	redactor *redactor
	logger   string
	groups   []string
	attrs    string
}

func newConsole(w io.Writer, options Options, redactor *redactor) *console {
	return &console{
		lock: new(sync.Mutex), w: w, level: options.Level, colour: options.Colour, redactor: redactor,
	}
}

// Enabled says whether records of this level are written.
func (c *console) Enabled(_ context.Context, level slog.Level) bool {
	return level >= c.level
}

// WithAttrs returns a handler that adds these attributes to every record.
func (c *console) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *c
	for _, attr := range attrs {
		with.add(attr)
	}
	return &with
}

// WithGroup returns a handler that puts further attributes into a group.
func (c *console) WithGroup(name string) slog.Handler {
	with := *c
	with.groups = append(slices.Clone(c.groups), name)
	return &with
}

// Handle writes a record.
func (c *console) Handle(_ context.Context, record slog.Record) error {
	line := *c
	record.Attrs(func(attr slog.Attr) bool {
		line.add(attr)
		return true
	})
	text := fmt.Sprintf("%s %s %s%s%s\n",
		c.paint(record.Time.UTC().Format("15:04:05.000"), "2"),
		c.paint(fmt.Sprintf("%-5s", record.Level), colours[record.Level]),
		line.logger,
		c.redactor.text(record.Message),
		line.attrs,
	)
	c.lock.Lock()
	defer c.lock.Unlock()
	_, err := io.WriteString(c.w, text)
	return err
}

func (c *console) add(attr slog.Attr) {
	attr.Value = attr.Value.Resolve()
	if attr.Value.Kind() == slog.KindGroup {
		inside := *c
		if attr.Key != "" {
			inside.groups = append(slices.Clone(c.groups), attr.Key)
		}
		for _, member := range attr.Value.Group() {
			inside.add(member)
		}
		c.attrs = inside.attrs
		return
	}
	attr = c.redactor.attr(c.groups, attr)
	if attr.Key == "logger" && len(c.groups) == 0 {
		c.logger = attr.Value.String() + ": "
		return
	}
	name := strings.Join(append(slices.Clone(c.groups), attr.Key), ".")
	c.attrs += " " + c.paint(name+"=", "2") + attr.Value.String()
}

func (c *console) paint(text, colour string) string {
	if !c.colour || colour == "" {
		return text
	}
	return "\033[" + colour + "m" + text + "\033[0m"
}
