package web

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
)

// filePolicy is for a file that somebody sent: it loads nothing, runs nothing, and
// is of no origin.
const filePolicy = "default-src 'none'; sandbox"

// pictures are the sorts of file that are ever shown, by what they begin with and
// never by what they are called. Nothing that can hold a script is among them.
var pictures = [...]string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// sniffed is how many bytes of a file tell what it is.
const sniffed = 512

// lookPage is one file of a letter: a picture, blurred until the reader asks for it,
// or only what it is called. It can be taken to one's own device.
type lookPage struct {
	Frame
	Back, Words string // the letter
	Name, Size  string
	Picture     string // path of its bytes; "" for what is not shown
	Take        string // where the form goes
	Start       Part
	Confirm     boxField
}

// An openFile is a file of a letter that is being read.
type openFile struct {
	habeas.LetterFile
	letter ledger.ID
	n      int
	head   []byte // what it begins with; Reader still has it
	io.Reader
	io.Closer
}

// letterFile opens the file that a path is about. Close it.
func (s *Server) letterFile(r *http.Request, by habeas.Actor) (*openFile, error) {
	id, err := letterIn(r)
	if err != nil {
		return nil, err
	}
	n, err := fileNumber(r)
	if err != nil {
		return nil, err
	}
	file, body, err := s.Desk.OpenLetterFile(r.Context(), by, id, n)
	if err != nil {
		return nil, err
	}
	head := make([]byte, sniffed)
	got, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.Join(fault.Wrap(err, fault.Damaged, "intake.damaged"), body.Close())
	}
	head = head[:got]
	return &openFile{file, id, n, head, io.MultiReader(strings.NewReader(string(head)), body), body}, nil
}

func fileNumber(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "intake.no_file")
	}
	return n, nil
}

// picture returns the sort of a file that may be shown, or "".
func picture(head []byte) string {
	if media := http.DetectContentType(head); slices.Contains(pictures[:], media) {
		return media
	}
	return ""
}

func (p *letterPage) filePath(act string, n int) string {
	return p.Here + "/" + act + "/" + strconv.Itoa(n)
}

func (s *Server) lookPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	file, err := s.letterFile(r, by)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	p := lookPage{Frame: s.frame(w, r, by, f, "intake"), Back: letterPath(file.letter)}
	p.Words, p.Name, p.Size = p.letterWords(file.letter), fileName(file.Name.Reveal(), file.n), p.size(file.Size)
	at := strconv.Itoa(file.n)
	if picture(file.head) != "" {
		p.Picture = p.Back + "/file/" + at
	}
	p.Take, p.Start = p.Back+"/take/"+at, p.In("take")
	p.Confirm = boxField{ID: "take-confirm", Name: "confirm", Label: p.T("ui.intake.take.confirm")}
	return s.show(w, f, "look", p)
}

// picture sends the bytes of a picture, for the page that shows it.
func (s *Server) picture(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	file, err := s.letterFile(r, by)
	if err != nil {
		return err
	}
	defer file.Close()
	media := picture(file.head)
	if media == "" {
		return fault.New(fault.NotFound, "intake.no_picture")
	}
	s.sendFile(w, media, "inline", file.Size, file)
	return nil
}

// takeFile sends a file of a letter to be kept on one's own device, whatever it is.
func (s *Server) takeFile(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if !f.Has("confirm", "1") {
		return fault.New(fault.Invalid, "intake.unconfirmed", fault.Field("confirm"))
	}
	file, err := s.letterFile(r, by)
	if err != nil {
		return err
	}
	defer file.Close()
	s.sendDownload(w, savedName(file.Name.Reveal(), file.n), file.Size, file)
	return nil
}

// sendDownload sends a file that no browser shows.
func (s *Server) sendDownload(w http.ResponseWriter, name string, size int64, from io.Reader) {
	how := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if how == "" {
		how = "attachment"
	}
	s.sendFile(w, "application/octet-stream", how, size, from)
}

// sendFile sends what somebody sent. What cannot be sent to its end is cut off for
// all to see: half of a file is no answer. size is -1 if only reading tells.
func (s *Server) sendFile(w http.ResponseWriter, media, how string, size int64, from io.Reader) {
	h := w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", how)
	if size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(size, 10))
	}
	n, err := io.Copy(patient{w, http.NewResponseController(w)}, from)
	if err == nil && (size < 0 || n == size) || errors.Is(err, http.ErrBodyNotAllowed) { // a HEAD has none
		return
	}
	s.cutOff(err)
}

// sendFrom sends a file that is made while it is sent, as sendFile does.
func (s *Server) sendFrom(w http.ResponseWriter, how string, write func(io.Writer) (int64, error)) {
	h := w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", how)
	if _, err := write(patient{w, http.NewResponseController(w)}); err != nil {
		s.cutOff(err)
	}
}

// cutOff ends a response so that its reader sees that something is missing.
func (s *Server) cutOff(err error) {
	s.Log.Info("a file was cut off", slog.String("cause", causeType(err)))
	panic(http.ErrAbortHandler)
}

// slowest is how long the next part of a file may take: over Tor a whole one takes
// longer than any page may.
const slowest = 2 * time.Minute

// patient writes for as long as the reader takes something. When their session ends,
// the response takes nothing more.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(slowest)) // not every writer has one
	return p.ResponseWriter.Write(b)
}

// longestName is how many letters of a file's name are kept, from its end: there is
// what tells people what it is.
const longestName = 120

// fileName makes what a stranger calls a file safe to be shown and to be saved under:
// no path, nothing that is not seen, nothing that changes how it reads, and nothing
// that a file system takes for something else.
func fileName(name string, n int) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co), r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[len(runes)-longestName:])
	}
	name = strings.Trim(name, ". ")
	if name == "" {
		return "file-" + strconv.Itoa(n+1)
	}
	return name
}

// savedName is what a file of a stranger is saved as: it often is called after
// somebody, and on a device its name is written where the file itself never was,
// such as a list of what was downloaded. The page shows what it is called.
func savedName(name string, n int) string {
	saved := "file-" + strconv.Itoa(n+1)
	switch ext := strings.ToLower(path.Ext(fileName(name, n))); ext {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".tif", ".tiff", ".pdf", ".txt", ".md", ".rtf", ".doc", ".docx", ".odt",
		".xls", ".xlsx", ".ods", ".csv", ".html", ".htm", ".eml", ".json", ".zip", ".mp3", ".m4a", ".aac", ".amr", ".ogg", ".opus",
		".wav", ".mp4", ".mov", ".3gp", ".webm", ".mkv", ".avi":
		return saved + ext
	}
	return saved
}

// size says how large a file is; -1 if only reading tells.
func (fr Frame) size(n int64) string {
	const kilo = 1000
	switch {
	case n < 0:
		return fr.T("ui.intake.size_unknown")
	case n < kilo:
		return fr.N("ui.bytes", int(n))
	case n < kilo*kilo:
		return fr.T("ui.kilobytes", (n+kilo/2)/kilo)
	}
	return fr.T("ui.megabytes", (n+kilo*kilo/2)/(kilo*kilo))
}
