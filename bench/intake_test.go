package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/portal"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// serveEnv makes this program a server of strangers, over TLS, of the office in the
// directory it names.
const serveEnv = "HABEAS_BENCH_INTAKE"

// usualEnv keeps the rate at which that server takes letters as it is for everybody.
const usualEnv = "HABEAS_BENCH_USUAL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveEnv); dir != "" {
		if err := serveStrangers(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveStrangers says where it listens, and serves until its input ends.
func serveStrangers(dir string) error {
	d, err := habeas.Open(habeas.Config{Dir: dir})
	if err != nil {
		return err
	}
	s := &portal.Server{Desk: d, Secure: true, PerSecond: 1 << 20, Burst: 1 << 20}
	if os.Getenv(usualEnv) != "" {
		s.PerSecond, s.Burst = 0, 0
	}
	h, err := s.Handler()
	if err != nil {
		return err
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ReadHeaderTimeout = s.HTTP(h).ReadHeaderTimeout
	srv.StartTLS()
	fmt.Println(srv.URL)
	_, err = io.Copy(io.Discard, os.Stdin)
	srv.Close()
	if err == nil {
		err = d.Close()
	}
	return err
}

// A stand is a server of strangers in a process of its own.
type stand struct {
	b   testing.TB
	dir string
	cmd *exec.Cmd
	in  io.Closer
	url string
}

// newStand makes an office with three members who take in.
func newStand(b testing.TB) *stand {
	s := &stand{b: b, dir: filepath.Join(b.TempDir(), "data")}
	d, err := demo.Create(b.Context(), habeas.Config{Dir: s.dir, Cost: vault.Cost{Time: 1, Memory: 1 << 10}}, func(string) {})
	if err != nil {
		b.Fatal(err)
	}
	by, err := demo.Actor(b.Context(), d, "vera")
	if err != nil {
		b.Fatal(err)
	}
	office, err := d.Circles(b.Context(), by)
	if err != nil {
		b.Fatal(err)
	}
	third := habeas.NewMember{Handle: "ines", Name: "Ines", Passphrase: vault.NewText("harbour lantern seven rivers"), Roles: []ledger.Role{ledger.Intake}}
	if err := d.AddMember(b.Context(), by, third, office[len(office)-1].ID, false); err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *stand) start() {
	s.cmd = exec.CommandContext(context.WithoutCancel(s.b.Context()), os.Args[0])
	s.cmd.Env = append(os.Environ(), serveEnv+"="+s.dir)
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		s.b.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.b.Fatal(err)
	}
	line := make([]byte, 256)
	n, err := out.Read(line)
	if err != nil {
		s.b.Fatal(err)
	}
	s.in, s.url = in, strings.TrimSpace(string(line[:n]))
}

// used returns what the server has used: processor time and the most memory.
func (s *stand) used() (cpu time.Duration, memory int64) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		s.b.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, f := range fields[11:13] { // utime, stime, in hundredths of a second
		n, _ := strconv.Atoi(f)
		cpu += time.Duration(n) * 10 * time.Millisecond
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		n, _ := strconv.ParseInt(string(m[1]), 10, 64)
		memory = n << 10
	}
	return cpu, memory
}

func (s *stand) stop() {
	s.in.Close()
	s.cmd.Wait()
}

func (s *stand) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

var (
	onceInput = regexp.MustCompile(`name="once" value="([^"]+)"`)
	wordItem  = regexp.MustCompile(`<li><bdi translate="no">([^<]+)</bdi></li>`)
)

// submit writes one letter of 1 KB and returns its receipt, and how long the answer
// to the form took.
func submit(c *http.Client, url string) (vault.Text, time.Duration, error) {
	page, err := c.Get(url + "/en/write")
	if err != nil {
		return vault.Text{}, 0, err
	}
	html, err := io.ReadAll(page.Body)
	page.Body.Close()
	once := onceInput.FindSubmatch(html)
	if err != nil || once == nil {
		return vault.Text{}, 0, fmt.Errorf("no form: %d %v", page.StatusCode, err)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("once", string(once[1]))
	w.WriteField("text", strings.Repeat(strconv.Itoa(rand.IntN(1e6))+" words ", 80))
	w.Close()
	start := time.Now()
	answer, err := c.Post(url+"/en/write", w.FormDataContentType(), &body)
	if err != nil {
		return vault.Text{}, 0, err
	}
	html, err = io.ReadAll(answer.Body)
	answer.Body.Close()
	took := time.Since(start)
	words := wordItem.FindAllSubmatch(html, 8)
	if err != nil || len(words) < 8 {
		return vault.Text{}, took, fmt.Errorf("no receipt: %d %v", answer.StatusCode, err)
	}
	var all []string
	for _, m := range words {
		all = append(all, string(m[1]))
	}
	return vault.NewText(strings.Join(all, " ")), took, nil
}

// writers is how many write at once.
const writers = 16

func client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: writers, // our own, on this machine
	}}
}

// opens counts the receipts that open nothing.
func (s *stand) opens(receipts []vault.Text) (lost int) {
	d, err := habeas.Open(habeas.Config{Dir: s.dir})
	if err != nil {
		s.b.Fatal(err)
	}
	defer d.Close()
	for _, words := range receipts {
		r, err := receipt.Read(words)
		if err != nil {
			s.b.Fatal(err)
		}
		if c, err := d.Converse(s.b.Context(), r); err != nil || len(c.Sent) != 1 {
			lost++
		}
	}
	return lost
}

// BenchmarkIntake writes letters of 1 KB over TLS, 16 at once, to a server that is
// locked; every receipt is opened afterwards. An iteration is one letter.
func BenchmarkIntake(b *testing.B) {
	s := newStand(b)
	s.start()
	c := client()
	if _, _, err := submit(c, s.url); err != nil {
		b.Fatal(err)
	}
	var mu sync.Mutex
	var took []time.Duration
	var receipts []vault.Text
	failed := 0
	before, _ := s.used()
	b.ResetTimer()
	share := make(chan struct{}, b.N)
	for range b.N {
		share <- struct{}{}
	}
	close(share)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range share {
				words, t, err := submit(c, s.url)
				mu.Lock()
				if err != nil {
					failed++
				} else {
					took, receipts = append(took, t), append(receipts, words)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	b.StopTimer()
	after, memory := s.used()
	s.stop()
	slices.Sort(took)
	b.ReportMetric(float64(len(receipts))/b.Elapsed().Seconds(), "letters/s")
	b.ReportMetric(float64(after-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/letter")
	if len(took) > 0 {
		b.ReportMetric(float64(took[len(took)*95/100].Milliseconds()), "p95-ms")
	}
	b.ReportMetric(float64(memory>>20), "MB")
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(float64(s.opens(receipts)), "lost")
}

// BenchmarkIntakeFiles sends files of 60 MB over TLS, four at once, and says how much
// memory the server took for it. An iteration is one file.
func BenchmarkIntakeFiles(b *testing.B) {
	const size = 60 << 20
	s := newStand(b)
	s.start()
	defer s.stop()
	c := client()
	c.Timeout = 10 * time.Minute
	b.SetBytes(size)
	share := make(chan struct{}, b.N)
	for range b.N {
		share <- struct{}{}
	}
	close(share)
	var failed atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range 4 {
		all.Go(func() {
			for range share {
				if err := sendFile(c, s.url, size); err != nil {
					b.Log(err)
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	_, memory := s.used()
	b.ReportMetric(float64(memory>>20), "MB")
	b.ReportMetric(float64(failed.Load()), "failed")
}

// sendFile sends a letter of which there is only a file.
func sendFile(c *http.Client, url string, size int64) error {
	page, err := c.Get(url + "/en/write")
	if err != nil {
		return err
	}
	html, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil {
		return err
	}
	r, body := io.Pipe()
	w := multipart.NewWriter(body)
	go func() {
		w.WriteField("once", string(onceInput.FindSubmatch(html)[1]))
		part, err := w.CreateFormFile("file", "video.mp4")
		if err == nil {
			_, err = io.CopyN(part, rand.NewChaCha8([32]byte{1}), size)
		}
		body.CloseWithError(errors.Join(err, w.Close()))
	}()
	answer, err := c.Post(url+"/en/write", w.FormDataContentType(), r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	html, err = io.ReadAll(answer.Body)
	if err == nil && (!wordItem.Match(html) || bytes.Contains(html, []byte("not taken"))) {
		err = fmt.Errorf("no receipt: %d", answer.StatusCode)
	}
	return err
}

// BenchmarkIntakeKilled does the same while the server is killed every five seconds
// and started again. An iteration is one such time.
func BenchmarkIntakeKilled(b *testing.B) {
	s := newStand(b)
	var mu sync.Mutex
	var receipts []vault.Text
	for b.Loop() {
		s.start()
		c := client()
		over := make(chan struct{})
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for {
					select {
					case <-over:
						return
					default:
					}
					if words, _, err := submit(c, s.url); err == nil {
						mu.Lock()
						receipts = append(receipts, words)
						mu.Unlock()
					}
				}
			})
		}
		time.Sleep(5 * time.Second)
		s.kill()
		close(over)
		all.Wait()
	}
	b.ReportMetric(float64(len(receipts)), "acknowledged")
	b.ReportMetric(float64(s.opens(receipts)), "lost")
}

// BenchmarkIntakeJunk has 64 writers send letters as fast as they are let, to a server
// that takes them at its usual rate, for half a minute; beside them one patient person
// writes, and one comes back with a receipt, again and again. An iteration is that
// half minute.
func BenchmarkIntakeJunk(b *testing.B) {
	b.Setenv(usualEnv, "1")
	s := newStand(b)
	s.start()
	defer s.stop()
	words, _, err := submit(client(), s.url)
	if err != nil {
		b.Fatal(err)
	}
	var junk atomic.Int64
	var patient, returning time.Duration
	refused := 0
	for b.Loop() {
		over := make(chan struct{})
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				c := client()
				c.Timeout = time.Minute
				for {
					select {
					case <-over:
						return
					default:
					}
					if _, _, err := submit(c, s.url); err == nil {
						junk.Add(1)
					}
				}
			})
		}
		c := client()
		c.Timeout = time.Minute
		for began := time.Now(); time.Since(began) < 30*time.Second; {
			start := time.Now()
			if _, _, err := submit(c, s.url); err != nil {
				refused++
			}
			patient = max(patient, time.Since(start))
			start = time.Now()
			answer, err := c.PostForm(s.url+"/en/return", url.Values{"receipt": {words.Reveal()}})
			if err != nil || answer.StatusCode != http.StatusOK {
				refused++
			} else {
				answer.Body.Close()
			}
			returning = max(returning, time.Since(start))
		}
		close(over)
		all.Wait()
	}
	b.ReportMetric(float64(junk.Load())/b.Elapsed().Hours(), "junk/h")
	b.ReportMetric(patient.Seconds(), "s-patient-max")
	b.ReportMetric(returning.Seconds(), "s-returning-max")
	b.ReportMetric(float64(refused), "refused")
}
