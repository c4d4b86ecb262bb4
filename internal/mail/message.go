package mail

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"strings"
	"time"

	"habeas/internal/locale"
)

// size is the size of every message in bytes, so that its length tells neither
// language nor recipient. (The length of the command that names the recipient
// still differs between recipients.) It leaves room for the longest addresses.
const size = 1536

// line is how long a line of the body may be.
const line = 76

// A letter is what every message of an office says.
type letter struct {
	from    string
	subject string // encoded
	body    string // encoded, whole lines
}

func newLetter(from, lang string) letter {
	p := locale.New(lang)
	return letter{
		from:    from,
		subject: mime.BEncoding.Encode("utf-8", p.T("mail.subject")),
		body:    base64Lines(p.T("mail.body") + "\r\n"),
	}
}

func base64Lines(text string) string {
	var b strings.Builder
	for rest := base64.StdEncoding.EncodeToString([]byte(text)); rest != ""; {
		n := min(line, len(rest))
		b.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
	return b.String()
}

// to returns the message for one recipient. What it says of its time is the
// minute, in UTC; of where it was made it says nothing.
func (l letter) to(recipient string, now time.Time) []byte {
	text := l.with(recipient, now, randomHex(32))
	// What is added is empty lines of two bytes: readers of base64 skip them, and
	// not all skip spaces.
	rest := size - len(text)
	if rest%2 == 1 {
		text, rest = l.with(recipient, now, randomHex(33)), rest-1
	}
	return []byte(text + strings.Repeat("\r\n", max(rest/2, 0)))
}

func (l letter) with(recipient string, now time.Time, id string) string {
	var b strings.Builder
	for _, h := range [][2]string{
		{"Date", now.UTC().Truncate(time.Minute).Format("Mon, 02 Jan 2006 15:04:05 +0000")},
		{"From", "<" + l.from + ">"},
		{"To", "<" + recipient + ">"},
		{"Subject", l.subject},
		{"Message-ID", "<" + id + "@" + domainOf(l.from) + ">"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "base64"},
		// Or the absent would answer that they are away.
		{"Auto-Submitted", "auto-generated"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	return b.String() + "\r\n" + l.body
}

// randomHex returns n random hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)[:n]
}
