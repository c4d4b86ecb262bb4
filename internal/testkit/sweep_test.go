package testkit

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math"
	mrand "math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// people are invented.
var people = [...]string{"Зоряна Кашкаренко", "Бережной Тимур", "Павел Кравец", "Ольга Заяц", "Мар'яна Згурська",
	"Сокіл Юрій", "Эльвира Щёкина", "Garret Oswinthorpe", "Weißłow Yıldırım", "Иларион Андреев", "+7 900 555-01-23", "Косой переулок, 17"}

// seen returns who is found in text.
func seen(t *testing.T, text []byte) []string {
	t.Helper()
	swept, err := search(people[:], nil, map[string][]byte{"text": text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, f := range swept.Finds {
		who = append(who, f.Canary)
	}
	slices.Sort(who)
	return slices.Compact(who)
}

func TestSweepSpellings(t *testing.T) {
	for _, tc := range []struct{ text, who string }{
		{"у Кашкаренко", people[0]},
		{"КАШКАРЕНКО", people[0]},
		{"кАшКаРеНкО", people[0]},
		{"про Кашкаренка", people[0]},
		{"із Зоряною", people[0]},
		{norm.NFD.String("Бережной"), people[1]},
		{"Бережного", people[1]},
		{"с Бережными", people[1]},
		{"Бережно́й", people[1]},
		{"Бере\u00adжной", people[1]},
		{"Бере\u200bжной", people[1]},
		{"Тимуром", people[1]},
		{"о Кравце", people[2]},
		{"Павла", people[2]},
		{"Кравцовым и Кравцу", people[2]},
		{"Зайца", people[3]},
		{"Ользі", people[3]},
		{"Мар’яну", people[4]},
		{"Марʼяною", people[4]},
		{"Маряну", people[4]},
		{"Згурською", people[4]},
		{"Соколу", people[5]},
		{"Юрієм", people[5]},
		{"Щекиной", people[6]},
		{"Эльвирой", people[6]},
		// ISO 9, ICAO 9303, BGN/PCGN, the Ukrainian rules of 2010
		{"Bereţnoj Berežnoj", people[1]},
		{"Berezhnoi", people[1]},
		{"Berezhnoy", people[1]},
		{"BEREZHNOGO", people[1]},
		{"Kaškarenko", people[0]},
		{"Kashkarenko", people[0]},
		{"Zorâna", people[0]},
		{"Zoryana", people[0]},
		{"Zoriana", people[0]},
		{"Ŝëkina", people[6]},
		{"Shchekina", people[6]},
		{"Èlʹvira", people[6]},
		{"El'vira", people[6]},
		{"Zhurska", ""},
		{"Zghurska", people[4]},
		{"Mariana", people[4]},
		{"Yurii", people[5]},
		{"Ûrìêm", people[5]},
		{"elviraelvira xelvir", ""},
		{"Oswinthorpe's", people[7]},
		{"k7GtU2pX0vGarretQ4zj1LmWc9Ya8RfBd5EsNh3Ko6TiVb2M", ""},
		{"k7GtU2pX0vQ4zj1LmWc9Ya8RfBd5EsNh3Ko6TiVb2M garret", people[7]},
		{"photo-taken-in-the-yard-in-2022-garret-and-brother-3.jpg", people[7]},
		{"garret", people[7]},
		{"\x93\xfe\x01\xaaGarret\x00\xfb\x02\x91", people[7]},
		{"\x93\xfe\x01\xaaGARRET\x00\xfb\x02\x91", people[7]},
		{"\x93\xfe\x01\xaagaRreT\x00\xfb\x02\x91", ""},
		{"by \"gaRreT\x00\xfb\x02\x91\x93\xfe\x01\xaa", people[7]},
		{"WEISSŁOW", people[8]},
		{"Weisslow", people[8]},
		{"YILDIRIM", people[8]},
		{"Andreyev", people[9]},
		{"Andreev", people[9]},
		{"79005550123", people[10]},
		{"+7 900 555-01-23", people[10]},
		{"8 900 555 01 23, 89005550123", people[10]},
		{"Косой переулок, 17", people[11]},
		{"косой переулок,  17", ""},
		{"переулок", ""},
		{"Кравчук, Иваном, заячий, берегом, семнадцать, активен, парламент", ""},
	} {
		got := seen(t, []byte("("+tc.text+")"))
		if want := strings.Fields(tc.who); (len(want) == 0) != (len(got) == 0) || len(want) > 0 && !slices.Equal(got, []string{tc.who}) {
			t.Errorf("%q: found %q, want %q", tc.text, got, tc.who)
		}
	}
}

// packers are ways of writing a name that must not hide it.
func packers() map[string]func(string) []byte {
	utf16be := func(s string) []byte {
		b := utf16le(s)
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
		return b
	}
	each := func(format string) func(s string) []byte {
		return func(s string) (out []byte) {
			for _, r := range s {
				out = fmt.Appendf(out, format, r)
			}
			return out
		}
	}
	return map[string]func(string) []byte{
		"as it is":          func(s string) []byte { return []byte(s) },
		"UTF-16LE":          utf16le,
		"UTF-16LE upper":    func(s string) []byte { return utf16le(strings.ToUpper(s)) },
		"UTF-16LE odd":      func(s string) []byte { return append([]byte("x"), utf16le(s)...) },
		"UTF-16BE":          utf16be,
		"UTF-16 decomposed": func(s string) []byte { return utf16le(norm.NFD.String(s)) },
		"percent":           func(s string) []byte { return []byte("/q?a=" + url.QueryEscape(s)) },
		"percent lower":     func(s string) []byte { return []byte(strings.ToLower(url.PathEscape(s))) },
		"decimal entities":  each("&#%d;"),
		"hex entities":      each("&#x%x;"),
		"hex entities bare": each("&#X%X"),
		"named entities":    func(s string) []byte { return []byte(html.EscapeString("<" + strings.ReplaceAll(s, "к", "&kcy;"))) },
		"backslash u":       each(`\u%04x`),
		"backslash U":       each(`\U%08X`),
		"backslash x":       func(s string) []byte { return hexed(s, `\x%02x`) },
		"Go quoted":         func(s string) []byte { return fmt.Appendf(nil, "%+q", s) },
		"quoted-printable": func(s string) []byte {
			var b bytes.Buffer
			w := quotedprintable.NewWriter(&b)
			io.WriteString(w, strings.Repeat("so he said ", 5)+s)
			w.Close()
			return b.Bytes()
		},
		"mail header Q": func(s string) []byte { return []byte(mime.QEncoding.Encode("utf-8", s)) },
		"mail header B": func(s string) []byte { return []byte(mime.BEncoding.Encode("utf-8", s)) },
		"base64":        func(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte(s))) },
		"base64 at 1":   func(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte("a" + s))) },
		"base64 at 2":   func(s string) []byte { return []byte(base64.RawStdEncoding.EncodeToString([]byte("ab" + s))) },
		"base64 URL":    func(s string) []byte { return []byte("?x=" + base64.RawURLEncoding.EncodeToString([]byte("?>?"+s))) },
		"base64 in a path": func(s string) []byte {
			return []byte("files/of/" + base64.RawURLEncoding.EncodeToString([]byte(s)))
		},
		"base64 lines": func(s string) []byte {
			line := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 50) + s + strings.Repeat("y", 50)))
			return []byte(line[:76] + "\r\n" + line[76:])
		},
		"hexadecimal":   func(s string) []byte { return []byte("ID=" + hex.EncodeToString([]byte(s))) },
		"hex upper odd": func(s string) []byte { return []byte("a" + strings.ToUpper(hex.EncodeToString([]byte(s)))) },
		"printed bytes": func(s string) []byte { return fmt.Append(nil, []byte(s)) },
		"JSON bytes": func(s string) []byte {
			var list []int
			for _, c := range []byte(s) {
				list = append(list, int(c))
			}
			b, _ := json.Marshal(list)
			return b
		},
		"gzip": gzipped,
		"zlib": func(s string) []byte {
			var b bytes.Buffer
			b.WriteString("%PDF stream ")
			w := zlib.NewWriter(&b)
			io.WriteString(w, s)
			w.Close()
			return b.Bytes()
		},
		"deflate": func(s string) []byte {
			var b bytes.Buffer
			w, _ := flate.NewWriter(&b, 9)
			io.WriteString(w, s)
			w.Close()
			return b.Bytes()
		},
		"zip, cut off": func(s string) []byte {
			b := zipped("word/document.xml", "<w:t>"+s+"</w:t>")
			return b[:len(b)-30]
		},
		"zip, file name":         func(s string) []byte { return zipped(s+".txt", "nothing") },
		"gzip in base64 in JSON": func(s string) []byte { b, _ := json.Marshal(gzipped(s)); return b },
		"base64 in percent": func(s string) []byte {
			return []byte(url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("~~~" + s))))
		},
		"entities in percent": func(s string) []byte { return []byte(url.QueryEscape(string(each("&#%d;")(s)))) },
		"in sealed bytes": func(s string) []byte {
			b := make([]byte, 4096)
			rand.Read(b)
			return append(b[:2000:2000], append([]byte(s), b[2000:]...)...)
		},
	}
}

func hexed(s, format string) (out []byte) {
	for _, c := range []byte(s) {
		out = fmt.Appendf(out, format, c)
	}
	return out
}

func zipped(name, text string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create(name)
	io.WriteString(w, text)
	z.Close()
	return b.Bytes()
}

func TestSweepEncodings(t *testing.T) {
	for how, pack := range packers() {
		for _, who := range []string{people[0], people[7]} {
			word := strings.Fields(who)[1]
			if got := seen(t, pack(word)); !slices.Equal(got, []string{who}) {
				t.Errorf("%s: found %q, want %q in %.300q", how, got, who, pack(word))
			}
		}
		if got := seen(t, pack("Шевченко and nobody else")); got != nil {
			t.Errorf("%s: found %q where nobody is", how, got)
		}
	}
	if got, want := seen(t, utf16le(norm.NFD.String("Щёкина"))), people[6]; !slices.Equal(got, []string{want}) {
		t.Errorf("UTF-16, decomposed: found %q", got)
	}
	packed, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWRrsNf0AAAmVgEAAAAgmaZwAIAAxANABAIbJqUJ0cGmF02kLloPxdyRThQkBrsNf0A==")
	if err != nil {
		t.Fatal(err)
	}
	if got := seen(t, packed); !slices.Equal(got, people[:1]) {
		t.Errorf("bzip2: found %q", got)
	}
	for _, table := range []*charmap.Charmap{charmap.Windows1251, charmap.KOI8R} {
		b, err := table.NewEncoder().Bytes([]byte("дело Бережного"))
		if err != nil {
			t.Fatal(err)
		}
		if got := seen(t, b); !slices.Equal(got, []string{people[1]}) {
			t.Errorf("%v: found %q", table, got)
		}
	}
}

// A name is not found by chance in bytes that look random.
func TestSweepSealed(t *testing.T) {
	b := make([]byte, 4<<20)
	mrand.NewChaCha8([32]byte{1}).Read(b)
	if got := seen(t, b); got != nil {
		t.Errorf("found %q in random bytes", got)
	}
	if got := seen(t, []byte(base64.StdEncoding.EncodeToString(b[:1<<20]))); got != nil {
		t.Errorf("found %q in random bytes in base64", got)
	}
}

func TestSweepFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("a/clean.txt", "nobody")
	deep := write("a/b/c/log", strings.Repeat("line\n", 1000)+"said Kashkarenko")
	named := write("a/Кравец.txt", "nobody")
	link := filepath.Join(dir, "a", "link")
	if err := os.Symlink("/nowhere/Berezhnoi", link); err != nil {
		t.Fatal(err)
	}
	swept, err := search(people[:], []string{dir}, map[string][]byte{"page 1": []byte("Garret")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range swept.Finds {
		got[f.Where] = f.Canary
		if f.Where == deep && math.Abs(float64(f.Near-5005)) > 64 {
			t.Errorf("near byte %d, want about 5005", f.Near)
		}
	}
	want := map[string]string{deep: people[0], named: people[2], link: people[1], "page 1": people[7]}
	for where, who := range want {
		if got[where] != who {
			t.Errorf("%s: found %q, want %q", where, got[where], who)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if swept.Files != 5 || swept.Bytes < 5000 || swept.Patterns < 100 {
		t.Errorf("counted wrongly: %s", swept)
	}

	swept, err = search(people[:], []string{deep}, nil, nil) // one file
	if err != nil || len(swept.Finds) != 1 {
		t.Errorf("%v, %v", swept, err)
	}
	swept, err = search(people[:], []string{dir}, nil, func(path string) bool {
		return path != dir && path != filepath.Join(dir, "a") && !strings.HasSuffix(path, "clean.txt")
	})
	if err != nil || len(swept.Finds) != 0 || len(swept.Left) != 3 {
		t.Errorf("%v, %v", swept, err)
	}
}

// A sweep cannot pass by not looking.
func TestSweepCannotMiss(t *testing.T) {
	empty := t.TempDir()
	page := map[string][]byte{"page": []byte("nobody")}
	for name, f := range map[string]func(t testing.TB){
		"nothing to search":      func(t testing.TB) { Sweep(t, people[:], nil, nil, nil) },
		"empty directory":        func(t testing.TB) { Sweep(t, people[:], []string{empty}, nil, nil) },
		"empty page":             func(t testing.TB) { Sweep(t, people[:], nil, map[string][]byte{"page": nil}, nil) },
		"missing root":           func(t testing.TB) { Sweep(t, people[:], []string{empty + "/x"}, page, nil) },
		"all left out":           func(t testing.TB) { Sweep(t, people[:], []string{empty}, nil, func(string) bool { return true }) },
		"no canaries":            func(t testing.TB) { Sweep(t, nil, nil, page, nil) },
		"short canary":           func(t testing.TB) { Sweep(t, []string{"Ли"}, nil, page, nil) },
		"blank canary":           func(t testing.TB) { Sweep(t, []string{" "}, nil, page, nil) },
		"not found when planted": func(t testing.TB) { Sweep(t, []string{"Σωκράτης"}, nil, page, nil) },
		"one found":              func(t testing.TB) { Sweep(t, people[:], nil, map[string][]byte{"p": []byte("Garret")}, nil) },
		"packed and not legible": func(t testing.TB) {
			Sweep(t, people[:], nil, map[string][]byte{"p": []byte("\x28\xb5\x2f\xfd....")}, nil)
		},
	} {
		if got := failures(t, f); len(got) != 1 {
			t.Errorf("%s: failures %q, want one", name, got)
		}
	}
	if got := failures(t, func(t testing.TB) { Sweep(t, people[:], nil, page, nil) }); len(got) != 0 {
		t.Errorf("clean page: %q", got)
	}
}

// A bomb is reported, not waited for and not skipped.
func TestSweepBomb(t *testing.T) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range maxUnpacked>>20 + 1 {
		w.Write(zeros)
	}
	w.Close()
	if _, err := search(people[:], nil, map[string][]byte{"bomb": b.Bytes()}, nil); err == nil {
		t.Error("a bomb was searched")
	}
}

func FuzzUnpack(f *testing.F) {
	for _, pack := range packers() {
		f.Add(pack("Бережной"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var size int
		unpack(b, flate.NewReader(nil), func(how string, inner []byte) error {
			size += len(inner)
			return nil
		})
		if size > 2000*len(b)+1<<16 {
			t.Errorf("%d bytes became %d", len(b), size)
		}
	})
}

func BenchmarkSweep(b *testing.B) {
	sealed := make([]byte, 4<<20)
	mrand.NewChaCha8([32]byte{2}).Read(sealed)
	for name, data := range map[string][]byte{
		"sealed": sealed,
		"text":   bytes.Repeat([]byte("Мать сказала, что сын звонил в последний раз в июле. <p class=\"said\">\n"), 40000),
	} {
		b.Run(name, func(b *testing.B) {
			s, err := newSweeper(people[:])
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := s.look("data", data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
