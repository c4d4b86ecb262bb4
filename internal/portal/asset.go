package portal

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
)

//go:embed asset/portal.css
var styleSheet []byte

const styleName = "portal.css"

// An asset is what pages load. Its path carries a hash of its bytes, so that no
// browser shows an old one. None keeps it either: what is kept on a borrowed
// phone says that somebody was here.
type asset struct{ hash string }

func readStyle() asset {
	sum := sha256.Sum256(styleSheet)
	return asset{hash: hex.EncodeToString(sum[:8])}
}

func (a asset) path() string { return "/asset/" + a.hash + "/" + styleName }

func (s *Server) asset(x *exchange) error {
	if x.r.PathValue("name") != styleName || x.r.PathValue("hash") != s.style.hash {
		return nothingHere(x)
	}
	x.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := x.w.Write(styleSheet)
	return err
}

// officeKey gives the age recipient that files can be sealed to before they are sent.
func (s *Server) officeKey(x *exchange) error {
	key, err := s.Desk.DeskRecipient()
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.w.Header().Set("Content-Disposition", `attachment; filename="office.key"`)
	_, err = x.w.Write([]byte(key + "\n"))
	return err
}

// noIcon answers what browsers ask for unasked.
func noIcon(x *exchange) error {
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// nothingHere answers for all that is not there.
func nothingHere(x *exchange) error {
	if x.r.Method == http.MethodPost {
		x.w.Header().Set("Allow", "GET, HEAD")
		return &refusal{status: http.StatusMethodNotAllowed, key: "method"}
	}
	return &refusal{status: http.StatusNotFound, key: "page"}
}
