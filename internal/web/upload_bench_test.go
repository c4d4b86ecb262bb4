package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/testkit"
	"habeas/vault"
)

// benchSize is how large the exhibit of the benchmark is.
const benchSize = 1 << 30

// peak returns the most memory that this process had since begun was called, in MB.
// Both are of Linux.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb); err == nil {
			return kb / 1000
		}
	}
	b.Skip("this system does not say how much memory was used")
	return 0
}

// forgetPeak has VmHWM begin at what the process has now.
func forgetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		b.Skip(err)
	}
}

// BenchmarkLargeExhibit takes in 1 GiB over HTTP: in pieces as a page with script sends
// it, and whole as one without. It reports the peak of memory of server and client.
func BenchmarkLargeExhibit(b *testing.B) {
	for _, how := range []string{"pieces", "form"} {
		b.Run(how, func(b *testing.B) {
			o := newOffice(b)
			by := o.actor("vera")
			id, err := o.desk.OpenCase(b.Context(), by, o.circle(b.Context(), by), habeas.NewCase{Title: "a driver taken at a crossing", About: "person"})
			o.ok(err)
			source, err := o.desk.AddSource(b.Context(), by, id, claim.Source{Kind: "person", Label: "mother"})
			o.ok(err)
			st, err := o.desk.AddStatement(b.Context(), by, id, habeas.NewStatement{Source: source, Received: "2022-12-20", Medium: "message", Lang: "en", Raw: vault.NewText("It was in the evening.")})
			o.ok(err)
			v := o.member("vera")
			page := v.Get(casePath(id) + "/statement/" + bare(st) + "/exhibits").Want(200)
			forgetPeak(b)
			before := peak(b)
			b.SetBytes(benchSize)
			for b.Loop() {
				if how == "pieces" {
					sendInPieces(v, page)
				} else {
					sendWhole(v, page)
				}
			}
			b.ReportMetric(before, "MB-before")
			b.ReportMetric(peak(b), "MB-peak")
		})
	}
}

func sendInPieces(v *testkit.Visitor, page *testkit.Page) {
	path := v.Post(page.Address.Path+"/begin", url.Values{"form": {token(page)}, nameField: {"a"}, "ex_size": {fmt.Sprint(benchSize)}}).Want(204).Header.Get("Location")
	piece := make([]byte, pieceSize)
	for at := 0; at < benchSize; at += pieceSize {
		sendPiece(v, page, path, at, piece).Want(204)
	}
	sendFile(v, page, "", nil, url.Values{uploadField: {path[len("/upload/"):]}, "which": {path}}).Want(200)
}

func sendWhole(v *testkit.Visitor, page *testkit.Page) {
	const bound = "boundary-of-the-benchmark"
	head := fmt.Sprintf("--%s\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n%s\r\n--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"a\"\r\n\r\n", bound, token(page), bound, exhibitFile)
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(&zeroReader{}, benchSize), bytes.NewReader([]byte("\r\n--"+bound+"--\r\n")))
	req, _ := http.NewRequest(http.MethodPost, v.Base()+page.Address.Path, body)
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+bound)
	v.Do(req).Want(200)
}

type zeroReader struct{}

func (*zeroReader) Read(b []byte) (int, error) { clear(b); return len(b), nil }
