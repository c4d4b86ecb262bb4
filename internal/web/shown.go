package web

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// sounds and films are what a browser plays of safe copies.
var (
	sounds = [...]string{"audio/mpeg", "audio/mp4", "audio/aac", "audio/flac", "audio/ogg", "audio/wav"}
	films  = [...]string{"video/mp4", "video/webm", "video/quicktime"}
)

// A safeView is the safe copy of a file of an exhibit, and how it is shown. At most
// one of Blurred, Picture, Sound, Film, Sheet and Text is there.
type safeView struct {
	Facts   []factView
	Shows   bool // it can be shown on a page
	Veiled  bool // its exhibit is marked, and nobody asked for it as it is
	Looked  bool // it was asked for
	Blurred string
	Picture string
	Sound   string
	Film    string
	Poster  string
	Sheet   *pageView
	Text    string
	More    string // what is said if the text goes on
	Left    []vaultLeft
	Look    Part
	Clear   Part
	Alt     string
}

// A pageView is one page of a document, as a picture.
type pageView struct {
	Picture, Words    string
	Before, After     string // addresses of the pages beside it
	BeforeIs, AfterIs string
	Number            int
	BeforeTo, AfterTo int
}

// caseFile reads which file of an exhibit a path is about.
func caseFile(r *http.Request) (ledger.ID, habeas.FileOf, error) {
	id, ref, err := caseExhibit(r)
	of := habeas.FileOf{Exhibit: ref}
	if n := r.PathValue("n"); err == nil && n != "" {
		if of.N, err = strconv.Atoi(n); err != nil || of.N < 1 {
			err = fault.New(fault.NotFound, "exhibit.none")
		}
	}
	return id, of, err
}

// filePath returns where the page of a file of an exhibit is.
func filePath(id ledger.ID, of habeas.FileOf) string {
	if of.N == 0 {
		return exhibitPath(id, of.Exhibit)
	}
	return exhibitPath(id, of.Exhibit) + "/made/" + strconv.Itoa(of.N)
}

// safeView lays out the safe copy of a file, as far as it is shown to by now.
func (s *Server) safeView(r *http.Request, by habeas.Actor, c caseFrame, x *habeas.ExhibitFile, of habeas.FileOf, safe *habeas.SafeCopy) (*safeView, error) {
	id, at := c.t.file.ID, filePath(c.t.file.ID, of)
	v := &safeView{Look: c.In("look"), Clear: c.In("clear"), Alt: c.T("ui.exhibit.safe.alt")}
	v.Facts = []factView{
		{Label: c.T("ui.exhibit.size"), Value: c.size(safe.Size)}, {Label: c.T("ui.exhibit.media"), Value: safe.Media}, {Label: "SHA-256", Value: safe.SHA256, Code: true},
	}
	for _, l := range safe.Left {
		left := vaultLeft{What: l.What, Where: l.Where}
		if c.Open {
			left.Value = l.Value.Reveal()
		}
		v.Left = append(v.Left, left)
	}
	text := strings.HasPrefix(safe.Media, "text/plain")
	played := slices.Contains(sounds[:], safe.Media) || slices.Contains(films[:], safe.Media)
	v.Shows = slices.Contains(pictures[:], safe.Media) || habeas.Glimpses(safe.Media) || played || text
	shown, clear := s.Desk.LooksAtFile(by, id, of)
	if v.Looked = shown && v.Shows; !v.Looked {
		return v, nil
	}
	switch v.Veiled = x.Mark != nil && !clear; {
	case v.Veiled:
		if habeas.Glimpses(safe.Media) {
			v.Blurred = at + "/picture"
		}
	case slices.Contains(pictures[:], safe.Media):
		v.Picture = at + "/safe"
	case slices.Contains(sounds[:], safe.Media):
		v.Sound = at + "/safe"
	case slices.Contains(films[:], safe.Media):
		if v.Film = at + "/safe"; habeas.Glimpses(safe.Media) {
			v.Poster = at + "/picture"
		}
	case text:
		words, more, err := s.Desk.ShownText(r.Context(), by, id, of)
		if err != nil {
			return nil, err
		}
		if v.Text = words.Reveal(); more {
			v.More = c.T("ui.exhibit.text.more")
		}
	case safe.Media == "application/pdf":
		pages, err := s.Desk.PagesOf(r.Context(), by, id, of)
		if fault.KindOf(err) == fault.NotFound {
			v.Looked, v.Shows = false, false // it can be taken all the same
			return v, nil
		}
		if err != nil {
			return nil, err
		}
		v.Sheet = c.sheet(at, pageOf(r), pages)
	default:
		v.Picture = at + "/picture"
	}
	return v, nil
}

// pageOf returns which page of a document is asked for, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// sheet lays out one page of a document of so many, and the ways to those beside it.
func (c caseFrame) sheet(at string, n, of int) *pageView {
	n = min(n, of)
	link := func(n int) string { return at + "?page=" + strconv.Itoa(n) + "#safe" }
	v := &pageView{Picture: at + "/picture?page=" + strconv.Itoa(n), Words: c.T("ui.exhibit.page", n, of), Number: n}
	if n > 1 {
		v.Before, v.BeforeIs, v.BeforeTo = link(n-1), c.T("ui.exhibit.page.before"), n-1
	}
	if n < of {
		v.After, v.AfterIs, v.AfterTo = link(n+1), c.T("ui.exhibit.page.after"), n+1
	}
	return v
}

// showSafeCopy sends a file that was made anew, to be shown on a page that a member
// asked for; any part of it, for what plays it.
func (s *Server) showSafeCopy(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, of, err := caseFile(r)
	if err != nil {
		return err
	}
	safe, body, err := s.Desk.SafeFile(r.Context(), by, id, of)
	if err != nil {
		return err
	}
	defer body.Close()
	switch {
	case slices.Contains(pictures[:], safe.Media):
		s.sendFile(w, safe.Media, "inline", safe.Size, body)
	case slices.Contains(sounds[:], safe.Media), slices.Contains(films[:], safe.Media):
		h := w.Header()
		h.Set("Content-Security-Policy", filePolicy)
		h.Set("Content-Type", safe.Media)
		h.Set("Content-Disposition", "inline")
		http.ServeContent(patient{w, http.NewResponseController(w)}, r, "", time.Time{}, body)
	default:
		return fault.New(fault.NotFound, "page.none")
	}
	return nil
}

// showPicture sends a picture of a file: small for a list, of one page, or blurred.
func (s *Server) showPicture(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, of, err := caseFile(r)
	if err != nil {
		return err
	}
	b, err := s.Desk.Glimpse(r.Context(), by, id, of, habeas.Glimpsed{Page: pageOf(r), At: momentOf(r), Small: r.FormValue("small") != ""})
	if err != nil {
		return err
	}
	s.sendFile(w, habeas.PictureMedia, "inline", int64(len(b)), bytes.NewReader(b))
	return nil
}

// momentOf returns which moment of a film is asked for, in seconds from its beginning.
func momentOf(r *http.Request) time.Duration {
	n, err := strconv.ParseFloat(r.FormValue("at"), 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}

// onFile does something with a file of an exhibit and shows its page again.
func (s *Server) onFile(w http.ResponseWriter, r *http.Request, at string, do func(ledger.ID, habeas.FileOf) error) error {
	id, of, err := caseFile(r)
	if err != nil {
		return err
	}
	if err := do(id, of); err != nil {
		return err
	}
	return see(w, r, filePath(id, of)+at)
}

func (s *Server) makeSafeCopy(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	return s.onFile(w, r, "#safe", func(id ledger.ID, of habeas.FileOf) error { return s.Desk.MakeSafeCopyOf(r.Context(), by, id, of) })
}

func (s *Server) lookAtExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onFile(w, r, "#safe", func(id ledger.ID, of habeas.FileOf) error {
		return s.Desk.LookAtFile(r.Context(), by, id, of, f.Is("clear"))
	})
}

// takeExhibit sends a file of an exhibit, or its safe copy, after the passphrase.
func (s *Server) takeExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, of, err := caseFile(r)
	if err != nil {
		return err
	}
	file, body, err := s.Desk.TakeDerived(r.Context(), by, id, of, f.Get("ex_which") == "safe", f.Secret(passField))
	if err != nil {
		return err
	}
	defer body.Close()
	s.sendDownload(w, savedName(file.Name.Reveal(), of.N), file.Size, io.Reader(body))
	return nil
}

// showSmall lets the safe copies of a case's exhibits be shown in their list.
func (s *Server) showSmall(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil {
		return err
	}
	if err := s.Desk.ShowSmall(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/exhibits")
}

// markExhibit notes that an exhibit shows what may hurt to see, or that it does not.
func (s *Server) markExhibit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onExhibit(w, r, "", func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.MarkExhibit(r.Context(), by, id, ref, !f.Is("unmark"), f.Trimmed("ex_mark"))
	})
}
