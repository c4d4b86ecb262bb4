package web

import (
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
	"habeas/fault"
)

// A Server is the pages of one desk. Set its fields before the first use of
// [Server.Handler], and not after.
type Server struct {
	Desk   *habeas.Desk
	Secure bool             // reached over TLS: cookies are marked for it
	Hosts  []string         // host names it answers to, besides this machine's own and onion names
	Now    func() time.Time // nil is time.Now
	Log    *slog.Logger     // nil discards

	pages  pages
	assets assets
	bulky  chan struct{} // places for long forms of strangers
}

// Limits of a request.
const (
	maxBody  = 16 << 20 // a paste of 10 MB and its form around it
	maxQuery = 4 << 10

	strangersBody = 64 << 10 // of who is not known, but for mostBulky at a time
	mostBulky     = 2
)

// contentPolicy lets a page use what this server serves, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Handler returns the pages. It fails if a template does not parse.
func (s *Server) Handler() (http.Handler, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.bulky = make(chan struct{}, mostBulky)
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
	if s.pages, err = parsePages(); err != nil {
		return err
	}
	s.assets, err = readAssets()
	return err
}

// HTTP returns a server of h with limits of time and size. It logs nothing of
// its own, for its lines hold addresses.
func (s *Server) HTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a 10 MB paste over a slow line
		WriteTimeout:      3 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// hygiene sets the headers every response has, and refuses requests that no
// browser showing our own page makes.
func (s *Server) hygiene(next http.Handler) http.Handler {
	// Checked on top of the form token and the strict cookie: each alone would do
	// in a new browser, and old ones have only some.
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), s.Secure)
		switch {
		case !s.ownHost(r.Host):
			s.refuse(w, r, http.StatusMisdirectedRequest, fault.New(fault.Invalid, "request.host"))
		case len(r.URL.RawQuery) > maxQuery || len(r.URL.Path) > maxQuery:
			s.refuse(w, r, http.StatusRequestURITooLong, fault.New(fault.Invalid, "request.too_long"))
		case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method):
			s.refuse(w, r, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "request.method"))
		case cross.Check(r) != nil:
			s.refuse(w, r, http.StatusForbidden, fault.New(fault.Forbidden, "request.foreign"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func setHeaders(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// ownHost reports whether a Host header names this server: a page of somebody
// else whose name was pointed here must not get answers.
func (s *Server) ownHost(host string) bool {
	u, err := url.Parse("http://" + host + "/")
	if err != nil || u.Host != host || u.User != nil {
		return false
	}
	name := strings.ToLower(u.Hostname())
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".onion") || slices.Contains(s.Hosts, name)
}

// ownPath returns p if it is a path of this server, and otherwise "/": what a
// form says about where to go next is never a way to another host.
func ownPath(p string) string {
	if len(p) == 0 || p[0] != '/' || len(p) > 1 && (p[1] == '/' || p[1] == '\\') || len(p) > maxQuery {
		return "/"
	}
	for i := range len(p) {
		if p[i] <= ' ' || p[i] == '\\' || p[i] >= 0x7f {
			return "/"
		}
	}
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return "/"
	}
	return p
}
