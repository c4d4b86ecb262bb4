package factor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Codes are what the apps that people have can make: SHA-1, six digits, half a
// minute each.
const (
	period  = 30
	digits  = 6
	modulus = 1_000_000
)

// NewSecret returns the secret of an app that makes codes.
func NewSecret() []byte {
	b := make([]byte, 20)
	rand.Read(b)
	return b
}

// Step returns the number of the half minute that t is in.
func Step(t time.Time) int64 { return t.Unix() / period }

// Code returns the code of a half minute.
func Code(secret []byte, step int64) string {
	m := hmac.New(sha1.New, secret)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := m.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, n%modulus)
}

// Match returns the half minute that a code is of: the one of now, the one before
// or the one after, but none up to last, which was used. Whether the code is
// right, wrong or used takes the same time.
func Match(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	for s := Step(now) - 1; s <= Step(now)+1; s++ {
		same := subtle.ConstantTimeCompare([]byte(Code(secret, s)), []byte(code)) == 1
		if same && s > last && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

// Adrift reports whether a code is of another half minute, up to an hour away:
// then a clock is wrong, and not the code.
func Adrift(secret []byte, code string, now time.Time) bool {
	for s := Step(now) - 120; s <= Step(now)+120; s++ {
		if Code(secret, s) == code {
			return true
		}
	}
	return false
}

// Typed returns a code as it is compared, however it was typed: without spaces
// and hyphens, in small letters.
func Typed(text string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "\t", "", "\n", "").Replace(text))
}

// SecretText returns a secret as an app takes it, in groups of four.
func SecretText(secret []byte) string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	var groups []string
	for len(text) > 4 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(append(groups, text), " ")
}

// URI returns a secret as a link that apps open. It names no office and no
// person: an app shows its label to whoever holds the phone.
func URI(secret []byte, label string) string {
	return "otpauth://totp/" + label + "?secret=" + strings.ReplaceAll(SecretText(secret), " ", "")
}
