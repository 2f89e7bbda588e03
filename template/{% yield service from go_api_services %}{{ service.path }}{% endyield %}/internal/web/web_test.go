package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type kept struct {
	*httptest.ResponseRecorder
	err error
}

func (k *kept) Fail(err error) { k.err = err }

func TestErrorsBecomeAnswers(t *testing.T) {
	secret := errors.New("hunter2")
	tests := map[string]struct {
		err    error
		status int
		body   string
	}{
		"refused": {
			Refuse(Problem{[]string{"query", "name"}, "is too long"}), 422,
			`{"detail":[{"loc":["query","name"],"msg":"is too long"}]}`,
		},
		"not found":   {NotFound("there is no such note"), 404, `{"detail":"there is no such note"}`},
		"unavailable": {fmt.Errorf("wrapped: %w", Unavailable("not yet", secret)), 503, `{"detail":"not yet"}`},
		"unexpected":  {secret, 500, `{"detail":"Internal Server Error"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response := &kept{ResponseRecorder: httptest.NewRecorder()}
			handler := Handler(func(http.ResponseWriter, *http.Request) error { return test.err })
			handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/", nil))
			if response.Code != test.status || response.Body.String() != test.body {
				t.Errorf("answered %d %s", response.Code, response.Body)
			}
			if kept := response.err == secret; kept != (test.status >= 500) {
				t.Errorf("kept %v for the log", response.err)
			}
			if later := response.Header().Get("Retry-After") != ""; later != (test.status == 503) {
				t.Errorf("answered with %v", response.Header())
			}
		})
	}
}

func TestReadRefusesWhatItDoesNotUnderstand(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		says   string
	}{
		"nothing":    {"", 422, "must be a JSON object"},
		"no JSON":    {"{", 422, "must be a JSON object"},
		"no object":  {"[1]", 422, "must be a JSON object"},
		"wrong type": {`{"title": 1}`, 422, `"loc":["body","title"],"msg":"must be a string"`},
		"trailing":   {`{"title": "a"} {}`, 422, "must be a JSON object"},
		"too large":  {`"` + strings.Repeat("x", largestBody) + `"`, 413, "too large"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			handler := Handler(func(response http.ResponseWriter, request *http.Request) error {
				var target struct {
					Title string `json:"title"`
				}
				return Read(response, request, &target)
			})
			response := httptest.NewRecorder()
			handler.ServeHTTP(response, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body)))
			if response.Code != test.status || !strings.Contains(response.Body.String(), test.says) {
				t.Errorf("answered %d %s", response.Code, response.Body)
			}
		})
	}
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "/", broken{})
	err := Read(httptest.NewRecorder(), request, new(any))
	var told *Error
	if !errors.As(err, &told) || told.Status != 422 {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("reset by peer") }

func TestTheLimitHasLimits(t *testing.T) {
	tests := map[string]int{
		"": 50, "?limit=1": 1, "?limit=100": 100,
		"?limit=": 0, "?limit=0": 0, "?limit=101": 0, "?limit=x": 0,
	}
	for query, expected := range tests {
		t.Run(query, func(t *testing.T) {
			limit, err := Limit(httptest.NewRequest(http.MethodGet, "/"+query, nil))
			if limit != expected || (err != nil) != (expected == 0) {
				t.Errorf("got %d, %v", limit, err)
			}
		})
	}
}
