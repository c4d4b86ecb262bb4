package web

import (
	"bytes"
	"net/url"
	"os"
	"testing"

	"habeas"
	"habeas/internal/bucket/s3test"
	"habeas/internal/testkit"
)

// The bucket does not answer. Whoever sends a file reads so on the form, with what they
// noted still in it; whoever wants to see one reads so, and not that it is damaged; what
// goes to the log names nobody.
func TestBucketIsDown(t *testing.T) {
	server := s3test.InProcess(t)
	server.Patience = 1
	p := s3test.NewProxy(t, server)
	o := demoOffice(t)
	settings, err := os.ReadFile(server.Settings(t, p.URL, ""))
	o.ok(err)
	o.ok(os.WriteFile(habeas.BucketBeside(o.cfg.Dir), settings, 0o600))
	o.restart()
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	vera := o.member("vera")
	path := casePath(file.ID) + "/statement/" + bare(told[0].Ref) + "/exhibits"
	exhibit := sendFile(vera, vera.Get(path).Want(200), exhibitCalled, aPhotograph(t), nil).Want(200)
	ref := exhibit.Address.Path

	p.Plan(s3test.Always(s3test.Down))
	form := sendFile(vera, vera.Get(path).Want(200), exhibitCalled, aPhotograph(t), url.Values{"ex_collector": {exhibitBy}}).Want(503)
	form.Has("does not answer").HasNot("damaged")
	if !bytes.Contains(form.Body, []byte(exhibitBy)) {
		t.Error("what was noted is lost")
	}
	page := vera.Get(ref).Want(200)
	vera.Post(ref+"/check", url.Values{"form": {token(page)}}).Want(503).Has("does not answer").HasNot("damaged")
	p.Plan(nil)
	vera.Post(ref+"/check", url.Values{"form": {token(vera.Get(ref))}}).Want(200).HasNot("damaged")
	if all, _, err := o.desk.Exhibits(t.Context(), o.actor("vera"), file.ID); err != nil || len(all) != 1 {
		t.Errorf("got %d exhibits, %v", len(all), err)
	}
	testkit.Sweep(t, exhibitCanaries(), nil, map[string][]byte{"log": o.log.Bytes()}, nil)
}
