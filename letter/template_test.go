package letter

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/claim"
	"habeas/internal/locale"
)

const head = "title: T\nlang: en\nlaw: OWN-GENERAL\nto: any\n\n"
const rest = "\n\n> {{addressee}}\n\n| {{sender}}\n\n{{facts}}\n"

func TestTemplatesAreRefused(t *testing.T) {
	deep := strings.Repeat("{{if facts}}\n", mostDeep+1) + "x\n" + strings.Repeat("{{end}}\n", mostDeep+1)
	for _, tc := range []struct {
		text, code string
		line       int
	}{
		{head + "x {{nothing}}" + rest, "field", 6},
		{head + "x {{.Method}}" + rest, "field", 6},
		{head + "x {{person" + rest, "unclosed", 6},
		{head + "x {{person\n}}" + rest, "unclosed", 6},
		{head + "x {{person {{date}}" + rest, "unclosed", 6},
		{head + "x }} y" + rest, "closed", 6},
		{head + "{{if facts}}\nx" + rest, "unended", 6},
		{head + "{{end}}" + rest, "end", 6},
		{head + "{{if nothing}}\nx\n{{end}}" + rest, "field", 6},
		{head + "{{if}}\nx\n{{end}}" + rest, "field", 6},
		{head + deep + rest, "deep", 6 + mostDeep},
		{head + "x {{facts}}" + rest, "alone", 6},
		{head + "# {{facts}}" + rest, "alone", 6},
		{head + "{{}}" + rest, "empty", 6},
		{head + "{{person:xyz}}" + rest, "case", 6},
		{head + "{{person:gen}}" + rest, "caseless", 6},
		{head + "{{date:nom}}" + rest, "undeclined", 6},
		{head + "{{date|a|b}}" + rest, "sexless", 6},
		{head + "{{person|a}}" + rest, "variants", 6},
		{head + "> a\nb" + rest, "mixed", 7},
		{head + "a\u202eb" + rest, "hidden", 6},
		{head + "a\xffb" + rest, "encoding", 1},
		{head + strings.Repeat("x", mostBytes), "large", 1},
		{head + "> {{addressee}}\n\n| {{sender}}\n\nwithout facts\n", "missing", 3},
		{head + "> {{addressee}}\n\n{{if date}}\n| {{sender}}\n{{end}}\n\n{{facts}}\n", "missing", 3},
		{"title: T\nlang: en\nlaw: OWN-GENERAL\nto: any\n", "nothing", 5},
		{"title: T\nlang: tlh\nlaw: OWN-GENERAL\nto: any\n" + rest, "lang", 2},
		{"title: T\nlang: en\nlaw: NONE\nto: any\n" + rest, "law", 3},
		{"title: T\nlang: en\nlaw: OWN-GENERAL\nto: nobody\n" + rest, "to", 4},
		{"title: T\nlang: en\nlaw: OWN-GENERAL\n" + rest, "lacks", 3},
		{"title: T\nlang: en\nlaw: OWN-GENERAL\nto: any\nrun: x\n" + rest, "key", 5},
		{"title: T\ntitle: U\n" + rest, "twice", 2},
		{"title T\n" + rest, "header", 1},
		{"", "lacks", 1},
	} {
		_, err := Parse("office.txt", []byte(tc.text))
		var s *SyntaxError
		if !errors.As(err, &s) {
			t.Errorf("%.60q: got %v, want %s", tc.text, err, tc.code)
			continue
		}
		if s.Code != tc.code || s.Line != tc.line || s.File != "office.txt" {
			t.Errorf("%.90q: got %v, want %s in line %d", tc.text, err, tc.code, tc.line)
		}
		for _, lang := range locale.Langs() {
			if words := s.Say(locale.New(lang)); strings.Contains(words, "letter.") || !strings.Contains(words, "office.txt") {
				t.Errorf("%s: %s in %s reads %q", tc.code, s, lang, words)
			}
		}
	}
}

func TestTemplateIsRead(t *testing.T) {
	tpl, err := Parse("mine.txt", []byte("\uFEFF"+strings.ReplaceAll(head+"x {{ person }} is {{person|he|she|they}}.\n{{if not steps}}\nnone\n{{end}}"+rest, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if tpl.Key != "mine" || tpl.Title != "T" || tpl.Lang != "en" || tpl.Law.ID != "OWN-GENERAL" {
		t.Errorf("got %+v", tpl)
	}
	c := soldier(t)
	f := c.facts("authority", "en")
	f.Steps = nil
	l, err := tpl.Fill(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(l.Plain(false)); !strings.Contains(got, "x Pavel Ozertsov is he.\n\nnone\n") {
		t.Error(got)
	}
}

// An office adds and changes templates; one with an error adds none.
func TestOfficeTemplates(t *testing.T) {
	mine := head + "mine" + rest
	s, err := Builtin().With(fstest.MapFS{"en-general.txt": {Data: []byte(mine)}, "new.txt": {Data: []byte(mine)}, "README.md": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get("en-general"); got.Title != "T" {
		t.Errorf("the office's template is not used: %+v", got)
	}
	if got, _ := Builtin().Get("en-general"); got.Title == "T" {
		t.Error("the program's own template changed")
	}
	if len(s.All()) != len(Builtin().All())+1 {
		t.Errorf("%d templates", len(s.All()))
	}
	_, err = s.With(fstest.MapFS{"a.txt": {Data: []byte("title")}, "b.txt": {Data: []byte(head + "{{x}}")}, "c.txt": {Data: []byte(mine)}})
	if err == nil || !strings.Contains(err.Error(), "a.txt:1") || !strings.Contains(err.Error(), "b.txt:6") {
		t.Errorf("got %v, want both errors", err)
	}
	if _, ok := s.Get("c"); ok {
		t.Error("one was added in spite of the errors of others")
	}
	if got := s.For("court"); !slices.ContainsFunc(got, func(t *Template) bool { return t.Key == "ru-court-125" }) || slices.ContainsFunc(got, func(t *Template) bool { return t.To == "police" }) {
		t.Errorf("for a court: %v", got)
	}
}

// Every law has a template, and every element and procedure words in all languages.
func TestEverythingHasWords(t *testing.T) {
	keys := map[string]bool{}
	for _, l := range Laws() {
		if !slices.ContainsFunc(Builtin().All(), func(t *Template) bool { return t.Law.ID == l.ID }) {
			t.Errorf("no template rests on %s", l.ID)
		}
		if _, err := claim.ParseDate(l.Checked); err != nil {
			t.Errorf("%s: checked %q", l.ID, l.Checked)
		}
		for _, e := range l.Elements {
			keys["letter.element."+e.ID], keys["letter.tag."+string(e.Tag)] = true, true
			for _, f := range e.Fields {
				if _, ok := fields[f]; !ok {
					t.Errorf("%s: %s is filled from %s, which is no field", l.ID, e.ID, f)
				}
			}
		}
	}
	for _, p := range Procedures() {
		keys["letter.procedure."+p.ID] = true
		for pre, list := range map[string][]string{"submitter": p.Submitters, "consent": p.Consent, "follow": p.States} {
			for _, k := range list {
				keys["letter."+pre+"."+k] = true
			}
		}
		for _, c := range p.Conditions {
			keys["letter.condition."+c.ID] = true
		}
		for _, s := range p.Sections {
			keys["letter.section."+s.ID] = true
			for _, e := range s.Elements {
				keys["letter.element."+e.ID] = true
				for _, f := range e.Fields {
					if _, ok := fields[f]; !ok {
						t.Errorf("%s: %s is filled from %s, which is no field", p.ID, e.ID, f)
					}
				}
			}
		}
	}
	for _, s := range []State{Missing, Filled, ByHand} {
		keys["letter.state."+s.String()] = true
	}
	for _, k := range AddresseeKinds() {
		keys["letter.to."+k] = true
	}
	for _, lang := range locale.Langs() {
		p := locale.New(lang)
		for k := range keys {
			if !p.Has(k) {
				t.Errorf("%s has no words for %q", lang, k)
			}
		}
	}
	if len(keys) < 120 {
		t.Errorf("looked at only %d keys", len(keys))
	}
}

// The words of all languages are for the same keys: every event and every value of
// a facet has some. Only plainer words for what is alleged may be left out.
func TestEverySayingHasWords(t *testing.T) {
	want := map[string]bool{}
	for _, e := range claim.Terms("event") {
		want["event."+e.Key] = true
	}
	for _, f := range claim.Facets() {
		if f == claim.Location {
			want["status.location"] = true
			continue
		}
		p, _ := claim.LookUp("predicate", f)
		for _, v := range claim.Terms(p.From) {
			want["status."+f+"."+v.Key] = true
		}
	}
	own := map[string]bool{}
	for _, lang := range Langs() {
		words, _ := wordsOf(lang)
		for k := range want {
			if words[k] == "" {
				t.Errorf("%s has no words for %q", lang, k)
			}
		}
		for k, v := range words {
			if strings.HasSuffix(k, "~") {
				k = strings.TrimSuffix(k, "~")
			} else if !strings.HasPrefix(k, "event.") && !strings.HasPrefix(k, "status.") {
				own[k] = true
			}
			parts, _ := readParts(v)
			for _, p := range parts {
				if p.field != "" && p.field != "who" && p.field != "source" && p.field != "what" {
					t.Errorf("%s: %q names %q", lang, k, p.field)
				}
				if p.inCase != "" && lang != "ru" && lang != "uk" {
					t.Errorf("%s: %q asks for a case", lang, k)
				}
			}
			if (strings.HasPrefix(k, "event.") || strings.HasPrefix(k, "status.")) && (!strings.Contains(v, "{{who") || strings.HasSuffix(v, ".")) {
				t.Errorf("%s: %q is no clause about somebody: %q", lang, k, v)
			}
		}
	}
	for _, lang := range Langs() {
		words, _ := wordsOf(lang)
		for k := range maps.Keys(own) {
			if words[k] == "" {
				t.Errorf("%s has no words for %q", lang, k)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, t := range Builtin().All() {
		b, err := templateFiles.ReadFile("templates/" + t.Key + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add(head + "{{if facts}}{{end}}" + rest)
	c := soldier(f)
	f.Fuzz(func(t *testing.T, text string) {
		tpl, err := Parse("x.txt", []byte(text))
		if err != nil {
			var s *SyntaxError
			if !errors.As(err, &s) || s.Line < 1 {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		l, err := tpl.Fill(c.facts("authority", tpl.Lang))
		if err != nil {
			t.Fatal(err)
		}
		b, err := l.DOCX(true)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, b)
	})
}
