package portal

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"habeas"
)

const bound = "xxBOUNDxx"

// raw posts a body as it is.
func (o *office) raw(path, media string, body io.Reader) (page, error) {
	o.Helper()
	r := o.request("POST", path, body)
	r.Header.Set("Content-Type", media)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return page{}, err
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return page{resp.StatusCode, resp.Header, string(b)}, nil
}

func part(header, body string) string {
	return "--" + bound + "\r\n" + header + "\r\n\r\n" + body + "\r\n"
}

func field(name, value string) string {
	return part(`Content-Disposition: form-data; name="`+name+`"`, value)
}

const last = "--" + bound + "--\r\n"

// endless repeats a text n times.
type endless struct {
	text string
	n    int
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	n := copy(b, e.text[e.at:])
	if e.at += n; e.at == len(e.text) {
		e.at = 0
		e.n--
	}
	return n, nil
}

// TestMultipart sends the forms of security.md section 4. None is taken, none
// costs much memory, and the server answers or hangs up.
func TestMultipart(t *testing.T) {
	o := opened(t)
	once := field(onceField, o.get("/en/write").hidden(onceField))
	fileHead := `Content-Disposition: form-data; name="file"; filename="x"`
	for name, c := range map[string]struct {
		media string
		body  io.Reader
		want  int
	}{
		"a million parts":        {"", &endless{text: field(fileField, ""), n: 1e6}, 400},
		"a million empty files":  {"", &endless{text: part(fileHead, ""), n: 1e6}, 400},
		"a million header bytes": {"", strings.NewReader(part(`Content-Disposition: form-data; name="text"`+"\r\nX: "+strings.Repeat("x", 1e6), "x") + last), 400},
		"endless header lines":   {"", io.MultiReader(strings.NewReader("--"+bound+"\r\n"), &endless{text: "X-Y: z\r\n", n: 1e6}), 400},
		"an endless preamble":    {"", &endless{text: strings.Repeat("p", 63) + "\n", n: 1e6}, 400},
		"an endless epilogue":    {"", io.MultiReader(strings.NewReader(once+field(textField, "x")+last), &endless{text: "e\n", n: 1e6}), 400},
		"no last boundary":       {"", strings.NewReader(once + field(textField, "x")), 400},
		"cut off in a file":      {"", strings.NewReader(once + field(textField, "x") + part(fileHead, strings.Repeat("y", 100_000))), 400},
		"no boundary said":       {"multipart/form-data", strings.NewReader(last), 400},
		"a long boundary":        {"multipart/form-data; boundary=" + strings.Repeat("b", 71), strings.NewReader(last), 400},
		"a field twice":          {"", strings.NewReader(once + field(textField, "x") + field(textField, "y") + last), 400},
		"a field we don't have":  {"", strings.NewReader(once + field(textField, "x") + field("role", "keeper") + last), 400},
		"text with a file name":  {"", strings.NewReader(once + part(`Content-Disposition: form-data; name="text"; filename="x"`, "x") + last), 400},
		"a part without a name":  {"", strings.NewReader(once + part("X: y", "x") + last), 400},
		"another type":           {"text/plain", strings.NewReader("text=x"), 400},
		"mixed":                  {"multipart/mixed; boundary=" + bound, strings.NewReader(once + last), 400},
		"no form":                {"", strings.NewReader(""), 400},
		"text beyond the limit":  {"", strings.NewReader(once + field(textField, strings.Repeat("z", habeas.MaxLetter+1)) + last), 413},
		"text far beyond it":     {"", io.MultiReader(strings.NewReader(once+"--"+bound+"\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n"), &endless{text: "zz", n: 1e6}, strings.NewReader("\r\n"+last)), 413},
		"text in many fields":    {"", strings.NewReader(once + strings.Repeat(field(useField, strings.Repeat("z", habeas.MaxLetter/8)), 20) + last), 413},
		"fields without end":     {"application/x-www-form-urlencoded", &endless{text: "use=a&", n: 1e5}, 400},
		"bad escapes":            {"application/x-www-form-urlencoded", strings.NewReader("text=%zz"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			media := c.media
			if media == "" {
				media = "multipart/form-data; boundary=" + bound
			}
			p, err := o.raw("/en/write", media, c.body)
			runtime.ReadMemStats(&after)
			if err == nil && p.status != c.want {
				t.Errorf("status %d, want %d: %.300s", p.status, c.want, p.bare())
			}
			if strings.Contains(p.body, "ol class=\"words\"") {
				t.Error("it was taken")
			}
			if grown := int64(after.Sys) - int64(before.Sys); grown > 20<<20 {
				t.Errorf("it took %d MB", grown>>20)
			}
		})
	}
	if o.queue.texts.left != maxTexts {
		t.Errorf("%d bytes of text are still counted", maxTexts-o.queue.texts.left)
	}
	if n := len(o.queue.newBodies) + len(o.queue.files); n != 0 {
		t.Errorf("%d places are still taken", n)
	}
}

func TestFilesOfAllSizes(t *testing.T) {
	o := opened(t)
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 64 << 10, 64<<10 + 1} {
		p := o.attach("/en/write", []sentFile{{"x", strings.Repeat("y", n)}}, onceField, o.get("/en/write").hidden(onceField), textField, "x")
		o.says(p, "en", "portal.receipt.taken")
		if strings.Contains(p.body, `class="alert"`) {
			t.Errorf("a file of %d bytes was refused", n)
		}
	}
	names := []string{"../../etc/passwd", strings.Repeat("n", 64<<10), "nul\x00", "crlf\r\nX: y", ".", "CON", "😀", "\xff\xfe", "‮gpj.exe"}
	for _, name := range names {
		body := once(o) + field(textField, "x") + part(`Content-Disposition: form-data; name="file"; filename="`+strings.NewReplacer("\r", "%0D", "\n", "%0A").Replace(name)+`"`, "y") + last
		p, err := o.raw("/en/write", "multipart/form-data; boundary="+bound, strings.NewReader(body))
		if err != nil || p.status != 200 && name != "nul\x00" {
			t.Errorf("name %.20q: status %d, %v", name, p.status, err)
		}
	}
}

func once(o *office) string { return field(onceField, o.get("/en/write").hidden(onceField)) }

// TestFilesThatAreNotTaken sends too many files and one that is too large: the
// letter is taken, and the page says how many files were not.
func TestFilesThatAreNotTaken(t *testing.T) {
	o := opened(t)
	many := make([]sentFile, habeas.MaxUploads+2)
	for i := range many {
		many[i] = sentFile{fmt.Sprint(i), "y"}
	}
	p := o.attach("/en/write", many, onceField, o.get("/en/write").hidden(onceField), textField, "x")
	o.says(p, "en", "portal.receipt.taken")
	if !strings.Contains(p.body, "2 files were not taken") {
		t.Error("two files too many, and the page does not say so")
	}
	body := io.MultiReader(strings.NewReader(once(o)+field(textField, "x")+"--"+bound+"\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"),
		&endless{text: strings.Repeat("y", 1<<20), n: habeas.MaxUpload>>20 + 1}, strings.NewReader("\r\n"+part(`Content-Disposition: form-data; name="file"; filename="small"`, "y")+last))
	p, err := o.raw("/en/write", "multipart/form-data; boundary="+bound, body)
	if err != nil || !strings.Contains(p.body, "1 file was not taken") {
		t.Errorf("status %d, %v: %.300s", p.status, err, p.bare())
	}
	o.says(p, "en", "portal.receipt.taken")
}

// TestAbortedUploads breaks uploads off near their end. Nothing is left of them.
func TestAbortedUploads(t *testing.T) {
	o := opened(t)
	mark := strings.Repeat("Kestrelwood", 20_000)
	before := o.files()
	for range 200 {
		head := once(o) + field(textField, mark[:100]) + "--" + bound + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Kestrelwood.jpg\"\r\n\r\n" + mark
		conn, err := net.Dial("tcp", o.srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /en/write HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n%s", bound, len(head)*101/100, head)
		conn.Close()
	}
	deadline := time.Now().Add(5 * time.Second)
	for len(o.queue.newBodies) > 0 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if after := o.files(); after != before {
		t.Errorf("%d files in the data directory, %d before", after, before)
	}
	filepath.WalkDir(o.dir, func(path string, d os.DirEntry, _ error) error {
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte("Kestrelwood")) {
			t.Errorf("%s holds what was sent", path)
		}
		return nil
	})
}

func (o *office) files() (n int) {
	filepath.WalkDir(o.dir, func(string, os.DirEntry, error) error { n++; return nil })
	return n
}
