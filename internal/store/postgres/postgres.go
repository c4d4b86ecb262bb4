// Package postgres opens databases that speak the protocol of PostgreSQL, makes
// the tables of a store in them, and says what their errors mean. It knows the
// engine and nothing of what is kept in it: the SQL is in package store, one text
// for both engines.
package postgres

import (
	"context"
	"crypto/tls"
	"database/sql"
	_ "embed"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Role is what every connection of a node acts as, whoever it logged in as.
const Role = "habeas_app"

// Schema makes the tables and says what Role may do with them. The role must be
// there.
//
//go:embed schema.sql
var Schema string

// CreateRole makes [Role]. It is for all databases of a server, so it may be there.
const CreateRole = `create role ` + Role + ` nologin`

// ErrURL is returned for what is no URL of a database. What it was is not repeated:
// there may be a password in it.
var ErrURL = errors.New("postgres: not the URL of a database")

// ErrClear is returned for a URL that would let what is asked and answered cross a
// network without a certificate having been checked.
var ErrClear = errors.New("postgres: the URL does not ask for sslmode=verify-full")

// connecting is how long making a connection may take, unless the URL says.
const connecting = 5 * time.Second

// settings of each connection. A node that is gone without a word must not hold a
// lock for long: the server notices that nobody is there, or that nothing is asked.
const settings = `set idle_in_transaction_session_timeout = '15s'; set lock_timeout = '30s'`

// keepalive is left out where an engine has no such settings.
const keepalive = `set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2`

// durable turns waiting for the disk on where it is off, and leaves what is stricter.
const durable = `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`

// Waiting lets a transaction wait for a lock for as long as it wants.
const Waiting = `set local lock_timeout = 0`

// Reading lets a transaction that reads be idle while what it read is written to a slow
// disk. One that is idle for longer keeps vacuum from clearing what was deleted.
const Reading = `set local idle_in_transaction_session_timeout = '10min'`

// mayBeDead reports whether a connection is asked if it lives before it is used again: no
// server stops and comes back in less. Otherwise, once it is back, one request fails for
// each connection from before.
func mayBeDead(_ context.Context, p stdlib.ShouldPingParams) bool {
	return p.IdleDuration > 20*time.Millisecond
}

// Open returns a pool of connections that act as [Role]. With readOnly nothing can
// be written through it. Nothing is connected yet.
func Open(url string, readOnly bool) (*sql.DB, error) {
	cfg, err := parse(url)
	if err != nil {
		return nil, err
	}
	set := `set role ` + Role + `; ` + settings
	if readOnly { // not when connecting: target_session_attrs=read-write would take the server for a replica
		set += `; set default_transaction_read_only = on`
	}
	return stdlib.OpenDB(*cfg, stdlib.OptionShouldPing(mayBeDead), stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Exec(ctx, set); err != nil {
			return err
		}
		for _, s := range strings.Split(keepalive, ";") {
			_, _ = c.Exec(ctx, s)
		}
		_, err := c.Exec(ctx, durable)
		return err
	})), nil
}

func parse(url string) (*pgx.ConnConfig, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, ErrURL
	}
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, ErrURL
	}
	safe := func(host string, c *tls.Config) bool { return local(host) || c != nil && !c.InsecureSkipVerify }
	all := safe(cfg.Host, cfg.TLSConfig)
	for _, f := range cfg.Fallbacks {
		all = all && safe(f.Host, f.TLSConfig)
	}
	if !all {
		return nil, ErrClear
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connecting
	}
	cfg.RuntimeParams["application_name"] = "habeas"
	return cfg, nil
}

// local reports whether a host is this machine: a socket in a directory, or an
// address that leaves it not.
func local(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}

// Create makes the tables in a database that has none, and fails if whoever the URL
// names may not; and [Role] if it is not there. In a database with the tables it does
// nothing.
func Create(ctx context.Context, url string) error {
	cfg, err := parse(url)
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	var n int
	if err := db.QueryRowContext(ctx, `select count(*) from pg_catalog.pg_tables where schemaname = current_schema() and tablename = 'entry'`).Scan(&n); err != nil || n > 0 {
		return err
	}
	if err := db.QueryRowContext(ctx, `select count(*) from pg_catalog.pg_roles where rolname = '`+Role+`'`).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		if _, err := db.ExecContext(ctx, CreateRole); err != nil && code(err) != "42710" && !Duplicate(err) {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, Schema); err != nil {
		return err
	}
	return tx.Commit()
}
