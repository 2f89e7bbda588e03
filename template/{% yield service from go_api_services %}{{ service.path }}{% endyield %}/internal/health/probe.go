package health

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Probe returns an error if the service on this port of this machine does not answer: what the
// container's health check runs, for the image has no curl.
func Probe(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	check := Upstream(http.DefaultClient, fmt.Sprintf("http://127.0.0.1:%d", port))
	if err := check(ctx); err != nil {
		return fmt.Errorf("/health does not answer: %w", err)
	}
	return nil
}
