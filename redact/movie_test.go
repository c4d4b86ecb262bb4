package redact_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/picture"
	"habeas/redact"
)

func TestMain(m *testing.M) {
	sandbox.Main(map[string]sandbox.Task{clean.TaskName: clean.Task, picture.TaskName: picture.Task, redact.TaskName: redact.Task})
	os.Exit(m.Run())
}

// taken redacts a file. It skips where a tool is not installed or can't be confined.
func taken(t *testing.T, b []byte, p redact.Plan) ([]byte, *redact.Report, error) {
	t.Helper()
	in, out := temporary(t, b), temporary(t, nil)
	r, err := redact.Confined(context.Background(), out, in, p)
	switch {
	case errors.As(err, new(*sandbox.Missing)) || errors.Is(err, sandbox.ErrWalls):
		t.Skip(err)
	case err != nil:
		return nil, nil, err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	made, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return made, r, nil
}

func temporary(t *testing.T, b []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	return f
}

// ffmpeg runs it on a file, which args call IN, and returns what it writes.
func ffmpeg(t *testing.T, b []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("no ffmpeg")
	}
	name := temporary(t, b).Name()
	for i, a := range args {
		if a == "IN" {
			args[i] = name
		}
	}
	cmd := exec.Command("ffmpeg", append([]string{"-nostdin", "-loglevel", "error", "-y"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, &said)
	}
	return out.Bytes()
}

const filmWidth, filmHeight, filmRate = 320, 160, 10

// A film of three seconds has a white face that moves a little in front of grey, a
// tone of 440 Hz, and names wherever a film may have one.
func film(t *testing.T, ext string, coders ...string) []byte {
	t.Helper()
	to := filepath.Join(t.TempDir(), "film"+ext)
	args := []string{"-f", "lavfi", "-i", "color=gray:s=320x160:r=10:d=3", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3",
		"-vf", "drawbox=x=40:y=40:w=40:h=40:color=white:t=fill", "-pix_fmt", "yuv420p",
		"-metadata", "title=CANARY-Zoya", "-metadata", "comment=CANARY-Zoya", "-metadata:s:v", "handler_name=CANARY-Zoya", "-metadata:s:a", "title=CANARY-Zoya"}
	ffmpeg(t, nil, append(append(args, coders...), to)...)
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frames returns the grey of each frame, ten a second.
func frames(t *testing.T, b []byte) [][]byte {
	all := ffmpeg(t, b, "-i", "IN", "-vf", "fps=10,scale=out_range=full", "-pix_fmt", "gray", "-f", "rawvideo", "-")
	var out [][]byte
	for ; len(all) >= filmWidth*filmHeight; all = all[filmWidth*filmHeight:] {
		out = append(out, all[:filmWidth*filmHeight])
	}
	return out
}

// samples returns the sound, one channel at 48 kHz.
func samples(t *testing.T, b []byte) []int16 {
	all := ffmpeg(t, b, "-i", "IN", "-ac", "1", "-ar", "48000", "-f", "s16le", "-")
	out := make([]int16, len(all)/2)
	_ = binary.Read(bytes.NewReader(all), binary.LittleEndian, out)
	return out
}

func noNames(t *testing.T, b []byte) {
	t.Helper()
	for _, word := range []string{"CANARY", "Zoya", "Lavf", "Lavc", "x264", "libx264", "LAME"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("%s is left in it", word)
		}
	}
}

// The face is gone in the second that was asked for, and is seen in the others.
func TestFilmLosesAFace(t *testing.T) {
	for ext, coders := range map[string][]string{".mp4": {"-c:a", "aac"}, ".mov": {"-c:a", "aac"}, ".mkv": {"-c:a", "aac"}, ".webm": {"-c:v", "libvpx", "-b:v", "1M", "-c:a", "libopus"}} {
		t.Run(ext, func(t *testing.T) {
			b := film(t, ext, coders...)
			face := redact.Box{Left: 120, Top: 240, Right: 260, Bottom: 510} // a little more than it
			out, r, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Box: face, Span: redact.Span{From: time.Second, To: 2 * time.Second}}}})
			if err != nil {
				t.Fatal(err)
			}
			noNames(t, out)
			if r.Kind.Name != "mp4" || r.Parts != 1 {
				t.Errorf("%+v", r)
			}
			was, is := frames(t, b), frames(t, out)
			if len(is) < len(was)-1 || len(is) > len(was)+1 {
				t.Fatalf("%d frames, were %d", len(is), len(was))
			}
			for i := range min(len(was), len(is)) {
				at := float64(i) / filmRate
				var brightest byte
				for y := 40; y < 80; y++ {
					for x := 40; x < 80; x++ {
						brightest = max(brightest, is[i][y*filmWidth+x])
					}
				}
				if at >= 1 && at <= 2 && brightest > 40 {
					t.Errorf("at %.1f s the face is seen: %d", at, brightest)
				}
				if (at < 0.8 || at > 2.2) && brightest < 200 {
					t.Errorf("at %.1f s the face is gone: %d", at, brightest)
				}
				for _, p := range []int{10*filmWidth + 300, 120*filmWidth + 60} {
					if d := int(was[i][p]) - int(is[i][p]); d < -12 || d > 12 {
						t.Errorf("at %.1f s the rest changed by %d", at, d)
					}
				}
			}
			if loud(samples(t, out)[48000:96000]) < 1000 {
				t.Error("the sound is gone")
			}
		})
	}
}

// A picture that comes before a box and stands until it is there is covered in its time.
func TestPictureThatStandsLoses(t *testing.T) {
	for name, sparse := range map[string]string{"one a second": "fps=1", "two in all": "select='lt(t,0.05)+gte(t,2.85)'"} {
		b := film(t, ".mp4", "-an", "-vf", "drawbox=x=40:y=40:w=40:h=40:color=white:t=fill,"+sparse, "-fps_mode", "vfr")
		face := redact.Box{Left: 120, Top: 240, Right: 260, Bottom: 510}
		out, _, err := taken(t, b, redact.Plan{Cuts: []redact.Cut{{Box: face, Span: redact.Span{From: 1300 * time.Millisecond, To: 1600 * time.Millisecond}}}})
		if err != nil {
			t.Fatal(err)
		}
		is := frames(t, out)
		if len(is) < 20 {
			t.Fatalf("%s: %d frames", name, len(is))
		}
		const at = 60*filmWidth + 60
		for i := 13; i <= 16; i++ {
			if is[i][at] > 40 {
				t.Errorf("%s: at %d/10 s the face is seen", name, i)
			}
		}
		if is[5][at] < 200 || is[20][at] < 200 {
			t.Errorf("%s: before or after, it is gone", name)
		}
	}
}

// What was cut off a film in a way that only hides it is not in what comes of it, and
// what is asked for is at its time.
func TestWhatWasCutOffStaysOff(t *testing.T) {
	const face = "drawbox=x=40:y=40:w=40:h=40:color=white:t=fill:enable='lt(t,1.2)'"
	whole := film(t, ".mp4", "-vf", face, "-af", "volume=0:enable='gte(t,1.2)'", "-g", "100")
	to := filepath.Join(t.TempDir(), "short.mp4")
	ffmpeg(t, whole, "-ss", "1.5", "-i", "IN", "-c", "copy", to)
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]redact.Plan{
		"sound": {Mute: []redact.Span{{From: time.Second, To: 1200 * time.Millisecond}}},
		"a box": {Cuts: []redact.Cut{{Box: redact.Box{Left: 800, Top: 800, Right: 900, Bottom: 900}}}},
	} {
		out, _, err := taken(t, b, p)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range frames(t, out) {
			if f[60*filmWidth+60] > 200 {
				t.Errorf("%s: at %d/10 s a face is seen that was cut off", name, i)
			}
		}
		if n := loud(samples(t, out)); n > 200 {
			t.Errorf("%s: sound is heard that was cut off: %d", name, n)
		}
	}
}

func loud(s []int16) (most int) {
	for _, v := range s {
		most = max(most, int(v), -int(v))
	}
	return most
}

// Of the sound of a second nothing is left; what is before and after is heard.
func TestSoundIsMuted(t *testing.T) {
	mute := redact.Plan{Mute: []redact.Span{{From: time.Second, To: 2 * time.Second}}}
	for ext, coders := range map[string][]string{
		".mp4": {"-c:a", "aac"}, ".webm": {"-c:v", "libvpx", "-c:a", "libopus"},
		".m4a": {"-vn", "-c:a", "aac"}, ".mp3": {"-vn"}, ".flac": {"-vn"}, ".wav": {"-vn"}, ".ogg": {"-vn", "-c:a", "libopus"}, ".aac": {"-vn"},
	} {
		t.Run(ext, func(t *testing.T) {
			b := film(t, ext, coders...)
			out, r, err := taken(t, b, mute)
			if err != nil {
				t.Fatal(err)
			}
			noNames(t, out)
			if r.Parts != 1 {
				t.Errorf("%+v", r)
			}
			s := samples(t, out)
			if len(s) < 140_000 {
				t.Fatalf("%d samples", len(s))
			}
			if n := loud(s[48000:96000]); n != 0 {
				t.Errorf("it is heard: %d", n)
			}
			if loud(s[10_000:40_000]) < 1000 || loud(s[104_000:134_000]) < 1000 {
				t.Error("what is before or after is gone")
			}
		})
	}
}

func TestRefusedForms(t *testing.T) {
	wav := film(t, ".wav", "-vn")
	mute := film(t, ".mp4", "-an")
	box := redact.Cut{Box: redact.Box{Right: 500, Bottom: 500}}
	for name, c := range map[string]struct {
		b    []byte
		p    redact.Plan
		want error
	}{
		"a box of sound":      {wav, redact.Plan{Cuts: []redact.Cut{box}}, redact.ErrSound},
		"silence of none":     {mute, redact.Plan{Mute: []redact.Span{{To: 1}}}, redact.ErrBroken},
		"words of sound":      {wav, redact.Plan{Words: []string{"x"}}, redact.ErrSound},
		"text":                {[]byte("only words"), redact.Plan{Cuts: []redact.Cut{box}}, redact.ErrFormat},
		"nothing":             {wav, redact.Plan{}, redact.ErrNothing},
		"a span that is none": {wav, redact.Plan{Mute: []redact.Span{{From: 2, To: 1}}}, redact.ErrNothing},
	} {
		if _, _, err := taken(t, c.b, c.p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
