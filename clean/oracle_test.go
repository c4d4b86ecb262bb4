package clean_test

import (
	"bytes"
	"image/gif"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/clean"
)

// allKinds returns a dirty file of every kind that can be made here.
func allKinds(t *testing.T) map[string][]byte {
	t.Helper()
	_, photo := dirtyJPEG(t, 6)
	all := map[string][]byte{"photo.jpg": photo}
	forms := map[string]form{"text.docx": docxForm(string(photo)), "sheet.xlsx": xlsxForm(string(photo)), "slides.pptx": pptxForm(string(photo))}
	for name, f := range forms {
		members, _, _ := f.fill(100)
		all[name] = zipped(t, members)
	}
	var b, g bytes.Buffer
	if err := png.Encode(&b, picture(20, 20)); err != nil {
		t.Fatal(err)
	}
	p := b.Bytes()
	all["picture.png"] = slices.Concat(p[:33], chunk("tEXt", "Author\x00"+token(1)), chunk("tIME", "\x07\xe8\x01\x01\x01\x01\x01"), p[33:])
	if err := gif.Encode(&g, picture(20, 20), nil); err != nil {
		t.Fatal(err)
	}
	all["picture.gif"] = g.Bytes()
	all["page.html"] = []byte(`<!DOCTYPE html><html><head><title>` + token(1) + `</title><meta name="author" content="` + token(2) + `"></head><body><p>Seen words</p></body></html>`)
	all["drawing.svg"] = []byte(`<svg xmlns="http://www.w3.org/2000/svg"><title>` + token(1) + `</title><rect width="4" height="4"/></svg>`)
	all["note.txt"] = []byte("Seen words\u200b\n")
	dir := t.TempDir()
	if _, err := exec.LookPath("ffmpeg"); err == nil {
		for _, r := range recordings {
			file := filepath.Join(dir, r.name)
			ffmpeg(t, append(strings.Fields(r.args+tags), file)...)
			if all[r.name], err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

// structural are the fields that exiftool may find in a cleaned file, by group and
// name: of how it is coded, and of its size.
var structural = regexp.MustCompile(`^(` + strings.Join([]string{
	`ExifTool:.*`, `System:.*`, `File:.*`, `Composite:(ImageSize|Megapixels|Rotation|AvgBitrate|Duration)`,
	`JFIF:(JFIFVersion|ResolutionUnit|[XY]Resolution)`, `IFD0:Orientation`, `ExifIFD:.*`,
	`PNG:(ImageWidth|ImageHeight|BitDepth|ColorType|Compression|Filter|Interlace)`,
	`GIF:(GIFVersion|ImageWidth|ImageHeight|HasColorMap|ColorResolutionDepth|BitsPerPixel|BackgroundColor|FrameCount|Duration|AnimationIterations)`,
	`ZIP:Zip(RequiredVersion|BitFlag|Compression|ModifyDate|CRC|CompressedSize|UncompressedSize|FileName|FileCount)`,
	`(QuickTime|Track\d+):(MajorBrand|MinorVersion|CompatibleBrands|MovieHeaderVersion|TimeScale|Duration|Preferred(Rate|Volume)|MatrixStructure|NextTrackID|MediaData(Size|Offset)|Track(HeaderVersion|Duration|Layer|Volume|ID)|ImageWidth|ImageHeight|` +
		`GraphicsMode|OpColor|CompressorID|CompressorName|SourceImage(Width|Height)|[XY]Resolution|BitDepth|MediaHeaderVersion|MediaTimeScale|MediaDuration|MediaLanguageCode|HandlerType|VideoFrameRate|Balance|Audio(Format|Channels|BitsPerSample|SampleRate)|` +
		`PixelAspectRatio|BufferSize|MaxBitrate|AverageBitrate|ColorProfiles|ColorPrimaries|TransferCharacteristics|MatrixCoefficients|VideoFullRangeFlag|HEVC.*|GeneralProfile.*|GenProfile.*|Constraint.*|GeneralLevelIDC|MinSpatialSegmentationIdc|ParallelismType|ChromaFormat|BitDepth(Luma|Chroma)|NumTemporalLayers|TemporalIDNested|AverageFrameRate|ConstantFrameRate|(Create|Modify|TrackCreate|TrackModify|MediaCreate|MediaModify)Date|PurchaseFileFormat|Warning|Encoding|SampleRate|MediaData|AVCConfiguration|ChunkOffset|CompositionTimeToSample|SampleSizes|SampleToChunk|SyncSampleTable|TimeToSampleTable|IdependentAndDisposableSamples|LayoutFlags|QuickTime_ChannelLayout_.*|VideoFieldOrder|Rotation|CleanAperture.*|ProductionAperture.*|EncodedPixels.*|Preview(Time|Duration)|PosterTime|Selection(Time|Duration)|CurrentTime|Unknown_.*)`,
	`(MPEG|FLAC|Vorbis|Opus|RIFF):(MPEGAudioVersion|AudioLayer|AudioBitrate|SampleRate|ChannelMode|MSStereo|IntensityStereo|ModeExtension|CopyrightFlag|OriginalMedia|Emphasis|VBR(Frames|Bytes|Scale)|BlockSize(Min|Max)|FrameSize(Min|Max)|Channels|BitsPerSample|TotalSamples|MD5Signature|` +
		`VorbisVersion|AudioChannels|MaximumBitrate|NominalBitrate|MinimumBitrate|Vendor|OpusVersion|OutputGain|Encoding|NumChannels|AvgBytesPerSec|LamePresent.*|LameVBR.*|Encoder|LameQuality|LameMethod|LameLowPassFilter|LameBitrate|LameStereoMode)`,
	`(Matroska|Track\d+):(DocType(Read)?(Version)?|Duration|EBML.*|MuxingApp|WritingApp|TimeCode|TimecodeScale|CodecPrivate|CodecDelay|SeekPreRoll|Track(Default|Lacing|Number|Type|UID)|(Video|Audio)CodecID|VideoScanType|DefaultDuration|Image(Width|Height)|Display(Width|Height|Unit)|Matroska_0x(16aa|16bb|15b0|35a2)|` +
		`ChromaSiting.*|ColorRange|AudioChannels|AudioSampleRate)`,
	`SVG:(Xmlns|ImageWidth|ImageHeight|Rect(Width|Height))`, `HTML:Charset`,
}, "|") + `)$`)

// structuralOfMat2 reports whether mat2 may find a field: it names no groups, and
// takes the character set of a page for metadata.
func structuralOfMat2(tag, value string) bool {
	for _, group := range []string{"QuickTime", "JFIF", "IFD0", "PNG", "GIF", "FLAC"} {
		if structural.MatchString(group + ":" + tag) {
			return true
		}
	}
	return tag == "ExifByteOrder" || tag == "Rotation" || tag == "harmful metadata" && value == " harmful data"
}

// What exiftool and mat2 still find in cleaned files is on a list.
func TestOracles(t *testing.T) {
	for _, tool := range []string{"exiftool", "mat2"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool, "is not installed")
		}
	}
	dir := t.TempDir()
	var files []string
	for name, b := range allKinds(t) {
		out, report, err := clean.Bytes(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if left := leaks(everything(t, out)); len(left) > 0 {
			t.Errorf("%s: left in it: %v", name, left)
		}
		file := filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+"-clean"+report.Kind.Ext)
		if err := os.WriteFile(file, out, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	words, _ := exec.Command("exiftool", append([]string{"-a", "-u", "-U", "-G1", "-s"}, files...)...).CombinedOutput()
	name, read := "", 0
	for _, line := range strings.Split(strings.TrimSpace(string(words)), "\n") {
		if file, ok := strings.CutPrefix(line, "======== "); ok {
			name = filepath.Base(file)
			read++
			continue
		}
		group, rest, ok := strings.Cut(strings.TrimPrefix(line, "["), "]")
		tag, value, _ := strings.Cut(strings.TrimSpace(rest), ":")
		tag = strings.TrimSpace(tag)
		switch {
		case !ok: // how many files there were
		case tag == "Error" && name != "sound-clean.aac": // which it does not know
			t.Errorf("%s: exiftool can't read it: %s", name, value)
		case strings.HasSuffix(tag, "Date") && group != "System" && strings.Trim(value, " 0:") != "" && strings.TrimSpace(value) != "1980:01:01 00:00:00":
			t.Errorf("%s: exiftool finds a time: %s", name, line)
		case (tag == "MuxingApp" || tag == "WritingApp" || tag == "Vendor" || tag == "CompressorName") && strings.Trim(value, " -") != "":
			t.Errorf("%s: exiftool finds the name of a program: %s", name, line)
		case !structural.MatchString(group + ":" + tag):
			t.Errorf("%s: exiftool finds %s", name, line)
		}
	}
	if read != len(files) {
		t.Errorf("exiftool read %d of %d files", read, len(files))
	}
	words, _ = exec.Command("mat2", append([]string{"--show"}, files...)...).CombinedOutput()
	for _, line := range strings.Split(string(words), "\n") {
		tag, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(line, "[+] Metadata for "):
			name = filepath.Base(line)
		case strings.HasPrefix(line, "   ") && !structuralOfMat2(tag, value):
			t.Errorf("%s: mat2 finds %s", name, line)
		}
	}
	if !strings.Contains(string(words), "[+] Metadata for ") {
		t.Errorf("mat2 read nothing: %s", words)
	}
}
