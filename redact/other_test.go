package redact_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"habeas/internal/sandbox"
	"habeas/redact"
)

// inKinds returns the scene in formats that are not read in Go.
func inKinds(t *testing.T) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	var p bytes.Buffer
	if err := png.Encode(&p, scene(400, 320)); err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(dir, "in.png")
	if err := os.WriteFile(from, p.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for name, args := range map[string][]string{
		"a.heic": {"heif-enc", from, "-o"}, "a.avif": {"heif-enc", "-A", from, "-o"}, "a.webp": {"ffmpeg", "-loglevel", "error", "-i", from},
		"a.bmp": {"ffmpeg", "-loglevel", "error", "-i", from, "-pix_fmt", "bgr24"}, "a.tiff": {"ffmpeg", "-loglevel", "error", "-i", from},
	} {
		if _, err := exec.LookPath(args[0]); err != nil {
			t.Skip(args[0], "is not installed")
		}
		to := filepath.Join(dir, name)
		if b, err := exec.Command(args[0], append(args[1:], to)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		b, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	return all
}

func TestNothingOfAFaceIsLeftInOtherKinds(t *testing.T) {
	face := redact.Plan{Cuts: []redact.Cut{{Box: redact.Box{Left: 0, Top: 0, Right: 250, Bottom: 250}}}}
	for name, b := range inKinds(t) {
		out, r, err := taken(t, b, face)
		if err != nil || r.Kind.Name != "png" || r.Parts != 1 {
			t.Errorf("%s: %+v %v", name, r, err)
			continue
		}
		m, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if n := red(m); n > 0 || m.Bounds().Dx() != 400 || m.Bounds().Dy() != 320 {
			t.Errorf("%s: %d pixels of it are left in %v", name, n, m.Bounds())
		}
		if r, _, b, _ := m.At(300, 250).RGBA(); b < 0xd000 || r > 0x3000 {
			t.Errorf("%s: the rest changed", name)
		}
		if _, _, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Box: redact.Box{Left: 1100, Right: 1200, Bottom: 1000}}}}); !errors.Is(err, redact.ErrNothing) {
			t.Errorf("%s: a box beside it: %v", name, err)
		}
		if _, _, err := taken(t, b[:len(b)/2], face); err == nil {
			t.Errorf("%s: half of it was redacted", name)
		}
	}
}

// Around a box of a picture that was coded in blocks, more goes.
func TestBlocksAroundABoxGo(t *testing.T) {
	box := redact.Plan{Cuts: []redact.Cut{{Box: redact.Box{Left: 500, Top: 500, Right: 510, Bottom: 510}}}}
	for name, b := range inKinds(t) {
		out, _, err := taken(t, b, box)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		black := func(x, y int) bool { r, g, b, _ := m.At(x, y).RGBA(); return r+g+b == 0 }
		around := map[string]int{"a.heic": 63, "a.avif": 63, "a.webp": 15, "a.tiff": 15}[name]
		if !black(200-around, 160-around) || !black(203+around, 163+around) || black(199-around, 160) || black(204+around, 160) {
			t.Errorf("%s: it is not %d pixels around the box", name, around)
		}
	}
}

func TestOtherKindsNeedATool(t *testing.T) {
	all := inKinds(t)
	t.Setenv("PATH", "")
	for name, b := range all {
		_, err := redact.Confined(context.Background(), temporary(t, nil), temporary(t, b), redact.Plan{Cuts: []redact.Cut{{Box: redact.Box{Right: 500, Bottom: 500}}}})
		if m, ok := errors.AsType[*sandbox.Missing](err); !ok || m.Tool.Package != "ffmpeg" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
