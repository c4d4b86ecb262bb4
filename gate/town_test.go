package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"habeas/internal/corpus"
	"habeas/internal/testkit"
	"habeas/name"
)

// townIndex returns an index of 10,000 invented persons, and who they are.
var townIndex = sync.OnceValues(func() (*Index, []name.Name) {
	tn := corpus.NewTown(10_000, 3)
	people := make([]name.Name, 10_000)
	for i := range people {
		people[i] = tn.Person()
	}
	ix := NewIndex(testKey)
	c := NewCompiler(testKey)
	for i, n := range people {
		if err := ix.Add(fmt.Sprint(i), c.Compile(n), i%97 == 0); err != nil {
			panic(err)
		}
	}
	return ix, people
})

// slowly scans as Scan does, but looks at every bearer of every word one by one.
func slowly(text []byte, ix *Index, opt Options) []Hit {
	s := newScanner(ix, opt.Covers)
	s.apiece = true
	f := file{}
	s.file(&f, view{text: string(text)}, false)
	return s.finish([]*file{&f}, opt.Allowed)
}

func quickly(text []byte, ix *Index, opt Options) []Hit {
	s := newScanner(ix, opt.Covers)
	f := file{}
	s.file(&f, view{text: string(text)}, false)
	return s.finish([]*file{&f}, opt.Allowed)
}

// What is found is the same whether a crowd is looked at one by one or by what its
// names have in common.
func TestCrowdsAreTheSameOneByOne(t *testing.T) {
	ix, people := townIndex()
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		who := rapid.SliceOfN(rapid.IntRange(0, len(people)-1), 1, 3).Draw(t, "people")
		for range rapid.IntRange(1, 12).Draw(t, "words") {
			n := people[who[rapid.IntRange(0, len(who)-1).Draw(t, "who")]]
			switch rapid.IntRange(0, 7).Draw(t, "what") {
			case 0:
				b.WriteString(rapid.SampledFrom([]string{"потом ", "его увезли. ", "Мать ", "и ", "\n\n", "из подвала на пятом этаже, где "}).Draw(t, "filler"))
			case 1:
				r := []rune(n[rapid.IntRange(0, len(n)-1).Draw(t, "part")].Text)
				b.WriteString(string(r[:1]) + ". ")
			case 2:
				b.WriteString(strings.ToLower(n[0].Text+" "+n[2].Text) + " ")
			default:
				forms := name.Forms(n[rapid.IntRange(0, len(n)-1).Draw(t, "part")])
				b.WriteString(titled(rapid.SampledFrom(forms).Draw(t, "form").Text) + " ")
			}
		}
		opt := Options{Allowed: map[string]bool{fmt.Sprint(who[0]): rapid.Bool().Draw(t, "allowed")}}
		text := []byte(b.String())
		got, want := stopping(quickly(text, ix, opt)), stopping(slowly(text, ix, opt))
		if !maps.Equal(got, want) {
			t.Fatalf("%s\n got %+v\nwant %+v", text, got, want)
		}
	})
}

// stopping returns how many persons may be meant at each place, with each verdict
// that is not allowed: of a crowd, those who may be named are not listed.
func stopping(hits []Hit) map[string]int {
	out := map[string]int{}
	for _, h := range hits {
		if h.Verdict > Allowed {
			out[fmt.Sprint(h.Start, h.End, h.Verdict)] += max(h.People, 1)
		}
	}
	return out
}

// A word that very many bear is one hit, which says how many; and where one of
// them is named in full, theirs is a block everywhere.
func TestCrowd(t *testing.T) {
	ix := NewIndex(testKey)
	c := NewCompiler(testKey)
	for i := range 50 {
		n := full("Кузьма", "", "Ход"+string([]rune("абвгдежзик")[i%10])+string([]rune("лмнпр")[i/10])+"ыренко")
		if err := ix.Add(fmt.Sprint(i), c.Compile(n), i < 10); err != nil {
			t.Fatal(err)
		}
	}
	text := "Пришёл Кузьма. Он молчал всё утро, и никто не знал."
	hits := Scan([]byte(text), ix)
	if len(hits) != 1 || hits[0].Person != "" || hits[0].People != 40 || hits[0].Verdict != Review {
		t.Fatalf("got %+v, want one hit for 40 people", hits)
	}
	text += " Это Кузьма Ходгмыренко."
	hits = Scan([]byte(text), ix)
	var blocks []string
	for _, h := range hits {
		if h.Verdict == Block {
			blocks = append(blocks, h.Person+":"+text[h.Start:h.End])
		}
	}
	if want := []string{"13:Кузьма", "13:Кузьма Ходгмыренко"}; !slices.Equal(blocks, want) {
		t.Errorf("got %v, want %v", blocks, want)
	}
	if hits[0].People+hits[1].People != 39 {
		t.Errorf("got %+v, want 39 others at the first place", hits)
	}
}

// Every form of every protected person is found in every format: a given and a
// family name together as a block, a part alone as at least a review.
func TestPropertyEveryFormIsFound(t *testing.T) {
	ix, people := townIndex()
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(people)-1).Draw(t, "person")
		n := people[i]
		form := func(part int) name.Form {
			return rapid.SampledFrom(slices.DeleteFunc(name.Forms(n[part]), func(f name.Form) bool { return f.Class == name.Initial })).Draw(t, "form")
		}
		given, family := form(0), form(2)
		before := rapid.SampledFrom([]string{"", "И вот тогда ", "Then came ", "он, ", "1. ", "— "}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", ", как говорят, ушёл.", " left.", "\n\nКонец.", "!"}).Draw(t, "after")
		wrap := rapid.SampledFrom([][3]string{
			{"text/plain", "", ""}, {"text/markdown", "# Дело\n\n*", "*"}, {"text/html", "<p title=\"", "\">x"},
			{"text/html", "<p>слово <b>", "</b>"}, {"application/json", `{"a": ["`, `"]}`}, {"text/csv", "a,b\n1,\"", "\"\n"},
		}).Draw(t, "format")
		find := func(said string) Verdict {
			said = strings.ReplaceAll(before+said+after, "\n\n", map[bool]string{true: `\n\n`, false: "\n\n"}[wrap[0] == "application/json"])
			_, hits := readForTest(oneFile(wrap[0], wrap[1]+said+wrap[2]), ix)
			best := Verdict(0)
			for _, h := range hits {
				if h.Person == fmt.Sprint(i) || h.People > 0 {
					best = max(best, h.Verdict)
				}
			}
			return best
		}
		if i%97 == 0 {
			return // public
		}
		if got := find(titled(given.Text) + " " + titled(family.Text)); got != Block {
			t.Fatalf("%s %s (%v, %v) in %v: got %v, want a block", given.Text, family.Text, given.Class, family.Class, wrap, got)
		}
		if alone := titled(family.Text); !starters[family.Text] && find("и "+alone) < Review {
			t.Fatalf("%s (%v) alone in %v: got less than a review", alone, family.Class, wrap)
		}
	})
}

func readForTest(d Draft, ix *Index) (unread []Unread, hits []Hit) {
	hits, unread = readDraft(d.Files, ix, Options{})
	return unread, hits
}

// A cover name in use that is also somebody's given name is noted, and blocks
// beside another part of that name.
func TestCovers(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{"a": full("Ash", "", "Khodyrev"), "b": full("Alder", "", "Petrov")})
	opt := Options{Covers: []string{"Ash", "Alder Fern"}}
	check := func(text string, opt Options) string {
		hits, _ := readDraft(oneFile("text/plain", text).Files, ix, opt)
		return told(text, hits)
	}
	for _, test := range []struct{ text, want string }{
		{"Then Ash said so.", "a:noted:Ash"},
		{"Then Alder Fern said so.", "b:noted:Alder"},
		{"Then Alder said so.", "b:review:Alder"},
		{"Then Ash Khodyrev said so.", "a:block:Ash Khodyrev"},
		{"Then Ash said so. Later in the day Khodyrev left.", "a:noted:Ash a:block:Khodyrev"},
		{"Then Petrov said so.", "b:review:Petrov"},
	} {
		if got := check(test.text, opt); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
	if got := check("Then Ash said so.", Options{}); got != "a:review:Ash" {
		t.Errorf("without covers: got %s, want a review", got)
	}
	if _, err := Check(oneFile("text/plain", "Then Ash said so."), ix, opt); err != nil {
		t.Errorf("what is noted stops the document: %v", err)
	}
}

// What is nearly a name is found beside another part of it, and alone is for
// review.
func TestNearly(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{"a": full("Кузьма", "", "Загорулько"), "b": full("Иван", "", "Петров"), "c": {{Kind: name.Given, Text: "Мелетий"}}})
	for _, test := range []struct{ text, want string }{
		{"Пришёл Кузьма Загорулка.", "a:block:Кузьма Загорулка"},
		{"Искали Загарулько весь день.", "a:review:Загарулько"},
		{"Искали Загоурлько весь день.", "a:review:Загоурлько"},
		{"Then Zagorulquo left.", "a:review:Zagorulquo"},
		{"Искали загарулько весь день.", ""},
		{"Пришёл Иван Питров.", "b:block:Иван Питров"},
		{"Пришёл Питров.", ""}, // a common name, nearly
		{"Пришёл Кузьма на большой Загорулке.", "a:review:Кузьма a:review:Загорулке"},
		{"Встретились с Мелетем вечером.", "c:review:Мелетем"},
	} {
		if got := told(test.text, Scan([]byte(test.text), ix)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// News against a town in which nobody of it lives: crowds don't drown it.
func TestTownNews(t *testing.T) {
	ix, _ := townIndex()
	texts := testkit.News(t, "../../shared/data")
	hits, tokens := 0, 0
	for _, n := range texts {
		tokens += len(strings.Fields(n.Text))
		hits += len(Scan([]byte(n.Text), ix))
	}
	t.Logf("%d hits in %d words", hits, tokens)
	if hits*10 > tokens {
		t.Errorf("got %d hits in %d words, want one in ten at most", hits, tokens)
	}
}
