package clean_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"habeas/clean"
)

// A recording is made by ffmpeg, with tokens in its metadata.
type recording struct {
	name, kind string
	args       string // how ffmpeg makes it
}

const tags = " -metadata title=INVENTED-CANARY-0001 -metadata comment=INVENTED-CANARY-0002 -metadata artist=INVENTED-CANARY-0003 -metadata location=+55.75+037.61/ "

var recordings = []recording{
	{"h264.mp4", "mp4", "-f lavfi -i testsrc=size=160x120:rate=25:duration=1 -f lavfi -i sine=duration=1 -c:v libx264 -pix_fmt yuv420p -c:a aac"},
	{"h264.mov", "mov", "-f lavfi -i testsrc=size=160x120:rate=25:duration=1 -f lavfi -i sine=duration=1 -c:v libx264 -pix_fmt yuv420p -c:a aac -timecode 01:00:00:00"},
	{"h265.mp4", "mp4", "-f lavfi -i testsrc=size=160x120:rate=25:duration=1 -c:v libx265 -tag:v hvc1 -pix_fmt yuv420p"},
	{"pieces.mp4", "mp4", "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 -c:v libx264 -bf 2 -g 10 -pix_fmt yuv420p -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof"},
	{"begun.mp4", "mp4", "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 -c:v libx264 -bf 2 -g 10 -pix_fmt yuv420p -c:a aac -movflags frag_keyframe"},
	{"cut.mp4", "mp4", "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 -ss 0.33 -c:v libx264 -bf 2 -pix_fmt yuv420p -c:a aac"},
	{"vp8.webm", "webm", "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 -c:v libvpx -c:a libvorbis"},
	{"vp9.webm", "webm", "-f lavfi -i testsrc=size=160x120:rate=25:duration=1 -f lavfi -i sine=duration=1 -c:v libvpx-vp9 -deadline realtime -c:a libopus -f webm -live 1"},
	{"h264.mkv", "mkv", "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 -c:v libx264 -bf 2 -pix_fmt yuv420p -c:a aac"},
	{"sound.aac", "aac", "-f lavfi -i sine=duration=2 -c:a aac"},
	{"sound.m4a", "m4a", "-f lavfi -i sine=duration=2 -c:a aac"},
	{"sound.mp3", "mp3", "-f lavfi -i sine=duration=2 -c:a libmp3lame -write_id3v1 1"},
	{"sound.flac", "flac", "-f lavfi -i sine=duration=2 -c:a flac"},
	{"vorbis.ogg", "ogg", "-f lavfi -i sine=duration=2 -c:a libvorbis"},
	{"opus.ogg", "ogg", "-f lavfi -i sine=duration=2 -c:a libopus"},
	{"sound.wav", "wav", "-f lavfi -i sine=duration=2 -c:a pcm_s16le"},
}

func ffmpeg(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command("ffmpeg", append([]string{"-hide_banner", "-loglevel", "error", "-y"}, args...)...).Output()
	if err != nil {
		t.Fatalf("ffmpeg %v: %v", args, err)
	}
	return out
}

// decoded returns a sum over all that a decoder shows and plays.
func decoded(t *testing.T, name string) string {
	t.Helper()
	return string(ffmpeg(t, "-i", name, "-map", "0:v?", "-map", "0:a?", "-f", "md5", "-"))
}

// hidden are bytes of a file of boxes with tokens in boxes that nobody plays, and
// after the end.
func hidden(b []byte) []byte {
	secret := func(name string, n int) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(8+len(token(n))))
		return append(append(out, name...), token(n)...)
	}
	b = append(b, secret("free", 30)...)
	b = append(b, secret("uuid", 31)...)
	b = append(b, secret("mdat", 32)...) // samples that are in no table
	b = append(b, secret("meta", 33)...)
	return append(b, token(34)...)
}

func TestRecordings(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	for _, r := range recordings {
		t.Run(r.name, func(t *testing.T) {
			dirty := filepath.Join(t.TempDir(), r.name)
			ffmpeg(t, append(strings.Fields(r.args+tags), dirty)...)
			b, err := os.ReadFile(dirty)
			if err != nil {
				t.Fatal(err)
			}
			switch r.kind {
			case "mp4", "mov", "m4a":
				b = hidden(b)
			default:
				b = append(b, token(34)...)
			}
			out, report := cleaned(t, b, r.kind)
			for _, word := range []string{"x264", "x265", "Lavf", "Lavc", "Handler\x00"} {
				if bytes.Contains(out, []byte(word)) {
					t.Errorf("%q is left in it", word)
				}
			}
			if len(report.Removed) == 0 {
				t.Error("says nothing of what it left out")
			}
			after := filepath.Join(t.TempDir(), "clean"+report.Kind.Ext)
			if err := os.WriteFile(after, out, 0o600); err != nil {
				t.Fatal(err)
			}
			if x, y := decoded(t, dirty), decoded(t, after); x != y {
				t.Errorf("it shows or plays something else: %s %s", x, y)
			}
		})
	}
}

// What telephones and cameras write beside pictures (where, how fast, which way)
// is a track of its own, whatever its kind is called.
func TestTimedMetadata(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	dir := t.TempDir()
	track := filepath.Join(dir, "track.raw")
	if err := os.WriteFile(track, []byte(strings.Repeat(token(7)+token(8), 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "film.mov")
	ffmpeg(t, append(strings.Fields("-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -f s16le -ar 44100 -ac 1 -i "+track+" -c:v libx264 -pix_fmt yuv420p -c:a pcm_s16le"), file)...)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"meta", "mebx", "text", "sbtl"} {
		dirty := bytes.ReplaceAll(b, []byte("soun"), []byte(kind))
		if len(leaks(dirty)) == 0 {
			t.Fatal("nothing to clean")
		}
		_, report := cleaned(t, dirty, "mov")
		told(t, report, "track that is neither pictures nor sound")
	}
}

// A voice note of a telephone: three frames, and what somebody wrote behind them.
func TestAMR(t *testing.T) {
	frames := "#!AMR\n" + strings.Repeat("\x3c"+strings.Repeat("\x11", 31), 2) + "\x7c"
	out, report := cleaned(t, []byte(frames+token(1)), "amr")
	if string(out) != frames || len(report.Removed) != 1 {
		t.Errorf("%q %+v", out, report.Removed)
	}
}

// Photographs of phones, as libheif writes them, with Exif and XMP.
func TestHEICAndAVIF(t *testing.T) {
	for _, tool := range []string{"heif-enc", "heif-convert", "exiftool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool, "is not installed")
		}
	}
	dir := t.TempDir()
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v: %s", name, args, err, out)
		}
	}
	ffmpegHere := "-f lavfi -i testsrc=size=200x160 -frames:v 1 "
	ffmpeg(t, append(strings.Fields(ffmpegHere), filepath.Join(dir, "p.png"))...)
	for _, c := range []struct{ kind, flag string }{{"heic", "-q"}, {"avif", "-A"}} {
		name := "p." + c.kind
		args := []string{c.flag, "p.png", "-o", name}
		if c.flag == "-q" {
			args = []string{"-q", "50", "-t", "64", "p.png", "-o", name}
		}
		run("heif-enc", args...)
		run("exiftool", "-q", "-overwrite_original", "-Artist="+token(1), "-XMP:Creator="+token(2), "-GPSLatitude=12.5", name)
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(leaks(b)) != 2 {
			t.Fatalf("%s: nothing to clean", name)
		}
		out, _ := cleaned(t, hidden(b), c.kind)
		if err := os.WriteFile(filepath.Join(dir, "clean."+c.kind), out, 0o600); err != nil {
			t.Fatal(err)
		}
		run("heif-convert", name, "x.png")
		run("heif-convert", "clean."+c.kind, "y.png")
		x, err := os.ReadFile(filepath.Join(dir, "x.png"))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(dir, "y.png"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, x, y)
	}
}

func FuzzCleanMedia(f *testing.F) {
	ftyp := "\x00\x00\x00\x14ftypisom\x00\x00\x00\x00mp41"
	for _, s := range []string{
		ftyp + "\x00\x00\x00\x10moov\x00\x00\x00\x08trak", "\x00\x00\x00\x14ftypheic\x00\x00\x00\x00mif1\x00\x00\x00\x0cmeta\x00\x00\x00\x00",
		"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff\x16\x54\xae\x6b\x91\xae\x8f\xd7\x81\x01\x83\x81\x01\x86\x85V_VP8\xe0\x80\x1f\x43\xb6\x75\xff\xe7\x81\x00\xa3\x85\x81\x00\x00\x80x\xa0\x87\xa1\x85\x81\x00\x00\x06x",
		"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00" + strings.Repeat("\x00", 413), "fLaC\x80\x00\x00\x22" + strings.Repeat("\x01", 34) + "\xff\xf8",
		"OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x1e\x01vorbis", "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + strings.Repeat("\x01", 16) + "data\x04\x00\x00\x00abcd",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := clean.Bytes(b); err != nil {
			return
		}
	})
}
