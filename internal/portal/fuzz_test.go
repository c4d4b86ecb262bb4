package portal

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"habeas"
	"habeas/receipt"
)

// bareServer returns a server without a desk, for what needs none.
func bareServer(t testing.TB) *Server {
	s := &Server{}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	return s
}

// FuzzForm reads any body as a form. It never panics, what it keeps is bounded and
// fit to be shown, and it holds nothing back.
func FuzzForm(f *testing.F) {
	multi := "multipart/form-data; boundary=" + bound
	f.Add(multi, []byte(field(onceField, "x")+field(textField, "text")+field(useField, "un")+field(useField, "press")+last))
	f.Add(multi, []byte(field(textField, "\xff\x00‮")+last))
	f.Add(multi, []byte(part(`Content-Disposition: form-data; name="file"; filename="x"`, "bytes")+last))
	f.Add(multi, []byte(part(`Content-Disposition: form-data; name="file"; filename=""`, "")+last))
	f.Add(multi, []byte("--"+bound+"\r\n\r\n"))
	f.Add("application/x-www-form-urlencoded", []byte("text=a%20b&use=un&use=press&file="))
	f.Add("application/x-www-form-urlencoded", []byte("text=%ff;&;=&%"))
	f.Add("text/plain", []byte("x"))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		s := bareServer(t)
		r := httptest.NewRequest("POST", "/en/write", bytes.NewReader(body))
		r.Header.Set("Content-Type", media)
		x := s.exchange(httptest.NewRecorder(), r)
		in := &reading{s: s, x: x, fields: s.letterFields, ready: func() error { return errCrowded() }}
		err := in.read()
		in.discard()
		if err == nil {
			t.Error("a form that nobody was ready for was taken")
		}
		if e := asRefusal(err); e.status < 400 || e.status == http.StatusInternalServerError {
			t.Errorf("status %d of %v", e.status, err)
		}
		kept, fields := 0, 0
		for name, values := range x.f.values {
			if s.letterFields(name) != single && s.letterFields(name) != several {
				t.Errorf("field %q was kept", name)
			}
			for _, v := range values {
				fields++
				kept += len(v)
				if !utf8.ValidString(v) || cleanText(v) != v {
					t.Errorf("%q is not fit to be shown", v)
				}
			}
		}
		if kept > 3*maxTyped || fields > maxParts {
			t.Errorf("kept %d bytes in %d fields", kept, fields)
		}
		for _, free := range x.release {
			free()
		}
		if s.queue.texts.left != maxTexts || len(s.queue.files) != 0 {
			t.Error("something is still held")
		}
	})
}

// FuzzTicket opens anything as a ticket, and as the mark of a form.
func FuzzTicket(f *testing.F) {
	f.Add("", byte(0))
	f.Add("AAAA", byte(1))
	f.Add(strings.Repeat("A", 100), byte(7))
	f.Fuzz(func(t *testing.T, typed string, flip byte) {
		s := bareServer(t)
		if _, err := s.readTicket(typed); err == nil {
			t.Errorf("%q is a ticket", typed)
		}
		if _, ok := s.readOnce(forLetter, typed); ok {
			t.Errorf("%q is a mark", typed)
		}
		r := receipt.From(s.secret(typed))
		ticket := s.ticket(r)
		got, err := s.readTicket(ticket)
		if err != nil || got.Digits().Reveal() != r.Digits().Reveal() {
			t.Errorf("a ticket does not open: %v", err)
		}
		i := int(flip) % len(ticket)
		c := byte('A')
		if ticket[i] == c {
			c = 'Q' // another in every bit of the last letter that counts
		}
		if _, err := s.readTicket(ticket[:i] + string(c) + ticket[i+1:]); err == nil && i < len(ticket)-1 {
			t.Error("a changed ticket opens")
		}
		other := bareServer(t)
		if _, err := other.readTicket(ticket); err == nil {
			t.Error("a ticket opens in another process")
		}
		once := s.newOnce(forLetter)
		if _, ok := s.readOnce(forReply, once); ok {
			t.Error("the mark of a letter does for a reply")
		}
		if _, ok := other.readOnce(forLetter, once); ok {
			t.Error("a mark does in another process")
		}
	})
}

func TestTicketsAreEquallyLong(t *testing.T) {
	s := bareServer(t)
	lengths := map[int]bool{}
	for i := range 200 {
		lengths[len(s.ticket(receipt.From([32]byte{byte(i)})))] = true
	}
	if len(lengths) != 1 {
		t.Errorf("tickets have %d lengths", len(lengths))
	}
	if habeas.MaxLetter > maxTyped {
		t.Error("a whole letter does not come back")
	}
}
