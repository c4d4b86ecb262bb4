package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"

	"habeas/internal/testkit"
)

// begin announces a file as the script of a page does.
func begin(v *testkit.Visitor, page *testkit.Page, name string, b []byte) *testkit.Page {
	return v.Post(page.Address.Path+"/begin", url.Values{
		"form": {token(page)}, nameField: {name}, "ex_size": {strconv.Itoa(len(b))}, "ex_changed": {"1"},
		"ex_begins": {base64.StdEncoding.EncodeToString(b[:min(len(b), 4096)])},
	})
}

// sendPiece sends a piece as the script of a page does.
func sendPiece(v *testkit.Visitor, page *testkit.Page, path string, at int, b []byte) *testkit.Page {
	req, _ := http.NewRequest(http.MethodPost, v.Base()+path, bytes.NewReader(b))
	req.Header.Set(offsetHeader, strconv.Itoa(at))
	req.Header.Set(tokenHeader, token(page))
	return v.Do(req)
}

// blobs returns the names of the sealed files.
func (o *office) blobs() (names []string) {
	o.t.Helper()
	files, err := os.ReadDir(o.cfg.Dir + "/blobs")
	o.ok(err)
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// TestPieces: a file comes in pieces; one at a wrong offset is told the right one,
// somebody else's is not there, and what the file is called is in no address, no
// header and no log.
func TestPieces(t *testing.T) {
	o := demoOffice(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	at := casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits"
	vera, omar := o.member("vera"), o.member("omar")
	page, whole := vera.Get(at).Want(200), aPhotograph(t)
	began := begin(vera, page, "DCIM/"+exhibitCalled, whole).Want(204)
	path := began.Header.Get("Location")
	if began.Header.Get(offsetHeader) != "0" || len(path) != len("/upload/")+26 {
		t.Fatalf("got %v", began.Header)
	}
	half := len(whole) / 2
	if got := sendPiece(vera, page, path, 0, whole[:half]).Want(204).Header.Get(offsetHeader); got != strconv.Itoa(half) {
		t.Errorf("after half of it: %s", got)
	}
	for _, wrong := range []int{0, half - 1, half + 1, 1 << 40} {
		if got := sendPiece(vera, page, path, wrong, whole[half:]).Want(409).Header.Get(offsetHeader); got != strconv.Itoa(half) {
			t.Errorf("a piece for %d is told %s", wrong, got)
		}
	}
	req, _ := http.NewRequest(http.MethodHead, vera.Base()+path, nil)
	if got := vera.Do(req).Want(204).Header.Get(offsetHeader); got != strconv.Itoa(half) {
		t.Errorf("asked with HEAD: %s", got)
	}
	his := omar.Get(at).Want(200)
	omar.Get(path).Want(404)
	sendPiece(omar, his, path, half, whole[half:]).Want(404)
	omar.Post(path+"/cancel", url.Values{"form": {token(his)}}).Want(404)
	o.visitor().Get(path).Want(401)
	o.member("ana").Get(path).Want(403)
	sendPiece(vera, his, path, half, whole[half:]).Want(422) // his token
	if got := begin(vera, page, "DCIM/"+exhibitCalled, whole).Want(204); got.Header.Get("Location") != path || got.Header.Get(offsetHeader) != strconv.Itoa(half) {
		t.Error("the page was loaded anew, and the upload is not found")
	}
	finish := func(v *testkit.Visitor) *testkit.Page {
		return sendFile(v, page, "", nil, url.Values{uploadField: {path[len("/upload/"):]}})
	}
	finish(vera).Want(409) // half is missing
	sendPiece(vera, page, path, half, whole[half:]).Want(204)
	sum := sha256.Sum256(whole)
	done := finish(vera).Want(200)
	done.Has(hex.EncodeToString(sum[:]), "The chain is whole")
	if again := finish(vera).Want(200); again.Address.Path != done.Address.Path {
		t.Error("asked again, another exhibit is made")
	}
	vera.Get(path).Want(404)
	left := map[string][]byte{"log": o.log.Bytes(), "address": []byte(path)}
	for _, v := range []*testkit.Visitor{vera, omar} {
		for what, b := range v.Seen() {
			left[what] = b
		}
	}
	o.ok(o.desk.Close())
	testkit.Sweep(t, exhibitCanaries(), []string{o.cfg.Dir, temp}, left, nil)
}

// TestPiecesGo: after a logout, nothing is left of what was on its way.
func TestPiecesGo(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	at := casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits"
	whole := aPhotograph(t)
	for _, end := range []string{"/logout", "/lock", "cancel"} {
		vera := o.member("vera")
		page := vera.Get(at).Want(200)
		path := begin(vera, page, exhibitCalled, whole).Want(204).Header.Get("Location")
		sendPiece(vera, page, path, 0, whole[:1000]).Want(204)
		if len(o.blobs()) != 1 {
			t.Fatalf("got %v, want the one on its way", o.blobs())
		}
		if end == "cancel" {
			vera.Post(path+"/cancel", url.Values{"form": {token(page)}}).Want(204)
		} else {
			vera.Post(end, url.Values{"form": {token(page)}}).Want(200)
			sendPiece(vera, page, path, 1000, whole[1000:]).Want(401)
			begin(vera, page, exhibitCalled, whole).Want(401)
		}
		if got := o.blobs(); len(got) != 0 {
			t.Errorf("%s: left %v", end, got)
		}
	}
	if kept, err := o.desk.Drafts(t.Context(), o.actor("vera")); err != nil || len(kept) != 0 {
		t.Errorf("what a file is called is kept as a form: %v", err)
	}
}

// TestSeveralFiles: several files come with one form, as without script, and each is an
// exhibit.
func TestSeveralFiles(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	vera := o.member("vera")
	page := vera.Get(casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits").Want(200)
	send := func(files ...string) *testkit.Page {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("form", token(page))
		_ = w.WriteField("which", "exhibit")
		for _, f := range files {
			part, _ := w.CreateFormFile(exhibitFile, f+".bin")
			_, _ = part.Write([]byte(f))
		}
		_ = w.Close()
		req, _ := http.NewRequest(http.MethodPost, vera.Base()+page.Address.Path, &body)
		req.Header.Set("Content-Type", w.FormDataContentType())
		return vera.Do(req)
	}
	list := send("first", "second", "third").Want(200)
	if list.Address.Path != casePath(file.ID)+"/exhibits" {
		t.Errorf("got %s", list.Address.Path)
	}
	all, _, err := o.desk.Exhibits(t.Context(), o.actor("vera"), file.ID)
	o.ok(err)
	var names []string
	for _, x := range all {
		names = append(names, x.Name)
	}
	if !slices.Equal(names, []string{"first.bin", "second.bin", "third.bin"}) {
		t.Errorf("got %v", names)
	}
	page = vera.Get(page.Address.Path).Want(200)
	many := make([]string, mostFiles+1)
	send(many...).Want(422)
	if got := len(o.blobs()); got != 3 {
		t.Errorf("a form with too many files leaves %d", got)
	}
}
