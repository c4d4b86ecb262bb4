package s3test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A Trouble is what a [Proxy] does with a request.
type Trouble int

// Troubles.
const (
	None      Trouble = iota
	Down              // answers 503, and asks nobody
	Broken            // answers 500 after the server did what was asked
	Lost              // ends the connection after the server did what was asked
	Cut               // ends the connection in the middle of what is sent or answered
	Wrong             // changes a byte of what the server answers
	WrongSent         // changes a byte of what is sent
	Silent            // does not answer as long as the client waits
	Slow              // gives its answer in pieces, a while apart
	Denied            // answers 403, and asks nobody
)

// A Proxy stands before a server and makes trouble.
type Proxy struct {
	URL string

	mu    sync.Mutex
	asked []string
	plan  func(*http.Request) Trouble
}

// NewProxy starts a proxy before a server.
func NewProxy(tb testing.TB, s Server) *Proxy {
	tb.Helper()
	target, err := url.Parse(s.Endpoint)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
			r.Out.Host = r.In.Host // as it was signed
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.handle(w, r, forward) }))
	tb.Cleanup(front.Close)
	p.URL = front.URL
	return p
}

// Plan says what is done with each request from now on; nil is nothing.
func (p *Proxy) Plan(plan func(*http.Request) Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan
}

// Always is a plan that does the same with every request.
func Always(t Trouble) func(*http.Request) Trouble {
	return func(*http.Request) Trouble { return t }
}

// Asked returns what was asked since the last call: method and query of each request.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *Proxy) handle(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.URL.RawQuery)
	trouble := None
	if p.plan != nil {
		trouble = p.plan(r)
	}
	p.mu.Unlock()
	switch trouble {
	case Down:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case Denied:
		w.WriteHeader(http.StatusForbidden)
		return
	case Silent:
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the client left
		<-r.Context().Done()
		return
	case Cut:
		if r.ContentLength > 0 {
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			panic(http.ErrAbortHandler)
		}
	case WrongSent:
		b, _ := io.ReadAll(r.Body)
		if len(b) > 0 {
			b[len(b)/2] ^= 1
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
	case None:
		forward.ServeHTTP(w, r)
		return
	}
	kept := httptest.NewRecorder()
	forward.ServeHTTP(kept, r)
	answer(w, kept, trouble)
}

// answer gives what the server answered, or not.
func answer(w http.ResponseWriter, kept *httptest.ResponseRecorder, trouble Trouble) {
	b := kept.Body.Bytes()
	switch trouble {
	case Broken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case Lost:
		panic(http.ErrAbortHandler)
	case Slow:
		drip(w, kept)
		return
	case Wrong:
		if len(b) > 0 {
			b[len(b)/2] ^= 1
		}
	}
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	if kept.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	}
	w.WriteHeader(kept.Code)
	if trouble == Cut {
		_, _ = w.Write(b[:len(b)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(b)
}

// drip gives an answer in ten pieces.
func drip(w http.ResponseWriter, kept *httptest.ResponseRecorder) {
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(kept.Code)
	for piece := range slices.Chunk(kept.Body.Bytes(), max(kept.Body.Len()/10, 1)) {
		time.Sleep(10 * time.Millisecond)
		_, _ = w.Write(piece)
		_ = http.NewResponseController(w).Flush()
	}
}
