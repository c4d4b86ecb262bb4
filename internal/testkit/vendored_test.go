package testkit

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What was taken over from others is what its README says it is.
func TestVendored(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\| (\S+) \| ([0-9a-f]{64}) \|$`)
	for _, dir := range []string{"testdata/axe", "../web/asset"} {
		readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		rows := row.FindAllStringSubmatch(string(readme), -1)
		if len(rows) < 2 {
			t.Errorf("%s: README names %d files", dir, len(rows))
		}
		for _, r := range rows {
			b, err := fs.ReadFile(os.DirFS(dir), r[1])
			if err != nil {
				t.Error(err)
				continue
			}
			sum := sha256.Sum256(b)
			if got := hex.EncodeToString(sum[:]); got != r[2] {
				t.Errorf("%s/%s: sha256 is %s, README says %s", dir, r[1], got, r[2])
			}
		}
	}
}
