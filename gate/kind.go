package gate

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// A kind is a format of files.
type kind uint8

const (
	unknown kind = iota
	plainText
	tableText
	markdownText
	htmlText
	xmlText
	svgText
	jsonText
	plainZip
	docx
	xlsx
	pptx
	odt
	ods
	odp
	pdf
	png
	jpeg
	encryptedOffice // or a document of before 2007: the bytes begin alike

	anyText // any of text
	zipped  // any in a ZIP archive
)

// container returns what can be told from the bytes alone.
func (k kind) container() kind {
	switch {
	case k >= plainText && k <= jsonText:
		return anyText
	case k >= plainZip && k <= odp:
		return zipped
	}
	return k
}

// mainPart returns the member that makes an archive a document of its kind, "" if
// there is none.
func (k kind) mainPart() string {
	switch k {
	case docx:
		return "word/document.xml"
	case xlsx:
		return "xl/workbook.xml"
	case pptx:
		return "ppt/presentation.xml"
	case odt, ods, odp:
		return "content.xml"
	}
	return ""
}

var mediaKinds = map[string]kind{
	"text/plain":       plainText,
	"text/csv":         tableText,
	"text/markdown":    markdownText,
	"text/html":        htmlText,
	"application/json": jsonText,
	"application/xml":  xmlText,
	"text/xml":         xmlText,
	"image/svg+xml":    svgText,
	"application/zip":  plainZip,
	"application/pdf":  pdf,
	"image/png":        png,
	"image/jpeg":       jpeg,

	"text/tab-separated-values": tableText,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   docx,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         xlsx,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": pptx,
	"application/vnd.oasis.opendocument.text":                                   odt,
	"application/vnd.oasis.opendocument.spreadsheet":                            ods,
	"application/vnd.oasis.opendocument.presentation":                           odp,
}

var endingKinds = map[string]kind{
	".txt": plainText, ".text": plainText, ".log": plainText,
	".csv": tableText, ".tsv": tableText, ".tab": tableText,
	".md": markdownText, ".markdown": markdownText,
	".html": htmlText, ".htm": htmlText, ".xhtml": htmlText,
	".xml": xmlText, ".rels": xmlText, ".rdf": xmlText, ".vml": xmlText,
	".svg": svgText, ".json": jsonText,
	".zip": plainZip, ".docx": docx, ".xlsx": xlsx, ".pptx": pptx, ".odt": odt, ".ods": ods, ".odp": odp,
	".pdf": pdf, ".png": png, ".jpg": jpeg, ".jpeg": jpeg,
}

// sniff tells anyText, zipped, pdf, png, jpeg and encryptedOffice from their bytes;
// whatever else is unknown.
func sniff(b []byte) kind {
	for _, begins := range []struct {
		with string
		is   kind
	}{
		{"%PDF-", pdf}, {"PK\x03\x04", zipped}, {pngMark, png}, {"\xFF\xD8\xFF", jpeg}, {"\xD0\xCF\x11\xE0", encryptedOffice},
	} {
		if bytes.HasPrefix(b, []byte(begins.with)) {
			return begins.is
		}
	}
	if bytes.HasPrefix(b, []byte{0xFF, 0xFE}) || bytes.HasPrefix(b, []byte{0xFE, 0xFF}) ||
		utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return anyText
	}
	return unknown
}

// MediaOf returns the media type of the ending of a file's name, "" if that is
// not one that [Check] can read.
func MediaOf(name string) string {
	k := endingKinds[strings.ToLower(path.Ext(name))]
	found := ""
	for media, is := range mediaKinds {
		if is == k && k != unknown && (found == "" || media < found) {
			found = media
		}
	}
	return found
}
