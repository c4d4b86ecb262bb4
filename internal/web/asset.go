package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"

	"habeas"
	"habeas/fault"
)

//go:embed asset/*.css asset/*.js
var assetFiles embed.FS

// assets holds what pages load, by name. Paths carry a hash of the bytes, so
// that a browser may keep them for ever and never shows an old one.
type assets map[string]asset

type asset struct {
	hash  string
	bytes []byte
}

func readAssets() (assets, error) {
	files, err := assetFiles.ReadDir("asset")
	if err != nil {
		return nil, err
	}
	all := assets{}
	for _, f := range files {
		b, err := assetFiles.ReadFile("asset/" + f.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b)
		all[f.Name()] = asset{hash: hex.EncodeToString(sum[:8]), bytes: b}
	}
	return all, nil
}

// path returns where the asset is served, or "" if there is none of that name.
func (a assets) path(name string) string {
	x, ok := a[name]
	if !ok {
		return ""
	}
	return "/asset/" + x.hash + "/" + name
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request, _ habeas.Actor, _ *Form) error {
	name := r.PathValue("name")
	x, ok := s.assets[name]
	if !ok || x.hash != r.PathValue("hash") {
		return fault.New(fault.NotFound, "page.none")
	}
	media := "text/css; charset=utf-8"
	if strings.HasSuffix(name, ".js") {
		media = "text/javascript; charset=utf-8"
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, err := w.Write(x.bytes)
	return err
}

// noIcon answers what browsers ask for unasked. There is no icon: tabs of this
// office look like any other.
func (s *Server) noIcon(w http.ResponseWriter, _ *http.Request, _ habeas.Actor, _ *Form) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
