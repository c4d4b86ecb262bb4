package factor

import (
	"strings"
	"testing"
	"time"
)

// TestVectors are those of RFC 6238, appendix B, cut to six digits.
func TestVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := Code(secret, Step(time.Unix(at, 0))); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
	}
}

func TestCodeIsTakenOnceAndNearItsTime(t *testing.T) {
	secret, now := NewSecret(), time.Unix(1_700_000_000, 0)
	here := Step(now)
	for d, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false, 20: false} {
		step, ok := Match(secret, Code(secret, here+d), now, 0)
		if ok != want || ok && step != here+d {
			t.Errorf("%d steps away: got %d %t, want %t", d, step-here, ok, want)
		}
	}
	if _, ok := Match(secret, Code(secret, here), now, here); ok {
		t.Error("a code was taken twice")
	}
	if _, ok := Match(secret, Code(secret, here-1), now, here); ok {
		t.Error("a code older than the last was taken")
	}
	for _, bad := range []string{"", "0", "00000a", strings.Repeat("1", 1000), Code(secret, here) + "0"} {
		if _, ok := Match(secret, bad, now, 0); ok && bad != Code(secret, here) {
			t.Errorf("%.10q was taken", bad)
		}
	}
	if !Adrift(secret, Code(secret, here+20), now) || Adrift(secret, Code(secret, here+200), now) {
		t.Error("a clock that is ten minutes wrong is not told from a wrong code")
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes := NewRecovery()
	seen := map[string]bool{}
	var hashes [][]byte
	for _, c := range codes {
		if seen[c] || len(Typed(c)) != 12 {
			t.Errorf("got code %q", c)
		}
		seen[c] = true
		hashes = append(hashes, HashRecovery(c))
	}
	if len(codes) != 10 {
		t.Fatalf("got %d codes, want 10", len(codes))
	}
	if got := MatchRecovery(hashes, " "+strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))); got != 3 {
		t.Errorf("typed in capitals with spaces: got %d, want 3", got)
	}
	hashes[3] = nil
	for _, bad := range []string{codes[3], "", "----", "aaaa-aaaa-aaaa"} {
		if got := MatchRecovery(hashes, bad); got != -1 {
			t.Errorf("%q: got %d, want none", bad, got)
		}
	}
}

func TestURI(t *testing.T) {
	if got, want := URI([]byte("12345678901234567890"), "office"), "otpauth://totp/office?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := SecretText([]byte("12345678901234567890")), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestBoxThatLacksSomething: a row that opens but holds no secret must not be a
// factor that any code satisfies.
func TestBoxThatLacksSomething(t *testing.T) {
	for _, bad := range []string{``, `{}`, `null`, `{"kind":"code"}`, `{"kind":"code","secret":"AAAA"}`, `{"kind":"passkey"}`, `{"kind":"passkey","key":{}}`, `{"kind":"other"}`} {
		if b, err := ReadBox([]byte(bad)); err == nil {
			t.Errorf("%s was read as %v", bad, b.Kind)
		}
	}
}

func FuzzReadBox(f *testing.F) {
	good, _ := Box{Kind: KindCode, Secret: NewSecret(), Made: time.Unix(1, 0).UTC()}.Bytes()
	f.Add(good)
	f.Add([]byte(`{"kind":"passkey","key":{"id":"AA==","public":"AA==","host":"localhost","count":4294967295}}`))
	f.Add([]byte(`{"kind":"recovery","hashes":[null,""]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := ReadBox(text)
		if err != nil {
			return
		}
		if _, ok := Match(b.Secret, "", time.Unix(0, 0), b.Last); ok {
			t.Error("nothing was taken for a code")
		}
		if got := MatchRecovery(b.Hashes, ""); got >= 0 {
			t.Error("nothing was taken for a recovery code")
		}
		again, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadBox(again); err != nil {
			t.Fatal(err)
		}
	})
}
