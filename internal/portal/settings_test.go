package portal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	good := `{"name":{"en":"A","ar":"ب"},"guidance":{"en":"One.\n\nTwo."},"looked":{"ru":"Каждый день."},"look_days":3,
		"questions":["who"],"languages":["ar","en"],"clearnet":"write.example.org","onion":"abc.onion","leave":"https://example.org/weather"}`
	path := filepath.Join(t.TempDir(), "portal.json")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := ReadSettings(path); err != nil || s.LookDays != 3 {
		t.Errorf("good settings: %v", err)
	}
	if s, err := parseSettings([]byte(`{}`)); err != nil || len(s.langs()) != 6 || len(s.questions()) != 7 || s.leave() != "/" {
		t.Errorf("no settings: %v", err)
	}
	if s, err := parseSettings([]byte(`{"questions":[]}`)); err != nil || len(s.questions()) != 0 {
		t.Errorf("no questions: %v", err)
	}
	for bad, want := range map[string]string{
		`{"nmae":{}}`: "nmae", `{"name":{"de":"x"}}`: `"de"`, `{"name":{"en":" "}}`: "nothing", `{"look_days":-1}`: "look_days",
		`{"questions":["when"]}`: `"when"`, `{"questions":["who","who"]}`: "twice", `{"languages":[]}`: "languages", `{"languages":["xx"]}`: `"xx"`,
		`{"onion":"example.org"}`: "onion", `{"onion":"a b.onion"}`: "onion", `{"clearnet":"http://x"}`: "clearnet",
		`{"leave":"javascript:alert(1)"}`: "leave", `{"leave":"//evil"}`: "leave", `{"leave":"http://x/"}`: "leave", `{"leave":"https://"}`: "leave",
		`{} {}`: "follows", `[]`: "array", `{"guidance":{"en":"` + strings.Repeat("x", maxGuidance+1) + `"}}`: "guidance",
	} {
		if _, err := parseSettings([]byte(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want something about %s", bad, err, want)
		}
	}
}

func TestSettingsOnThePages(t *testing.T) {
	o := opened(t, func(s *Server) {
		s.Settings = Settings{Name: map[string]string{"en": "<The Office>"}, Guidance: map[string]string{"en": "Own words.\n\n<b>More</b>."},
			Looked: map[string]string{"ru": "Каждый день."}, LookDays: 2, Questions: []string{"since"}, Onion: "abc.onion", Clearnet: "write.example.org", Leave: "https://example.org/"}
	})
	p := o.get("/en/")
	for _, want := range []string{"&lt;The Office&gt;", "<p>Own words.</p>", "&lt;b&gt;More&lt;/b&gt;", "every 2 days", "http://abc.onion<", "https://write.example.org<", `href="https://example.org/"`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if p := o.get("/ru/"); !strings.Contains(p.body, "Каждый день.") {
		t.Error("the office's own words on how often people look are not shown")
	}
	if p := o.get("/en/write"); !strings.Contains(p.body, `name="ask.since"`) || strings.Contains(p.body, `name="ask.who"`) {
		t.Error("other questions are asked")
	}
	once := o.get("/en/write").hidden(onceField)
	if p := o.send("/en/write", onceField, once, "ask.who", "x"); p.status != 400 {
		t.Errorf("status %d for a question that is not asked", p.status)
	}
}
