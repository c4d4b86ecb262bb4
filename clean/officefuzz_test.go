package clean_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"testing"

	"habeas/clean"
)

// FuzzCleanOffice puts any bytes in the place of a part of a document. What comes
// of it can be cleaned again.
func FuzzCleanOffice(f *testing.F) {
	const photo = "GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;"
	odt := openForm("odt", "text", photo, "", `<office:text><text:p>##</text:p></office:text>`)
	epub := form{"mimetype": "application/epub+zip", "META-INF/container.xml": `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfile full-path="b.opf"/></container>`,
		"b.opf": `<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>`, "a.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><body><p>x</p></body></html>`}
	var files []map[string]string
	type part struct {
		file int
		name string
	}
	var parts []part
	for i, form := range []form{docxForm(photo), xlsxForm(photo), pptxForm(photo), odt, epub} {
		members, _, _ := form.fill(100)
		files = append(files, members)
		for _, name := range sorted(members) {
			if len(members[name]) > 300 && members[name][0] == '<' {
				f.Add(uint16(len(parts)), []byte(members[name]))
				parts = append(parts, part{i, name})
			}
		}
	}
	f.Fuzz(func(t *testing.T, n uint16, body []byte) {
		p := parts[int(n)%len(parts)]
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range sorted(files[p.file]) {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			if name == p.name {
				_, err = w.Write(body)
			} else {
				_, err = w.Write([]byte(files[p.file][name]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		out, _, err := clean.Bytes(b.Bytes())
		if err != nil {
			return
		}
		again, _, err := clean.Bytes(out)
		if err != nil {
			t.Errorf("%s: what is cleaned can't be cleaned again: %v", p.name, err)
		}
		if third, _, err := clean.Bytes(again); err != nil || !slices.Equal(third, again) {
			t.Errorf("%s: cleaning does not come to rest: %v", p.name, err)
		}
	})
}
