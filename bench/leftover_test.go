package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"mime/multipart"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// copies counts how often some bytes stand in the memory of the server.
func (s *stand) copies(of []byte) (n int) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", s.cmd.Process.Pid))
	if err != nil {
		s.b.Fatal(err)
	}
	defer maps.Close()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", s.cmd.Process.Pid))
	if err != nil {
		s.b.Fatal(err)
	}
	defer mem.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if !strings.HasPrefix(f[1], "rw") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 != nil || err2 != nil || end-start > 1<<30 {
			continue
		}
		b := make([]byte, end-start)
		read, _ := mem.ReadAt(b, int64(start)) // what cannot be read is not in a core dump either
		n += bytes.Count(b[:read], of)
	}
	return n
}

// tell writes one letter.
func (s *stand) tell(text string) {
	c := client()
	defer c.CloseIdleConnections()
	page, err := c.Get(s.url + "/en/write")
	if err != nil {
		s.b.Fatal(err)
	}
	var html bytes.Buffer
	html.ReadFrom(page.Body)
	page.Body.Close()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("once", string(onceInput.FindSubmatch(html.Bytes())[1]))
	w.WriteField("text", text)
	w.Close()
	answer, err := c.Post(s.url+"/en/write", w.FormDataContentType(), &body)
	if err != nil || answer.StatusCode != 200 {
		s.b.Fatalf("not taken: %v", err)
	}
	answer.Body.Close()
}

// BenchmarkIntakeLeftovers says how many copies of a letter's words are in the memory
// of the locked server: at once, after a minute in which nothing happens, and after a
// hundred other letters. It needs leave to read another process's memory.
func BenchmarkIntakeLeftovers(b *testing.B) {
	s := newStand(b)
	s.start()
	defer s.stop()
	const marker = "the third window of the old dairy"
	var now, later, after int
	for b.Loop() {
		s.tell("They brought him past " + marker + " at night.")
		now = s.copies([]byte(marker))
		time.Sleep(time.Minute)
		later = s.copies([]byte(marker))
		for range 100 {
			s.tell(strings.Repeat("other words ", 80))
		}
		after = s.copies([]byte(marker))
	}
	b.ReportMetric(float64(now), "copies")
	b.ReportMetric(float64(later), "copies-after-1min")
	b.ReportMetric(float64(after), "copies-after-100")
}
