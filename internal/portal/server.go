package portal

import (
	"crypto/cipher"
	"crypto/rand"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"habeas"
)

// A Server is the public pages of one desk. Set its fields before the first use
// of [Server.Handler], and not after.
type Server struct {
	Desk     *habeas.Desk
	Settings Settings
	Secure   bool             // reached over TLS
	Hosts    []string         // host names it answers to, besides this machine's own and onion names
	Onion    string           // host name of the onion service that shows the same pages; "" is that of Settings
	Now      func() time.Time // nil is time.Now
	Log      *slog.Logger     // nil discards

	PerSecond int // letters taken a second before people wait; 0 is 20
	Burst     int // letters taken at once; 0 is 100

	key     [32]byte // of this process, or of all nodes: see once.go
	tickets cipher.AEAD
	pages   pages
	style   asset
	queue   *queue
}

// Limits of a request.
const (
	maxQuery = 4 << 10
	maxSmall = 64 << 10 // a form without a letter
	// A letter with all its files, and the form around them.
	maxBody = habeas.MaxUploads*habeas.MaxUpload + 8*habeas.MaxLetter
)

// contentPolicy lets a page use the style sheet of this server, and send forms to
// it; nothing else, and no script whatever.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; script-src 'none'"

// Handler returns the pages. It fails if a template does not parse or a setting
// makes no sense.
func (s *Server) Handler() (http.Handler, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.pattern, s.handle(rt))
	}
	return s.hygiene(mux), nil
}

func (s *Server) prepare() (err error) {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if err := s.Settings.check(); err != nil {
		return err
	}
	if s.Onion == "" {
		s.Onion = s.Settings.Onion
	}
	var own [32]byte
	rand.Read(own[:]) // never fails
	if s.tickets, err = ticketSeal(own); err != nil {
		return err
	}
	rand.Read(s.key[:])
	if shared, ok := s.Desk.FormKey(); ok {
		s.key = shared
	}
	s.queue = newQueue(s.PerSecond, s.Burst)
	s.style = readStyle()
	s.pages, err = parsePages()
	return err
}

// HTTP returns a server of h whose limits of time suit slow lines: a header has
// ten seconds, a body may take as long as it comes steadily, see [pace], and the
// time of an answer counts from when it begins. It logs nothing of its own, for
// its lines hold addresses.
func (s *Server) HTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// hygiene sets the headers every response has, bounds the body, and refuses
// requests that no browser showing our own page makes.
func (s *Server) hygiene(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.setHeaders(w.Header(), r)
		if r.Body != nil && r.Body != http.NoBody {
			p := newPace(r.Body, http.NewResponseController(w), s.queue.crowded)
			defer p.end()
			r.Body = p
		}
		var why *refusal
		switch {
		case !s.ownHost(r.Host):
			why = &refusal{status: http.StatusMisdirectedRequest, key: "host"}
		case isProxied(r.Header):
			why = &refusal{status: http.StatusForbidden, key: "proxy"}
		case len(r.URL.RawQuery) > maxQuery || len(r.URL.Path) > maxQuery:
			why = &refusal{status: http.StatusRequestURITooLong, key: "page"}
		case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method):
			w.Header().Set("Allow", "GET, HEAD, POST")
			why = &refusal{status: http.StatusMethodNotAllowed, key: "method"}
		case cross.Check(r) != nil && !nullOrigin(r):
			why = &refusal{status: http.StatusForbidden, key: "foreign"}
		}
		if why != nil {
			s.handle(route{pattern: "refused", serve: func(*exchange) error { return why }}).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// nullOrigin reports whether a form came from a page whose origin its browser
// does not say, and nothing says that the page is somebody else's. Old browsers
// and those that keep the Referer back do that on plain HTTP. There is no session
// that a forged form could use: a letter needs the mark that our form carries,
// see once.go, and everything else a ticket that only a receipt opens.
func nullOrigin(r *http.Request) bool {
	if r.Header.Get("Origin") != "null" || r.Header.Get("Sec-Fetch-Site") != "" {
		return false
	}
	ref := r.Header.Get("Referer")
	if ref == "" {
		return true
	}
	u, err := url.Parse(ref)
	return err == nil && u.Host == r.Host
}

// isProxied reports whether a request came through a service that shows onion
// pages to browsers without Tor: it reads along.
func isProxied(h http.Header) bool {
	for name := range h {
		if strings.Contains(strings.ToLower(name), "tor2web") {
			return true
		}
	}
	return false
}

func (s *Server) setHeaders(h http.Header, r *http.Request) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if s.Onion != "" && s.ownHost(r.Host) && !strings.HasSuffix(hostName(r.Host), ".onion") && r.Method != http.MethodPost {
		h.Set("Onion-Location", "http://"+s.Onion+ownPath(r.URL.EscapedPath()))
	}
}

// hostName returns the name in a Host header, without its port and in lower case.
func hostName(host string) string {
	u, err := url.Parse("http://" + host + "/")
	if err != nil || u.Host != host || u.User != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// ownHost reports whether a Host header names this server: a page of somebody
// else whose name was pointed here must not get answers.
func (s *Server) ownHost(host string) bool {
	name := hostName(host)
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".onion") || name != "" && slices.Contains(s.Hosts, name)
}

// ownPath returns p if it is the plain path of a page, and otherwise "/".
func ownPath(p string) string {
	if p == "" || p[0] != '/' || len(p) > 64 || strings.HasPrefix(p, "//") {
		return "/"
	}
	for i := range len(p) {
		if c := p[i]; c != '/' && c != '.' && c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "/"
		}
	}
	return p
}
