package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// endless is a body that has no end, and counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.taken += int64(len(b))
	return len(b), nil
}

func (e *endless) Close() error { return nil }

// TestEveryFormHasAnEnd: who is not known sends a body without end to every route that
// takes one, said to be of no length, of a small one, and as a form with files. Each is
// refused after no more than a form may have.
func TestEveryFormHasAnEnd(t *testing.T) {
	o := newOffice(t)
	posts := 0
	for _, rt := range o.web.routes() {
		path, ok := strings.CutPrefix(rt.pattern, "POST ")
		if !ok {
			continue
		}
		posts++
		path = strings.NewReplacer("{$}", "", "{", "", "}", "").Replace(path)
		for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=b"} {
			body := &endless{}
			r := httptest.NewRequest("POST", "http://localhost"+path, io.NopCloser(body))
			r.Header.Set("Content-Type", kind)
			r.ContentLength = -1
			w := httptest.NewRecorder()
			o.pages.ServeHTTP(w, r)
			if body.taken > maxBody+1<<20 {
				t.Errorf("%s as %s: took %d bytes", rt.pattern, kind, body.taken)
			}
			if w.Code < 400 || w.Code == http.StatusInternalServerError {
				t.Errorf("%s as %s: got %d", rt.pattern, kind, w.Code)
			}
		}
	}
	if posts < 30 {
		t.Errorf("found only %d routes that take a form", posts)
	}
}
