package bucket

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"habeas/internal/bucket/s3test"
)

// lying starts a server that answers every list with what say returns for the n-th of
// them, and everything else with an empty answer that is good.
func lying(t *testing.T, say func(n int64) string) *Bucket {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprintf(w, "<List>%s</List>", say(n.Add(1)))
		}
	}))
	t.Cleanup(s.Close)
	b, err := New(Config{Endpoint: s.URL, Bucket: s3test.Bucket, Prefix: prefix, Key: "k", Secret: "s", Patience: 1})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// listed is one page of a list: what stands in it, and from where it goes on.
func listed(items, next string) string {
	return items + "<IsTruncated>true</IsTruncated><NextKeyMarker>" + next + "</NextKeyMarker><NextPartNumberMarker>" + next + "</NextPartNumberMarker>"
}

// A server lists without end, or what can't be. Nobody follows it for ever, and nothing
// is believed.
func TestListsThatLie(t *testing.T) {
	name, _ := object(1)
	item := func(what, size string) string {
		return "<" + what + "><Key>" + prefix + name + "</Key><Size>" + size + "</Size><UploadId>u</UploadId></" + what + ">"
	}
	many := strings.Repeat(item("Version", "1"), 1000)
	uploads := strings.Repeat("<Upload><Key>other</Key><UploadId>u</UploadId></Upload>", 1000)
	whole := func(b *Bucket) (err error) {
		for _, e := range b.Items(t.Context()) {
			err = e
		}
		return err
	}
	for what, tc := range map[string]struct {
		say func(n int64) string
		do  func(b *Bucket) error
	}{
		"the same page again and again": {func(int64) string { return listed(item("Version", "1"), "x") }, whole},
		"empty pages":                   {func(n int64) string { return listed("", fmt.Sprint(n)) }, whole},
		"a negative size":               {func(int64) string { return item("Version", "-1") }, whole},
		"an object larger than any":     {func(int64) string { return item("Version", "9223372036854775807") }, whole},
		"versions without end": {func(n int64) string { return listed(many, fmt.Sprint(n)) }, func(b *Bucket) error {
			_, err := b.remove(t.Context(), name)
			return err
		}},
		"uploads without end": {func(n int64) string { return listed(uploads, fmt.Sprint(n)) }, func(b *Bucket) error {
			return b.uploads(t.Context(), "", func(upload) error { return nil })
		}},
		"parts without end": {func(n int64) string {
			var all strings.Builder
			for i := range 1000 {
				fmt.Fprintf(&all, "<Part><PartNumber>%d</PartNumber></Part>", n*1000+int64(i))
			}
			return listed(all.String(), fmt.Sprint(n))
		}, func(b *Bucket) error {
			_, err := b.parts(t.Context(), name, "u")
			return err
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			if err := tc.do(lying(t, tc.say)); key(err) != "bucket.strange" {
				t.Errorf("got %v, want bucket.strange", err)
			}
		})
	}
}

// Two offices find a bucket empty at the same moment. At most one has it.
func TestTwoOfficesAtOnce(t *testing.T) {
	s := s3test.InProcess(t)
	b := open(t, s, "")
	errs := make(chan error)
	for _, office := range []string{"office A", "office B"} {
		go func() { errs <- b.Take(t.Context(), office) }()
	}
	one, two := key(<-errs), key(<-errs)
	if one != "bucket.other_office" && two != "bucket.other_office" {
		t.Errorf("both took it: %q, %q", one, two)
	}
	taken := 0
	for _, office := range []string{"office A", "office B"} {
		if b.Take(t.Context(), office) == nil {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d offices have it afterwards", taken)
	}
}

// An object of which the server says another size than it has is not taken for one.
func TestSizesThatLie(t *testing.T) {
	name, text := object(1000)
	for _, size := range []string{"10", "100000", "1152921504606846976"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.Header().Set("Content-Length", size)
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
		}))
		b, err := New(Config{Endpoint: s.URL, Bucket: s3test.Bucket, Prefix: prefix, Key: "k", Secret: "s", Patience: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Check(t.Context(), name); key(err) != "store.no_blob" {
			t.Errorf("said to have %s bytes: got %v, want store.no_blob", size, err)
		}
		s.Close()
	}
}
