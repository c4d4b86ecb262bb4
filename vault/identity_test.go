package vault

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/name"
)

const (
	aPerson    = claim.Ref("p:abcdefghijkmnpqr")
	aStatement = claim.Ref("t:abcdefghijkmnpqr")
)

// entry returns an entry of a kind whose body is b.
func entry(kind string, b []byte) ledger.Entry { return ledger.Entry{Kind: kind, Body: b} }

func drawText(t *rapid.T) Text { return NewText(rapid.String().Draw(t, "text")) }

func drawLabelled(t *rapid.T) (ls []Labelled) {
	for range rapid.IntRange(0, 3).Draw(t, "labelled") {
		ls = append(ls, Labelled{drawText(t), drawText(t), drawText(t)})
	}
	return ls
}

func TestDetailRoundTrip(t *testing.T) {
	kinds := []name.Kind{name.Given, name.Patronymic, name.Family, name.Callsign}
	rapid.Check(t, func(t *rapid.T) {
		want := Detail{Person: aPerson, Birth: drawText(t), Remarks: drawText(t), Documents: drawLabelled(t), Contacts: drawLabelled(t)}
		if rapid.Bool().Draw(t, "of a statement") {
			want.Statement = aStatement
		}
		for range rapid.IntRange(0, 3).Draw(t, "names") {
			parts := []Part{}
			for range rapid.IntRange(0, 3).Draw(t, "parts") {
				parts = append(parts, Part{rapid.SampledFrom(kinds).Draw(t, "kind"), drawText(t)})
			}
			want.Names = append(want.Names, parts)
		}
		b, err := want.Body()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadDetail(entry(KindDetail, b))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got another detail, %v, from %d bytes", err, len(b))
		}
	})
}

func TestOriginalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Original{
			Statement: aStatement, Media: "text/html", File: drawText(t), Plain: drawText(t),
			Raw: NewText(string(rapid.SliceOf(rapid.Byte()).Draw(t, "raw"))), // any bytes
		}
		b, err := want.Body()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadOriginal(entry(KindOriginal, b))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got another original, %v, from %d bytes", err, len(b))
		}
	})
}

// Positions are in the plain text, so it must come back byte for byte.
func TestPlainMustBeUTF8(t *testing.T) {
	for _, plain := range []string{"\xff", "abc\xd0", "\xed\xa0\x80"} {
		if _, err := (Original{Statement: aStatement, Plain: NewText(plain)}).Body(); err == nil {
			t.Errorf("took %q", plain)
		}
	}
}

func TestReadingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Reading{Statement: aStatement, Version: rapid.IntRange(0, 9).Draw(t, "version")}
		for range rapid.IntRange(0, 4).Draw(t, "links") {
			at := rapid.IntRange(0, 1000).Draw(t, "at")
			end := at + rapid.IntRange(1, 30).Draw(t, "long")
			want.Links = append(want.Links, Link{at, end, aPerson})
			want.Dismissed = append(want.Dismissed, Span{at, end})
		}
		b, err := want.Body()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadReading(entry(KindReading, b))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v and %v, want %v", got, err, want)
		}
	})
}

// A member may be an enemy: what they sealed must not upset who opens it, and no
// error quotes it.
func TestBadBodies(t *testing.T) {
	const p, st = `"person":"p:abcdefghijkmnpqr"`, `"statement":"t:abcdefghijkmnpqr"`
	reads := map[string]func(ledger.Entry) error{
		KindDetail:   func(e ledger.Entry) error { _, err := ReadDetail(e); return err },
		KindOriginal: func(e ledger.Entry) error { _, err := ReadOriginal(e); return err },
		KindReading:  func(e ledger.Entry) error { _, err := ReadReading(e); return err },
	}
	for kind, bodies := range map[string][]string{
		KindDetail: {
			``, `{`, `[]`, `null`, `{}`, `{"person":""}`, `{"person":"Rostyslav"}`, `{"person":"t:abcdefghijkmnpqr"}`,
			`{` + p + `,"statement":"p:abcdefghijkmnpqr"}`, `{` + p + `,"names":"Rostyslav"}`, `{` + p + `,"birth":["Rostyslav"]}`, `{` + p + `}Rostyslav`, `{` + p + `,"names":[[{}]]}`, `{` + p + `,"names":[[{"kind":"Rostyslav"}]]}`,
		},
		KindOriginal: {`{}`, `{"statement":"p:abcdefghijkmnpqr"}`, `{` + st + `,"raw":"Rostyslav!"}`, `{` + st + `,"plain":1}`},
		KindReading: {
			`{}`, `{` + st + `,"version":-1}`,
			`{` + st + `,"links":[{"start":-1,"end":2,` + p + `}]}`, `{` + st + `,"links":[{"start":2,"end":1,` + p + `}]}`,
			`{` + st + `,"links":[{"start":1,"end":1,` + p + `}]}`, `{` + st + `,"links":[{"start":1,"end":2}]}`,
			`{` + st + `,"links":[{"start":1,"end":2,"person":"Rostyslav"}]}`, `{` + st + `,"links":[{"start":1e30,"end":2,` + p + `}]}`,
			`{` + st + `,"dismissed":[{"start":-5,"end":-1}]}`, `{` + st + `,"dismissed":[{"start":3,"end":3}]}`,
		},
	} {
		for _, body := range bodies {
			err := reads[kind](entry(kind, []byte(body)))
			if fault.KindOf(err) != fault.Damaged {
				t.Errorf("%s %s: got %v", kind, body, err)
			}
			for ; err != nil; err = unwrap(err) {
				if strings.Contains(err.Error(), word) {
					t.Errorf("%s: the error quotes it: %v", kind, err)
				}
			}
		}
		for other, read := range reads {
			if other != kind && read(entry(kind, []byte(`{`+p+`,`+st+`}`))) == nil {
				t.Errorf("a %s was read as a %s", kind, other)
			}
		}
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

func TestParsed(t *testing.T) {
	got := Parsed([]Part{{name.Given, NewText("Олена")}, {name.Family, NewText("Їжак")}})
	want := name.Name{{Kind: name.Given, Text: "Олена"}, {Kind: name.Family, Text: "Їжак"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
