package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestAwayTellsConnectionsFromStatements(t *testing.T) {
	tests := map[string]struct {
		err  error
		away bool
	}{
		"shut down":        {&pgconn.PgError{Code: "57P01"}, true},
		"wrong password":   {fmt.Errorf("connect: %w", &pgconn.PgError{Code: "28P01"}), true},
		"too many clients": {&pgconn.PgError{Code: "53300"}, true},
		"not reached":      {&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		"broken off":       {fmt.Errorf("receive: %w", io.ErrUnexpectedEOF), true},
		"too slow":         {context.DeadlineExceeded, true},
		"no such table":    {&pgconn.PgError{Code: "42P01"}, false},
		"cancelled query":  {&pgconn.PgError{Code: "57014"}, false},
		"client gone":      {context.Canceled, false},
		"another":          {errors.New("no rows"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if away := Away(test.err); away != test.away {
				t.Errorf("%v: %v", test.err, away)
			}
		})
	}
}
