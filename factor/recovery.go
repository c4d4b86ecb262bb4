package factor

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
)

// recoveryCodes is how many codes stand on the paper.
const recoveryCodes = 10

// letters are those that are not taken for one another, in print or by hand.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewRecovery returns codes for a paper: each opens once. A code has 12 letters
// of 31, which is more than 59 bits.
func NewRecovery() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = draw(4) + "-" + draw(4) + "-" + draw(4)
	}
	return codes
}

// draw returns n random letters.
func draw(n int) string {
	var out []byte
	for len(out) < n {
		var b [1]byte
		rand.Read(b[:])
		if int(b[0]) < 256/len(letters)*len(letters) {
			out = append(out, letters[int(b[0])%len(letters)])
		}
	}
	return string(out)
}

// HashRecovery returns what is kept of a code once it is on paper.
func HashRecovery(code string) []byte {
	h := sha256.Sum256([]byte("habeas recovery code v1\n" + Typed(code)))
	return h[:]
}

// MatchRecovery returns which of the hashes a typed code has, or -1.
func MatchRecovery(hashes [][]byte, code string) int {
	got, found := HashRecovery(code), -1
	for i, h := range hashes {
		if subtle.ConstantTimeCompare(got, h) == 1 {
			found = i
		}
	}
	return found
}
