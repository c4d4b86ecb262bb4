package custody_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"habeas/custody"
	"habeas/custody/custodytest"
	"habeas/stamp"
	"habeas/stamp/stamptest"
)

func stamps(t *testing.T, a *stamptest.Authority) func([]byte) []byte {
	return func(over []byte) []byte {
		query, _, err := stamp.Request(over)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t, query, "")
		if err != nil {
			t.Fatal(err)
		}
		token, err := stamp.Answer(answer)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

// A token dates the whole bundle, if whoever checks trusts the authority; one by a
// stranger counts for nothing; one that is over something else breaks it.
func TestStampedBundle(t *testing.T) {
	known, other := stamptest.New(t, true, stamptest.Good()), stamptest.New(t, true, stamptest.Good())
	good := custodytest.NewParcel(t, stamps(t, known), stamps(t, other))
	alone := custody.Trust{Root: good.Trust.Root, Roots: known.Roots}
	if r := verify(t, good, alone); r.Verdict() != custody.Verified || len(r.Stamps) != 1 {
		t.Errorf("with one authority of two: %v %q", r.Verdict(), failures(r))
	}
	alone.Roots = stamptest.New(t, true, stamptest.Good()).Roots
	if r := verify(t, good, alone); r.Verdict() != custody.IntegrityOnly || len(r.Stamps) != 0 {
		t.Errorf("with a third: %v %q", r.Verdict(), failures(r))
	}
	alone.Roots = nil
	if r := verify(t, good, alone); r.Verdict() != custody.IntegrityOnly {
		t.Errorf("with none: %v %q", r.Verdict(), failures(r))
	}
	over := func([]byte) []byte { return stamps(t, known)([]byte("another checkpoint")) }
	wrong := custodytest.NewParcel(t, over)
	if r := verify(t, wrong, custody.Trust{Root: wrong.Trust.Root, Roots: known.Roots}); r.Verdict() != custody.Broken {
		t.Errorf("over another checkpoint: %v", r.Verdict())
	}
	noise := custodytest.NewParcel(t, func([]byte) []byte { return []byte("a token") })
	if r := verify(t, noise, custody.Trust{Root: noise.Trust.Root, Roots: known.Roots}); r.Verdict() != custody.Broken {
		t.Errorf("no token: %v", r.Verdict())
	}
}

// What README.txt says an outsider can do with sha256sum and openssl alone works,
// and fails on a bundle that was changed.
func TestReadmeCommands(t *testing.T) {
	for _, tool := range []string{"openssl", "sha256sum", "sha512sum", "head"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	a := stamptest.New(t, true, stamptest.Good())
	dir := t.TempDir()
	p := custodytest.NewParcel(t, stamps(t, a))
	p.Lay(t, dir)
	readme := string(p.Files["README.txt"].Data)
	roots := filepath.Join(a.Dir, "root.pem")
	for _, tc := range []struct{ command, changed string }{
		{"sha256sum -c manifest-sha256.txt", "data/E0001.jpg"},
		{"sha512sum -c manifest-sha512.txt", "data/E0002.txt"},
		{"sha256sum -c tagmanifest-sha256.txt", "custody/bundle.json"},
		{"openssl ts -verify -data state -in custody/stamps/1.tsr -token_in -CAfile roots.pem", "custody/checkpoint.txt"},
	} {
		if !strings.Contains(readme, tc.command) {
			t.Errorf("README.txt does not say %q", tc.command)
		}
		run := func() error {
			cmd := exec.Command("sh", "-c", "head -n 5 custody/checkpoint.txt >\"$0/state\"; "+strings.NewReplacer(" state ", " \"$0/state\" ", "roots.pem", roots).Replace(tc.command), t.TempDir())
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}
		if err := run(); err != nil {
			t.Errorf("%s: %v", tc.command, err)
		}
		file := filepath.Join(dir, tc.changed)
		if err := os.WriteFile(file, append([]byte("x"), p.Files[tc.changed].Data...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(); err == nil {
			t.Errorf("%s does not see that %s was changed", tc.command, tc.changed)
		}
		p.Lay(t, dir)
	}
}
