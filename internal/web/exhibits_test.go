package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	stdjpeg "image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	"habeas/foreign"
	"habeas/internal/demo"
	"habeas/internal/sandbox"
	"habeas/internal/testkit"
	"habeas/ledger"
	pictured "habeas/picture"
	"habeas/redact"
	"habeas/vault"
)

// TestMain lets this program be started again to open a file of a stranger.
func TestMain(m *testing.M) {
	sandbox.Main(map[string]sandbox.Task{
		clean.TaskName: clean.Task, foreign.TaskName: foreign.Task, pictured.TaskName: pictured.Task, redact.TaskName: redact.Task,
	})
	os.Exit(run(m))
}

// scratch is a directory for what tests share, which goes when all have run.
var scratch string

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "habeas-test-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	return m.Run()
}

// Words in and around an exhibit; the names are invented.
const (
	exhibitCalled  = "Yaropolk Dzhurynsky.jpg"
	exhibitComment = "by Svitozara Obolonchyk"
	exhibitBy      = "Lyubomudra Khvostenko"
)

func exhibitCanaries() []string {
	return append(demo.Canaries(), "Yaropolk Dzhurynsky", "Svitozara Obolonchyk", exhibitBy)
}

// a photograph is a JPEG that shows something, with a comment.
func aPhotograph(t *testing.T) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 320, 200))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i / 251)
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0xff, 0xfe, 0, byte(len(exhibitComment) + 2)}, exhibitComment...)
	return slices.Concat(b.Bytes()[:2], comment, b.Bytes()[2:])
}

// exhibit adds a file to a statement without a browser.
func (o *office) exhibit(id ledger.ID, st claim.Ref, name string, b []byte) claim.Ref {
	o.t.Helper()
	by := o.actor("vera")
	u, err := o.desk.UploadExhibit(o.t.Context(), by, vault.NewText(name))
	o.ok(err)
	_, err = u.Write(b)
	o.ok(err)
	o.ok(u.Close())
	ref, err := o.desk.AddExhibit(o.t.Context(), by, id, st, u, custody.ByCommand, custody.Collected{})
	o.ok(err)
	return ref
}

// sendFile sends the form of a page with a file, as a browser does.
func sendFile(v *testkit.Visitor, p *testkit.Page, name string, b []byte, more url.Values) *testkit.Page {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields := url.Values{"form": {token(p)}, "which": {"exhibit"}}
	for name, values := range more {
		fields[name] = values
	}
	for name, values := range fields {
		_ = w.WriteField(name, values[0])
	}
	if b != nil {
		part, _ := w.CreateFormFile(exhibitFile, name)
		_, _ = part.Write(b)
	}
	_ = w.Close()
	req, _ := http.NewRequest(http.MethodPost, v.Base()+p.Address.Path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return v.Do(req)
}

// TestExhibitPages: a photograph is added to a statement, made anew, looked at,
// checked, handed over and taken to a laptop. No name of it is outside a page that
// shows names.
func TestExhibitPages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	v, photo := o.member("vera"), aPhotograph(t)
	desk := v.Get(casePath(file.ID) + "/statement/" + bare(told[0].Ref)).Want(200)
	add := desk.Follow("a[href=" + desk.Address.Path + "/exhibits]").Want(200)
	refused := sendFile(v, add, "", nil, url.Values{"ex_method": {"a telephone"}}).Want(422)
	refused.Has("No file came")
	if got := refused.In("[name=ex_method]").Attr("value"); got != "a telephone" {
		t.Errorf("got %q back, want what was typed", got)
	}
	page := sendFile(v, add, exhibitCalled, photo, url.Values{"ex_method": {"a telephone"}, "ex_collector": {exhibitBy}}).Want(200)
	sum := sha256.Sum256(photo)
	page.Has(hex.EncodeToString(sum[:]), "image/jpeg", "message digest calculation", "The chain is whole", "not checked since it came")
	page.HasNot("Dzhurynsky", exhibitBy, "a telephone")
	at := page.Address.Path
	v.Get(at + "/safe").Want(404)

	page = page.Submit("form[action="+at+"/safe]", nil).Want(200)
	page.Has("Safe copy", "modification", "comment").HasNot("Obolonchyk")
	page.None("main img")
	v.Get(at + "/safe").Want(409)
	page = page.Submit("form[action="+casePath(file.ID)+"/names]", url.Values{"reason": {"looking at it"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	page = v.Get(at).Want(200)
	page.Has("Yaropolk Dzhurynsky", exhibitBy, "a telephone", "Obolonchyk").None("main img")
	v.Get(at + "/safe").Want(409) // looking is written down first
	page = page.Submit("form[action="+at+"/look]", nil).Want(200)
	page.Has("looked at", "access")
	shown := v.Get(page.In(".veiled img").Attr("src")).Want(200)
	if bytes.Contains(shown.Body, []byte("Obolonchyk")) || shown.Header.Get("Content-Type") != "image/jpeg" || !strings.Contains(shown.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture on the page is not the safe copy: %v", shown.Header)
	}
	page = page.Submit("form[action="+at+"/check]", nil).Want(200)
	page.Has("unchanged at the last check", "fixity check")
	page.Submit("form[action="+at+"/note]", url.Values{"ex_to": {" "}}).Want(422).Has("Say who has it now")
	page = page.Submit("form[action="+at+"/note]", url.Values{"ex_to": {exhibitBy}, "ex_act": {"transfer"}}).Want(200)
	page.Has("handed over", exhibitBy)
	page.Submit("form[action="+at+"/take]", url.Values{"pass": {"wrong"}, "ex_which": {"original"}}).Want(422)
	got := page.Submit("form[action="+at+"/take]", url.Values{"pass": {passOf("vera").Reveal()}, "ex_which": {"original"}}).Want(200)
	if !bytes.Equal(got.Body, photo) || got.Header.Get("Content-Type") != "application/octet-stream" {
		t.Error("what was taken is not the original, as bytes")
	}
	v.Get(at).Want(200).Has("taken to one’s own device", "The chain is whole")
	v.Get("/audit").Want(200).In("tbody").Has("took an attached file")
	v.Get(casePath(file.ID)+"/exhibits").Want(200).Has("unchanged at the last check", "Yaropolk Dzhurynsky")
	v.Get(desk.Address.Path).Want(200).In("#attached a[href=" + at + "]")

	left := map[string][]byte{"log": o.log.Bytes(), "address": []byte(at)}
	for what, b := range v.Seen() {
		head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		left["head of "+what] = head
	}
	o.ok(o.desk.Close())
	testkit.Sweep(t, exhibitCanaries(), []string{o.cfg.Dir}, left, nil)
}

// TestExhibitNeedsItsForm: a file of somebody who may not send one, or whose form
// this server did not make, is not kept.
func TestExhibitNeedsItsForm(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	path := casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits"
	vera := o.member("vera")
	add := vera.Get(path).Want(200)
	sendFile(vera, add, exhibitCalled, []byte("words"), url.Values{"form": {"another"}}).Want(422)
	sendFile(o.visitor(), add, exhibitCalled, []byte("words"), nil).Want(401)
	sendFile(o.member("ana"), add, exhibitCalled, []byte("words"), nil).Want(403)
	files, err := os.ReadDir(o.cfg.Dir + "/blobs")
	if err != nil || len(files) != 0 {
		t.Errorf("%d files are kept, %v; want none", len(files), err)
	}
	if all, _, err := o.desk.Exhibits(t.Context(), o.actor("vera"), file.ID); err != nil || len(all) != 0 {
		t.Errorf("got %d exhibits, %v", len(all), err)
	}
	first := sendFile(vera, add, exhibitCalled, []byte("words"), nil).Want(200)
	again := sendFile(vera, add, exhibitCalled, []byte("words"), nil).Want(200) // a second click
	if first.Address.Path != again.Address.Path {
		t.Error("a second click made a second exhibit")
	}
	// What strangers may not send, members may.
	sendFile(vera, vera.Get(path).Want(200), "large.bin", make([]byte, habeas.MaxUpload+1), nil).Want(200).Has("67108865 bytes")
}

// TestDamagedFilesAreLoud: a sealed file is lost. Keepers read it on their first page
// and in the record; others do not.
func TestDamagedFilesAreLoud(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	o.exhibit(file.ID, told[0].Ref, exhibitCalled, aPhotograph(t))
	v := o.member("vera")
	v.Get("/audit").Want(200).Has("have not been read")
	o.ok(o.desk.CheckFiles(t.Context()))
	v.Get("/audit").Want(200).Has("none missing")
	v.Get("/").Want(200).HasNot("damaged")
	files, err := os.ReadDir(o.cfg.Dir + "/blobs")
	o.ok(err)
	o.ok(os.Remove(o.cfg.Dir + "/blobs/" + files[0].Name()))
	o.now = o.now.AddDate(0, 0, 1)
	o.ok(o.desk.CheckFiles(t.Context()))
	v = o.member("vera")
	v.Get("/audit").Want(200).Has("missing: 1, changed: 0")
	v.Get("/").Want(200).Has("Sealed files are damaged")
	o.member("ana").Get("/").Want(200).HasNot("damaged")
}
