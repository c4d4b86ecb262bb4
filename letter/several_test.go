package letter

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/claim"
	"habeas/internal/locale"
	"habeas/name"
)

// A letter about several people names all of them, each in the case that the
// sentence needs, and words agree with there being several.
func TestLetterAboutSeveral(t *testing.T) {
	c := soldier(t)
	for key, want := range map[string][]string{
		"ru-appeal":  {"о судьбе Озерцова Павла Ильича и Белого Кенара", "где находятся Озерцов Павел Ильич и Белый Кенар", "связь с Озерцовым Павлом Ильичом и Белым Кенаром"},
		"uk-appeal":  {"де перебувають Озерцов Павло Ілліч", "щодо долі Озерцова Павла Ілліча"},
		"en-general": {"relation to these people", " are, in what state of health"},
	} {
		tpl, _ := Builtin().Get(key)
		f := c.facts("authority", tpl.Lang)
		called := f.Called
		f.About = []claim.Ref{c.son, c.mate}
		f.Called = func(r claim.Ref) Called {
			if r == c.mate {
				return Called{Cover: "Белый Кенар", Sex: name.Male}
			}
			return called(r)
		}
		l := fill1(t, key, f)
		text := spaces(string(l.Plain(false)))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", key, w, text)
			}
		}
	}
	// A form says of each what is said of them, with who that is.
	f := c.facts("un", "en")
	one := value(fillForm(t, "wgeid-urgent", "en", f), "disappeared-when")
	f.About = []claim.Ref{c.son, c.mate}
	l := fillForm(t, "wgeid-urgent", "en", f)
	if got := value(l, "person-name"); !strings.Contains(got, " and ") {
		t.Errorf("got %q for two people", got)
	}
	if got := value(l, "disappeared-when"); one == "" || !strings.Contains(got, one) || !strings.Contains(got, ": ") {
		t.Errorf("got %q, want %q and of whom that is said", got, one)
	}
}

func value(l *Letter, id string) string {
	for _, a := range l.Checklist {
		if a.ID == id {
			return a.Value
		}
	}
	return ""
}

// Earlier letters stand as far as they may be known: with what came back, or that
// nothing did.
func TestEarlierLetters(t *testing.T) {
	c := soldier(t)
	for lang, want := range map[string]string{
		"ru": "12 декабря 2022 г.; жалоба; орган; о ком: Белый Кенар; зарегистрировано, № 7; ответ (январь 2023 г.): отрицается, что человека удерживают; ответ (2 февраля 2023 г.): переслано в другой орган (другой орган).",
		"en": "12 December 2022; complaint; the body; about: White Canary; registered, no. 7; reply of January 2023: it is denied that anybody is held; reply of 2 February 2023: sent on to another body (another).",
	} {
		f := c.facts("authority", lang)
		cover, to, other := "Белый Кенар", "орган", "другой орган"
		if lang == "en" {
			cover, to, other = "White Canary", "the body", "another"
		}
		f.Called = func(claim.Ref) Called { return Called{Cover: cover} }
		f.Steps = []Step{{
			Date: date(nil, "2022-12-12"), To: to, What: "complaint", About: []claim.Ref{c.mate}, Registered: true, Number: "№ 7",
			Came: []Reply{{On: date(nil, "2023-01"), What: "denial"}, {On: date(nil, "2023-02-02"), What: "forwarded", To: other}},
		}, {To: to, What: "other"}}
		key := map[string]string{"ru": "ru-appeal", "en": "en-general"}[lang]
		text := spaces(string(fill1(t, key, f).Plain(false)))
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
		words, _ := wordsOf(lang)
		if silent := words["step.other"] + "; " + to + "; " + words["step.silence"] + "."; !strings.Contains(text, silent) {
			t.Errorf("%q is not in\n%s", silent, text)
		}
		for _, term := range claim.Terms("answer") {
			if words["answer."+term.Key] == "" {
				t.Errorf("%s: no words for the answer %s", lang, term.Key)
			}
		}
	}
}

func TestVocative(t *testing.T) {
	head := "title: x\nlang: uk\nlaw: OWN-GENERAL\nto: any\n\n{{addressee}} {{sender}} {{signature}} {{date}}\n\n{{facts}}\n\n{{request}}\n\n"
	tpl, err := Parse("x.txt", []byte(head+"Шановний {{person:voc}}!\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := soldier(t)
	f := c.facts("authority", "uk")
	f.Called = func(claim.Ref) Called {
		return Called{Name: name.Name{{Kind: name.Given, Text: "Олег"}, {Kind: name.Patronymic, Text: "Ілліч"}}, Sex: name.Male}
	}
	l, err := tpl.Fill(f)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(l.Plain(false)); !strings.Contains(text, "Шановний Олеже Іллічу!") {
		t.Errorf("got\n%s", text)
	}
}

// Pages from the second on have their number at the foot, in each kind of file.
func TestPagesAreNumbered(t *testing.T) {
	for _, tool := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	f := soldier(t).facts("authority", "ru")
	f.Fields["account"] = strings.Repeat("Об этом уже писали, и никто не ответил.\n", 120)
	l := fill1(t, "ru-appeal", f)
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	var files []string
	for ending, b := range made(t, l, false) {
		path := filepath.Join(dir, "as"+ending[1:]+ending)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, strings.TrimSuffix(path, ending)+".pdf")
		if ending != ".pdf" {
			args = append(args, path)
		}
	}
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	foot := regexp.MustCompile(`(?s)\n\s*(\d+)\s*$`)
	for _, path := range files {
		out, err := exec.Command("pdftotext", path, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pages := bytes.Split(bytes.TrimSuffix(out, []byte("\f")), []byte("\f"))
		if len(pages) < 3 {
			t.Fatalf("%s has %d pages", filepath.Base(path), len(pages))
		}
		for i, page := range pages {
			got := ""
			if m := foot.FindSubmatch(page); m != nil {
				got = string(m[1])
			}
			want := ""
			if i > 0 {
				want = string(rune('1' + i))
			}
			if got != want {
				t.Errorf("page %d of %s has the number %q", i+1, filepath.Base(path), got)
			}
		}
	}
}

// The template in docs/letters.md is one, and makes a letter.
func TestExampleInTheDocs(t *testing.T) {
	docs, err := os.ReadFile("../docs/letters.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(docs), "## Templates of an office")
	_, after, ok2 := strings.Cut(after, "```\n")
	example, _, ok3 := strings.Cut(after, "```\n")
	if !ok || !ok2 || !ok3 {
		t.Fatal("there is no example in the docs")
	}
	s, err := Builtin().With(fstest.MapFS{"hospital.txt": {Data: []byte(example)}})
	if err != nil {
		t.Fatal(err)
	}
	tpl, _ := s.Get("hospital")
	l, err := tpl.Fill(soldier(t).facts("authority", "en"))
	if err != nil {
		t.Fatal(err)
	}
	if text := spaces(string(l.Plain(false))); len(l.Missing()) > 0 || !strings.Contains(text, "whether Pavel Ozertsov was admitted") || !strings.Contains(text, "Whom else I asked") {
		t.Errorf("missing %v in\n%s", l.Missing(), text)
	}
	if tpl.Source() != example || !slices.Contains(tpl.Words(), "Please tell me whether – was / was / were admitted to your hospital.") {
		t.Errorf("got %q", tpl.Words())
	}
}

// Whatever lies in the folder of an office, it is refused by file and nothing is
// taken from it: what is no file, what is too large, what is called after somebody.
func TestFolderOfAnything(t *testing.T) {
	good := &fstest.MapFile{Data: []byte(head + "mine" + rest)}
	for name, bad := range map[string]*fstest.MapFile{
		"pipe.txt":         {Data: []byte("x"), Mode: os.ModeNamedPipe},
		"link.txt/in.txt":  {Data: []byte("x")},
		"large.txt":        {Data: []byte(strings.Repeat("x", mostBytes+1))},
		"Complaint.txt":    good,
		"two words.txt":    good,
		"wgeid-urgent.txt": good,
		".txt":             good,
		"жалоба.txt":       good,
	} {
		s, err := Builtin().With(fstest.MapFS{"good.txt": good, name: bad})
		if faults := Faults(err); s != nil || len(faults) != 1 || faults[0].Line != 1 || !strings.HasPrefix(name, faults[0].File) {
			t.Errorf("%s: got %v, %v", name, s, err)
		}
		for _, f := range Faults(err) {
			for _, lang := range locale.Langs() {
				if words := f.Say(locale.New(lang)); strings.Contains(words, "letter.") {
					t.Errorf("%s in %s reads %q", f.Code, lang, words)
				}
			}
		}
	}
	many := fstest.MapFS{}
	for i := range mostFiles + 1 {
		many["t"+strconv.Itoa(i)+".txt"] = good
	}
	if _, err := Builtin().With(many); len(Faults(err)) != 1 || Faults(err)[0].Code != "many" {
		t.Errorf("got %v for too many", err)
	}
	if _, err := Builtin().With(os.DirFS(filepath.Join(t.TempDir(), "none"))); len(Faults(err)) != 1 {
		t.Errorf("got %v for no folder", err)
	}
}
