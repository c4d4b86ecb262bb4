package postgrestest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Replica starts another server that follows s. With synchronous, s acknowledges nothing
// from then on that the replica does not have on its disk.
func (s *Server) Replica(tb testing.TB, synchronous bool) *Server {
	tb.Helper()
	dir, err := os.MkdirTemp("", "pg-")
	if err != nil {
		tb.Fatal(err)
	}
	r := &Server{bin: s.bin, dir: dir, fsync: s.fsync}
	if c := r.credential(); c != nil {
		if err := os.Chown(dir, int(c.Uid), int(c.Gid)); err != nil {
			tb.Fatal(err)
		}
	}
	copied := r.command(filepath.Join(r.bin, "pg_basebackup"), "-D", filepath.Join(dir, "d"), "-d", s.url("postgres"), "-R", "-X", "stream", "-c", "fast", "--no-sync")
	if out, err := copied.CombinedOutput(); err != nil {
		tb.Fatalf("pg_basebackup: %v: %s", err, out)
	}
	if err := r.pickPort(); err != nil {
		tb.Fatal(err)
	}
	if err := r.start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(r.end)
	state := "async"
	if synchronous {
		state = "sync"
		Run(tb, s.url("postgres"), `alter system set synchronous_standby_names = '*'`, `select pg_reload_conf()`)
	}
	s.waitFor(tb, `select count(*) from pg_stat_replication where state = 'streaming' and sync_state = '`+state+`'`)
	return r
}

// Promote makes a replica a server that is written to.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	Run(tb, s.url("postgres"), `select pg_promote()`)
}

// Or returns the URL of a database of s, which is looked for on r once s is gone.
func (s *Server) Or(r *Server, url string) string {
	one := fmt.Sprintf("127.0.0.1:%d", s.port)
	return strings.Replace(url, one, fmt.Sprintf("%s,127.0.0.1:%d", one, r.port), 1) + "&target_session_attrs=read-write"
}

// waitFor waits until a query counts something.
func (s *Server) waitFor(tb testing.TB, query string) {
	tb.Helper()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	for range 400 {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			tb.Fatal(err)
		}
		if n > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatalf("%s: not after 20 seconds", query)
}
