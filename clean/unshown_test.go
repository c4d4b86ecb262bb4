package clean_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// trimmed sets the edit lists of a film, of version 0, so that a second is shown from
// a time on: as a telephone does when somebody cuts the rest off.
func trimmed(t *testing.T, b []byte, from float64) []byte {
	t.Helper()
	b = bytes.Clone(b)
	scale, n := uint32(0), 0
	for i := 4; i+40 < len(b); i++ { // the scale of a track stands behind its edit list
		switch string(b[i : i+4]) {
		case "mvhd":
			scale = binary.BigEndian.Uint32(b[i+16:])
		case "elst":
			own := bytes.Index(b[i:], []byte("mdhd"))
			media := float64(binary.BigEndian.Uint32(b[i+own+16:]))
			if binary.BigEndian.Uint32(b[i+8:]) != 1 || b[i+4] != 0 {
				t.Fatal("the edit list is not as it was thought")
			}
			binary.BigEndian.PutUint32(b[i+12:], scale)
			binary.BigEndian.PutUint32(b[i+16:], binary.BigEndian.Uint32(b[i+16:])+uint32(from*media))
			n++
		}
	}
	if n != 2 {
		t.Fatalf("%d edit lists", n)
	}
	return b
}

// A film is made shorter on a telephone, which keeps the rest: a face in its first
// second, and what was said then. A copy that was made anew shows what the short film
// shows, and has neither.
func TestWhatWasCutOffGoes(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	dir := t.TempDir()
	whole, short, after := filepath.Join(dir, "whole.mp4"), filepath.Join(dir, "short.mp4"), filepath.Join(dir, "after.mp4")
	ffmpeg(t, "-f", "lavfi", "-i", "color=gray:size=160x120:rate=25:duration=5", "-f", "lavfi", "-i", "sine=duration=5",
		"-vf", "drawbox=x=40:y=40:w=40:h=40:color=white:t=fill:enable='lt(t,1.2)+gt(t,4)'", "-af", "volume=0:enable='between(t,1.2,4)'",
		"-c:v", "libx264", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", whole)
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	b = trimmed(t, b, 2.5)
	out, _ := cleaned(t, b, "mp4")
	for name, b := range map[string][]byte{short: b, after: out} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if x, y := decoded(t, short), decoded(t, after); x != y {
		t.Errorf("it shows or plays something else: %s %s", x, y)
	}
	all := func(file string, args ...string) []byte {
		t.Helper()
		out, err := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-ignore_editlist", "1", "-i", file}, args...), "-")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	hidden := func(file string) (face, loud, frames int) {
		seen := all(file, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray", "-fps_mode", "passthrough")
		for ; len(seen) >= 160*120; seen = seen[160*120:] {
			frames++
			if seen[60*160+60] > 200 {
				face++
			}
		}
		heard := all(file, "-map", "0:a", "-f", "s16le", "-ac", "1")
		for i := 0; i+1 < len(heard); i += 2 {
			if v := int16(binary.LittleEndian.Uint16(heard[i:])); v > 200 || v < -200 {
				loud++
			}
		}
		return face, loud, frames
	}
	if face, loud, frames := hidden(short); face < 50 || loud < 50000 || frames != 125 {
		t.Fatalf("the short film hides %d pictures with a face of %d, and %d samples: this test sees nothing", face, frames, loud)
	}
	if face, loud, frames := hidden(after); face != 0 || loud != 0 || frames > 45 || frames < 25 {
		t.Errorf("%d pictures with a face are left, %d samples, of %d pictures", face, loud, frames)
	}
}
