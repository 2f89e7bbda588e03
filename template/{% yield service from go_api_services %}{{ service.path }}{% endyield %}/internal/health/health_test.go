package health

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

type sqlError struct{}

func (sqlError) Error() string    { return "password authentication failed for hunter2" }
func (sqlError) SQLState() string { return "28P01" }

func ask(t *testing.T, handler http.HandlerFunc) (int, map[string]any) {
	t.Helper()
	response := httptest.NewRecorder()
	handler(response, httptest.NewRequest(http.MethodGet, "/health/ready", nil))
	var body map[string]any
	if err := json.Unmarshal(response.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	return response.Code, body
}

func TestLive(t *testing.T) {
	status, body := ask(t, Live)
	if status != http.StatusOK || body["status"] != "ok" {
		t.Errorf("answered %d %v", status, body)
	}
}

func TestReadyNamesWhatIsNotUsable(t *testing.T) {
	tests := map[string]struct {
		err  error
		says string
	}{
		"usable":     {nil, "ok"},
		"told":       {Reason("no file"), "unavailable: no file"},
		"database":   {fmt.Errorf("connect: %w", sqlError{}), "unavailable: SQLSTATE 28P01"},
		"name":       {&net.OpError{Err: &net.DNSError{Name: "hunter2"}}, "unavailable: host not found"},
		"refused":    {&net.OpError{Err: syscall.ECONNREFUSED}, "unavailable: connection refused"},
		"late":       {context.DeadlineExceeded, "unavailable: no answer in time"},
		"unexpected": {fmt.Errorf("hunter2: %w", errors.New("hunter2")), "unavailable: *errors.errorString"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			checks := map[string]Check{
				"other": func(context.Context) error { return nil },
				"tried": func(context.Context) error { return test.err },
			}
			status, body := ask(t, Ready(checks, slog.New(slog.NewTextHandler(&log, nil))))
			found := body["checks"].(map[string]any)
			if found["tried"] != test.says || found["other"] != "ok" {
				t.Errorf("answered %v", body)
			}
			expected := map[bool]int{true: http.StatusOK, false: http.StatusServiceUnavailable}[test.err == nil]
			if status != expected {
				t.Errorf("answered %d", status)
			}
			if logged := strings.Contains(log.String(), "tried is not usable"); logged != (test.err != nil) {
				t.Errorf("logged %q", &log)
			}
		})
	}
}

func TestACheckThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		status, _ := ask(t, Ready(map[string]Check{"store": hangs}, slog.New(slog.DiscardHandler)))
		if status != http.StatusServiceUnavailable {
			t.Errorf("answered %d", status)
		}
	})
}

func TestUpstreamsAreAskedWhetherTheyLive(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			server := httptest.NewServer(answering(status))
			defer server.Close()
			err := Upstream(server.Client(), server.URL)(t.Context())
			if (err == nil) != (status == http.StatusOK) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := Upstream(http.DefaultClient, "http://[")(t.Context()); err == nil {
		t.Error("what is not a URL was asked")
	}
}

func TestTheProbeTellsWhetherTheServiceAnswers(t *testing.T) {
	server := httptest.NewServer(answering(http.StatusOK))
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	if err := Probe(t.Context(), port); err != nil {
		t.Error(err)
	}
	server.Close()
	if err := Probe(t.Context(), port); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}

func answering(status int) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/health" {
			status = http.StatusNotFound
		}
		response.WriteHeader(status)
	})
}
