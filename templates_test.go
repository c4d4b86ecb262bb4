package habeas_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
)

// A name that somebody wrote into a template of their office; invented.
const inTheTemplate = "Zlatomira Vyrvydub"

const ours = "title: Ours\nlang: ru\nlaw: RU-59FZ\nto: prosecutor\n\n> {{addressee}}\n\n> {{sender:gen}}\n> {{sender.address}}\n\nНаш офис спрашивает о судьбе {{person:gen}}.\n\n{{facts}}\n\n| {{date}}\n| {{signature}}\n"

// withTemplates opens the office of a story again with templates of its own.
func (s *story) withTemplates(files map[string]string) (dir string) {
	s.Helper()
	dir = s.TempDir()
	s.put(dir, files)
	s.ok(s.Close())
	cfg := s.config()
	cfg.Templates = dir
	var err error
	s.Desk, err = habeas.Open(cfg)
	s.ok(err)
	return dir
}

// put writes templates that are later than all before.
func (s *story) put(dir string, files map[string]string) {
	s.Helper()
	s.now = s.now.Add(time.Second)
	for name, text := range files {
		path := filepath.Join(dir, name)
		s.ok(os.WriteFile(path, []byte(text), 0o600))
		s.ok(os.Chtimes(path, s.now, s.now))
	}
}

// An office writes a letter from its own template. A fault in the folder leaves those
// before in their place, is logged without a word of the file, and is told to keepers
// alone; what was proposed stays what it was.
func TestTemplatesOfAnOffice(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	dir := s.withTemplates(map[string]string{"ours.txt": ours})
	vera := s.shown("vera", s.caseOf(s.as("vera"), "officer"))
	f := s.caseOf(vera, "officer")
	s.inRussian(vera, f)
	ref := s.appeal(vera, f.ID, habeas.NewAppeal{Title: "where he is held", Kind: "complaint", Authority: s.authority(vera, "garrison prosecutor", "prosecutor", "RU")})
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: giver, Person: person, Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))
	}
	opt := complaint(f, ref)
	opt.Letter.Form = "ours"
	text := s.plain(vera, f, opt)
	if !strings.Contains(text, "Наш офис спрашивает о судьбе Ростислава Богдановича Загорулько") {
		t.Errorf("got\n%s", text)
	}
	made, err := s.Propose(ctx, vera, f.ID, opt)
	s.ok(err)

	// It is changed to name somebody nobody knows: that is asked about.
	s.put(dir, map[string]string{"ours.txt": strings.Replace(ours, "Наш офис", "Наш офис и "+inTheTemplate, 1)})
	p, err := s.Preview(ctx, vera, f.ID, opt)
	s.ok(err)
	if p.Ready || len(p.Warnings) == 0 || !strings.Contains(p.Warnings[0].Words, "Zlatomira") {
		t.Errorf("nobody is asked about %s in a template: %+v", inTheTemplate, p.Warnings)
	}
	// And to name somebody the office protects: the gate holds it back.
	s.put(dir, map[string]string{"ours.txt": strings.Replace(ours, "Наш офис", "Мать Загорулько Ростислава", 1)})
	delete(opt.Letter.Fields, "sender.address")
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: claim.GivenByPerson, Person: affected(f), Uses: []claim.Use{{To: "authority", Named: claim.NamedCover, Place: "exact"}}}))
	if p, err = s.Preview(ctx, vera, f.ID, opt); err != nil || p.Ready || len(p.Hits) == 0 {
		t.Errorf("a protected name in a template is let through: %+v, %v", p, err)
	}
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: s.statement(f, "father").Ref, Giver: claim.GivenByPerson, Person: affected(f), Uses: []claim.Use{{To: "authority", Named: claim.NamedName, Place: "exact"}}}))

	// It asks for what does not exist: the last that held stays, and keepers are told.
	s.put(dir, map[string]string{"ours.txt": ours})
	if set, faulty, err := s.Templates(vera); err != nil || faulty || len(set.All()) < 15 {
		t.Errorf("got %v, %v", faulty, err)
	}
	s.put(dir, map[string]string{"ours.txt": strings.Replace(ours, "{{facts}}", "{{facts}}\n\n{{Загорулько}}", 1), "other.txt": ours, "Загорулько.txt": ours})
	set, faulty, err := s.Templates(vera)
	s.ok(err)
	if _, other := set.Get("other"); !faulty || other {
		t.Errorf("faulty %v, and the new one is offered %v; want the old ones alone", faulty, other)
	}
	if was, ok := set.Get("ours"); !ok || was.Source() != ours {
		t.Error("the one that held is gone")
	}
	keeper := vera
	faults, err := s.TemplateFaults(keeper)
	s.ok(err)
	if len(faults) != 2 || faults[0].File != "ours.txt" || faults[0].Line != 15 || faults[0].Code != "field" || faults[1].Code != "name" {
		t.Errorf("got %v, want the file and line", faults)
	}
	if _, err := s.TemplateFaults(s.as("omar")); err == nil {
		t.Error("everybody is told what stands in the files")
	}
	logged := s.logs.String()
	if strings.Count(logged, "TEMPLATE OF THE OFFICE") != 2 || !strings.Contains(logged, "ours.txt") || strings.Contains(logged, "Загорулько") {
		t.Errorf("what is wrong is not logged once, or with words of the file:\n%s", logged)
	}

	// All of them are gone: what was proposed is what it was.
	for _, name := range []string{"ours.txt", "other.txt", "Загорулько.txt"} {
		s.ok(os.Remove(filepath.Join(dir, name)))
	}
	if set, faulty, err := s.Templates(vera); err != nil || faulty {
		t.Errorf("got %v, %v", faulty, err)
	} else if _, ok := set.Get("ours"); ok {
		t.Error("a template that is gone is offered")
	}
	s.ok(s.Approve(ctx, s.shown("omar", f), f.ID, made, "his comrades know it"))
	noor, secret := s.editor(f)
	out, err := s.Release(ctx, noor, f.ID, made, "the garrison prosecutor", secret)
	s.ok(err)
	if file, ok := out.File("letter.txt"); !ok || !strings.Contains(string(file.Bytes), "Наш офис") {
		t.Error("the letter that left is another")
	}
	s.ok(os.RemoveAll(dir))
	if _, faulty, err := s.Templates(vera); err != nil || !faulty {
		t.Errorf("a folder that is gone is no fault: %v", err)
	}
	s.sweepFor("Загорулько", inTheTemplate)
}
