package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/testkit"
)

// A wire is a connection to a server that can be cut, or hang, after some bytes.
type wire struct {
	t  testing.TB
	to string
	at string // its own address

	mu    sync.Mutex
	sent  int64 // bytes to the server
	after int64 // when it is cut; 0 is never
	hang  bool  // it does not end, and nothing passes
}

func newWire(t testing.TB, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &wire{t: t, to: strings.TrimPrefix(to, "http://"), at: "http://" + l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w
}

func (w *wire) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer s.Close()
	go func() { _, _ = io.Copy(c, s); c.Close() }()
	b := make([]byte, 32<<10)
	for {
		n, err := c.Read(b)
		if err != nil {
			return
		}
		w.mu.Lock()
		w.sent += int64(n)
		cut, hang := w.after > 0 && w.sent > w.after, w.hang
		if cut {
			w.after = 0
		}
		w.mu.Unlock()
		if cut && hang {
			_, _ = io.Copy(io.Discard, c) // until whoever is at its other end gives up
			return
		}
		if cut {
			return
		}
		if _, err := s.Write(b[:n]); err != nil {
			return
		}
	}
}

// cutAfter has the connection of that moment cut after n more bytes.
func (w *wire) cutAfter(n int64, hang bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.after, w.hang = 0, n, hang
}

func (w *wire) carried() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

// aFilm writes a file of some megabytes whose name names somebody invented.
func aFilm(t *testing.T, name string, n int) (path, sum string) {
	t.Helper()
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(uint32(i) * 2654435761 >> 11)
	}
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(b)
	return path, hex.EncodeToString(h[:])
}

// enterAt logs a member in by way of a wire.
func (o *office) enterAt(b *testkit.Browser, at, handle string) {
	o.t.Helper()
	b.Open(at + "/login")
	b.Fill("#handle", handle)
	b.Fill("#pass", passOf(handle).Reveal())
	b.Press("\r")
	b.Wait("nav.words")
}

// until waits for something that the server does.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}

// exhibitsOf returns the exhibits of a case.
func (o *office) exhibitsOf(id habeas.CaseID) []*habeas.ExhibitFile {
	o.t.Helper()
	all, _, err := o.desk.Exhibits(o.t.Context(), o.actor("vera"), id)
	o.ok(err)
	return all
}

// TestUploadCutInABrowser: the connection is cut in the middle of a piece. The page
// goes on by itself where it was, and the exhibit is the whole file.
func TestUploadCutInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	w := newWire(t, o.http.URL)
	o.enterAt(b, w.at, "vera")
	b.Open(w.at + casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits")
	b.Wait("#folder-field")
	const size = 20 << 20
	path, sum := aFilm(t, exhibitCalled, size)
	b.Fill("#exhibit-ex_method", "a telephone")
	b.Attach("#exhibit-ex_file", path)
	w.cutAfter(11<<20, false)
	b.Click("#add-files .acts button")
	b.Wait("#exhibit")
	if page := b.Text("main"); !strings.Contains(page, sum) || !strings.Contains(page, "The chain is whole") {
		t.Errorf("the exhibit is not the file: %s", page)
	}
	if got := w.carried(); got < size || got > size+pieceSize {
		t.Errorf("%d bytes were sent for a file of %d: it did not go on where it was", got, size)
	}
	all := o.exhibitsOf(file.ID)
	if len(all) != 1 || all[0].SHA256 != sum || all[0].Method != "a telephone" || all[0].Name != exhibitCalled {
		t.Fatalf("got %d exhibits", len(all))
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
	o.ok(o.desk.Close())
	testkit.Sweep(t, exhibitCanaries(), []string{o.cfg.Dir}, map[string][]byte{"log": o.log.Bytes(), "address": []byte(b.Address())}, nil)
}

// TestUploadGoesOnInABrowser: the page is closed while the connection hangs, opened
// again, and given the same file: it goes on. Then one is cancelled.
func TestUploadGoesOnInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	w := newWire(t, o.http.URL)
	o.enterAt(b, w.at, "vera")
	at := w.at + casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits"
	const size = 20 << 20
	path, sum := aFilm(t, exhibitCalled, size)
	start := func() {
		b.Open(at)
		b.Attach("#exhibit-ex_file", path)
		w.cutAfter(11<<20, true)
		b.Click("#add-files .acts button")
		until(t, "half of the file", func() bool { return w.carried() > 11<<20 })
		b.Wait("#upload-bar")
	}
	start()
	o.examine(b, "exhibit-upload")
	b.Open(at)
	b.Attach("#exhibit-ex_file", path)
	w.cutAfter(0, false)
	b.Click("#add-files .acts button")
	b.Wait("#exhibit")
	if all := o.exhibitsOf(file.ID); len(all) != 1 || all[0].SHA256 != sum {
		t.Fatalf("got %d exhibits, or another file", len(all))
	}
	if got := w.carried(); got > size-5<<20 {
		t.Errorf("%d bytes were sent again of a file of %d", got, size)
	}
	start()
	b.Click("#upload-cancel")
	until(t, "what was on its way to be destroyed", func() bool { return len(o.blobs()) == 1 })
	if got := b.Text("#upload-state"); !strings.Contains(got, "Cancelled") {
		t.Errorf("the page says %q", got)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestSeveralFilesInABrowser: several files at once, with script and without.
func TestSeveralFilesInABrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		b := testkit.NewBrowser(t, script)
		o := demoOffice(t)
		_, file, told := o.aStatement(t, "vera", "lieutenant")
		o.enter(b, "vera")
		b.Open(o.http.URL + casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits")
		one, sumOne := aFilm(t, "one.bin", 300_000)
		two, sumTwo := aFilm(t, exhibitCalled, 9<<20)
		b.Attach("#exhibit-ex_file", one, two)
		b.Click("#add-files .acts button")
		until(t, "two exhibits", func() bool { return len(o.exhibitsOf(file.ID)) == 2 })
		b.Wait("table")
		all := o.exhibitsOf(file.ID)
		if all[0].SHA256 != sumOne || all[1].SHA256 != sumTwo || !strings.HasSuffix(b.Address(), "/exhibits") {
			t.Errorf("script %v: got other files, at %s", script, b.Address())
		}
		for _, c := range b.Complaints() {
			t.Error(c)
		}
	}
}
