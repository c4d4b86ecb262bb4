package bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"habeas/fault"
	"habeas/internal/bucket/s3test"
)

const prefix = "office/sealed/"

// open returns the bucket of a server, asked through endpoint unless that is "".
func open(t *testing.T, s s3test.Server, endpoint string) *Bucket {
	t.Helper()
	b, err := Read(s.Settings(t, endpoint, prefix))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// object returns random bytes and what they are called.
func object(size int) (name string, b []byte) {
	b = make([]byte, size)
	rand.Read(b)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), b
}

func put(t *testing.T, b *Bucket, size int) (name string, text []byte) {
	t.Helper()
	name, text = object(size)
	if err := b.Put(t.Context(), name, bytes.NewReader(text), int64(size)); err != nil {
		t.Fatal(cause(err))
	}
	return name, text
}

func read(b *Bucket, name string) ([]byte, error) {
	o, err := b.Open(context.Background(), name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(o)
}

// names returns what is in the bucket, with each version.
func names(t *testing.T, b *Bucket) (all []string) {
	t.Helper()
	for it, err := range b.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, it.Name)
	}
	slices.Sort(all)
	return all
}

func kind(err error) fault.Kind {
	if err == nil {
		return 255
	}
	return fault.KindOf(err)
}

func key(err error) string {
	e, _ := errors.AsType[*fault.Error](err)
	if e == nil {
		return ""
	}
	return e.Key()
}

// What is put is there, whatever its size, can be read whole, in parts and from several
// places, and is gone when it is removed.
func TestObjects(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		b := open(t, s, "")
		if err := b.Take(t.Context(), "office A"); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, size := range []int{0, 1, 70_000, partSize, partSize + 1, 2*partSize + 12345} {
			name, text := put(t, b, size)
			want = append(want, name)
			got, err := read(b, name)
			if err != nil || !bytes.Equal(got, text) {
				t.Fatalf("%d bytes: got %d, %v", size, len(got), err)
			}
			if err := b.Put(t.Context(), name, bytes.NewReader(text), int64(size)); err != nil {
				t.Errorf("%d bytes once more: %v", size, err)
			}
			o, err := b.Open(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if size < partSize {
				if err := iotest.TestReader(io.NewSectionReader(o, 0, o.Size()), text); err != nil {
					t.Errorf("%d bytes: %v", size, err)
				}
			}
			for _, at := range []int{size - 100, 0, size / 2, size/2 + 65536, size/2 + 3*65536} {
				part := make([]byte, 65536)
				at := max(at, 0)
				n, err := o.ReadAt(part, int64(at))
				if err != nil && err != io.EOF || n != min(len(part), max(size-at, 0)) || !bytes.Equal(part[:n], text[min(at, size):][:n]) {
					t.Errorf("%d bytes from %d of %d: got %d, %v", len(part), at, size, n, err)
				}
			}
			o.Close()
		}
		slices.Sort(want)
		if got := names(t, b); !slices.Equal(got, want) {
			t.Errorf("got %d names, want %d: %v", len(got), len(want), got)
		}
		for i, name := range want {
			if _, err := b.Remove(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			if _, err := read(b, name); kind(err) != fault.Damaged || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(cause(err), name) {
				t.Errorf("after it was removed: got %v", cause(err))
			}
			if n, err := b.Remove(t.Context(), name); n != 0 || err != nil {
				t.Errorf("removed twice: %d, %v", n, err)
			}
			if got := names(t, b); !slices.Equal(got, want[i+1:]) {
				t.Errorf("got %d names after %d were removed", len(got), i+1)
			}
		}
	})
}

// cause returns what is said of an error below its fault.
func cause(err error) string {
	var all []string
	for ; err != nil; err = errors.Unwrap(err) {
		all = append(all, err.Error())
	}
	return strings.Join(all, ": ")
}

// Another office is not let in, and one that comes back is. The bucket does not hold
// what the office is called.
func TestOffices(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		b := open(t, s, "")
		for range 2 {
			if err := b.Take(t.Context(), "office A"); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Take(t.Context(), "office B"); key(err) != "bucket.other_office" {
			t.Errorf("another office: got %v", err)
		}
		if text, _, err := b.small(t.Context(), officeKey); err != nil || strings.Contains(text, "office") {
			t.Errorf("the bucket says %q, %v", text, err)
		}
		if err := b.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.Take(t.Context(), "office B"); err != nil {
			t.Errorf("after the first left: %v", err)
		}
	})
}

// A bucket that keeps what is removed is refused before anything is in it, and so is one
// that may not be written.
func TestBucketThatKeeps(t *testing.T) {
	s := s3test.InProcess(t)
	p := s3test.NewProxy(t, s)
	b := open(t, s, p.URL)
	for method, want := range map[string]string{http.MethodDelete: "bucket.keeps", http.MethodPut: "bucket.refused", http.MethodGet: "bucket.refused"} {
		p.Plan(func(r *http.Request) s3test.Trouble {
			if r.Method == method {
				return s3test.Denied
			}
			return s3test.None
		})
		if err := b.Take(t.Context(), "office A"); key(err) != want {
			t.Errorf("without the right to %s: got %v, want %s", method, err, want)
		}
	}
}

// Where the bucket keeps versions, all of them go, those that were hidden by a removal
// too.
func TestVersionsAreRemoved(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		b := open(t, s, "")
		on := textSection(`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`)
		if err := b.do(t.Context(), request{method: http.MethodPut, query: url.Values{"versioning": {""}}, body: on}); err != nil {
			t.Fatal(err)
		}
		if err := b.Take(t.Context(), "office A"); err != nil {
			t.Fatal(err)
		}
		name, text := put(t, b, 1000)
		if err := b.put(t.Context(), name, bytes.NewReader(text), 1000, nil); err != nil {
			t.Fatal(err)
		}
		if err := b.do(t.Context(), request{method: http.MethodDelete, key: name}); err != nil {
			t.Fatal(err)
		}
		if got := names(t, b); len(got) != 3 {
			t.Fatalf("got %d versions, want two and a mark: the test tries nothing", len(got))
		}
		if n, err := b.Remove(t.Context(), name); n != 2000 || err != nil {
			t.Errorf("got %d bytes removed, %v", n, cause(err))
		}
		if got := names(t, b); len(got) != 0 {
			t.Errorf("%d versions are left", len(got))
		}
	})
}

// An upload that was cut off goes on with the parts that are there, and one that nobody
// goes on with is destroyed when it is old.
func TestPartsGoOn(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		p := s3test.NewProxy(t, s)
		b := open(t, s, p.URL)
		name, text := object(3*partSize + 5)
		ctx, stop := context.WithCancel(t.Context())
		parts := 0
		p.Plan(func(r *http.Request) s3test.Trouble {
			if strings.Contains(r.URL.RawQuery, "partNumber") {
				if parts++; parts == 3 {
					stop()
				}
			}
			return s3test.None
		})
		if err := b.Put(ctx, name, bytes.NewReader(text), int64(len(text))); err == nil {
			t.Fatal("it was not cut off: the test tries nothing")
		}
		if _, err := read(b, name); kind(err) != fault.Damaged {
			t.Errorf("half of it: got %v", err)
		}
		if err := b.AbortBefore(t.Context(), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		p.Plan(nil)
		p.Asked()
		if err := b.Put(t.Context(), name, bytes.NewReader(text), int64(len(text))); err != nil {
			t.Fatal(err)
		}
		if sent := counted(p.Asked(), "partNumber"); sent > 2 {
			t.Errorf("%d of 4 parts were sent again, want 2 at most", sent)
		}
		if got, err := read(b, name); err != nil || !bytes.Equal(got, text) {
			t.Errorf("got %d bytes, %v", len(got), err)
		}

		id, _, err := b.begin(t.Context(), name)
		if err != nil || id == "" {
			t.Fatal(err)
		}
		if err := b.AbortBefore(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		err = b.uploads(t.Context(), "", func(u upload) error { return errors.New("left: " + u.Key) })
		if err != nil {
			t.Error(err)
		}
	})
}

func counted(asked []string, what string) (n int) {
	for _, a := range asked {
		if strings.Contains(a, what) {
			n++
		}
	}
	return n
}

// Whatever a server or the way to it does, what Put acknowledges is there whole, what it
// does not acknowledge is Busy, and nothing is read that is not what it is called.
func TestTrouble(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		s.Patience = 1
		for trouble := s3test.Down; trouble <= s3test.Slow; trouble++ {
			for _, size := range []int{1000, partSize + 1000} {
				if waits := trouble == s3test.Down || trouble == s3test.Broken || trouble == s3test.Silent; waits && size > partSize {
					continue
				}
				t.Run(fmt.Sprint(trouble, " ", size), func(t *testing.T) {
					t.Parallel()
					p := s3test.NewProxy(t, s)
					b, direct := open(t, s, p.URL), open(t, s, "")
					direct.patience = time.Minute
					troublePut(t, p, b, direct, trouble, size)
					troubleRead(t, p, b, direct, trouble, size)
				})
			}
		}
	})
}

// troublePut puts an object while the first request fails and every third after it; of
// one that is silent, the first only.
func troublePut(t *testing.T, p *s3test.Proxy, b, direct *Bucket, trouble s3test.Trouble, size int) {
	n := 0
	p.Plan(func(*http.Request) s3test.Trouble {
		if n++; n%3 == 1 && (trouble != s3test.Silent || n == 1) {
			return trouble
		}
		return s3test.None
	})
	b.patience = time.Minute
	name, text := object(size)
	err := b.Put(t.Context(), name, bytes.NewReader(text), int64(size))
	b.patience = time.Second
	if err == nil {
		if got, err := read(direct, name); err != nil || !bytes.Equal(got, text) {
			t.Errorf("acknowledged, and %d of %d bytes are there: %v", len(got), size, err)
		}
		return
	}
	if kind(err) != fault.Busy && trouble != s3test.Wrong { // words that were changed on the way may say anything
		t.Errorf("got %v", cause(err))
	}
	if trouble != s3test.Wrong {
		t.Errorf("trouble that passes was not outlasted: %v", cause(err))
	}
}

// troubleRead reads an object while everything fails.
func troubleRead(t *testing.T, p *s3test.Proxy, b, direct *Bucket, trouble s3test.Trouble, size int) {
	name, text := put(t, direct, size)
	p.Plan(s3test.Always(trouble))
	b.failed.Store(0)
	got, err := read(b, name)
	if err == nil && !bytes.Equal(got, text) {
		t.Errorf("read %d bytes that are not those of %d", len(got), size)
	}
	switch trouble {
	case s3test.Wrong:
		if kind(err) != fault.Damaged || !strings.Contains(cause(err), name) {
			t.Errorf("wrong bytes: got %v", cause(err))
		}
	case s3test.Slow:
		if err != nil {
			t.Errorf("got %v", cause(err))
		}
	case s3test.Down, s3test.Broken, s3test.Silent:
		if kind(err) != fault.Busy {
			t.Errorf("got %v", cause(err))
		}
	}
}

// A server that acknowledges what it has not got whole is found out when it is read, and
// written again when the same is put.
func TestWrongObjects(t *testing.T) {
	s3test.Each(t, func(t *testing.T, s s3test.Server) {
		b := open(t, s, "")
		name, text := object(5000)
		for _, wrong := range []string{"short", strings.Repeat("x", 5000)} {
			if err := b.putSmall(t.Context(), name, wrong, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := read(b, name); kind(err) != fault.Damaged || !strings.Contains(cause(err), name) {
				t.Errorf("got %v", cause(err))
			}
			if err := b.Put(t.Context(), name, bytes.NewReader(text), 5000); err != nil {
				t.Fatal(err)
			}
			if got, err := read(b, name); err != nil || !bytes.Equal(got, text) {
				t.Errorf("after it was put again: %d bytes, %v", len(got), err)
			}
		}
	})
}

// Settings that others may read, that are no settings, or that would send sealed files
// in clear over a network are refused, and so is a wrong key.
func TestSettings(t *testing.T) {
	good := `{"endpoint":"https://s3.example.org","bucket":"cases","key":"k","secret":"s"}`
	for text, want := range map[string]string{
		good: "",
		strings.Replace(good, "https://s3.example.org", "http://127.0.0.1:9", 1): "",
		strings.Replace(good, "https://s3.example.org", "http://[::1]:9", 1):     "",
		strings.Replace(good, "https", "http", 1):                                "bucket.plain_http",
		strings.Replace(good, "https://s3.example.org", "http://localhost", 1):   "bucket.plain_http",
		strings.Replace(good, "https", "ftp", 1):                                 "bucket.plain_http",
		strings.Replace(good, "example.org", "example.org/cases", 1):             "bucket.config",
		strings.Replace(good, "s3.example", "user:pw@s3.example", 1):             "bucket.config",
		strings.Replace(good, `"cases"`, `"../cases"`, 1):                        "bucket.config",
		strings.Replace(good, `"key"`, `"prefix":"a","key"`, 1):                  "bucket.config",
		strings.Replace(good, `"key"`, `"prefix":"a/","key"`, 1):                 "",
		strings.Replace(good, `"key"`, `"prefix":"a/../b/","key"`, 1):            "bucket.config",
		strings.Replace(good, `"key"`, `"Keys"`, 1):                              "bucket.config",
		strings.Replace(good, `"s"`, `""`, 1):                                    "bucket.config",
		good + good:                                                              "bucket.config", "": "bucket.config",
	} {
		path := filepath.Join(t.TempDir(), "bucket")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); key(err) != want || err != nil && want == "" {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); key(err) != "bucket.open_file" {
			t.Errorf("a file that others read: got %v", err)
		}
	}
}

// A key that the server does not know is said to be refused, and not tried again.
func TestWrongKey(t *testing.T) {
	s := s3test.Gateway(t)
	p := s3test.NewProxy(t, s)
	s.Secret = "another"
	b := open(t, s, p.URL)
	if err := b.Take(t.Context(), "office A"); key(err) != "bucket.refused" {
		t.Errorf("got %v", err)
	}
	if n := len(p.Asked()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}
