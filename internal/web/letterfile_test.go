package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"filippo.io/age"

	"habeas/internal/testkit"
)

// evil are files that must never be shown by a browser, whatever they are called.
func evil() []sent {
	const script = "<script>document.title='ran'</script>"
	return []sent{
		{"photo.jpg", []byte("<!doctype html>" + script)},
		{"photo.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg">` + script + `</svg>`)},
		{"photo.gif", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{"photo.webp", []byte("%PDF-1.7\n" + script)},
		{"bitmap.jpg", []byte("BM" + strings.Repeat("\x00", 60))},
		{"icon.png", []byte("\x00\x00\x01\x00" + script)},
		{"text.jpg", []byte("GIF8 is how it begins, and it is none")},
		{"empty.jpg", nil},
		{"movie.jpg", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")},
		{"late.jpg", append(bytes.Repeat([]byte(" "), sniffed), "\xff\xd8\xff"...)},
	}
}

// TestNoFileIsShownButPictures: what is no picture by its content has no inline
// answer; taken, it is bytes that no browser shows.
func TestNoFileIsShownButPictures(t *testing.T) {
	o := newOffice(t)
	files := evil()
	o.receive(aLetter(), files...)
	v := o.member("vera")
	path := opened(v).Address.Path
	for i, f := range files {
		n := string(rune('0' + i))
		saved := "file-" + strconv.Itoa(i+1) + f.name[strings.LastIndexByte(f.name, '.'):]
		look := v.Get(path + "/look/" + n).Want(200)
		look.Has(f.name)
		look.None("main img").None("main iframe").None("main object").None("main embed").Has("not shown here")
		shown := v.Get(path + "/file/" + n).Want(404)
		if len(f.bytes) > 0 && bytes.Contains(shown.Body, f.bytes) {
			t.Errorf("%s: its bytes are in the answer", f.name)
		}
		look.Submit("form.taking", nil).Want(422).Has("not confirmed")
		got := look.Submit("form.taking", url.Values{"confirm": {"1"}}).Want(200)
		isDownload(t, got.Header, saved)
		if !bytes.Equal(got.Body, f.bytes) {
			t.Errorf("%s: got %q, want it as it came", f.name, got.Body)
		}
		// Sent twice, it is the same download and no page: nothing of it was kept.
		twice := look.Submit("form.taking", url.Values{"confirm": {"1"}}).Want(200)
		isDownload(t, twice.Header, saved)
	}
	v.Get(path + "/file/99").Want(404)
	v.Get(path + "/file/-1").Want(404)
	v.Get(path + "/look/x").Want(404)
}

func isDownload(t *testing.T, h http.Header, name string) {
	t.Helper()
	how, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil || how != "attachment" || params["filename"] != name {
		t.Errorf("got Content-Disposition %q, %v, want the attachment %s", h.Get("Content-Disposition"), err, name)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": filePolicy,
		"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := h.Get(header); got != want {
			t.Errorf("%s: got %s %q, want %q", name, header, got, want)
		}
	}
}

// TestPictureIsShown: a picture is one by its content, whatever it is called; its
// page loads it, and the letter does not.
func TestPictureIsShown(t *testing.T) {
	o := newOffice(t)
	files := map[string]sent{
		"image/jpeg": {"letter.txt", jpeg(200_000)},
		"image/png":  {"page.html", append([]byte("\x89PNG\x0d\x0a\x1a\x0a"), "rest"...)},
		"image/gif":  {"x.svg", []byte("GIF89a<script>")},
		"image/webp": {"y", []byte("RIFF\x00\x00\x00\x00WEBPVP8 ")},
	}
	v := o.member("vera")
	for media, f := range files {
		o.receive(aLetter(), f)
		letter := opened(v)
		letter.None("main img")
		look := letter.Follow("ul.files a").Want(200)
		src := look.In(".veil img").Attr("src")
		if look.Count(".veil input[checked]") != 0 {
			t.Error("a picture is shown before anybody asked")
		}
		got := v.Get(src).Want(200)
		for header, want := range map[string]string{
			"Content-Type": media, "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": filePolicy,
			"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if g := got.Header.Get(header); g != want {
				t.Errorf("%s: got %s %q, want %q", f.name, header, g, want)
			}
		}
		if !bytes.Equal(got.Body, f.bytes) {
			t.Errorf("%s: got %d bytes, want %d", f.name, len(got.Body), len(f.bytes))
		}
		letter.Submit("form.closing", url.Values{"confirm": {"1"}}).Want(200)
	}
}

// TestFileThatItsSenderSealed is shown and taken as it is inside; how large that is,
// nothing says before.
func TestFileThatItsSenderSealed(t *testing.T) {
	o := newOffice(t)
	to, err := o.desk.DeskRecipient()
	o.ok(err)
	recipient, err := age.ParseHybridRecipient(to)
	o.ok(err)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	o.ok(err)
	_, err = w.Write(jpeg(200_000))
	o.ok(err)
	o.ok(w.Close())
	o.receive(aLetter(), sent{"yard.jpg.age", sealed.Bytes()}, sent{"cut.jpg.age", sealed.Bytes()[:sealed.Len()-1000]})
	v := o.member("vera")
	letter := opened(v)
	look := v.Get(letter.Address.Path + "/look/0").Want(200)
	look.Has("how large it is, is not known", "yard.jpg").HasNot("-1 byte", "yard.jpg.age")
	got := look.Submit("form.taking", url.Values{"confirm": {"1"}}).Want(200)
	isDownload(t, got.Header, "file-1.jpg")
	for what, p := range map[string]*testkit.Page{"taken": got, "shown": v.Get(look.In(".veil img").Attr("src")).Want(200)} {
		if !bytes.Equal(p.Body, jpeg(200_000)) || p.Header.Get("Content-Length") != "" {
			t.Errorf("%s, it is %d bytes of length %q, want what was sealed", what, len(p.Body), p.Header.Get("Content-Length"))
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", o.http.URL+letter.Address.Path+"/file/1", nil)
	o.ok(err)
	req.AddCookie(&http.Cookie{Name: sessionCookie, Value: sessionOf(v, o)})
	resp, err := http.DefaultClient.Do(req)
	o.ok(err)
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Errorf("got %d bytes of a file that is cut off inside its seal, and no fault", n)
	}
}

// TestFileEndsWithTheSession: a file that is on its way is cut off when everybody is
// locked out, and its reader sees that it was.
func TestFileEndsWithTheSession(t *testing.T) {
	o := newOffice(t)
	const size = 40 << 20
	o.receive(aLetter(), sent{"long.jpg", jpeg(size)})
	v := o.member("vera")
	path := opened(v).Address.Path
	req, err := http.NewRequestWithContext(t.Context(), "GET", o.http.URL+path+"/file/0", nil)
	o.ok(err)
	req.AddCookie(&http.Cookie{Name: sessionCookie, Value: sessionOf(v, o)})
	resp, err := http.DefaultClient.Do(req)
	o.ok(err)
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil || resp.StatusCode != 200 {
		t.Fatalf("got status %d, %v", resp.StatusCode, err)
	}
	v.Get("/help").Submit("form[action=/lock]", nil).Want(200)
	if n, err := io.Copy(io.Discard, resp.Body); err == nil || n >= size-1000 {
		t.Errorf("got %d more bytes and %v, want it cut off", n, err)
	}
}

// TestFileNames: what a stranger calls a file is no path, no header, and no trick.
func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"photo.jpg": "photo.jpg", "Воробейчиков в подвале.jpg": "Воробейчиков в подвале.jpg", "صورة.png": "صورة.png",
		"../../etc/passwd": "passwd", `C:\Users\x\a.doc`: "a.doc", "a/b\\c": "c", "": "file-1", "..": "file-1", " . ": "file-1", "/": "file-1",
		"x\r\nSet-Cookie: a=b": "xSet-Cookie_ a=b", "a\x00b": "ab", "a\tb": "ab", "photo\u202egpj.exe": "photogpj.exe", "a\u200bb\ufeff": "ab",
		`a"b;c.txt`: "a_b;c.txt", "a<b>c": "a_b_c", ".htaccess": "htaccess", "x.exe . ": "x.exe", "a\u2028b": "ab", "\xff\xfe.txt": "txt",
	} {
		got := fileName(name, 0)
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
		head := mime.FormatMediaType("attachment", map[string]string{"filename": got})
		if head == "" || strings.ContainsFunc(head, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }) {
			t.Errorf("%q: got header %q", name, head)
		}
	}
	long := fileName(strings.Repeat("я", 5000)+".jpg", 0)
	if len([]rune(long)) != longestName || !strings.HasSuffix(long, "я.jpg") {
		t.Errorf("got %q, want the end of a long name", long)
	}
}

// TestFileNameInHeaders sends names made to add headers, and looks at what comes.
func TestFileNameInHeaders(t *testing.T) {
	o := newOffice(t)
	o.receive(aLetter(), sent{"a.txt\r\nX-Evil: 1\r\n\r\n<script>", []byte("words")}, sent{`b".html"; filename*=UTF-8''c.html`, []byte("words")})
	v := o.member("vera")
	letter := opened(v)
	letter.HasNot("<script>")
	for i := range 2 {
		look := v.Get(letter.Address.Path + "/look/" + string(rune('0'+i))).Want(200)
		got := look.Submit("form.taking", url.Values{"confirm": {"1"}}).Want(200)
		if got.Header.Get("X-Evil") != "" {
			t.Error("the name of a file added a header")
		}
		isDownload(t, got.Header, []string{"file-1", "file-2.html"}[i])
	}
}
