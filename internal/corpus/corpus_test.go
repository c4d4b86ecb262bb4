package corpus_test

import (
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"habeas/internal/corpus"
	"habeas/name"
)

// put writes files, by name, into a new folder.
func put(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The people of this text are invented.
var oneText = map[string]string{
	"a.txt":     "Пришёл Кузьма Ходырев из Ухты.",
	"a.spans":   "1 name 7 6 1 1 # 1 Кузьма\n2 surname 14 7 2 1 # 2 Ходырев\n3 loc_name 25 4 4 1 # 4 Ухты\n",
	"a.objects": "10 Person 1 2 # Кузьма Ходырев\n11 Location 3 # Ухты\n",
	"a.coref":   "5 10\nfirstname Кузьма\nlastname1 Ходырев\n\n6 11\nname Ухта\n",
	"notes.txt": "no text of the set",
}

func TestNews(t *testing.T) {
	texts, err := corpus.News(put(t, oneText))
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) != 1 || len(texts[0].People) != 1 || len(texts[0].Mentions) != 1 || len(texts[0].Marks) != 3 {
		t.Fatalf("got %+v", texts)
	}
	p, text := texts[0].People[0], texts[0].Text
	if want := (name.Name{{Kind: name.Given, Text: "Кузьма"}, {Kind: name.Family, Text: "Ходырев"}}); !reflect.DeepEqual(p.Name, want) || p.ID != "a:5" {
		t.Errorf("got %+v, want %v", p, want)
	}
	if m := p.Mentions[0]; text[m[0][0]:m[1][1]] != "Кузьма Ходырев" {
		t.Errorf("the mention is %q", text[m[0][0]:m[1][1]])
	}
	if m := texts[0].Marks[2]; m.Kind != "loc_name" || text[m.Start:m.End] != "Ухты" {
		t.Errorf("got %+v for the place", m)
	}

	without := map[string]string{}
	for f, s := range oneText {
		if f != "a.coref" {
			without[f] = s
		}
	}
	texts, err = corpus.News(put(t, without))
	if err != nil || len(texts[0].People) != 0 || len(texts[0].Mentions) != 1 {
		t.Errorf("without who is who: got %+v, %v, want one mention and nobody", texts, err)
	}
}

// Damaged data is an error that names the file and the line; data that is not there is
// told apart.
func TestDamaged(t *testing.T) {
	for _, tc := range []struct{ file, text, want string }{
		{"a.spans", "1 name 7 600 # x\n", "a.spans: line 1: its place is not in the text"},
		{"a.spans", "1 name -7 6 # x\n", "a.spans: line 1: its place is not in the text"},
		{"a.spans", "\n1 name\n", "a.spans: line 2: it says too little"},
		{"a.spans", "1 \xff\n", "a.spans: line 1 is not UTF-8"},
	} {
		files := map[string]string{}
		for f, s := range oneText {
			files[f] = s
		}
		files[tc.file] = tc.text
		if _, err := corpus.News(put(t, files)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %s", tc.text, err, tc.want)
		}
	}
	dir := put(t, map[string]string{"pairs": "only one\n", "pii": `[{"full_text": "a", "spans": [{"entity_type": "X", "start_position": 0, "end_position": 9}]}]`, "gz": "\x1f\x8bno"})
	if _, err := corpus.Pairs(filepath.Join(dir, "pairs")); err == nil {
		t.Error("a line of one column is a pair")
	}
	if _, err := corpus.Identifiers(filepath.Join(dir, "pii")); err == nil {
		t.Error("a span may end after its text")
	}
	if _, err := corpus.Lines(filepath.Join(dir, "gz"), false); err == nil {
		t.Error("what is not packed is unpacked")
	}
	for what, err := range map[string]error{
		"news":   second(corpus.News(filepath.Join(dir, "none"))),
		"tables": second(corpus.Tables(dir)),
		"pairs":  second(corpus.Pairs(filepath.Join(dir, "none"))),
	} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want that it is not there", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestLists(t *testing.T) {
	dir := put(t, map[string]string{
		"names": "Family Name\nХодыренко\n\n Згурський\n",
		"comma": "Khodyrev,Ходырев\n",
		"forms": "lemma\tword\tgrammemes\ttag\nкузьма\tкузьмич\t\tNOUN,anim,masc,Patr sing,nomn\nкузьма\tкузьмича\t\tNOUN,anim,masc,Patr sing,gent\nкузьма\tкузьминична\t\tNOUN,anim,femn,Patr sing,nomn\n",
		"plain": "ходыренко\tходыренка\n",
		"pii":   `[{"full_text": "ж 12", "spans": [{"entity_type": "AGE", "start_position": 2, "end_position": 4}]}]`,
	})
	f, err := os.Create(filepath.Join(dir, "pairs.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write([]byte("khodyrev\tх о д ы р е в\t3\n–\tх\n")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	in := func(file string) string { return filepath.Join(dir, file) }
	if got, err := corpus.Lines(in("names"), true); err != nil || strings.Join(got, " ") != "Ходыренко Згурський" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, file := range []string{"pairs.gz", "comma"} {
		if got, err := corpus.Pairs(in(file)); err != nil || len(got) != 1 || got[0] != (corpus.Pair{"khodyrev", "ходырев"}) {
			t.Errorf("%s: got %q, %v", file, got, err)
		}
	}
	got, err := corpus.Entries(in("forms"))
	if err != nil || len(got) != 2 || got[0].Nominative != "кузьмич" || len(got[0].Forms) != 2 || got[1].Nominative != "кузьминична" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := corpus.Entries(in("plain")); err != nil || len(got) != 1 || got[0].Nominative != "ходыренко" {
		t.Errorf("without tags: got %+v, %v", got, err)
	}
	if got, err := corpus.Identifiers(in("pii")); err != nil || len(got) != 1 || got[0].Marks[0] != (corpus.Mark{Kind: "AGE", Start: 3, End: 5}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A table looks at the letters beside a letter, and every place of the text has one in
// what is written.
func TestTable(t *testing.T) {
	dir := put(t, map[string]string{"t.json": `{"name": "t", "mapping": {"ю":"iu","л":"l","и":"i","я":"a","е":"e","ь":"'","й":"i"},
		"prev_mapping": {"я":"ya","ья":"ya"}, "next_mapping": {"ья":""}, "ending_mapping": {"ий":"y"}}`})
	tables, err := corpus.Tables(dir)
	if err != nil {
		t.Fatal(err)
	}
	for cyrillic, want := range map[string]string{"Юлия Лия": "Iulia Lia", "илья": "ilya", "Юлий": "Iuly", "Яя": "Yaa", "": "", "x1 ю": "x1 iu"} {
		got, at := tables[0].Write(cyrillic)
		if got != want {
			t.Errorf("%s: got %s, want %s", cyrillic, got, want)
		}
		if len(at) != len(cyrillic)+1 || at[len(cyrillic)] != len(got) {
			t.Errorf("%s: places %v", cyrillic, at)
		}
	}
	if got, at := tables[0].Write("и Юля"); got[at[len("и ")]:] != "Iula" {
		t.Errorf("got %q", got[at[len("и "):][0]:])
	}
}

// A town is the same for the same seed, and its names come in three parts.
func TestTown(t *testing.T) {
	a, b, other := corpus.NewTown(100, 3), corpus.NewTown(100, 3), corpus.NewTown(100, 4)
	same := true
	for range 50 {
		n := a.Person()
		if m := b.Person(); !reflect.DeepEqual(n, m) {
			t.Fatalf("got %v and %v of one seed", n, m)
		}
		same = same && reflect.DeepEqual(n, other.Person())
		if len(n) != 3 || n[0].Text == "" || n[1].Text == "" || n[2].Text == "" {
			t.Errorf("got %v", n)
		}
	}
	if same {
		t.Error("two seeds give one town")
	}
}
