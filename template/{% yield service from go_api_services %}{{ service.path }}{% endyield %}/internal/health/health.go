// Package health tells whether the process lives, and whether it can serve.
//
// Only /health/ready looks beyond the process: were liveness to depend on a store, its outage would
// restart every healthy service.
package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

const checkTimeout = 2 * time.Second // below the timeout of the probes

// Check returns an error if something that the service needs cannot be used.
type Check func(context.Context) error

// Reason is an error whose text clients may read.
type Reason string

// Error returns the reason itself.
func (r Reason) Error() string { return string(r) }

// Live says that the process answers.
func Live(response http.ResponseWriter, _ *http.Request) {
	write(response, http.StatusOK, map[string]any{"status": "ok"})
}

// Ready returns a handler that says for each check whether it passes; 503 if one does not.
func Ready(checks map[string]Check, log *slog.Logger) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		results := run(request.Context(), checks, log)
		status, word := http.StatusOK, "ok"
		for _, result := range results {
			if result != "ok" {
				status, word = http.StatusServiceUnavailable, "unavailable"
			}
		}
		write(response, status, map[string]any{"status": word, "checks": results})
	}
}

// Upstream returns a check that asks another service, at this base URL, whether it lives.
func Upstream(client *http.Client, base string) Check {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/health", nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return Reason(fmt.Sprintf("answers %d", response.StatusCode))
		}
		return nil
	}
}

func run(ctx context.Context, checks map[string]Check, log *slog.Logger) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var (
		group   sync.WaitGroup
		lock    sync.Mutex
		results = make(map[string]string, len(checks))
	)
	for name, check := range checks {
		group.Go(func() {
			result := "ok"
			if err := check(ctx); err != nil {
				log.WarnContext(ctx, name+" is not usable", "error", err)
				result = "unavailable: " + reason(err)
			}
			lock.Lock()
			defer lock.Unlock()
			results[name] = result
		})
	}
	group.Wait()
	return results
}

// reason returns what clients are told of an error: its kind, for its text may tell too much.
func reason(err error) string {
	var (
		told  Reason
		sql   interface{ SQLState() string }
		dns   *net.DNSError
		errno syscall.Errno
	)
	switch {
	case errors.As(err, &told):
		return string(told)
	case errors.As(err, &sql):
		return "SQLSTATE " + sql.SQLState()
	case errors.As(err, &dns):
		return "host not found"
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	default:
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
			err = inner
		}
		return fmt.Sprintf("%T", err)
	}
}

func write(response http.ResponseWriter, status int, body map[string]any) {
	response.Header().Set("Content-Type", "application/json")
	response.Header().Set("Cache-Control", "no-store")
	response.WriteHeader(status)
	// A prober that has gone away needs no answer.
	_ = json.NewEncoder(response).Encode(body)
}
