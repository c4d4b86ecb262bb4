package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas/fault"
)

// certificate makes a self-made certificate for hosts, and its file.
func certificate(t *testing.T, hosts ...string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o600)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// A server speaks enough SMTP, and notes what it was told.
type server struct {
	cert     *tls.Certificate
	implicit bool                // TLS from the first byte
	stripped bool                // does not offer STARTTLS
	login    string              // what AUTH PLAIN must hold
	answers  map[string][]string // by command or recipient: given in place of the usual, one a time
	hang     string              // the command it never answers
	endless  bool                // its greeting never ends

	mu       sync.Mutex
	heard    []string // commands, "tls " before those under TLS
	messages []string // bytes of DATA, dots and end of it removed
}

// serve starts s and returns its address. It stops with the test.
func serve(t *testing.T, s *server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			all.Go(func() { s.talk(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

func (s *server) talk(c net.Conn) {
	defer c.Close()
	tlsNow := s.implicit
	if tlsNow {
		c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
	}
	for s.endless {
		if _, err := c.Write([]byte("220-" + strings.Repeat("x", 1000) + "\r\n")); err != nil {
			return
		}
	}
	if s.hang == "connect" {
		_, _ = bufio.NewReader(c).ReadString('\n')
		return
	}
	r := bufio.NewReader(c)
	say := func(text string) { _, _ = c.Write([]byte(text + "\r\n")) }
	say("220 canary.example ready")
	for {
		text, err := r.ReadString('\n')
		if err != nil {
			return
		}
		text = strings.TrimSuffix(text, "\r\n")
		s.note(tlsNow, text)
		answer := s.answer(text, tlsNow)
		if answer == "" {
			_, _ = r.ReadString('\n') // until the other side has enough
			return
		}
		say(answer)
		switch {
		case text == "STARTTLS" && strings.HasPrefix(answer, "220"):
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
			r, tlsNow = bufio.NewReader(c), true
		case text == "DATA" && strings.HasPrefix(answer, "354"):
			if !s.data(r) {
				return
			}
			say(s.answer("end", tlsNow))
		case text == "QUIT" || strings.HasPrefix(answer, "421"):
			return
		}
	}
}

func (s *server) note(tlsNow bool, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tlsNow {
		text = "tls " + text
	}
	s.heard = append(s.heard, text)
}

func (s *server) data(r *bufio.Reader) bool {
	var b strings.Builder
	for {
		text, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if text == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(text, "."))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, b.String())
	return true
}

func (s *server) answer(text string, tlsNow bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	verb, _, _ := strings.Cut(text, " ")
	if verb == s.hang {
		return ""
	}
	for k, list := range s.answers {
		if (verb == k || strings.Contains(text, "TO:<"+k+">")) && len(list) > 0 {
			s.answers[k] = list[1:]
			return list[0]
		}
	}
	switch verb {
	case "EHLO":
		answer := "250-canary.example"
		if s.cert != nil && !s.stripped && !tlsNow {
			answer += "\r\n250-STARTTLS"
		}
		if s.login != "" && tlsNow {
			answer += "\r\n250-AUTH PLAIN"
		}
		return answer + "\r\n250 8BITMIME"
	case "STARTTLS":
		return "220 go on"
	case "AUTH":
		if text == "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte(s.login)) {
			return "235 welcome"
		}
		return "535 canary-refusal"
	case "DATA":
		return "354 go on"
	case "QUIT":
		return "221 bye"
	}
	return "250 fine"
}

func (s *server) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.messages...)
}

// good is a config for a server at addr with which nothing is wrong.
func good(addr, ca string) Config {
	return Config{
		Server: addr, From: "office@example.org", CAFile: ca, Lang: "en",
		Everyday: []string{"one@example.org", "two@example.net"}, Everyone: []string{"three@example.org"},
	}
}

// sender is one for c that waits for nothing and whose clock stands.
func sender(t *testing.T, c Config) *Sender {
	t.Helper()
	s, err := NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	s.pause, s.patience = time.Millisecond, 5*time.Second
	s.now = func() time.Time { return time.Date(2026, 3, 7, 23, 41, 59, 987, time.FixedZone("", 2*3600)) }
	return s
}

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key()
	}
	return fmt.Sprintf("no fault: %T", err)
}
