package letter

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"strings"
)

// A member is one file of an archive.
type member struct {
	name, text string
	stored     bool // not packed, as the first of an ODT must be
}

// pack writes an archive with no times, no names of who made it, and the same
// bytes for the same members.
func pack(members ...member) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.stored {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(m.text))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// escape returns s as XML has it, whatever it holds.
func escape(s string) string {
	var b strings.Builder
	// It fails only if writing does.
	_ = xml.EscapeText(&b, []byte(strings.Map(visible, s)))
	return b.String()
}

// region is the language with the country whose spelling and paper go with it.
func region(lang string) (language, country string) {
	switch lang {
	case "ru":
		return "ru", "RU"
	case "uk":
		return "uk", "UA"
	case "es":
		return "es", "ES"
	case "fr":
		return "fr", "FR"
	}
	return "en", "GB"
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
