package pdf

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// join takes the marks out of a file, and writes where #t# stood in place of @t@.
func join(s string) []byte {
	at := map[string]int{}
	s = regexp.MustCompile(`@(\w+)@`).ReplaceAllStringFunc(s, func(m string) string { return fmt.Sprintf("%-9s@", strings.TrimSuffix(m, "@")) })
	for {
		i := strings.IndexByte(s, '#')
		if i < 0 {
			break
		}
		end := i + 1 + strings.IndexByte(s[i+1:], '#')
		at[s[i+1:end]] = i
		s = s[:i] + s[end+1:]
	}
	for name, n := range at {
		s = strings.ReplaceAll(s, fmt.Sprintf("%-9s@", "@"+name), fmt.Sprintf("%010d", n))
	}
	return []byte(s)
}

func TestTables(t *testing.T) {
	const objects = "%PDF-1.4\n#one#1 0 obj<</Pages 2 0 R/X 3 0 R>>endobj\n#two#2 0 obj<</Kids[]>>endobj\n"
	const table = "#t#xref\n0 3\n0000000000 65535 f \n@one@ 00000 n \n@two@ 00000 n \n"
	index := func(rows ...int) string { // of object 3, and of what is in its stream
		var b []byte
		for _, n := range rows {
			b = append(b, byte(n))
		}
		return fmt.Sprintf("<</Type/XRef/W[1 1 1]/Index[3 1]/Size 9/Length %d/Root 1 0 R>>stream\n%s\nendstream endobj\n", len(b), b)
	}
	folded := "#s#4 0 obj<</Type/ObjStm/N 1/First 4/Length 9>>stream\n3 0 (new)\nendstream endobj\n"
	for name, c := range map[string]struct{ file, want string }{
		"a table":            {objects + "#x#3 0 obj(old)endobj\n#t#xref\n0 4\n0000000000 65535 f \n@one@ 00000 n \n@two@ 00000 n \n@x@ 00000 n \ntrailer<</Root 1 0 R>>startxref @t@ %%EOF", "old"},
		"two revisions":      {objects + "#x#3 0 obj(old)endobj\n" + table + "trailer<</Root 1 0 R>>#y#3 0 obj(new)endobj\n#u#xref\n3 1\n@y@ 00000 n \ntrailer<</Root 1 0 R/Prev @t@>>startxref @u@ %%EOF", "new"},
		"taken away":         {objects + "#x#3 0 obj(old)endobj\n#t#xref\n0 4\n0000000000 65535 f \n@one@ 00000 n \n@two@ 00000 n \n@x@ 00000 n \ntrailer<</Root 1 0 R>>#u#xref\n3 1\n0000000000 00001 f \ntrailer<</Root 1 0 R/Prev @t@>>startxref @u@ %%EOF", ""},
		"two halves":         {objects + folded + "#i#5 0 obj" + index(2, 4, 0) + "#t#xref\n0 5\n0000000000 65535 f \n@one@ 00000 n \n@two@ 00000 n \n0000000000 00000 f \n@s@ 00000 n \ntrailer<</Root 1 0 R/XRefStm @i@>>startxref @t@ %%EOF", "new"},
		"no table":           {objects + "3 0 obj(old)endobj 3 0 obj(new)endobj trailer<</Root 1 0 R>>", "new"},
		"no trailer":         {"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/X 3 0 R>>endobj 2 0 obj<<>>endobj\n" + folded, "new"},
		"a table that lies":  {objects + "#x#3 0 obj(new)endobj\n#t#xref\n0 4\n0000000000 65535 f \n0000000001 00000 n \n0000000002 00000 n \n0000000003 00000 n \ntrailer<</Root 1 0 R>>startxref @t@ %%EOF", "new"},
		"something in front": {"junk\n" + objects + "3 0 obj(new)endobj trailer<</Root 1 0 R>>startxref 5 %%EOF", "new"},
	} {
		f, err := Open(join(c.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, _ := f.Get(f.Dict(f.Trailer["Root"])["X"]).(String)
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFilters(t *testing.T) {
	f := &File{left: 1 << 20, seen: map[int]bool{}}
	for name, c := range map[string]struct {
		dict Dict
		raw  string
		want string
	}{
		"hex":         {Dict{"Filter": Name("AHx")}, "61 62 6>x", "ab`"},
		"base 85":     {Dict{"Filter": Name("ASCII85Decode")}, "<~87cUR\nD]~>", "Hello"},
		"runs":        {Dict{"Filter": Name("RL")}, "\x02abc\xfez\x80more", "abczzz"},
		"codes":       {Dict{"Filter": Name("LZWDecode")}, "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		"two":         {Dict{"Filter": []any{Name("AHx"), Name("RL")}}, "026162638 0>", "abc"},
		"rows":        {Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": 12.0, "Columns": 2.0}}, string(Deflate([]byte("\x02ab\x02\x01\x01\x01cc"))), "abbcc\xc6"},
		"differences": {Dict{"Filter": Name("Fl"), "DecodeParms": []any{Dict{"Predictor": 2.0, "Columns": 3.0}}}, string(Deflate([]byte("a\x01\x01"))), "abc"},
		"cut off":     {Dict{"Filter": Name("Fl")}, string(Deflate([]byte("abcabcabc")))[:6], "abcabcabc"[:3]},
	} {
		got, rest, err := f.Decode(&Stream{c.dict, []byte(c.raw)})
		if err != nil || rest != "" || (string(got) != c.want && name != "cut off") || !strings.HasPrefix("abcabcabc", string(got)) && name == "cut off" {
			t.Errorf("%s: %q, %s, %v, want %q", name, got, rest, err, c.want)
		}
	}
}

// Tokens that break off end with the file.
func TestBrokenOff(t *testing.T) {
	for _, s := range []string{"(", "(\\", "(a\\\r", "(\\1", "<", "<4", "<<", "<</A", "[", "[1 0", "/", "/#", "/#4", "%", "+", "-.", ">", ">>", strings.Repeat("[", 999)} {
		l := Lexer{B: []byte(s)}
		for range 5 {
			l.Next()
		}
		if l.I != len(s) && len(s) < 999 {
			t.Errorf("%q: stops at %d", s, l.I)
		}
	}
}

// What is written is what is read.
func TestWritten(t *testing.T) {
	in := "<</A [1 -.5 (a\\(b\\)\\\\\\r) null true/N#20x]/B 3 0 R>>"
	l := Lexer{B: []byte(in)}
	v, _ := l.Next()
	out := Append(nil, v)
	l = Lexer{B: out}
	w, _ := l.Next()
	if again := Append(nil, w); !bytes.Equal(again, out) || !strings.Contains(string(out), "-.5") || !strings.Contains(string(out), "3 0 R") || !strings.Contains(string(out), "/N#20x") {
		t.Errorf("%s is %s and then %s", in, out, again)
	}
	wr := NewWriter()
	lost := wr.Add(String("lost"))
	root := wr.Add(Dict{"Pages": wr.Add(Dict{"Kids": []any{}}), "Same": wr.Add(Dict{"Kids": []any{}})})
	f, err := Open(wr.Bytes(root))
	if err != nil || lost == 0 {
		t.Fatal(err)
	}
	if n := len(f.places); n != 5 { // two objects, the stream they lie in, the table, and none
		t.Errorf("%d objects", n)
	}
}
