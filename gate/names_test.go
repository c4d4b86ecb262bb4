package gate

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"habeas/fault"
	"habeas/name"
)

func TestReadNames(t *testing.T) {
	got, err := ReadNames(strings.NewReader("\uFEFF" + `{"id":"a","parts":[{"kind":"given","text":"Кузьма"},{"kind":"family","text":"Ходырев"}]}

{"id":"b","parts":[{"kind":"callsign","text":"Шаман"}]}
{"id":"a","parts":[{"kind":"family","text":"Khodyrev"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || len(got["a"]) != 2 || got["a"][0].String() != "Кузьма Ходырев" || got["b"][0][0].Kind != name.Callsign {
		t.Errorf("got %v", got)
	}
}

// A names file that is wrong is refused as a whole, with the line and without a
// word of what stands there.
func TestReadNamesRefuses(t *testing.T) {
	const good = `{"id":"a","parts":[{"kind":"given","text":"Кузьма"}]}` + "\n"
	for what, line := range map[string]string{
		"not JSON":         `Кузьма Ходырев`,
		"an unknown key":   `{"id":"a","parts":[{"kind":"given","text":"Кузьма"}],"born":1990}`,
		"an unknown part":  `{"id":"a","parts":[{"kind":"given","text":"Кузьма","note":"x"}]}`,
		"an unknown kind":  `{"id":"a","parts":[{"kind":"title","text":"Кузьма"}]}`,
		"no kind":          `{"id":"a","parts":[{"text":"Кузьма"}]}`,
		"no text":          `{"id":"a","parts":[{"kind":"given","text":" — "}]}`,
		"no parts":         `{"id":"a","parts":[]}`,
		"no id":            `{"parts":[{"kind":"given","text":"Кузьма"}]}`,
		"two values":       `{"id":"a","parts":[{"kind":"given","text":"Кузьма"}]} {}`,
		"a list":           `[]`,
		"not UTF-8":        "{\"id\":\"a\",\"parts\":[{\"kind\":\"given\",\"text\":\"Куз\xff\"}]}",
		"an endless line":  strings.Repeat(" ", maxNameLine+1) + "x",
		"half of a record": `{"id":"a","parts":[`,
	} {
		names, err := ReadNames(strings.NewReader(good + line + "\n"))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || names != nil || len(f.Args()) != 1 || f.Args()[0] != fault.Count(2) {
			t.Errorf("%s: got %v, %v, want a fault on line 2", what, names, err)
			continue
		}
		if strings.Contains(err.Error(), "Куз") {
			t.Errorf("%s: the fault says %s", what, err)
		}
	}
}

func TestWriteHits(t *testing.T) {
	var b bytes.Buffer
	err := WriteHits(&b, []Hit{
		{File: "a.txt", Start: 3, End: 9, Person: "p1", Class: "inflected", Verdict: Block, ID: "0011223344556677"},
		{File: "ж", InName: true, End: 2, Person: "p2", Class: "exact", Verdict: Review, ID: "8899aabbccddeeff"},
	})
	want := `{"file":"a.txt","start":3,"end":9,"person":"p1","class":"inflected","verdict":"block","id":"0011223344556677"}
{"file":"ж","in_name":true,"start":0,"end":2,"person":"p2","class":"exact","verdict":"review","id":"8899aabbccddeeff"}
`
	if got := b.String(); err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func FuzzReadNames(f *testing.F) {
	f.Add([]byte(`{"id":"a","parts":[{"kind":"given","text":"Кузьма"}]}`))
	f.Add([]byte("{}\n\n[]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		names, err := ReadNames(bytes.NewReader(b))
		if err != nil {
			if names != nil {
				t.Fatal("an error and names")
			}
			return
		}
		for id, ns := range names {
			for _, n := range ns {
				if id == "" || len(n) == 0 {
					t.Fatalf("%q: %v", id, n)
				}
				if len(b) < 256 {
					Compile(testKey, n)
				}
			}
		}
	})
}
