// Package postgrestest starts a PostgreSQL of its own for tests, from the programs
// of Debian's package.
package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// A Server is a PostgreSQL with a directory of its own.
type Server struct {
	bin, dir string
	port     int
	fsync    bool
	process  *exec.Cmd
	holds    io.Closer // while it is open the server runs
	names    atomic.Int64
}

// shared is the server of a test binary, which ends with it.
var shared = sync.OnceValues(func() (*Server, error) { return begin(false) })

// Skip leaves a test out where there is to be no PostgreSQL.
func Skip(tb testing.TB) {
	tb.Helper()
	if os.Getenv("HABEAS_NO_POSTGRES") == "1" {
		tb.Skip("HABEAS_NO_POSTGRES=1: not tried on PostgreSQL")
	}
}

// Database returns the URL of an empty database on the server that the tests of a
// package share. It does not wait for the disk.
func Database(tb testing.TB) string {
	tb.Helper()
	Skip(tb)
	s, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return s.Database(tb)
}

// Own returns a server for one test, which may stop it. It waits for the disk.
func Own(tb testing.TB) *Server {
	tb.Helper()
	Skip(tb)
	s, err := begin(true)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.end)
	return s
}

// Begin is [Database] for what the tests of a package share.
func Begin() (url string, err error) {
	s, err := shared()
	if err != nil {
		return "", err
	}
	return s.make("")
}

// Copy returns the URL of a copy of a database on the server that the tests of a package
// share. Nobody may be connected to it.
func Copy(tb testing.TB, url string) string {
	tb.Helper()
	s, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	copied, err := s.make(" template " + strings.TrimSuffix(url[strings.LastIndex(url, "/")+1:], "?sslmode=disable"))
	if err != nil {
		tb.Fatal(err)
	}
	return copied
}

// programs returns where the newest PostgreSQL is.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil { // the others are beside it
			return filepath.Dir(path), nil
		}
	}
	all, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(all) == 0 {
		return "", errors.New("there is no PostgreSQL: install Debian's package postgresql, or set HABEAS_NO_POSTGRES=1")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(all, func(a, b string) int { return version(a) - version(b) })), nil
}

func begin(fsync bool) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, fsync: fsync}
	if c := s.credential(); c != nil {
		if err := os.Chown(dir, int(c.Uid), int(c.Gid)); err != nil {
			return nil, err
		}
	}
	init := s.command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "d"), "-U", "habeas", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.pickPort(); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Server) pickPort() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	return l.Close()
}

// command is a program of the server, which refuses to run as root.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential(), Setpgid: true}
	return c
}

func (s *Server) credential() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// script ends the server when whoever started it is gone, however that ended: then
// nothing holds the other end of its input any more.
const script = `bin=$1; dir=$2; shift 2; "$bin/postgres" "$@" >>"$dir/log" 2>&1 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; [ -n "$KEEP" ] || rm -rf "$dir"`

func (s *Server) start() (err error) {
	s.process = s.command("/bin/sh", "-c", script, "sh", s.bin, s.dir, "-D", filepath.Join(s.dir, "d"), "-p", strconv.Itoa(s.port), "-k", s.dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync="+map[bool]string{true: "on", false: "off"}[s.fsync], "-c", "max_connections=200")
	if s.fsync {
		s.process.Env = append(os.Environ(), "KEEP=1")
	}
	if s.holds, err = s.process.StdinPipe(); err != nil {
		return err
	}
	if err := s.process.Start(); err != nil {
		return err
	}
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 200 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("PostgreSQL does not start: %w: %s", err, said)
}

func (s *Server) url(name string) string {
	return fmt.Sprintf("postgres://habeas@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

// As returns url with another name to log in as.
func As(url, name string) string {
	return "postgres://" + name + url[len("postgres://habeas"):]
}

// Database makes an empty database and returns its URL.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	url, err := s.make("")
	if err != nil {
		tb.Fatal(err)
	}
	return url
}

func (s *Server) make(like string) (url string, err error) {
	name := fmt.Sprintf("t%d", s.names.Add(1))
	return s.url(name), Try(s.url("postgres"), `create database `+name+like)
}

// Run runs statements as who url says, and fails the test if one fails.
func Run(tb testing.TB, url string, statements ...string) {
	tb.Helper()
	if err := Try(url, statements...); err != nil {
		tb.Error(err)
	}
}

// Try runs statements as who url says, up to the first that fails.
func Try(url string, statements ...string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, st := range statements {
		if _, err := db.ExecContext(context.Background(), st); err != nil {
			return fmt.Errorf("%s: %w", st, err)
		}
	}
	return nil
}

// Stop ends the server at once, as if it had crashed.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "d", "postmaster.pid"))
	if err != nil {
		tb.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		tb.Fatal(err)
	}
	s.wait()
}

// Start starts it again, at the same place.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if err := s.start(); err != nil {
		tb.Fatal(err)
	}
}

// wait lets go of the server and waits until it has ended.
func (s *Server) wait() {
	_ = s.holds.Close()
	_ = s.process.Wait() // it says how it ended, and nobody asks
}

func (s *Server) end() {
	s.wait()
	_ = os.RemoveAll(s.dir)
}
