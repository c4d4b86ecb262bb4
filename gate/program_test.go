package gate

import "testing"

// What is by chance a sign that turns letters around is none in the program of a
// font; a name in its tables is still one.
func TestFontProgramsAreNotTurned(t *testing.T) {
	read := func(b []byte, program bool) (unread []Unread, texts []string) {
		r := &reader{out: func(_ string, v view, _ bool) { texts = append(texts, v.text) }}
		if program {
			r.program("font", b)
		} else {
			r.binary("font", b)
		}
		return r.unread, texts
	}
	b := []byte{0, 'a', 0, 'b', 0x20, 0x2E, 0, 'c', 0, 'd'}
	if unread, _ := read(b, false); len(unread) == 0 {
		t.Error("text in UTF-16 that is turned around is not refused")
	}
	unread, texts := read(b, true)
	if len(unread) > 0 {
		t.Errorf("a font is refused: %v", unread)
	}
	found := false
	for _, s := range texts {
		found = found || s == "ab\u202ecd\n\n"
	}
	if !found {
		t.Errorf("the text in a font is not read: %q", texts)
	}
}
