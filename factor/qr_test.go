package factor

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

// TestQR compares with what another program drew: each picture by its hash.
func TestQR(t *testing.T) {
	for _, c := range []struct {
		text string
		size int
		want string
	}{
		{"otpauth://totp/office?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 33, "7de27878839d47e4b16337a0e7afc4025a5186194e4ca7dd8c6184d42063487b"},
		{"a", 21, "bf35b1e154e92eb4f32a6bae5b813d5809763714b28b6d0e376fe986c07c6d1f"},
		{strings.Repeat("x", 30), 25, "3c10297a6ace0ff15cbc04c4ba879ea2085a9f18870184c61c45e83e627833d5"},
		{strings.Repeat("y", 53), 29, "d5b22f3d187eeb935a6553ebbabcf257e0ff893854b641c06ef1b98173676ce5"},
		{strings.Repeat("z", 100), 37, "c6884a53a688a93f6e724e0b50e057347ef0c293c3922d27dd223eac77da09cd"},
	} {
		dark, err := QR(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, row := range dark {
			var b strings.Builder
			for _, d := range row {
				b.WriteByte("01"[map[bool]int{true: 1}[d]])
			}
			rows = append(rows, b.String())
		}
		got := fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(rows, "\n"))))
		if len(dark) != c.size || got != c.want {
			t.Errorf("%.20s: got %d squares, %s", c.text, len(dark), got)
		}
	}
	if _, err := QR(strings.Repeat("a", 107)); err == nil {
		t.Error("too long a text was drawn")
	}
}
