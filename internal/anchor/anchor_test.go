package anchor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/anchor"
	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
)

// An office is a store with a node that signs.
type office struct {
	t      *testing.T
	dir    string
	signer note.Signer
	known  note.Verifiers
	key    string // ORIGIN=KEY
	w      *storetest.Writer
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "data"), w: storetest.NewWriter(t)}
	private, public, err := note.GenerateKey(nil, storetest.Origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err1 := note.NewSigner(private)
	v, err2 := note.NewVerifier(public)
	if err := errors.Join(err1, err2, store.Create(o.dir)); err != nil {
		t.Fatal(err)
	}
	o.signer, o.known, o.key = signer, note.VerifierList(v), storetest.Origin+"="+public
	return o
}

func (o *office) grow(n int) {
	o.t.Helper()
	db, err := store.Open(o.dir, store.ReadWrite)
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Append(context.Background(), o.w.Entries(o.t, n), o.signer); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) request(old int64) []byte {
	o.t.Helper()
	b, err := anchor.Request(context.Background(), o.dir, old)
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// fork returns another log of the same office, as one who has its key makes it.
func (o *office) fork(n int) *office {
	o.t.Helper()
	f := *o
	f.dir = filepath.Join(o.t.TempDir(), "data")
	if err := store.Create(f.dir); err != nil {
		o.t.Fatal(err)
	}
	f.grow(n)
	return &f
}

func newWitness(t *testing.T, follow ...string) (*anchor.Witness, string, note.Verifier) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "witness")
	w, err := anchor.NewWitness(dir, "partner.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range follow {
		if _, err := w.Follow(l); err != nil {
			t.Fatal(err)
		}
	}
	v, err := ledger.Cosignatures(w.Key())
	if err != nil {
		t.Fatal(err)
	}
	return w, dir, v
}

func TestAttackFollow(t *testing.T) {
	w, _, _ := newWitness(t)
	_, good, err1 := note.GenerateKey(nil, storetest.Origin)
	_, odd, err2 := note.GenerateKey(nil, "log\x1b[2J")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, log := range []string{"", "x", odd, "log\x1b[2J=" + odd, "another=" + good, good + "x"} {
		if origin, err := w.Follow(log); err == nil {
			t.Errorf("%q was followed as %q", log, origin)
		}
	}
	if origin, err := w.Follow(good); origin != storetest.Origin || err != nil {
		t.Errorf("got %q, %v", origin, err)
	}
}

func TestByFile(t *testing.T) {
	o := newOffice(t)
	w, dir, v := newWitness(t, o.key)
	o.grow(5)
	line, err := w.Cosign(o.request(0))
	if err != nil {
		t.Fatal(err)
	}
	state, err := os.ReadFile(filepath.Join(dir, "witness.json"))
	if err != nil || !bytes.Contains(state, []byte(`"size": 5`)) {
		t.Errorf("the state does not say what was signed: %v %s", err, state)
	}
	o.grow(3) // meanwhile
	if size, err := anchor.Accept(o.dir, line, v); size != 5 || err != nil {
		t.Fatalf("got %d, %v", size, err)
	}
	again, err := anchor.OpenWitness(dir)
	if err != nil {
		t.Fatal(err)
	}
	if line, err = again.Cosign(o.request(5)); err != nil {
		t.Fatal(err)
	}
	if size, err := anchor.Accept(o.dir, line, v); size != 8 || err != nil {
		t.Fatalf("got %d, %v", size, err)
	}
	_, _, stranger := newWitness(t)
	if _, err := anchor.Accept(o.dir, line, stranger); !errors.Is(err, anchor.ErrOtherAnswer) {
		t.Errorf("as of another witness: %v", err)
	}
	now, err := anchor.Newest(context.Background(), o.dir)
	if err != nil {
		t.Fatal(err)
	}
	if c, by, err := (ledger.Policy{Log: o.known, Witnesses: []note.Verifier{v}, Least: 1}).Open(now.Signed()); err != nil || c.Size != 8 || len(by) != 1 {
		t.Errorf("got %v, %v, %v", c, by, err)
	}
	found, err := anchor.Check(context.Background(), o.dir, o.known, []note.Verifier{v, stranger}, nil)
	if err != nil || found.Checkpoints != 2 || found.Largest != 8 || found.Cosigned != 2 || len(found.By) != 1 || found.By[0].Size != 8 {
		t.Errorf("got %+v, %v", found, err)
	}
}

// A log that was split, rolled back or rewritten is not signed, and the words say
// what it is; what was seen stays.
func TestAttackSplit(t *testing.T) {
	o := newOffice(t)
	w, _, _ := newWitness(t, o.key)
	o.grow(5)
	if _, err := w.Cosign(o.request(0)); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		request []byte
		want    error
		words   string
	}{
		"another of the same size":  {o.fork(5).request(5), ledger.ErrInconsistent, "split, rolled back or rewritten"},
		"another that is larger":    {o.fork(9).request(5), ledger.ErrInconsistent, "saw 5 entries, and is shown 9"},
		"smaller":                   {o.fork(3).request(3), ledger.ErrOutOfStep, "rolled back"},
		"from the beginning":        {o.fork(9).request(0), ledger.ErrOutOfStep, "--old 5"},
		"nothing":                   {nil, ledger.ErrRequest, "can't be read"},
		"of a log nobody follows":   {bytes.ReplaceAll(o.request(5), []byte("log/test"), []byte("log/else")), ledger.ErrUnknownLog, "does not follow"},
		"signed by nobody":          {bytes.Replace(o.request(5), []byte("\n5\n"), []byte("\n6\n"), 1), ledger.ErrUnsigned, "no key of that log"},
		"with hashes for no reason": {bytes.Replace(o.request(5), []byte("old 5\n"), []byte("old 5\n"+strings.Repeat("A", 43)+"=\n"), 1), ledger.ErrRequest, "can't be read"},
	} {
		line, err := w.Cosign(tc.request)
		if line != nil || !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: got %q, %v, want %v", name, line, err, tc.want)
		}
	}
	logs, err := w.Logs()
	if err != nil || logs[storetest.Origin].Seen.Size != 5 {
		t.Errorf("got %v, %v", logs, err)
	}
	if _, err := w.Cosign(o.request(5)); err != nil {
		t.Errorf("the log itself: %v", err)
	}
}

// Of many who ask at once, over two logs of one office, only one log is ever
// signed.
func TestAttackRace(t *testing.T) {
	o := newOffice(t)
	_, dir, v := newWitness(t, o.key)
	o.grow(4)
	requests := [][]byte{o.request(0), o.fork(4).request(0)}
	var mu sync.Mutex
	signed := map[int]int{}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			w, err := anchor.OpenWitness(dir)
			if err != nil {
				t.Error(err)
				return
			}
			if line, err := w.Cosign(requests[i%2]); err == nil {
				if r, err := ledger.ParseRequest(requests[i%2]); err != nil {
					t.Error(err)
				} else if _, err := ledger.Cosigned(r.Checkpoint, line, v); err != nil {
					t.Error(err)
				}
				mu.Lock()
				signed[i%2]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(signed) != 1 {
		t.Errorf("signed were %v", signed)
	}
}

// A witness whose memory is gone signs nothing: it might sign a second log.
func TestLostState(t *testing.T) {
	_, dir, _ := newWitness(t)
	for _, text := range []string{"", "{}", "{"} {
		if err := os.WriteFile(filepath.Join(dir, "witness.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := anchor.OpenWitness(dir); err == nil {
			t.Errorf("with %q as its state it opens", text)
		}
	}
}

// TestStatusCodes is C2SP tlog-witness, add-checkpoint.
func TestStatusCodes(t *testing.T) {
	o := newOffice(t)
	w, _, v := newWitness(t, o.key)
	srv := httptest.NewServer(w)
	defer srv.Close()
	post := func(body []byte) (int, string, string) {
		t.Helper()
		resp, err := http.Post(srv.URL+"/add-checkpoint", "text/plain", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header.Get("Content-Type"), string(b)
	}
	o.grow(5)
	first := o.request(0)
	code, _, line := post(first)
	r, err := ledger.ParseRequest(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Cosigned(r.Checkpoint, []byte(line), v); code != 200 || err != nil {
		t.Errorf("got %d %q %v", code, line, err)
	}
	longer := bytes.Replace(o.request(5), []byte("old 5"), []byte("old 7"), 1)
	for _, tc := range []struct {
		name string
		body []byte
		code int
	}{
		{"not a request", []byte("hello"), 400},
		{"larger before than now", longer, 400},
		{"too long", bytes.Repeat([]byte("x"), 1<<20), 400},
		{"signed by nobody", bytes.Replace(first, []byte("\n5\n"), []byte("\n6\n"), 1), 403},
		{"another log", bytes.ReplaceAll(first, []byte("log/test"), []byte("log/else")), 404},
		{"not from what was seen", first, 409},
		{"another root of the same size", o.fork(5).request(5), 409},
		{"no proof", o.fork(9).request(5), 422},
		{"again", o.request(5), 200},
	} {
		code, kind, body := post(tc.body)
		if code != tc.code {
			t.Errorf("%s: got %d %q, want %d", tc.name, code, body, tc.code)
		}
		if code == 409 && (kind != "text/x.tlog.size" || body != "5\n") {
			t.Errorf("%s: got %q, %q", tc.name, kind, body)
		}
	}
	resp, err := http.Get(srv.URL + "/add-checkpoint")
	if err != nil || resp.StatusCode != 405 {
		t.Errorf("got %v, %v", resp.Status, err)
	}
	resp.Body.Close()
}

// An office asks over HTTP: nothing twice, from where the witness is, and it says
// if the witness saw more.
func TestAskWitness(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	w, _, v := newWitness(t, o.key)
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked++
		if ua := r.Header.Get("User-Agent"); ua != "" {
			t.Errorf("it says that it is %q", ua)
		}
		w.ServeHTTP(rw, r)
	}))
	ask := func(o *office) (int64, error) {
		return anchor.AskWitness(ctx, anchor.Client(), o.dir, srv.URL+"/", v)
	}
	if _, err := ask(o); !errors.Is(err, anchor.ErrNothing) || asked != 0 {
		t.Errorf("an empty log: %v", err)
	}
	for i, want := range []int64{4, 8, 12} {
		o.grow(4)
		if size, err := ask(o); size != want || err != nil || asked != i+1 {
			t.Fatalf("got %d, %v, asked %d times", size, err, asked)
		}
	}
	if size, err := ask(o); size != 12 || err != nil || asked != 3 {
		t.Errorf("it was asked again: %d, %v, %d", size, err, asked)
	}
	if err := os.RemoveAll(filepath.Join(o.dir, "anchors")); err != nil { // what it saw is not known here
		t.Fatal(err)
	}
	o.grow(1)
	if size, err := ask(o); size != 13 || err != nil {
		t.Errorf("got %d, %v", size, err)
	}
	for _, n := range []int{3, 13, 20} {
		other := o.fork(n)
		_, err := ask(other)
		back, rolled := errors.AsType[*anchor.RolledBack](err)
		if !rolled || back.Seen != 13 {
			t.Errorf("of another log of %d entries: %v", n, err)
		}
		s, err := anchor.Witnessed(other.dir, o.known, v) // also after a restart
		if err != nil || s.Refused == nil || s.Refused.Seen != 13 || s.Refused.Size != int64(n) || s.Size != 0 {
			t.Errorf("of another log of %d entries: %+v, %v", n, s, err)
		}
	}
	if s, err := anchor.Witnessed(o.dir, o.known, v); err != nil || s.Refused != nil || s.Size != 13 || s.At.IsZero() || s.Name != "partner.example" {
		t.Errorf("got %+v, %v", s, err)
	}
	if err := store.AnchorsIn(o.dir).KeepRefusal(fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()), []byte(`{"seen":99}`)); err != nil {
		t.Fatal(err)
	}
	if size, err := ask(o); size != 13 || err != nil {
		t.Errorf("got %d, %v", size, err)
	}
	if s, err := anchor.Witnessed(o.dir, o.known, v); err != nil || s.Refused == nil {
		t.Errorf("it was not asked, and its refusal is forgotten: %+v, %v", s, err)
	}
	o.grow(1)
	if size, err := ask(o); size != 14 || err != nil {
		t.Errorf("got %d, %v", size, err)
	}
	if s, err := anchor.Witnessed(o.dir, o.known, v); err != nil || s.Refused != nil {
		t.Errorf("it signed again, and is said to refuse: %+v, %v", s, err)
	}
	srv.Close()
	o.grow(1)
	if _, err := ask(o); err == nil {
		t.Error("nobody was there, and it signed")
	}
}

// A witness can lie: what it answers is kept only if it signed.
func TestAttackLyingWitness(t *testing.T) {
	o := newOffice(t)
	o.grow(4)
	_, _, v := newWitness(t)
	for _, answer := range []struct {
		code int
		kind string
		body string
	}{
		{200, "", "— partner.example AAAA\n"}, {200, "", ""}, {200, "", strings.Repeat("x", 3<<20)},
		{409, "text/x.tlog.size", "-1\n"}, {409, "text/x.tlog.size", "2\n"}, {409, "", "9\n"}, {302, "", ""}, {500, "", ""},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", answer.kind)
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(answer.code)
			fmt.Fprint(w, answer.body)
		}))
		if _, err := anchor.AskWitness(context.Background(), srv.Client(), o.dir, srv.URL, v); err == nil {
			t.Errorf("%v was believed", answer)
		}
		srv.Close()
	}
	if found, err := anchor.Check(context.Background(), o.dir, o.known, []note.Verifier{v}, nil); err != nil || found.Cosigned != 0 {
		t.Errorf("got %+v, %v", found, err)
	}
}

// TestAttackKept: what was kept is checked again: another log, or a line that was
// put there.
func TestAttackKept(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	w, _, v := newWitness(t, o.key)
	o.grow(6)
	line, err := w.Cosign(o.request(0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := anchor.Accept(o.dir, line, v); err != nil {
		t.Fatal(err)
	}
	other := o.fork(6)
	if err := os.CopyFS(filepath.Join(other.dir, "anchors"), os.DirFS(filepath.Join(o.dir, "anchors"))); err != nil {
		t.Fatal(err)
	}
	if _, err := anchor.Check(ctx, other.dir, o.known, []note.Verifier{v}, nil); fault.KindOf(err) != fault.Damaged {
		t.Errorf("another log: %v", err)
	}
	if _, err := anchor.Request(ctx, other.dir, 0); fault.KindOf(err) != fault.Damaged {
		t.Errorf("a log that was rewritten is shown to others: %v", err)
	}
	if _, _, err := anchor.Stamp(ctx, anchor.Client(), other.dir, anchor.Authority{URL: "http://127.0.0.1:1"}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("a log that was rewritten is stamped: %v", err)
	}
	_, _, stranger := newWitness(t)
	if err := store.AnchorsIn(o.dir).KeepCosignature(6, "x", bytes.ReplaceAll(line, []byte("partner"), []byte("someone"))); err != nil {
		t.Fatal(err)
	}
	if found, err := anchor.Check(ctx, o.dir, o.known, []note.Verifier{stranger}, nil); err != nil || len(found.By) != 0 {
		t.Errorf("got %+v, %v", found, err)
	}
}
