package logs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	redacted = "[redacted]"
	shortest = 4 // a shorter secret is part of ordinary words
	telling  = `pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|api[-_]?key|private[-_]?key`
	// In a text that is quoted itself, as %q does, quotes have backslashes before them.
	quote = `(?:\\*["'])?`
	value = `(?:\\"(?:[^"\\]|\\[^"])*\\"|\\+"[^"]*"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;&)}\]]+)`
)

var secretName = regexp.MustCompile(`(?i)(?:^|[-_.])(?:` + telling + `|authorization)$`)

// Secrets in the text of a message, and what is left of each.
var secretTexts = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`), "${1}" + redacted + "@"},
	{
		regexp.MustCompile(`(?i)((?:` + telling + `)` + quote + `\s*[=:]\s*)` + value),
		"${1}" + redacted,
	},
	{
		regexp.MustCompile(`(?i)(\bauthorization` + quote + `\s*[=:]\s*` + quote + `(?:[a-z]+\s+)?)[^\s"\\',;}\]]+`),
		"${1}" + redacted,
	},
	{regexp.MustCompile(`(?i)(\bbearer\s+)[\w.~+/=-]{16,}`), "${1}" + redacted},
	{regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+`), redacted},
	{
		regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\z)`),
		"${1}" + redacted + "${2}",
	},
}

// redactor replaces secrets: those it was given, values with telling names, and what looks like one.
type redactor struct {
	known *strings.Replacer
}

func newRedactor(secrets []string) *redactor {
	var forms []string
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		escaped := url.QueryEscape(secret)
		percent := strings.ReplaceAll(escaped, "+", "%20")
		forms = append(forms, secret, escaped, percent, strings.ReplaceAll(percent, "%2F", "/"))
	}
	// The longest first: one secret may be part of another.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return &redactor{strings.NewReplacer(pairs...)}
}

// text returns a text without secrets.
func (r *redactor) text(text string) string {
	text = r.known.Replace(text)
	for _, secret := range secretTexts {
		text = secret.pattern.ReplaceAllString(text, secret.replacement)
	}
	return text
}

// attr returns an attribute, inside of these groups, without secrets.
func (r *redactor) attr(groups []string, attr slog.Attr) slog.Attr {
	if secretName.MatchString(attr.Key) || slices.ContainsFunc(groups, secretName.MatchString) {
		return slog.String(attr.Key, redacted)
	}
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(r.text(attr.Value.String()))
	case slog.KindAny:
		attr.Value = slog.AnyValue(r.value(attr.Value.Any()))
	}
	return attr
}

// value returns a value without secrets, in types that JSON has.
func (r *redactor) value(value any) any {
	switch value := value.(type) {
	case nil:
		return nil
	case error:
		return r.text(value.Error())
	case fmt.Stringer:
		return r.text(value.String())
	}
	content, err := json.Marshal(value)
	var plain any
	if err != nil || json.Unmarshal(content, &plain) != nil {
		return r.text(fmt.Sprintf("%+v", value))
	}
	return r.plain(plain)
}

// plain returns a value that JSON decoded without secrets.
func (r *redactor) plain(value any) any {
	switch value := value.(type) {
	case string:
		return r.text(value)
	case []any:
		for i := range value {
			value[i] = r.plain(value[i])
		}
	case map[string]any:
		for name := range value {
			if secretName.MatchString(name) {
				value[name] = redacted
			} else {
				value[name] = r.plain(value[name])
			}
		}
	}
	return value
}
