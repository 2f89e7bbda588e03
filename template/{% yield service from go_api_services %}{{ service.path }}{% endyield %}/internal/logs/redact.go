package logs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
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
	known *regexp.Regexp // nil without secrets
}

func newRedactor(secrets []string) *redactor {
	// The longest first: one secret may be part of another.
	secrets = slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) })
	var forms []string
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		forms = append(forms, anyEncoding(secret))
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			forms = append(forms, regexp.QuoteMeta(encoding.EncodeToString([]byte(secret))))
		}
	}
	if forms == nil {
		return &redactor{}
	}
	return &redactor{regexp.MustCompile(strings.Join(forms, "|"))}
}

// anyEncoding returns a pattern for a secret as it is, in URLs and in JSON.
//
// Which characters are escaped depends on what wrote it, so each may be or may not.
func anyEncoding(secret string) string {
	var pattern strings.Builder
	for _, character := range secret {
		switch {
		case 'a' <= character && character <= 'z', 'A' <= character && character <= 'Z', '0' <= character && character <= '9':
			pattern.WriteRune(character)
		default:
			pattern.WriteString("(?:" + strings.Join(anyForm(character), "|") + ")")
		}
	}
	return pattern.String()
}

func anyForm(character rune) []string {
	text := string(character)
	var percent, unicode string
	for _, octet := range []byte(text) {
		percent += fmt.Sprintf("%%%02x", octet)
	}
	for _, unit := range utf16.Encode([]rune{character}) {
		unicode += fmt.Sprintf(`\\u%04x`, unit)
	}
	forms := []string{regexp.QuoteMeta(text), "(?i:" + percent + "|" + unicode + ")"}
	switch character {
	case '"', '\\':
		forms = append(forms, `\\`+regexp.QuoteMeta(text))
	case '\n':
		forms = append(forms, `\\n`)
	case '\r':
		forms = append(forms, `\\r`)
	case '\t':
		forms = append(forms, `\\t`)
	case ' ':
		forms = append(forms, `\+`)
	}
	return forms
}

// text returns a text without secrets.
func (r *redactor) text(text string) string {
	if r.known != nil {
		text = r.known.ReplaceAllString(text, redacted)
	}
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
