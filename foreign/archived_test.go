package foreign_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/foreign"
	"habeas/stamp"
	"habeas/stamp/stamptest"
)

// token has an authority stamp data.
func token(t *testing.T, a *stamptest.Authority, data []byte) []byte {
	t.Helper()
	query, _, err := stamp.Request(data)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t, query, "")
	if err != nil {
		t.Fatal(err)
	}
	out, err := stamp.Answer(answer)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// folder is what auto-archiver leaves of a page with two media, under names that say
// nothing.
func folder(t *testing.T, a *stamptest.Authority) fstest.MapFS {
	t.Helper()
	film, photo := []byte("an invented film"), []byte("an invented photograph")
	list := []byte(hash(film) + "\n" + hash(photo))
	return fstest.MapFS{
		"page/q1w2e3.mp4":  {Data: film},
		"page/a1s2d3.jpg":  {Data: photo},
		"page/z1x2c3.txt":  {Data: list},
		"page/p1o2i3":      {Data: token(t, a, list)},
		"page/l1k2j3.html": {Data: []byte("<p>an invented page")},
		"page/m1n2b3.ots":  {Data: unhex(t, madeByPython)},
	}
}

func results(r *foreign.Report) (failed, unchecked, good int) {
	for _, l := range r.Lines {
		switch l.Result {
		case foreign.Failed:
			failed++
		case foreign.Unchecked:
			unchecked++
		default:
			good++
		}
	}
	return failed, unchecked, good
}

func TestAutoArchiver(t *testing.T) {
	a, ctx := stamptest.New(t, true, stamptest.Good()), context.Background()
	trust := foreign.Trust{Roots: a.Roots}
	r, err := foreign.Check(ctx, folder(t, a), trust)
	if err != nil || r.Kind != foreign.AutoArchiver || !r.OK() {
		t.Fatalf("%+v %v", r, err)
	}
	if failed, unchecked, good := results(r); failed != 0 || unchecked != 2 || good != 2 { // the block, and the page that nothing speaks of
		t.Errorf("%+v", r)
	}
	for what, change := range map[string]func(fstest.MapFS){
		"a film":      func(f fstest.MapFS) { f["page/q1w2e3.mp4"].Data[0] ^= 1 },
		"a film less": func(f fstest.MapFS) { delete(f, "page/q1w2e3.mp4") },
		"the list": func(f fstest.MapFS) {
			f["page/z1x2c3.txt"].Data = []byte(hash([]byte("an invented photograph")))
		},
		"the token": func(f fstest.MapFS) { f["page/p1o2i3"].Data[len(f["page/p1o2i3"].Data)-1] ^= 1 },
		"a medium, and the list with it": func(f fstest.MapFS) {
			f["page/a1s2d3.jpg"].Data = []byte("another")
			f["page/z1x2c3.txt"].Data = []byte(hash([]byte("an invented film")) + "\n" + hash([]byte("another")))
		},
	} {
		f := folder(t, a)
		change(f)
		if r, err := foreign.Check(ctx, f, trust); err != nil || r.OK() {
			t.Errorf("%s was changed, and all is well: %+v %v", what, r, err)
		}
	}
	r, err = foreign.Check(ctx, folder(t, a), foreign.Trust{Roots: stamptest.New(t, true, stamptest.Good()).Roots})
	if err != nil || r.Bad() || !strings.Contains(r.Lines[1].Not.String(), "vouches") {
		t.Errorf("the token of a stranger: %+v %v", r, err)
	}
	f := folder(t, a)
	delete(f, "page/p1o2i3")
	if r, err := foreign.Check(ctx, f, trust); err == nil && r.Kind == foreign.AutoArchiver {
		t.Errorf("a list alone is taken for a folder of auto-archiver: %+v", r)
	}
}

// What json_enricher writes names the digests too, and a WACZ in the folder is checked.
func TestAutoArchiverDescription(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, file := range archived(t, true) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(file.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]any{"status": "invented", "media": []any{
		map[string]any{"filename": "x.wacz", "properties": map[string]any{"hash": "SHA-256:" + hash(packed.Bytes())}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	f := fstest.MapFS{"metadata.json": {Data: b}, "a.wacz": {Data: packed.Bytes()}}
	r := check(t, f)
	if _, _, good := results(r); r.Kind != foreign.AutoArchiver || !r.OK() || good != 3 {
		t.Errorf("%+v", r)
	}
	f["a.wacz"] = &fstest.MapFile{Data: []byte("not an archive")}
	if r := check(t, f); r.OK() {
		t.Errorf("%+v", r)
	}
}

// stampedArchive is a WACZ whose signature an authority stamped.
func stampedArchive(t *testing.T, a *stamptest.Authority, over func(sig string) []byte) fstest.MapFS {
	t.Helper()
	f := archived(t, true)
	var d struct {
		Path   string         `json:"path"`
		Hash   string         `json:"hash"`
		Signed map[string]any `json:"signedData"`
	}
	if err := json.Unmarshal(f["datapackage-digest.json"].Data, &d); err != nil {
		t.Fatal(err)
	}
	d.Signed["timeSignature"] = base64.StdEncoding.EncodeToString(token(t, a, over(d.Signed["signature"].(string))))
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	f["datapackage-digest.json"] = &fstest.MapFile{Data: b}
	return f
}

func TestWebArchiveStamped(t *testing.T) {
	a, ctx := stamptest.New(t, true, stamptest.Good()), context.Background()
	text := func(sig string) []byte { return []byte(sig) }
	decoded := func(sig string) []byte { b, _ := base64.StdEncoding.DecodeString(sig); return b }
	for i, over := range []func(string) []byte{text, decoded} {
		r, err := foreign.Check(ctx, stampedArchive(t, a, over), foreign.Trust{Roots: a.Roots})
		if _, _, good := results(r); err != nil || !r.OK() || good != 3 {
			t.Errorf("%d: %+v %v", i, r, err)
		}
	}
	r, err := foreign.Check(ctx, stampedArchive(t, a, func(string) []byte { return []byte("another signature") }), foreign.Trust{Roots: a.Roots})
	if err != nil || r.OK() {
		t.Errorf("the stamp is of another signature: %+v %v", r, err)
	}
	r = check(t, stampedArchive(t, a, text))
	if l := r.Lines[len(r.Lines)-1]; l.Result != foreign.Unchecked || l.Not != "why_roots" {
		t.Errorf("without a root: %+v", r)
	}
}

func FuzzAutoArchiver(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64)+"\n"), []byte(`{"media":[{"properties":{"hash":"SHA-256:x"}}]}`), []byte("\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02xxxxxxxx"))
	f.Fuzz(func(t *testing.T, list, about, token []byte) {
		r, err := foreign.Check(context.Background(), fstest.MapFS{"l.txt": {Data: list}, "metadata.json": {Data: about}, "t": {Data: token}}, foreign.Trust{})
		if err == nil && r.Kind == foreign.AutoArchiver && r.OK() {
			for _, own := range [][]byte{list, about, token} {
				if bytes.Contains(append(list, about...), []byte(hash(own))) {
					return
				}
			}
			t.Errorf("%q, %q and %q are well: %+v", list, about, token, r)
		}
	})
}
