package letter

import (
	"slices"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/name"
)

func fill1(t *testing.T, key string, f Facts) *Letter {
	t.Helper()
	tpl, ok := Builtin().Get(key)
	if !ok {
		t.Fatalf("no template %s", key)
	}
	l, err := tpl.Fill(f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ids(list []Answer) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.ID)
	}
	return out
}

func TestWhatIsMissingIsListed(t *testing.T) {
	c := soldier(t)
	for _, tc := range []struct {
		what   string
		change func(*Facts)
		want   []string
	}{
		{"nothing", func(*Facts) {}, nil},
		{"addressee", func(f *Facts) { f.Fields["addressee"] = " \n " }, []string{"addressee"}},
		{"sender", func(f *Facts) { f.Sender = Called{} }, []string{"full-name"}},
		{"address", func(f *Facts) { delete(f.Fields, "sender.address") }, []string{"reply-address"}},
		{"facts", func(f *Facts) { f.Out = claim.Fold(nil).Outward(claim.Reader{Audience: "authority"}, today) }, []string{"substance"}},
		{"facts, but told in own words", func(f *Facts) {
			f.Out = claim.Fold(nil).Outward(claim.Reader{Audience: "authority"}, today)
			f.Fields["account"] = "Сына увезли."
		}, nil},
		{"date", func(f *Facts) { f.Today = f.Today.AddDate(0, 0, 0); f.Sender = Called{} }, []string{"full-name"}},
	} {
		f := c.facts("authority", "ru")
		tc.change(&f)
		l := fill1(t, "ru-appeal", f)
		if got := ids(l.Missing()); !slices.Equal(got, tc.want) {
			t.Errorf("without %s: missing %v, want %v", tc.what, got, tc.want)
		}
		blanks := 0
		for _, b := range l.Blocks {
			for _, s := range b.Spans {
				if s.Blank {
					blanks++
				}
			}
		}
		if blanks < len(tc.want)+1 { // the signature too
			t.Errorf("without %s: %d lines to write on", tc.what, blanks)
		}
	}
}

func TestChecklistMarksWhatNobodyConfirmed(t *testing.T) {
	l := fill1(t, "ru-appeal", soldier(t).facts("authority", "ru"))
	for _, a := range l.Checklist {
		switch a.ID {
		case "signature":
			if a.State != ByHand {
				t.Errorf("the signature is %s", a.State)
			}
		case "reply-address":
			if !a.Tag.Confirmed() || a.State != Filled || !strings.Contains(a.Value, "Садовая") {
				t.Errorf("%+v", a)
			}
		case "enclosures":
			if a.Tag.Confirmed() {
				t.Error("what nobody read is shown as confirmed")
			}
		}
	}
	for id, want := range map[string]bool{"RU-59FZ-OVERDUE": true, "RU-CPC-144": false, "UA-393": false, "RU-KAS-219": false} {
		if law, ok := LawByID(id); !ok || law.Confirmed() != want {
			t.Errorf("%s: confirmed %v", id, law.Confirmed())
		}
	}
}

// Names stand in the case that the sentence needs, in Russian and Ukrainian.
func TestNamesAreDeclined(t *testing.T) {
	c := soldier(t)
	for lang, want := range map[string][]string{
		"ru": {"от Озерцовой Любови Петровны", "о судьбе Озерцова Павла Ильича", "связь с Озерцовым Павлом Ильичом", "где находится Озерцов Павел Ильич", "Озерцова Павла Ильича мобилизовали", "Ива подала жалобу"},
		"uk": {"від Озерцової Любові Петрівни", "щодо долі Озерцова Павла Ілліча", "зв’язок із Озерцовим Павлом Іллічем", "де перебуває Озерцов Павло Ілліч", "Озерцова Павла Ілліча мобілізували", "Ива подала скаргу"},
	} {
		text := spaces(string(fill1(t, lang+"-appeal", c.facts("authority", lang)).Plain(false)))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", lang, w, text)
			}
		}
	}
}

func TestCoversAreDeclined(t *testing.T) {
	c := soldier(t)
	f := c.facts("lawyer", "ru")
	f.Called = func(r claim.Ref) Called {
		if r == c.mate {
			return Called{Cover: "Белый Кенар", Sex: name.Male}
		}
		return Called{Cover: "Сосна", Sex: name.Female}
	}
	said, err := Sentences(f, "ru")
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, s := range said {
		text = append(text, s.Text)
	}
	for _, w := range []string{"Сосну и Белого Кенара пытали", "объявили пропавшей без вести"} {
		if !strings.Contains(strings.Join(text, " "), w) {
			t.Errorf("%q is not in %q", w, text)
		}
	}
}

func TestWordsBySex(t *testing.T) {
	v := []string{"ся", "ась", "ись"}
	for _, tc := range []struct {
		v    []string
		sex  name.Sex
		many bool
		lang string
		want string
	}{
		{v, name.Male, false, "ru", "ся"}, {v, name.Female, false, "ru", "ась"}, {v, name.Unknown, true, "ru", "ись"},
		{v, name.Unknown, false, "ru", "ся(ась)"}, {[]string{"", "а"}, name.Unknown, false, "uk", "(а)"},
		{[]string{"his", "her", "their"}, name.Unknown, false, "en", "his/her"}, {[]string{"was", "was", "were"}, name.Unknown, false, "en", "was"},
	} {
		if got := choose(tc.v, tc.sex, tc.many, tc.lang); got != tc.want {
			t.Errorf("%v: got %q, want %q", tc, got, tc.want)
		}
	}
}

// A sentence that a member leaves out is gone, with its note, and its key stays
// the same when others join it.
func TestSentencesCanBeLeftOut(t *testing.T) {
	c := soldier(t)
	f := c.facts("authority", "ru")
	said, err := Sentences(f, "ru")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(said, func(s Sentence) bool { return strings.Contains(s.Text, "избивали") })
	f.Leave = map[string]bool{said[i].Key: true}
	l := fill1(t, "ru-appeal", f)
	if strings.Contains(string(l.Plain(false)), "избивали") || slices.Contains(l.Claims(), said[i].Claims[0]) {
		t.Error("what was left out is there")
	}
	// Nor does it come back in the elements of a form.
	u := c.facts("un", "en")
	forms, err := Sentences(u, "en")
	if err != nil {
		t.Fatal(err)
	}
	u.Leave = map[string]bool{}
	for _, s := range forms {
		if strings.Contains(s.Text, "was held") || strings.Contains(s.Text, "beaten") || strings.Contains(s.Text, "unit or body") {
			u.Leave[s.Key] = true
		}
	}
	form := fillForm(t, "wgeid-urgent", "en", u)
	for _, never := range []string{"Ворон", "воинская часть", "подвал", "about November"} {
		if strings.Contains(string(form.Plain(false)), never) {
			t.Errorf("what was left out comes back: %q in\n%s", never, form.Plain(false))
		}
	}
	keys := map[string]bool{}
	for _, s := range said {
		if keys[s.Key] {
			t.Errorf("two sentences have the key %q", s.Key)
		}
		keys[s.Key] = true
	}
	again, err := Sentences(f, "uk")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range again {
		if !keys[s.Key] {
			t.Errorf("%q has another key in Ukrainian", s.Key)
		}
	}
}

// Dates are no more exact than what was said.
func TestPrecisionSurvives(t *testing.T) {
	c := soldier(t)
	for lang, want := range map[string][]string{
		"ru": {"в ноябре 2022 г.", "около ноября 2022 г.", "27 сентября 2022 г.", "дата не названа"},
		"en": {"in November 2022", "about November 2022", "on 27 September 2022", "date not given"},
	} {
		said, err := Sentences(c.facts("authority", lang), lang)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		for _, s := range said {
			text += s.Text + " "
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in %s", lang, w, text)
			}
		}
		for _, w := range []string{"2022-11", "1 ноября", "1 November", "01.11", "30 November"} {
			if strings.Contains(text, w) {
				t.Errorf("%s: %q was never said", lang, w)
			}
		}
	}
}

func TestDatesInSentences(t *testing.T) {
	c := soldier(t)
	for edtf, want := range map[string][2]string{
		"2022":               {"in 2022", "в 2022 г."},
		"2022-07":            {"in July 2022", "в июле 2022 г."},
		"2022-07-05":         {"on 5 July 2022", "5 июля 2022 г."},
		"2022-23":            {"in the autumn of 2022", "осенью 2022 г."},
		"2022-07~":           {"about July 2022", "около июля 2022 г."},
		"2022-07?":           {"perhaps in July 2022", "возможно, в июле 2022 г."},
		"2022-07-05?":        {"perhaps on 5 July 2022", "возможно, 5 июля 2022 г."},
		"2022-07/2022-09":    {"from July 2022 to September 2022", "с июля 2022 г. по сентябрь 2022 г."},
		"2022-07/..":         {"since July 2022", "с июля 2022 г."},
		"2022-07-01/2022-07": {"from 1 July 2022 to July 2022", "с 1 июля 2022 г. по июль 2022 г."},
	} {
		for i, lang := range []string{"en", "ru"} {
			tl, err := newTeller(c.facts("authority", lang), lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := tl.at(date(nil, edtf)); got != want[i] {
				t.Errorf("%s in %s: got %q, want %q", edtf, lang, got, want[i])
			}
		}
	}
}

// Hostile values change no structure: the same blocks of the same kinds, words in
// which nothing is markup, and no line that looks like a heading.
func TestHostileValues(t *testing.T) {
	c := soldier(t)
	evil := []string{
		"<w:p>&amp;]]></w:t><script>x</script>", "\u202eabc\u202d\u2066\u200f\u200b", "{{sender.address}} {{if facts}} {{end}}", "a\n\n# FORGED\n=====\n\nb",
		"a\r\rFORGED\u2028-----\u2029## FORGED", strings.Repeat("Длинное", 500), "\x00\x01\x1f\ufffe\xff", "\ue000\ue010x\ue001\ue002p:\ue003", "> | - # ##", "[1] [2]", "%s %d %!x(MISSING)",
	}
	for _, key := range []string{"ru-appeal", "en-wgeid-objection"} {
		tpl, _ := Builtin().Get(key)
		plain := c.facts("authority", tpl.Lang)
		hostile := c.facts("authority", tpl.Lang)
		for _, f := range []*Facts{&plain, &hostile} {
			for field := range fields {
				f.Fields[field] = "обычное"
			}
			f.Steps, f.Enclosures = f.Steps[:1], f.Enclosures[:1]
		}
		want := fill1(t, key, plain)
		for _, e := range evil {
			for field := range fields {
				hostile.Fields[field] = e
				if !fields[field].lines {
					continue
				}
				hostile.Fields[field] = strings.Join(manyLines("обычное\n" + e)[:1], "") + "\n" + e
			}
			hostile.Sender = Called{Name: name.Name{{Kind: name.Family, Text: e}}, Sex: name.Female}
			hostile.Called = func(claim.Ref) Called { return Called{Cover: e} }
			hostile.Steps[0] = Step{To: e, What: e, Number: e, Came: []Reply{{What: e, To: e}}}
			hostile.Enclosures[0] = e
			l := fill1(t, key, hostile)
			if got, want := heads(l), heads(want); !slices.Equal(got, want) {
				t.Errorf("%s: %.40q made the headings %q of %q", key, e, got, want)
			}
			text := string(l.Plain(false))
			for line := range strings.SplitSeq(text, "\n") {
				if len(line) > 1 && strings.Trim(line, "=-") == "" && len(line) == len("FORGED") {
					t.Errorf("%s: %.40q forged a line", key, e)
				}
			}
			for _, bad := range []string{"\u202e", "\u202d", "\u2066", "\u200b", "\x00", "\ue000"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s: %.40q left %q in the letter", key, e, bad)
				}
			}
			for ending, make := range map[string]func(bool) ([]byte, error){"docx": l.DOCX, "odt": l.ODT} {
				b, err := make(true)
				if err != nil {
					t.Fatalf("%s: %v", ending, err)
				}
				wellFormed(t, b)
			}
			if _, err := l.PDF(true); err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %.40q: %v", key, e, err)
			}
		}
	}
}

func TestLongValuesAreCut(t *testing.T) {
	if got := []rune(oneLine(strings.Repeat("ж", 2*mostLine), mostLine)); len(got) != mostLine || got[mostLine-1] != '…' {
		t.Errorf("a line of %d", len(got))
	}
	n := 0
	for _, l := range manyLines(strings.Repeat(strings.Repeat("ж", 999)+"\n", 40)) {
		n += len([]rune(l))
	}
	if n > mostLines || n < mostLines-1000 {
		t.Errorf("%d in all", n)
	}
}

// heads are the words of the titles and headings of a letter, without names.
func heads(l *Letter) []string {
	var out []string
	for _, b := range l.Blocks {
		if b.Kind == Heading || b.Kind == Title && !strings.HasPrefix(b.String(), "Request concerning") {
			out = append(out, b.String())
		}
	}
	return out
}

func TestUnknownLanguagesAreRefused(t *testing.T) {
	if _, err := Sentences(soldier(t).facts("authority", "ru"), "ar"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}
