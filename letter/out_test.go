package letter

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/pdf"
	"habeas/name"
)

// letters are every template and procedure, filled, by name.
func letters(t testing.TB) map[string]*Letter {
	c := soldier(t)
	out := map[string]*Letter{}
	for _, tpl := range Builtin().All() {
		audience := "authority"
		if tpl.To == "court" || tpl.To == "un" {
			audience = tpl.To
		}
		l, err := tpl.Fill(c.facts(audience, tpl.Lang))
		if err != nil {
			t.Fatalf("%s: %v", tpl.Key, err)
		}
		out[tpl.Key] = l
	}
	for _, p := range Procedures() {
		for _, lang := range p.Langs {
			l, err := p.Fill(c.facts("un", lang), lang)
			if err != nil {
				t.Fatalf("%s in %s: %v", p.ID, lang, err)
			}
			out[p.ID+"-"+lang] = l
		}
	}
	return out
}

// made are the files of a letter, by ending.
func made(t testing.TB, l *Letter, notes bool) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for ending, make := range map[string]func(bool) ([]byte, error){".docx": l.DOCX, ".odt": l.ODT, ".pdf": l.PDF} {
		b, err := make(notes)
		if err != nil {
			t.Fatalf("%s: %v", ending, err)
		}
		out[ending] = b
	}
	return out
}

func TestFilesSayNothingOfTheirMaking(t *testing.T) {
	again := letters(t)
	for key, l := range letters(t) {
		second := made(t, again[key], false)
		for ending, b := range made(t, l, false) {
			if !bytes.Equal(b, second[ending]) {
				t.Errorf("%s%s differs from one time to the next", key, ending)
			}
			if ending == ".pdf" {
				f, err := pdf.Open(b)
				if err != nil {
					t.Fatal(err)
				}
				if f.Trailer["Info"] != nil || f.Dict(f.Trailer["Root"])["Metadata"] != nil || f.Trailer["ID"] != nil {
					t.Errorf("%s.pdf has information: %v", key, f.Trailer)
				}
				for _, w := range []string{"Date", "FPDF", "fpdf", "Producer", "Creator", "Author"} {
					if bytes.Contains(b, []byte(w)) {
						t.Errorf("%s.pdf says %q", key, w)
					}
				}
				continue
			}
			z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range z.File {
				if m.ModifiedDate != 0 || m.ModifiedTime != 0 || len(m.Extra) > 0 || m.Comment != "" {
					t.Errorf("%s%s: %s has a time or more", key, ending, m.Name)
				}
				if strings.Contains(m.Name, "docProps") || m.Name == "meta.xml" {
					t.Errorf("%s%s holds %s", key, ending, m.Name)
				}
			}
		}
	}
}

// wellFormed reads every XML of an archive.
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range z.File {
		if !strings.HasSuffix(m.Name, ".xml") && !strings.HasSuffix(m.Name, ".rels") {
			continue
		}
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
		}
	}
}

// The gate reads all three kinds, finds a protected name in each, and lets one
// through that holds none.
func TestTheGateReadsLetters(t *testing.T) {
	k := gate.Key{1}
	protected, free := gate.NewIndex(k), gate.NewIndex(k)
	for ix, n := range map[*gate.Index]name.Name{
		protected: {{Kind: name.Family, Text: "Озерцов"}, {Kind: name.Given, Text: "Павел"}},
		free:      {{Kind: name.Family, Text: "Журавлёв"}, {Kind: name.Given, Text: "Фаддей"}},
	} {
		if err := ix.Add("somebody", gate.Compile(k, n), false); err != nil {
			t.Fatal(err)
		}
	}
	all := letters(t)
	for key, l := range all {
		if strings.HasSuffix(key, "-es") || strings.HasSuffix(key, "-ru") {
			continue // as the others
		}
		for ending, b := range made(t, l, false) {
			d := gate.Draft{Files: []gate.File{{Name: "letter" + ending, Media: gate.MediaOf("letter" + ending), Bytes: b}}}
			if _, err := gate.Check(d, free, gate.Options{}); err != nil {
				t.Errorf("%s%s: the gate refuses a letter without the name: %v", key, ending, refusal(err))
			}
		}
	}
	for ending, b := range made(t, all["ru-appeal"], false) {
		d := gate.Draft{Files: []gate.File{{Name: "letter" + ending, Media: gate.MediaOf("letter" + ending), Bytes: b}}}
		var r *gate.Refusal
		if _, err := gate.Check(d, protected, gate.Options{}); !errors.As(err, &r) {
			t.Errorf("%s: the gate let a protected name out: %v", ending, err)
		} else if len(r.Hits) == 0 {
			t.Errorf("%s: refused, but for no name: %+v", ending, r)
		}
	}
}

func refusal(err error) any {
	var r *gate.Refusal
	if errors.As(err, &r) {
		return *r
	}
	return err
}

func TestPDFRefusesWhatItCannotShow(t *testing.T) {
	c := soldier(t)
	f := c.facts("authority", "en")
	f.Fields["addressee"] = "اللجنة"
	tpl, _ := Builtin().Get("en-general")
	l, err := tpl.Fill(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.PDF(false); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v, want a refusal", err)
	}
	for _, make := range []func(bool) ([]byte, error){l.DOCX, l.ODT} {
		if _, err := make(false); err != nil {
			t.Error(err)
		}
	}
}

// spaces brings text to one blank between words, as no two programs break lines
// alike.
func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestOffice opens every DOCX and ODT in LibreOffice, and compares what they show,
// and what our PDFs show, with the letter.
func TestOffice(t *testing.T) {
	if os.Getenv("HABEAS_NO_BROWSER") == "1" {
		t.Skip("HABEAS_NO_BROWSER=1: no word processor is started")
	}
	for _, program := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%v; install libreoffice-writer-nogui and poppler-utils, or set HABEAS_NO_BROWSER=1", err)
		}
	}
	dir := t.TempDir()
	want := map[string]string{}
	var files []string
	for key, l := range letters(t) {
		if p, ok := ProcedureByID(strings.TrimSuffix(key, "-"+l.Lang)); ok && (l.Lang != "fr" || p.ID == "wgeid-urgent") && p.ID != "hrc" {
			continue // they differ in words only
		}
		for ending, b := range made(t, l, true) {
			path := filepath.Join(dir, key+"_"+ending[1:]+ending)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if ending != ".pdf" {
				files = append(files, path)
			}
			want[strings.TrimSuffix(path, ending)] = flat(string(l.Plain(true)))
		}
	}
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}, files...)
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for path, words := range want {
		out, err := exec.Command("pdftotext", path+".pdf", "-").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", filepath.Base(path), err, out)
			continue
		}
		if got := flat(string(out)); got != words {
			at := 0
			for at < min(len(got), len(words)) && got[at] == words[at] {
				at++
			}
			t.Errorf("%s shows\n%q\nwant\n%q", filepath.Base(path), got[max(0, at-60):min(len(got), at+60)], words[max(0, at-60):min(len(words), at+60)])
		}
	}
}

// ruled is lines under headings, and what stands at the foot of a page.
var ruled = regexp.MustCompile(`(?m)^[=-]{4,}$|\n *\d+\s*\f|\f`)

// flat is text without the lines under headings, numbers of pages, signs of items,
// hyphens (at which lines break) and blanks.
func flat(s string) string {
	s = ruled.ReplaceAllString(s, "")
	s = regexp.MustCompile(`(?m)^\s*[-–]\s+`).ReplaceAllString(s, "")
	return strings.NewReplacer("–", "", "-", "", " ", "").Replace(spaces(s))
}

func TestNotesAreOnlyInDrafts(t *testing.T) {
	for key, l := range letters(t) {
		noted := regexp.MustCompile(`\[\d+\]`)
		if noted.Match(l.Plain(false)) {
			t.Errorf("%s leaves with the numbers of notes", key)
		}
		if n := len(noted.FindAll(l.Plain(true), -1)); n < len(l.Notes) || n == 0 {
			t.Errorf("%s: %d numbers for %d notes", key, n, len(l.Notes))
		}
	}
}

// Every claim behind a letter may be told to its reader, and every sentence has
// one.
func TestNothingElseIsTold(t *testing.T) {
	c := soldier(t)
	told := map[string]bool{}
	for _, audience := range []string{"authority", "un", "court", "lawyer", "press"} {
		f := c.facts(audience, "ru")
		may := map[string]bool{}
		for _, id := range f.Out.Told() {
			may[string(id[:])] = true
		}
		said, err := Sentences(f, "ru")
		if err != nil {
			t.Fatal(err)
		}
		for _, tpl := range Builtin().All() {
			if tpl.Lang != "ru" {
				continue
			}
			l, err := tpl.Fill(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range l.Claims() {
				if !may[string(id[:])] {
					t.Errorf("%s for %s rests on a claim that stays out", tpl.Key, audience)
				}
			}
		}
		for _, s := range said {
			if len(s.Claims) == 0 || len(s.Statements) == 0 {
				t.Errorf("%q rests on nothing", s.Text)
			}
			for _, id := range s.Claims {
				if !may[string(id[:])] {
					t.Errorf("%s: %q rests on a claim that stays out", audience, s.Text)
				}
			}
			told[s.Text] = true
			if audience != "lawyer" && strings.Contains(s.Text, "пытали") {
				t.Errorf("%s is told what only a lawyer may be: %q", audience, s.Text)
			}
		}
	}
	if !told["По словам сослуживца, 1 декабря 2022 г. Сосну и Белого Кенара пытали (место: подвал бывшей конторы (Заречная область, Россия))."] {
		t.Errorf("what a lawyer may be told is not: %v", told)
	}
}

// Whoever may not be named at all is nobody, and is not asked for.
func TestNobodyIsNamedWithoutConsent(t *testing.T) {
	f := &file{t: t}
	son := f.person("Сосна", "", 0)
	f.write(claim.KindCase, &claim.Case{Title: "x", About: "person", Affected: son})
	mother := f.source("person", "mother", f.person("Ива", "", 0), "")
	f.statement(mother, "2022-12-10", "interview", "Его увезли.", claim.NamedNone, "authority").event("detention", "2022-12", "", "victim", son)
	out := claim.Fold(f.entries).Outward(claim.Reader{Audience: "authority"}, today)
	if out.Naming(son) != claim.NamedNone {
		t.Fatalf("the son may be named: %s", out.Naming(son))
	}
	l := fill1(t, "ru-appeal", Facts{Out: out, Today: today, Called: func(r claim.Ref) Called {
		t.Errorf("asked for the name of %s", r)
		return Called{Cover: "Сосна"}
	}})
	text := spaces(string(l.Plain(false)))
	if strings.Contains(text, "Сосн") || !strings.Contains(text, "в декабре 2022 г. человека удерживали") {
		t.Error(text)
	}
	for _, c := range l.Checklist {
		if strings.Contains(c.Value, "Сосн") {
			t.Errorf("the checklist names him: %+v", c)
		}
	}
}

// The fonts are those that their README names, and have every letter of our words.
func TestFonts(t *testing.T) {
	readme, err := os.ReadFile("font/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, font := range [][]byte{regularFont, boldFont} {
		if sum := fmt.Sprintf("%x", sha256.Sum256(font)); !strings.Contains(string(readme), sum) {
			t.Errorf("a font has the hash %s, which the README does not name", sum)
		}
	}
	for _, lang := range Langs() {
		words, _ := wordsOf(lang)
		for k, v := range words {
			for _, r := range v {
				if !glyphs()[r] {
					t.Errorf("%s: the font lacks %q of %q", lang, r, k)
				}
			}
		}
	}
	for _, r := range "ґєіїўёъэѣ’ʼ№₽₴ñ¿áüçœłžşğİ" {
		if !glyphs()[r] {
			t.Errorf("the font lacks %q", r)
		}
	}
	if glyphs()['ع'] || glyphs()['中'] {
		t.Error("the font claims letters that it has not")
	}
}
