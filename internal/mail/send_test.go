package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"mime"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas/fault"
	"habeas/internal/locale"
)

var messageID = regexp.MustCompile(`Message-ID: <([0-9a-f]{32,33})@example\.org>`)

// same replaces what may differ between two messages to the same recipient.
func same(m string) string {
	m = messageID.ReplaceAllString(m, "Message-ID: <>")
	return regexp.MustCompile(`Date: [^\r]*`).ReplaceAllString(m, "Date:")
}

func TestExactBytes(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert}
	m := sender(t, good(serve(t, s), ca))
	if err := m.Send(t.Context(), []string{"one@example.org"}, false); err != nil {
		t.Fatal(err)
	}
	wantSaid := []string{
		"EHLO localhost", "STARTTLS", "tls EHLO localhost", "tls MAIL FROM:<office@example.org> BODY=8BITMIME",
		"tls RCPT TO:<one@example.org>", "tls DATA", "tls QUIT",
	}
	if got := s.said(); !slices.Equal(got, wantSaid) {
		t.Errorf("said %q, want %q", got, wantSaid)
	}
	got := s.got()
	if len(got) != 1 {
		t.Fatalf("got %d messages, want 1", len(got))
	}
	id := messageID.FindStringSubmatch(got[0])
	if id == nil {
		t.Fatalf("no Message-ID in %q", got[0])
	}
	want := "Date: Sat, 07 Mar 2026 21:41:00 +0000\r\n" +
		"From: <office@example.org>\r\n" +
		"To: <one@example.org>\r\n" +
		"Subject: Please look in\r\n" +
		"Message-ID: <" + id[1] + "@example.org>\r\n" +
		"MIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: base64\r\n" +
		"Auto-Submitted: auto-generated\r\n" +
		"\r\n" +
		"U29tZXRoaW5nIGluIHRoZSBvZmZpY2UgbmVlZHMgYSBwZXJzb247IHBsZWFzZSBsb29rIGluLg0K\r\n"
	head, rest := got[0][:min(len(want), len(got[0]))], got[0][min(len(want), len(got[0])):]
	if head != want {
		t.Errorf("got\n%q, want\n%q", head, want)
	}
	if strings.Trim(rest, "\r\n") != "" || len(got[0]) != size {
		t.Errorf("the rest is %q, and all %d bytes", rest, len(got[0]))
	}
	host, err := os.Hostname()
	if err == nil && host != "localhost" && strings.Contains(strings.Join(s.said(), "\n")+got[0], host) {
		t.Error("the message or the session names this machine")
	}
}

// TestSameWhateverTheCause sends for each cause and at another minute.
func TestSameWhateverTheCause(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert}
	m := sender(t, good(serve(t, s), ca))
	for i, urgent := range []bool{false, true, false, true} {
		m.now = func() time.Time { return time.Date(2026, 1, 9+i, i, 2, 3, 4, time.UTC) }
		if err := m.Send(t.Context(), []string{"one@example.org"}, urgent); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[string]bool{}
	for _, got := range s.got() {
		if same(got) != same(s.got()[0]) {
			t.Errorf("got %q, want %q", got, s.got()[0])
		}
		ids[messageID.FindStringSubmatch(got)[1]] = true
	}
	if len(ids) != 4 {
		t.Errorf("got %d Message-IDs for 4 messages", len(ids))
	}
	said := s.said()
	for n := len(said) / 4; n < len(said); n++ {
		if said[n] != said[n%(len(said)/4)] {
			t.Errorf("command %d is %q, before %q", n, said[n], said[n%(len(said)/4)])
		}
	}
}

func TestSameSizeForAll(t *testing.T) {
	long := func(n int) string { // an address of n bytes
		name := strings.Repeat("l", min(n/4, mostLocal)) + "@"
		rest := n - len(name)
		return name + strings.Repeat("d.", rest/2-1) + strings.Repeat("e", rest-2*(rest/2-1))
	}
	for _, lang := range []string{"en", "ru", "uk", "es", "fr", "ar"} {
		if !hasWords(lang) {
			t.Errorf("no words in %s", lang)
			continue
		}
		p := locale.New(lang)
		for n := 8; n <= mostAddress; n += 41 {
			for _, to := range []string{long(n), long(mostAddress)} {
				if !isAddress(to) {
					t.Fatalf("%q is no address", to)
				}
				got := newLetter(long(n), lang).to(to, time.Now())
				if len(got) != size {
					t.Errorf("%s, from %d bytes to %d: got a size of %d, want %d", lang, n, len(to), len(got), size)
				}
				read, err := netmail.ReadMessage(bytes.NewReader(got))
				if err != nil {
					t.Fatal(err)
				}
				subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
				if err != nil || subject != p.T("mail.subject") {
					t.Errorf("%s: got subject %q (%v), want %q", lang, subject, err, p.T("mail.subject"))
				}
				if n := len("Subject: " + read.Header.Get("Subject")); n > 76 {
					t.Errorf("%s: the subject's line has %d bytes", lang, n)
				}
				body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, read.Body))
				if want := p.T("mail.body") + "\r\n"; err != nil || string(body) != want {
					t.Errorf("%s: got body %q (%v), want %q", lang, body, err, want)
				}
			}
		}
	}
}

// TestWordsTellNothing looks for what the words must not have.
func TestWordsTellNothing(t *testing.T) {
	for _, lang := range []string{"en", "ru", "uk", "es", "fr", "ar"} {
		p := locale.New(lang)
		text := strings.ToLower(p.T("mail.subject") + " " + p.T("mail.body"))
		for _, not := range []string{"habeas", "http", "://", "@", "{", "case", "report", "urgent", "login", "дел", "срочн", "терміново", "urgente", "عاجل"} {
			if not == "дел" || not == "case" { // whole words
				for _, w := range strings.Fields(text) {
					if w == not {
						t.Errorf("%s: %q holds %q", lang, text, not)
					}
				}
			} else if strings.Contains(text, not) {
				t.Errorf("%s: %q holds %q", lang, text, not)
			}
		}
		if strings.ContainsAny(text, "0123456789\r\n") {
			t.Errorf("%s: %q holds a number or a line break", lang, text)
		}
	}
}

func TestTLSFromTheFirstByte(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert, implicit: true}
	c := good(serve(t, s), ca)
	c.Security = TLS
	if err := sender(t, c).Send(t.Context(), c.Recipients(Everyone), true); err != nil {
		t.Fatal(err)
	}
	if got := s.said()[0]; got != "tls EHLO localhost" || len(s.got()) != 3 {
		t.Errorf("said %q first, and sent %d messages", got, len(s.got()))
	}
}

func TestClearToThisMachine(t *testing.T) {
	s := &server{}
	c := good(serve(t, s), "")
	c.Security = None
	if err := sender(t, c).Send(t.Context(), c.Recipients(Daily), false); err != nil {
		t.Fatal(err)
	}
	if got := s.got(); len(got) != 2 {
		t.Errorf("got %d messages, want 2", len(got))
	}
}

// TestOneMessageEach shows that no recipient learns of another.
func TestOneMessageEach(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert}
	c := good(serve(t, s), ca)
	to := append(c.Recipients(Everyone), "ONE@example.org")
	if err := sender(t, c).Send(t.Context(), to, false); err != nil {
		t.Fatal(err)
	}
	got := s.got()
	if len(got) != 3 {
		t.Fatalf("got %d messages, want 3", len(got))
	}
	for i, m := range got {
		for j, a := range to[:3] {
			if strings.Contains(m, a) != (i == j) {
				t.Errorf("message %d holds %s: %v", i, a, i != j)
			}
		}
	}
}

// nothingSent fails if s heard of anybody, or a password.
func nothingSent(t *testing.T, s *server) {
	t.Helper()
	for _, line := range s.said() {
		if !slices.Contains([]string{"EHLO localhost", "HELO localhost", "STARTTLS", "QUIT"}, line) {
			t.Errorf("said %q", line)
		}
	}
}

func TestStrippedSTARTTLSIsRefused(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	for name, s := range map[string]*server{
		"not offered": {cert: &cert, stripped: true},
		"refused":     {cert: &cert, answers: map[string][]string{"STARTTLS": {"454 not now", "454 not now", "454 not now"}}},
		"no EHLO":     {cert: &cert, answers: map[string][]string{"EHLO": {"502 what", "502 what", "502 what"}}},
	} {
		c := good(serve(t, s), ca)
		c.User, c.PasswordFile = "someone", passwordFile(t, "canary-password")
		got := keyOf(sender(t, c).Send(t.Context(), c.Everyday, true))
		if got != "mail.no_tls" && got != "mail.tls" {
			t.Errorf("%s: got %q", name, got)
		}
		nothingSent(t, s)
	}
}

func TestWrongCertificateIsRefused(t *testing.T) {
	here, ca := certificate(t, "127.0.0.1")
	other, otherCA := certificate(t, "elsewhere.example")
	for name, tc := range map[string]struct {
		s  *server
		ca string
	}{
		"another issuer":           {&server{cert: &here}, otherCA},
		"another name":             {&server{cert: &other}, otherCA},
		"not the system's":         {&server{cert: &here}, ""},
		"another issuer, from TLS": {&server{cert: &other, implicit: true}, ca},
	} {
		c := good(serve(t, tc.s), tc.ca)
		c.Security = map[bool]Security{true: TLS, false: STARTTLS}[tc.s.implicit]
		err := sender(t, c).Send(t.Context(), c.Everyday, false)
		if got := keyOf(err); got != "mail.tls" || Reached(err) {
			t.Errorf("%s: got %q", name, got)
		}
		nothingSent(t, tc.s)
	}
}

func passwordFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	write(t, path, text, 0o600)
	return path
}

func TestLogin(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert, login: "\x00someone\x00canary-password"}
	c := good(serve(t, s), ca)
	c.User, c.PasswordFile = "someone", passwordFile(t, "canary-password\n")
	m := sender(t, c)
	if err := m.Send(t.Context(), c.Everyday, false); err != nil {
		t.Fatal(err)
	}
	write(t, c.PasswordFile, "another-password\n", 0o600) // read anew
	if got := keyOf(m.Send(t.Context(), c.Everyday, false)); got != "mail.login" {
		t.Errorf("got %q for a wrong password", got)
	}
	if got := len(s.got()); got != 2 {
		t.Errorf("got %d messages, want 2", got)
	}
	if strings.Contains(fmt.Sprintf("%+v", m), "canary-password") {
		t.Error("the sender keeps the password")
	}
}

func TestLineBreakInAddressIsRefused(t *testing.T) {
	s := &server{}
	c := good(serve(t, s), "")
	c.Security = None
	m := sender(t, c)
	for _, bad := range []string{
		"", "a", "@b", "a@", "a@b\r\nRCPT TO:<c@d>", "a\r\n@b", "a@b\n", "a@b\x00", "a@b>", "<a@b>", "a b@c", "A <a@b>",
		"a@b,c@d", "a@b@c", "a@[127.0.0.1]", "\"a\"@b", "é@b.org", "a@é.org", ".a@b", "a.@b", "a..b@c", "a@b..c", "a@-b", "a@b-",
		strings.Repeat("a", 65) + "@b", "a@" + strings.Repeat("b.", 130) + "c", "a@b.org SIZE=1", "a@b\u2028",
	} {
		if got := keyOf(m.Send(t.Context(), []string{"one@example.org", bad}, true)); got != "mail.recipient" {
			t.Errorf("%q: got %q", bad, got)
		}
		other := c
		other.From = bad
		if got := keyOf(other.Check()); got != "mail.from" {
			t.Errorf("from %q: got %q", bad, got)
		}
		other = c
		other.Everyone = []string{bad}
		if got := keyOf(other.Check()); got != "mail.recipient" {
			t.Errorf("everyone is %q: got %q", bad, got)
		}
	}
	if got := s.said(); len(got) != 0 {
		t.Errorf("said %q", got)
	}
	for _, fine := range []string{"a@b", "a.b+c_d-e@sub.example.org", "x@xn--e1afmkfd.xn--p1ai"} {
		if !isAddress(fine) {
			t.Errorf("%q is refused", fine)
		}
	}
}

func TestHangingServerEnds(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	for _, at := range []string{"connect", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA"} {
		for _, by := range []string{"ctx", "patience"} {
			m := sender(t, good(serve(t, &server{cert: &cert, hang: at}), ca))
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			want := map[bool]string{true: "mail.refused", false: "mail.unreachable"}[at == "MAIL" || at == "RCPT" || at == "DATA"]
			if at == "STARTTLS" {
				want = "mail.tls"
			}
			if by == "ctx" {
				m.patience, want = time.Minute, "mail.stopped"
				time.AfterFunc(30*time.Millisecond, cancel)
			} else {
				m.patience = 400 * time.Millisecond // a busy machine gets as far as that
			}
			begun := time.Now()
			err := m.Send(ctx, []string{"one@example.org"}, false)
			cancel()
			if got := keyOf(err); got != want || time.Since(begun) > 5*time.Second {
				t.Errorf("%s, ended by %s: got %q after %v, want %q", at, by, got, time.Since(begun), want)
			}
		}
	}
}

func TestEndlessAnswerEnds(t *testing.T) {
	m := sender(t, good(serve(t, &server{endless: true}), ""))
	m.patience = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if got := keyOf(m.Send(ctx, []string{"one@example.org"}, false)); got != "mail.unreachable" {
		t.Errorf("got %q", got)
	}
}

func TestNobodyThere(t *testing.T) {
	m := sender(t, good("127.0.0.1:1", ""))
	if got := keyOf(m.Send(t.Context(), []string{"one@example.org"}, true)); got != "mail.unreachable" {
		t.Errorf("got %q", got)
	}
	if got := keyOf(m.Send(t.Context(), nil, true)); got != "mail.nobody" {
		t.Errorf("got %q for no recipients", got)
	}
}

func TestRefusals(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	no, later, gone := "550 no canary-answer", "451 later canary-answer", "421 closing canary-answer"
	const one, two = "one@example.org", "two@example.net"
	for name, tc := range map[string]struct {
		answers map[string][]string
		urgent  bool
		key     string
		reached bool
		taken   int
	}{
		"one for good":                {map[string][]string{one: {no}}, false, "mail.some", true, 1},
		"one for good, urgent":        {map[string][]string{one: {no}}, true, "mail.some", true, 1},
		"all for good":                {map[string][]string{"MAIL": {no, no}}, true, "mail.refused", false, 0},
		"later":                       {map[string][]string{one: {later}}, false, "mail.some", true, 1},
		"later, urgent":               {map[string][]string{one: {later, later}}, true, "", true, 2},
		"too often, urgent":           {map[string][]string{one: {later, later, later}}, true, "mail.some", true, 1},
		"one for good, other later":   {map[string][]string{one: {no}, two: {later}}, true, "mail.some", true, 1},
		"closing":                     {map[string][]string{one: {gone}}, false, "mail.refused", false, 0},
		"closing, urgent":             {map[string][]string{one: {gone}}, true, "", true, 2},
		"after the message":           {map[string][]string{"end": {no}}, false, "mail.some", true, 2},
		"after the message and again": {map[string][]string{"end": {later}}, true, "", true, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{cert: &cert, answers: tc.answers}
			err := sender(t, good(serve(t, s), ca)).Send(t.Context(), []string{one, two}, tc.urgent)
			if got := keyOf(err); got != tc.key || Reached(err) != tc.reached || len(s.got()) != tc.taken {
				t.Errorf("got %q, reached %v, %d messages; want %q, %v, %d", got, Reached(err), len(s.got()), tc.key, tc.reached, tc.taken)
			}
		})
	}
}

// TestErrorsSayNothing looks for addresses and answers in what a log may have.
func TestErrorsSayNothing(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	cert, ca := certificate(t, "127.0.0.1")
	s := &server{cert: &cert, answers: map[string][]string{"MAIL": {"550 canary-answer one@example.org"}}}
	addr := serve(t, s)
	err := sender(t, good(addr, ca)).Send(t.Context(), []string{"one@example.org"}, true)
	e, ok := err.(*fault.Error)
	if !ok {
		t.Fatalf("got %T", err)
	}
	text := fmt.Sprint(e, e.Args(), fmt.Sprintf("%T", e.Unwrap()), locale.New("en").Fault(e), logged.String())
	for _, not := range []string{"canary", "@example", addr} {
		if strings.Contains(text, not) {
			t.Errorf("%q holds %q", text, not)
		}
	}
}
