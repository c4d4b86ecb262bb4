package postgres_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"habeas/internal/store/postgres"
	"habeas/internal/store/postgres/postgrestest"
)

// No URL is taken with which a network sees what is asked and answered, or somebody on
// it can answer in the place of the database; and none is repeated in an error.
func TestURLs(t *testing.T) {
	for url, want := range map[string]error{
		"postgres://node:canary@db.invalid/habeas?sslmode=verify-full":       nil,
		"postgres://node:canary@db.invalid/habeas?sslmode=verify-ca":         postgres.ErrClear,
		"postgres://node:canary@db.invalid/habeas":                           postgres.ErrClear,
		"postgres://node:canary@db.invalid/habeas?sslmode=prefer":            postgres.ErrClear,
		"postgres://node:canary@db.invalid/habeas?sslmode=require":           postgres.ErrClear,
		"postgres://node:canary@db.invalid/habeas?sslmode=disable":           postgres.ErrClear,
		"postgres://node:canary@127.0.0.1,db.invalid/habeas?sslmode=disable": postgres.ErrClear,
		"postgres://node:canary@127.0.0.1/habeas?sslmode=disable":            nil,
		"postgres://node:canary@[::1]/habeas?sslmode=disable":                nil,
		"postgres://node:canary@/habeas?host=/run/postgresql":                nil,
		"postgres://node:canary@localhost.invalid/habeas?sslmode=disable":    postgres.ErrClear,
		"mysql://node:canary@db.invalid/habeas":                              postgres.ErrURL,
		"postgres://node:canary@db.invalid:port/habeas":                      postgres.ErrURL,
		"host=db.invalid user=node password=canary":                          postgres.ErrURL,
		"": postgres.ErrURL,
	} {
		pool, err := postgres.Open(url, false)
		if pool != nil {
			pool.Close()
		}
		if want == postgres.ErrURL && errors.Is(err, postgres.ErrClear) || !errors.Is(err, want) && err != want {
			t.Errorf("%s: got %v, want %v", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the password is in the error", url)
		}
	}
}

// Each error is of one kind: to be tried again as it is, to be looked after, or to be told.
func TestErrors(t *testing.T) {
	say := func(code string) error { return fmt.Errorf("asked: %w", &pgconn.PgError{Code: code}) }
	for name, tc := range map[string]struct {
		err                    error
		again, lost, duplicate bool
	}{
		"serialization failure":    {say("40001"), true, false, false},
		"deadlock":                 {say("40P01"), true, false, false},
		"a lock not had in time":   {say("55P03"), true, false, false},
		"completion unknown":       {say("40003"), false, true, false},
		"shut down":                {say("57P01"), false, true, false},
		"connection failure":       {say("08006"), false, true, false},
		"a server that only reads": {say("25006"), false, true, false},
		"there already":            {say("23505"), false, false, true},
		"no right":                 {say("42501"), false, false, false},
		"end of the line":          {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), false, true, false},
		"a bad connection":         {driver.ErrBadConn, false, true, false},
		"closed":                   {net.ErrClosed, false, true, false},
		"too late":                 {context.DeadlineExceeded, false, true, false},
		"told to stop":             {context.Canceled, false, false, false},
		"another":                  {errors.New("another"), false, false, false},
		"none":                     {nil, false, false, false},
	} {
		if a, l, d := postgres.Again(tc.err), postgres.Lost(tc.err), postgres.Duplicate(tc.err); a != tc.again || l != tc.lost || d != tc.duplicate {
			t.Errorf("%s: got again %v, lost %v, duplicate %v", name, a, l, d)
		}
	}
}

// Tables that are there are left as they are, and connections act as the role of nodes,
// wait for the disk, and read only if they are told to.
func TestCreate(t *testing.T) {
	url := postgrestest.Database(t)
	postgrestest.Run(t, url, `alter database `+url[strings.LastIndexByte(url, '/')+1:strings.IndexByte(url, '?')]+` set synchronous_commit = off`)
	for range 2 {
		if err := postgres.Create(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	}
	for _, readOnly := range []bool{true, false} {
		pool, err := postgres.Open(url, readOnly)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		var who, waits, reads string
		err = pool.QueryRow(`select current_user, current_setting('synchronous_commit'), current_setting('default_transaction_read_only')`).Scan(&who, &waits, &reads)
		if err != nil || who != postgres.Role || waits != "on" || (reads == "on") != readOnly {
			t.Errorf("got %s, synchronous_commit %s, read-only %s, %v", who, waits, reads, err)
		}
		if _, err := pool.Exec(`insert into wake (day) values ('2031-07-19')`); (err == nil) == readOnly {
			t.Errorf("read-only %v: writing gave %v", readOnly, err)
		}
	}
}
