package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/vault"
)

// A page with script sends a large file in pieces, as draft-ietf-httpbis-resumable-upload
// has it but for POST in the place of PATCH and HEAD answered as GET is. What the file is
// called is in the body of the form that announces it, and in no address and no header.

const (
	uploadField = "ex_upload" // of the form that adds a file: one that came in pieces
	nameField   = "ex_name"   // of the form that announces one: any bytes, as file systems have them

	offsetHeader = "Upload-Offset" // bytes of the file that are there, or where a piece begins
	tokenHeader  = "Form-Token"    // of a piece, which has no fields

	pieceSize = 8 << 20 // bytes a page sends at once
	mostPiece = 2 * pieceSize
)

// pieceRoutes returns the routes that files in pieces come by.
func (s *Server) pieceRoutes() []route {
	return []route{
		{pattern: "POST /case/{case}/statement/{statement}/exhibits/begin", need: casework, serve: s.beginUpload, again: s.newExhibit, raw: []string{nameField}, repeats: true},
		{pattern: "GET /upload/{upload}", need: casework, serve: s.uploadOffset},
		{pattern: "POST /upload/{upload}", need: casework, serve: s.takePiece, again: s.home, piece: true, repeats: true},
		{pattern: "POST /upload/{upload}/cancel", need: casework, serve: s.cancelUpload, again: s.home, repeats: true},
	}
}

// beginUpload takes the announcement of a file, and says where its pieces go.
func (s *Server) beginUpload(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(f.Get("ex_size"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "upload.unfit")
	}
	begins, err := base64.StdEncoding.DecodeString(f.Get("ex_begins"))
	if err != nil {
		return fault.New(fault.Invalid, "upload.unfit")
	}
	upload, offset, err := s.Desk.OpenUpload(r.Context(), by, habeas.Coming{
		Case: id, Statement: st, Name: vault.NewText(f.Get(nameField)), Size: size, Changed: f.Get("ex_changed"), Begins: begins,
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/upload/"+upload)
	return there(w, http.StatusNoContent, offset)
}

// there says how many bytes of a file are there.
func there(w http.ResponseWriter, status int, offset int64) error {
	w.Header().Set(offsetHeader, strconv.FormatInt(offset, 10))
	w.WriteHeader(status)
	return nil
}

func (s *Server) uploadOffset(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	offset, err := s.Desk.UploadOffset(by, r.PathValue("upload"))
	if err != nil {
		return err
	}
	return there(w, http.StatusNoContent, offset)
}

// takePiece takes the next piece of a file. One of another place is refused with the
// place where the next one has to begin.
func (s *Server) takePiece(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	at, err := strconv.ParseInt(r.Header.Get(offsetHeader), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "upload.unfit")
	}
	offset, err := s.Desk.WritePiece(r.Context(), by, r.PathValue("upload"), at, r.Body)
	if faultKey(err) == "upload.offset" {
		return there(w, http.StatusConflict, offset)
	}
	if err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(slowest)) // the one of the request may be over by now
	return there(w, http.StatusNoContent, offset)
}

func (s *Server) cancelUpload(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	if err := s.Desk.DropUpload(by, r.PathValue("upload")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// pieceForm stands for the form of a piece: all that it has is a token.
func pieceForm(w http.ResponseWriter, r *http.Request) *Form {
	r.Body = steadily(w, http.MaxBytesReader(w, r.Body, mostPiece))
	return &Form{values: url.Values{tokenField: {r.Header.Get(tokenHeader)}}}
}
