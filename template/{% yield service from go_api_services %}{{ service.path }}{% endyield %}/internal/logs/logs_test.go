package logs

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const secret = "s3cr3t/with special&signs"

func TestJSONHasOneObjectALineWithTheAttributes(t *testing.T) {
	var written bytes.Buffer
	log := Named(New(&written, Options{JSON: true}), "test")
	log.With("status", 200).Info("two\nlines", "took", time.Second, slog.Group("level", "time", 1))

	var entry map[string]any
	if err := json.Unmarshal(written.Bytes(), &entry); err != nil {
		t.Fatal(err)
	}
	stamp := entry["timestamp"].(string)
	if _, err := time.Parse(time.RFC3339, stamp); err != nil || !strings.HasSuffix(stamp, "+00:00") {
		t.Errorf("the time is %s", stamp)
	}
	names := slices.Sorted(maps.Keys(entry))
	if !slices.Equal(names, []string{"level", "logger", "message", "status", "timestamp", "took"}) {
		t.Errorf("the line has %v", names)
	}
	if entry["message"] != "two\nlines" || entry["logger"] != "test" || entry["status"] != 200.0 {
		t.Errorf("wrote %s", &written)
	}
}

func TestLevelsHaveTheNamesThatAllServicesHave(t *testing.T) {
	var written bytes.Buffer
	New(&written, Options{JSON: true}).Warn("careful")
	if !strings.Contains(written.String(), `"level":"warning"`) {
		t.Errorf("wrote %s", &written)
	}
}

func TestRecordsHaveWhatTheirContextSays(t *testing.T) {
	for _, json := range []bool{true, false} {
		var written bytes.Buffer
		log := Named(New(&written, Options{JSON: json}), "test")
		ctx := With(With(t.Context(), slog.String("request_id", "4f1a-9c2e")), slog.Int("attempt", 2))
		log.With("a", 1).InfoContext(ctx, "one", "b", 2)
		log.Info("another")
		lines := strings.Split(written.String(), "\n")
		if !strings.Contains(lines[0], "4f1a-9c2e") || !strings.Contains(lines[0], "attempt") {
			t.Errorf("wrote %s", lines[0])
		}
		if strings.Contains(lines[1], "request_id") {
			t.Errorf("wrote %s", lines[1])
		}
	}
}

func TestDevelopmentIsReadable(t *testing.T) {
	var written bytes.Buffer
	log := Named(New(&written, Options{}), "test")
	log.With("a", 1).WithGroup("outer").Warn("careful", "path", "/x", slog.Group("inner", "b", 2), slog.Group("", "c", 3))
	_, line, _ := strings.Cut(written.String(), " ")
	if line != "WARN  test: careful a=1 outer.path=/x outer.inner.b=2 outer.c=3\n" {
		t.Errorf("wrote %q", line)
	}
}

func TestDevelopmentIsColouredIfAskedTo(t *testing.T) {
	var written bytes.Buffer
	New(&written, Options{Colour: true}).Warn("careful", "path", "/x")
	if !strings.Contains(written.String(), "\033[33mWARN \033[0m careful \033[2mpath=\033[0m/x\n") {
		t.Errorf("wrote %q", &written)
	}
}

func TestRecordsBelowTheLevelAreDropped(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		var written bytes.Buffer
		New(&written, Options{JSON: asJSON, Level: slog.LevelWarn}).Info("chatter")
		if written.Len() > 0 {
			t.Errorf("wrote %q", &written)
		}
	}
}

func TestNoFormHoldsSecrets(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		var written bytes.Buffer
		log := New(&written, Options{JSON: asJSON, Secrets: []string{secret}})
		log = log.With("password", "hunter2").With("note", secret)
		log.Error("cannot log in with "+secret,
			"error", fmt.Errorf("token=hunter2: %w", errors.New(secret)),
			slog.Group("credentials", "user", "hunter2"))
		for _, word := range []string{secret, "hunter2"} {
			if strings.Contains(written.String(), word) {
				t.Errorf("wrote %s", &written)
			}
		}
		if !strings.Contains(written.String(), "cannot log in with [redacted]") {
			t.Errorf("wrote %s", &written)
		}
	}
}

func TestSecretsAreRedactedInText(t *testing.T) {
	tests := map[string]string{
		"it was " + secret:                 "it was [redacted]",
		"s3cr3t/with%20special%26signs":    "[redacted]",
		"s3cr3t%2Fwith+special%26signs":    "[redacted]",
		"postgresql://me:hunter2@host/db":  "postgresql://me:[redacted]@host/db",
		"redis://:hunter2@host":            "redis://:[redacted]@host",
		"password=hunter2, next":           "password=[redacted], next",
		"{'api_key': 'a b c', 'x': 1}":     "{'api_key': [redacted], 'x': 1}",
		"?access_token=abc&page=2":         "?access_token=[redacted]&page=2",
		"Authorization: Basic aGk6aG8=":    "Authorization: Basic [redacted]",
		"Authorization: abc":               "Authorization: [redacted]",
		`"password": "a\"b c", next`:       `"password": [redacted], next`,
		`{\"token\":\"a b\",\"x\":1}`:      `{\"token\":[redacted],\"x\":1}`,
		`{\\\"token\\\":\\\"a b\\\"}`:      `{\\\"token\\\":[redacted]}`,
		`{\"Authorization\":\"Basic a\"}`:  `{\"Authorization\":\"Basic [redacted]\"}`,
		"bearer abcdefghijklmnop.qrst":     "bearer [redacted]",
		"got eyJhbGciOiJI.eyJzdWIi.c2ln .": "got [redacted] .",
		"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----": "-----BEGIN RSA PRIVATE KEY-----" +
			"[redacted]-----END RSA PRIVATE KEY-----",
		"-----BEGIN PRIVATE KEY-----\nMII": "-----BEGIN PRIVATE KEY-----[redacted]",
		"GET /api/notes?limit=5":           "GET /api/notes?limit=5",
		"http://host:8000/path":            "http://host:8000/path",
		"the password is wrong":            "the password is wrong",
		"12:30:05":                         "12:30:05",
	}
	redactor := newRedactor([]string{secret, "x", ""})
	for text, expected := range tests {
		if got := redactor.text(text); got != expected {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestASecretIsRedactedInEveryForm(t *testing.T) {
	const secret = "s3cr3t-._~/ with+ü😀\"special\"\\\t<&signs@home\n"
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	inHTML, _ := json.Marshal(secret)
	if err := encoder.Encode(secret); err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"as it is":         secret,
		"of a URL's query": url.QueryEscape(secret),
		"of a URL's path":  url.PathEscape(secret),
		"of a URL's user":  url.User(secret).String(),
		"in small letters": strings.ToLower(url.QueryEscape(secret)),
		"of JSON":          strings.Trim(plain.String(), "\n"),
		"of JSON in HTML":  string(inHTML),
		"of base64":        base64.StdEncoding.EncodeToString([]byte(secret)),
		"of base64url":     base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	redactor := newRedactor([]string{secret, "\xff\xfe not UTF-8"})
	for name, form := range forms {
		if got := redactor.text("got " + form + ", and more"); strings.Trim(got[4:len(got)-10], `"=`) != redacted {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := redactor.text("got \xff\xfe not UTF-8"); got != "got "+redacted {
		t.Errorf("not UTF-8: %q", got)
	}
	if got := newRedactor(nil).text("next"); got != "next" {
		t.Errorf("nothing is secret: %q", got)
	}
}

func TestSecretsAreRedactedInValues(t *testing.T) {
	type login struct {
		User     string
		Password string
	}
	tests := map[string]struct {
		value    any
		expected any
	}{
		"structure": {login{"me", "hunter2"}, map[string]any{"User": "me", "Password": "[redacted]"}},
		"list":      {[]string{secret, "a"}, []any{"[redacted]", "a"}},
		"nested": {
			map[string]any{"headers": []any{map[string]any{"Authorization": "x"}}, "tokens_used": 7},
			map[string]any{"headers": []any{map[string]any{"Authorization": "[redacted]"}}, "tokens_used": 7.0},
		},
		"stringer": {time.UTC, "UTC"},
		"no JSON":  {make(chan int, 1), nil},
		"nothing":  {nil, nil},
	}
	redactor := newRedactor([]string{secret})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := redactor.attr(nil, slog.Any("value", test.value)).Value.Any()
			if name == "no JSON" {
				if text, ok := got.(string); !ok || !strings.HasPrefix(text, "0x") {
					t.Errorf("got %v", got)
				}
				return
			}
			if fmt.Sprint(got) != fmt.Sprint(test.expected) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func BenchmarkRequestLine(b *testing.B) {
	log := New(new(bytes.Buffer), Options{JSON: true, Secrets: []string{secret}})
	for b.Loop() {
		log.Info("request", "method", "GET", "path", "/api/notes", "status", 200, "duration_ms", 1.5)
	}
}
