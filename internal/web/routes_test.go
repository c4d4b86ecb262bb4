package web

import (
	"net/http"
	"strings"
	"testing"
)

// allowed says for each route who may ask: "all", or handles of the demo's
// members. vera and omar are caseworkers, ana an analyst, ed an editor. Whoever
// is not named is sent to log in, or refused.
var allowed = map[string]string{
	"GET /login":               "all",
	"POST /login":              "all",
	"GET /login/second":        "all",
	"POST /login/second":       "all",
	"POST /lang":               "all",
	"GET /help":                "all",
	"GET /asset/{hash}/{name}": "all",
	"GET /favicon.ico":         "all",
	"/":                        "all",

	"GET /join":             "all",
	"POST /join":            "all",
	"GET /invites":          "vera",
	"POST /invites":         "vera",
	"POST /invites/drop":    "vera",
	"GET /again":            "vera omar ana ed",
	"POST /again":           "vera",
	"POST /again/confirm":   "vera omar ana ed",
	"POST /again/invite":    "vera",
	"GET /recovery":         "vera",
	"POST /recovery/sheets": "vera",
	"POST /recovery/check":  "vera",
	"POST /recovery/cover":  "vera",
	"GET /case/{case}/statement/{statement}/erase":        "vera omar",
	"POST /case/{case}/statement/{statement}/erase":       "vera omar",
	"GET /case/{case}/statement/{statement}/erased":       "vera omar ana ed",
	"GET /case/{case}/batch/{entry}":                      "vera omar",
	"POST /case/{case}/batch/{entry}":                     "vera omar",
	"GET /case/{case}/statement/{statement}/reseal":       "vera omar",
	"POST /case/{case}/statement/{statement}/reseal/look": "vera omar",
	"POST /case/{case}/statement/{statement}/reseal":      "vera omar",

	"GET /intake":                    "vera omar",
	"POST /intake/desk/end":          "vera omar",
	"POST /intake/junk":              "vera omar",
	"GET /intake/{letter}":           "vera omar",
	"POST /intake/{letter}/file":     "vera omar",
	"POST /intake/{letter}/write":    "vera omar",
	"POST /intake/{letter}/close":    "vera omar",
	"POST /intake/{letter}/heed":     "vera omar",
	"POST /intake/{letter}/drop":     "vera omar",
	"GET /intake/{letter}/look/{n}":  "vera omar",
	"GET /intake/{letter}/file/{n}":  "vera omar",
	"POST /intake/{letter}/take/{n}": "vera omar",

	"POST /lock":      "vera omar ana ed",
	"POST /logout":    "vera omar ana ed",
	"GET /kept":       "vera omar ana ed",
	"POST /kept/drop": "vera omar ana ed",

	"GET /me":                  "vera omar ana ed",
	"POST /me/session":         "vera omar ana ed",
	"POST /me/idle":            "vera omar ana ed",
	"POST /me/devices":         "vera omar ana ed",
	"GET /me/passphrase":       "vera omar ana ed",
	"POST /me/passphrase":      "vera omar ana ed",
	"GET /me/code":             "vera omar ana ed",
	"POST /me/code":            "vera omar ana ed",
	"GET /me/code/confirm":     "vera omar ana ed",
	"POST /me/code/confirm":    "vera omar ana ed",
	"GET /me/passkey":          "vera omar ana ed",
	"POST /me/passkey":         "vera omar ana ed",
	"GET /me/passkey/confirm":  "vera omar ana ed",
	"POST /me/passkey/confirm": "vera omar ana ed",
	"GET /me/factor/{factor}":  "vera omar ana ed",
	"POST /me/factor/{factor}": "vera omar ana ed",
	"GET /me/recovery":         "vera omar ana ed",
	"POST /me/recovery":        "vera omar ana ed",
	"POST /me/recovery/noted":  "vera omar ana ed",

	"GET /{$}":         "vera omar ana ed",
	"POST /words":      "vera omar ana ed",
	"GET /search":      "vera omar ana ed",
	"POST /search":     "vera omar ana ed",
	"GET /cases":       "vera omar ana ed",
	"GET /releases":    "vera omar ana ed",
	"GET /cases/new":   "vera omar",
	"POST /cases":      "vera omar",
	"GET /places":      "vera omar ana ed",
	"GET /places/new":  "vera omar ana",
	"POST /places":     "vera omar ana",
	"GET /units/new":   "vera omar ana",
	"POST /units":      "vera omar ana",
	"GET /place/{ref}": "vera omar ana ed",

	"GET /people":                            "vera omar ana ed",
	"POST /people/{member}/suspend":          "vera omar ana ed",
	"POST /people/{member}/return":           "vera omar ana ed",
	"POST /people/{member}/remove":           "vera",
	"GET /access":                            "vera omar ana ed",
	"GET /circles":                           "vera",
	"POST /circles":                          "vera",
	"POST /circle/{circle}/add":              "vera",
	"POST /circle/{circle}/check":            "vera omar",
	"POST /circle/{circle}/check/end":        "vera omar",
	"POST /circle/{circle}/take/{member}":    "vera",
	"GET /case/{case}/sharing":               "vera omar ana ed",
	"POST /case/{case}/sharing":              "vera omar",
	"POST /case/{case}/sharing/{circle}/end": "vera omar",
	"GET /lookup":                            "vera omar",
	"POST /lookup":                           "vera omar",
	"GET /looks":                             "vera omar ana ed",
	"POST /looks/{member}":                   "vera omar",
	"GET /audit":                             "vera",
	"GET /log":                               "vera",
	"POST /audit/{member}/looked":            "vera",

	"GET /case/{case}/liaisons":                           "vera omar ana ed",
	"POST /case/{case}/liaisons":                          "vera omar ana",
	"POST /case/{case}/liaison/{entry}/end":               "vera omar ana",
	"GET /case/{case}":                                    "vera omar ana ed",
	"GET /case/{case}/history":                            "vera omar ana ed",
	"POST /case/{case}/undo/{entry}":                      "vera omar ana",
	"GET /case/{case}/people":                             "vera omar ana ed",
	"POST /case/{case}/people":                            "vera omar ana",
	"GET /case/{case}/person/{person}":                    "vera omar ana ed",
	"POST /case/{case}/person/{person}":                   "vera omar ana",
	"POST /case/{case}/person/{person}/affected":          "vera omar ana",
	"POST /case/{case}/person/{person}/details":           "vera omar",
	"GET /case/{case}/names":                              "vera omar",
	"POST /case/{case}/names":                             "vera omar",
	"POST /case/{case}/hide":                              "vera omar",
	"GET /case/{case}/statements/new":                     "vera omar",
	"POST /case/{case}/statements":                        "vera omar",
	"GET /case/{case}/statement/{statement}":              "vera omar ana ed",
	"POST /case/{case}/statement/{statement}/link":        "vera omar",
	"POST /case/{case}/statement/{statement}/link-new":    "vera omar",
	"POST /case/{case}/statement/{statement}/unlink":      "vera omar",
	"POST /case/{case}/statement/{statement}/dismiss":     "vera omar",
	"POST /case/{case}/statement/{statement}/settle":      "vera omar",
	"POST /case/{case}/statement/{statement}/file/{n}":    "vera omar",
	"GET /case/{case}/handover":                           "vera omar ed",
	"POST /case/{case}/handover/look":                     "vera omar ed",
	"POST /case/{case}/handover":                          "vera omar ed",
	"GET /case/{case}/bundle/{dossier}":                   "vera omar ed",
	"POST /case/{case}/bundle/{dossier}/approve":          "vera omar ed",
	"POST /case/{case}/bundle/{dossier}/refuse":           "vera omar ed",
	"POST /case/{case}/bundle/{dossier}/release":          "ed",
	"POST /case/{case}/bundle/{dossier}/take":             "ed",
	"GET /case/{case}/exhibits":                           "vera omar",
	"GET /case/{case}/exhibit/{exhibit}":                  "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/safe":             "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/safe":            "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/look":            "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/check":           "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/proofs":          "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/take":            "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/note":            "vera omar",
	"GET /case/{case}/statement/{statement}/exhibits":     "vera omar",
	"POST /case/{case}/statement/{statement}/exhibits":    "vera omar",
	"POST /case/{case}/statement/{statement}/claims":      "vera omar ana",
	"GET /case/{case}/claim/{entry}":                      "vera omar ana",
	"POST /case/{case}/claim/{entry}":                     "vera omar ana",
	"POST /case/{case}/claim/{entry}/withdraw":            "vera omar ana",
	"GET /case/{case}/dossiers":                           "vera omar ana ed",
	"POST /case/{case}/dossiers/look":                     "vera omar ed",
	"POST /case/{case}/dossiers":                          "vera omar ed",
	"GET /case/{case}/dossier/{dossier}":                  "vera omar ana ed",
	"POST /case/{case}/dossier/{dossier}/approve":         "vera omar ed",
	"POST /case/{case}/dossier/{dossier}/refuse":          "vera omar ed",
	"POST /case/{case}/dossier/{dossier}/release":         "ed",
	"POST /case/{case}/dossier/{dossier}/told":            "ed",
	"GET /case/{case}/dossier/{dossier}/all.zip":          "ed",
	"GET /case/{case}/dossier/{dossier}/file/{name}":      "ed",
	"POST /case/{case}/exhibits/small":                    "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/picture":          "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/mark":            "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/made":             "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/made":            "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/made/{n}":         "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/made/{n}/safe":    "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/made/{n}/picture": "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/made/{n}/safe":   "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/made/{n}/look":   "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/made/{n}/take":   "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/redact":           "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/redact":          "vera omar",
	"POST /case/{case}/exhibit/{exhibit}/redact/try":      "vera omar",
	"GET /case/{case}/exhibit/{exhibit}/redact/picture":   "vera omar",

	"POST /case/{case}/statement/{statement}/exhibits/begin": "vera omar",
	"GET /upload/{upload}":                      "vera omar",
	"POST /upload/{upload}":                     "vera omar",
	"POST /upload/{upload}/cancel":              "vera omar",
	"GET /appeals":                              "vera omar ana ed",
	"GET /appeals/days.ics":                     "vera omar ana ed",
	"GET /appeals/rules":                        "vera omar ana ed",
	"POST /appeals/rules":                       "vera omar ana",
	"GET /authorities/new":                      "vera omar ana",
	"POST /authorities":                         "vera omar ana",
	"GET /case/{case}/appeals":                  "vera omar ana ed",
	"GET /case/{case}/appeals/new":              "vera omar",
	"POST /case/{case}/appeals":                 "vera omar",
	"GET /case/{case}/appeal/{appeal}":          "vera omar ana ed",
	"POST /case/{case}/appeal/{appeal}/step":    "vera omar",
	"POST /case/{case}/appeal/{appeal}/reply":   "vera omar",
	"POST /case/{case}/appeal/{appeal}/forward": "vera omar",
	"POST /case/{case}/appeal/{appeal}/heed":    "vera omar",
	"GET /case/{case}/appeal/{appeal}/numbers":  "vera omar",
	"POST /case/{case}/appeal/{appeal}/numbers": "vera omar",
	"POST /case/{case}/appeal/{appeal}/letter":  "vera omar",

	"GET /appeals/table":                             "vera omar ana ed", // not kim
	"GET /appeals/table/{circle}":                    "vera omar ed",
	"POST /appeals/table/{circle}":                   "vera omar ed",
	"GET /appeals/table/{circle}/{dossier}":          "vera omar ana ed",
	"POST /appeals/table/{circle}/{dossier}/approve": "vera omar ed",
	"POST /appeals/table/{circle}/{dossier}/refuse":  "vera omar ed",
	"POST /appeals/table/{circle}/{dossier}/release": "ed",
	"GET /appeals/table/{circle}/{dossier}/all.zip":  "ed",

	"GET /case/{case}/appeal/{appeal}/draft":       "vera omar",
	"POST /case/{case}/appeal/{appeal}/draft/look": "vera omar",
	"POST /case/{case}/appeal/{appeal}/draft":      "vera omar",

	"GET /case/{case}/statement/{statement}/consent":           "vera omar ana ed",
	"POST /case/{case}/statement/{statement}/consent":          "vera omar ana",
	"POST /case/{case}/statement/{statement}/consent/withdraw": "vera omar ana",
	"POST /case/{case}/person/{person}/stop":                   "vera omar ana",
	"POST /case/{case}/person/{person}/turn":                   "vera omar ana",
	"GET /case/{case}/settings":                                "vera omar ana ed",
	"POST /case/{case}/settings/keeping":                       "vera omar ana",
	"POST /case/{case}/settings/caution":                       "vera omar ana",
	"GET /retention":                                           "vera",
	"POST /retention":                                          "vera",
}

// sample fills the wildcards of a pattern with things that do not exist.
func sample(pattern string) (method, path string) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = "GET", "/no-such-page"
	}
	path = strings.NewReplacer(
		"{$}", "", "{case}", strings.Repeat("0c", 16), "{entry}", strings.Repeat("1e", 16), "{member}", strings.Repeat("2d", 16), "{circle}", strings.Repeat("3c", 16),
		"{person}", "aaaaaaaaaaaaaaaa", "{statement}", "aaaaaaaaaaaaaaaa", "{dossier}", "aaaaaaaaaaaaaaaa",
		"{ref}", "l:aaaaaaaaaaaaaaaa", "{factor}", strings.Repeat("2f", 16), "{name}", "x.css", "{letter}", strings.Repeat("4b", 16), "{n}", "0", "{exhibit}", "aaaaaaaaaaaaaaaa", "{hash}", "0", "{upload}", "AAAAAAAAAAAAAAAAAAAAAAAAAA",
		"{ref}", "l:aaaaaaaaaaaaaaaa", "{factor}", strings.Repeat("2f", 16), "{name}", "x.css", "{letter}", strings.Repeat("4b", 16), "{n}", "0", "{exhibit}", "aaaaaaaaaaaaaaaa", "{appeal}", "aaaaaaaaaaaaaaaa", "{hash}", "0",
	).Replace(path)
	return method, path
}

// TestHeadersOnEveryAnswer checks the whole set of headers, on pages, errors,
// refusals and files.
func TestHeadersOnEveryAnswer(t *testing.T) {
	o := newOffice(t)
	want := map[string]string{
		"Content-Security-Policy":      contentPolicy,
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Robots-Tag":                 "noindex, nofollow",
		"Cache-Control":                "no-store",
	}
	check := func(name string, resp *http.Response, status int) {
		t.Helper()
		if resp.StatusCode != status {
			t.Errorf("%s: got status %d, want %d", name, resp.StatusCode, status)
		}
		for h, v := range want {
			if got := resp.Header.Get(h); got != v && !(h == "Cache-Control" && strings.HasPrefix(name, "asset")) {
				t.Errorf("%s: got %s %q, want %q", name, h, got, v)
			}
		}
		for _, h := range []string{"Server", "X-Powered-By", "Etag", "Last-Modified", "Access-Control-Allow-Origin"} {
			if got := resp.Header.Get(h); got != "" {
				t.Errorf("%s: got %s %q, want none", name, h, got)
			}
		}
	}
	for _, rt := range o.web.routes() {
		method, path := sample(rt.pattern)
		if method == http.MethodGet {
			resp := o.bare(method, path, nil)
			check(rt.pattern, resp, resp.StatusCode)
		}
	}
	check("no page", o.bare("GET", "/no/such/page", nil), 404)
	check("post to no page", o.bare("POST", "/no/such/page", nil), 404)
	check("locked", o.bare("GET", "/cases", nil), 401)
	check("asset", o.bare("GET", o.web.assets.path("habeas.css"), nil), 200)
	check("asset of another hash", o.bare("GET", "/asset/0000000000000000/habeas.css", nil), 404)
	check("cleaned path", o.bare("GET", "//evil.example/..", nil), 307)
	check("method", o.bare("DELETE", "/", nil), 405)
	check("trace", o.bare("TRACE", "/", nil), 405)
	check("long", o.bare("GET", "/login?"+strings.Repeat("a", maxQuery+1), nil), 414)
	check("host", o.bare("GET", "/", func(r *http.Request) { r.Host = "evil.example" }), 421)
	check("form without token", o.bare("POST", "/login", func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}), 422)
	check("foreign", o.bare("POST", "/login", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), 403)
	check("foreign origin", o.bare("POST", "/login", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }), 403)
}

func TestHosts(t *testing.T) {
	s := &Server{Hosts: []string{"office.example"}}
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8080": true, "localhost:8080": true, "[::1]:80": true, "LOCALHOST": true,
		"office.example": true, "office.example:443": true, "abc.onion": true,
		"": false, "evil.example": false, "office.example.evil.example": false, "10.0.0.1": false, "user@localhost": false,
		"localhost/": false, "localhost\r\nX: y": false, "localhost@evil.example": false, "onion": false, "a b": false,
	} {
		if got := s.ownHost(host); got != want {
			t.Errorf("%q: got %v, want %v", host, got, want)
		}
	}
}

func TestOwnPaths(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/cases": "/cases", "/case/00?s=3": "/case/00?s=3", "/a#b": "/a#b",
		"": "/", "cases": "/", "//evil": "/", "/\\evil": "/", "\\\\evil": "/", "/a\\b": "/", "javascript:alert(1)": "/", "http://evil": "/",
		"/\tevil": "/", "/\r\nX: y": "/", "/ evil": "/", "/\x00": "/", "/é": "/", "/%zz": "/",
	} {
		if got := ownPath(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}
