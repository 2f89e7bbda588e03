package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Secret is a value that neither logs nor messages show.
type Secret struct {
	value string
}

// Value returns the secret itself.
func (s Secret) Value() string { return s.value }

// String hides the secret from everything that prints.
func (s Secret) String() string { return "[redacted]" }

// GoString hides it from %#v too.
func (s Secret) GoString() string { return s.String() }

// Error says what is wrong with the settings, a line for each variable.
type Error struct {
	Problems []string
}

// Error returns all problems.
func (e *Error) Error() string {
	count := "1 setting is"
	if len(e.Problems) > 1 {
		count = fmt.Sprintf("%d settings are", len(e.Problems))
	}
	return fmt.Sprintf("Cannot start: %s wrong.\n  %s", count, strings.Join(e.Problems, "\n  "))
}

// environment reads variables and keeps what is wrong with them. A variable that is empty counts as
// not set. `meaning` completes the sentence "set it to …".
type environment struct {
	get      func(string) string
	deployed bool
	secrets  []string
	problems []string
}

func (e *environment) refuse(name, format string, arguments ...any) {
	e.problems = append(e.problems, name+": "+fmt.Sprintf(format, arguments...))
}

// text returns the value of a variable, or a default that holds everywhere.
func (e *environment) text(name, standard string) string {
	if value := e.get(name); value != "" {
		return value
	}
	return standard
}

// choice returns one of several values, the first of them by default.
func (e *environment) choice(name string, values ...string) string {
	value := e.text(name, values[0])
	if !slices.Contains(values, value) {
		last := len(values) - 1
		e.refuse(name, "is %q; set it to %s or %s", value, strings.Join(values[:last], ", "), values[last])
	}
	return value
}

// number returns an integer from low to high.
func (e *environment) number(name string, standard, low, high int, meaning string) int {
	value := e.text(name, strconv.Itoa(standard))
	number, err := strconv.Atoi(value)
	if err != nil || number < low || number > high {
		e.refuse(name, "is %q; set it to %s, %d to %d", value, meaning, low, high)
	}
	return number
}

// folders returns names of folders, which stand with commas between.
func (e *environment) folders(name, standard string) []string {
	value := e.text(name, standard)
	found := strings.Split(value, ",")
	if slices.ContainsFunc(found, func(folder string) bool {
		return folder == "" || strings.HasPrefix(folder, ".") || strings.Contains(folder, "/")
	}) {
		e.refuse(name, "is %q; set it to names of folders with commas between", value)
	}
	return found
}

// url returns the address of another service; where deployed, it must be set.
func (e *environment) url(name, development, meaning string) string {
	value := e.get(name)
	if value == "" && !e.deployed {
		value = development
	}
	if value == "" {
		e.refuse(name, "is not set; set it to %s", meaning)
		return ""
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		e.refuse(name, "is not a URL of http or https; set it to %s", meaning)
		return ""
	}
	return strings.TrimRight(value, "/")
}

// secret returns the value of a variable, or of the file that <name>_FILE names; where deployed,
// one of them must be set.
func (e *environment) secret(name, development, meaning string) Secret {
	value, path := e.get(name), e.get(name+"_FILE")
	switch {
	case value != "" && path != "":
		e.refuse(name, "is set, and so is %s_FILE; set only one of them", name)
	case path != "":
		value = e.file(name, path, meaning)
	case value == "" && e.deployed:
		e.refuse(name, "is not set; set it to %s, or %s_FILE to the path of a file with it", meaning, name)
	case value == "":
		value = development
	}
	if value != "" {
		e.secrets = append(e.secrets, value)
	}
	return Secret{value}
}

func (e *environment) file(name, path, meaning string) string {
	content, err := os.ReadFile(path)
	reason := "not UTF-8 text"
	var failed *fs.PathError
	if errors.As(err, &failed) {
		reason = failed.Err.Error()
	}
	if err != nil || !utf8.Valid(content) {
		e.refuse(name, "%s_FILE names %s, which cannot be read (%s); set it to the path of a file with %s",
			name, path, reason, meaning)
		return ""
	}
	value := strings.Trim(string(content), "\r\n")
	if value == "" {
		e.refuse(name, "%s_FILE names %s, which is empty; write %s into it", name, path, meaning)
	}
	return value
}
