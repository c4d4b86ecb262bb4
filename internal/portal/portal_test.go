package portal

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/oplog"
	"habeas/vault"
)

// An office is a server on the demo, reached over HTTP, with a clock that the
// test sets.
type office struct {
	*testing.T
	*Server
	dir  string
	srv  *httptest.Server
	mu   sync.Mutex
	time time.Time
	logs bytes.Buffer
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// opened makes an office. change sets more of the server's fields.
func opened(t *testing.T, change ...func(*Server)) *office {
	t.Helper()
	return made(t, habeas.Config{}, func(cfg habeas.Config) (*habeas.Desk, error) {
		return demo.Create(t.Context(), cfg, func(string) {})
	}, change...)
}

// made is opened for an office that is made by make, with more of cfg.
func made(t *testing.T, cfg habeas.Config, make func(habeas.Config) (*habeas.Desk, error), change ...func(*Server)) *office {
	t.Helper()
	o := &office{T: t, dir: t.TempDir(), time: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	cfg.Dir, cfg.Cost, cfg.Now = filepath.Join(o.dir, "data"), vault.Cost{Time: 1, Memory: 1 << 10}, o.clock
	cfg.Log = slog.New(oplog.Handler(slog.NewJSONHandler(&o.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	desk, err := make(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { desk.Close() })
	o.Server = &Server{Desk: desk, Now: o.clock, Log: cfg.Log}
	for _, f := range change {
		f(o.Server)
	}
	h, err := o.Handler()
	if err != nil {
		t.Fatal(err)
	}
	o.srv = httptest.NewUnstartedServer(nil)
	o.srv.Config = o.HTTP(h)
	o.srv.Start()
	t.Cleanup(o.srv.Close)
	if o.Desk.Taking() != nil {
		t.Skip("the demo takes no letters yet")
	}
	return o
}

// A page is an answer.
type page struct {
	status int
	header http.Header
	body   string
}

func (o *office) do(r *http.Request) page {
	o.Helper()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		o.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		o.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header, string(b)}
}

func (o *office) request(method, path string, body io.Reader) *http.Request {
	o.Helper()
	r, err := http.NewRequestWithContext(o.Context(), method, o.srv.URL+path, body)
	if err != nil {
		o.Fatal(err)
	}
	return r
}

func (o *office) get(path string) page { return o.do(o.request("GET", path, nil)) }

// send posts a form as a text browser does.
func (o *office) send(path string, fields ...string) page {
	r := o.request("POST", path, strings.NewReader(values(fields).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.do(r)
}

func values(fields []string) url.Values {
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v
}

// A sent file.
type sentFile struct{ name, bytes string }

// attach posts a form with files, as other browsers do.
func (o *office) attach(path string, files []sentFile, fields ...string) page {
	body, media := form(files, fields...)
	r := o.request("POST", path, bytes.NewReader(body))
	r.Header.Set("Content-Type", media)
	return o.do(r)
}

func form(files []sentFile, fields ...string) (body []byte, media string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		w.WriteField(fields[i], fields[i+1])
	}
	for _, f := range files {
		p, _ := w.CreateFormFile(fileField, f.name)
		io.WriteString(p, f.bytes)
	}
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// hidden returns the value of a hidden field on a page.
func (p page) hidden(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	return m[1]
}

// digits returns the receipt on a page.
func (p page) digits() string {
	var all []string
	for _, m := range regexp.MustCompile(`<bdi translate="no">(\d{4})</bdi>`).FindAllStringSubmatch(p.body, -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " ")
}

// bare returns the words on a page, without its marks and its padding.
func (p page) bare() string {
	s := regexp.MustCompile(`(?s)<!--.*?-->`).ReplaceAllString(p.body, "")
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(s, " ")
}

// says fails the test unless the page has the words of a key.
func (o *office) says(p page, lang, key string) {
	o.Helper()
	want := words(o.T, lang)[key]
	if want == "" || !strings.Contains(plain(p.body), want) {
		o.Errorf("status %d: no %q on the page: %s", p.status, key, strings.Join(strings.Fields(p.bare()), " "))
	}
}

func plain(s string) string {
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&").Replace(s)
}

// letter sends a first letter and returns its receipt in digits, with the word
// to take it back and the other.
func (o *office) letter(text string, more ...string) (digits, own, pressure string) {
	o.Helper()
	once := o.get("/en/write").hidden(onceField)
	p := o.send("/en/write", append([]string{onceField, once, textField, text}, more...)...)
	o.says(p, "en", "portal.receipt.taken")
	m := regexp.MustCompile(`class="oneword"><bdi[^>]*>([^<]+)</bdi>`).FindAllStringSubmatch(p.body, -1)
	if len(m) != 2 {
		o.Fatalf("%d single words on the page", len(m))
	}
	return p.digits(), m[0][1], m[1][1]
}

// back opens the conversation of a receipt.
func (o *office) back(receipt string) page { return o.send("/en/return", receiptField, receipt) }

func ExampleLanguages() {
	fmt.Println(Languages())
	// Output: [en ru uk es fr ar]
}
