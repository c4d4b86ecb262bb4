// Package s3test starts servers of buckets for tests, and stands between a test and
// a server to let it fail.
package s3test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// A Server is a running server with an empty bucket.
type Server struct {
	Endpoint string
	Key      string
	Secret   string
	Dir      string // of the files in the bucket; "" if they are in memory
	Patience int    // seconds that it is tried for; 0 is 20, since tests run on busy machines
}

// Bucket is what the bucket is called.
const Bucket = "habeas-test"

// gatewayVariable names the program of versitygw; ./test sets it.
const gatewayVariable = "HABEAS_VERSITYGW"

// Each runs a test on every kind of server that can be had here: gofakes3 in this
// process, and versitygw, an S3 server of its own.
func Each(t *testing.T, test func(*testing.T, Server)) {
	t.Run("gofakes3", func(t *testing.T) { test(t, InProcess(t)) })
	t.Run("versitygw", func(t *testing.T) { test(t, Gateway(t)) })
}

// InProcess starts a server in this process, which keeps objects in memory and checks no
// signatures.
func InProcess(tb testing.TB) Server {
	tb.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(Bucket); err != nil {
		tb.Fatal(err)
	}
	s := httptest.NewUnstartedServer(gofakes3.New(backend).Server())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that a test cut
	s.Start()
	tb.Cleanup(s.Close)
	return Server{Endpoint: s.URL, Key: "habeas", Secret: "not-checked"}
}

// Gateway starts versitygw on a directory, and skips the test if there is none.
func Gateway(tb testing.TB) Server {
	tb.Helper()
	program := os.Getenv(gatewayVariable)
	if program == "" || os.Getenv("HABEAS_NO_VERSITYGW") == "1" {
		tb.Skip("no versitygw here: " + gatewayVariable + " names none")
	}
	dir, versions := tb.TempDir(), tb.TempDir()
	if err := os.Mkdir(filepath.Join(dir, Bucket), 0o700); err != nil {
		tb.Fatal(err)
	}
	address := freeAddress(tb)
	s := Server{Endpoint: "http://" + address, Key: "habeas", Secret: "secret-of-a-test", Dir: filepath.Join(dir, Bucket)}
	cmd := exec.Command(program, "--quiet", "--access", s.Key, "--secret", s.Secret, "--port", address, "posix", "--versioning-dir", versions, dir)
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatal("versitygw does not answer")
	return s
}

func freeAddress(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Settings writes the file that names the bucket. An endpoint other than "" is asked
// instead of the server, such as that of a [Proxy].
func (s Server) Settings(tb testing.TB, endpoint, prefix string) string {
	tb.Helper()
	if endpoint == "" {
		endpoint = s.Endpoint
	}
	b, err := json.Marshal(map[string]any{"endpoint": endpoint, "bucket": Bucket, "prefix": prefix, "key": s.Key, "secret": s.Secret, "patience": cmp.Or(s.Patience, 20)})
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), fmt.Sprintf("%d.bucket", time.Now().UnixNano()))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
