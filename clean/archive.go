package clean

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Limits of archives: how many members, how large one is, and all together.
const (
	mostMembers = 10_000
	mostMember  = 128 << 20
	mostUnpack  = 512 << 20
)

// unpack returns the members of a zip archive by name.
func (j *job) unpack(b []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, refuse(Broken, "")
	}
	if len(z.File) > mostMembers {
		return nil, refuse(Large, "")
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		switch {
		case f.Flags&1 != 0:
			return nil, refuse(Encrypted, f.Name)
		case !fs.ValidPath(f.Name) || strings.ContainsRune(f.Name, '\\') || out[f.Name] != nil:
			return nil, refuse(Broken, "a name of a member")
		}
		r, err := f.Open()
		if err != nil {
			return nil, refuse(Broken, f.Name)
		}
		body, err := io.ReadAll(io.LimitReader(r, min(mostMember, max(0, *j.left))+1))
		r.Close()
		if err != nil {
			return nil, refuse(Broken, f.Name)
		}
		if *j.left -= int64(len(body)); *j.left < 0 || len(body) > mostMember {
			return nil, refuse(Large, f.Name)
		}
		out[f.Name] = append([]byte{}, body...)
	}
	return out, nil
}

// pack returns a zip archive of members, those of first before the others, which
// are in order, all of one day and with nothing else said of them. The member
// called stored is not compressed.
func pack(members map[string][]byte, stored string, first ...string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(members)), func(n string) bool { return slices.Contains(first, n) })
	for _, name := range append(slices.Clone(first), names...) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, ModifiedDate: 0x21} // 1 January 1980
		h.SetMode(0o644)
		if name == stored {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(members[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// cleanZip cleans every member. Its name goes, since it may say whose it is, and
// its folder with it. One that can't be cleaned is left out, which is told, as long
// as another stays.
func cleanZip(j *job, in map[string][]byte) ([]byte, error) {
	j.Kind = Kind{"zip", ".zip", "application/zip"}
	if len(in) == 0 {
		return nil, refuse(Broken, "")
	}
	out := map[string][]byte{}
	var first *Refused
	for _, name := range slices.Sorted(maps.Keys(in)) {
		body, kind, err := j.inner(in[name], name)
		if r, refused := errors.AsType[*Refused](err); refused && *j.left >= 0 {
			if !ofSystem(name) {
				first = cmp.Or(first, r)
				j.vanished("file: "+string(r.Reason), r.Where, "")
			} else {
				j.removed("file of a system", name, "", len(in[name]))
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		now := fmt.Sprintf("%04d%s", len(out)+1, kind.Ext)
		if now != name {
			j.removed("name of a file", "", name, len(name))
		}
		out[now] = body
	}
	if len(out) == 0 {
		return nil, cmp.Or(first, &Refused{Broken, ""})
	}
	return pack(out, "")
}

// ofSystem reports whether a file is one that systems put beside those of people.
func ofSystem(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(name, "__MACOSX/") || base == ".ds_store" || base == "thumbs.db" || base == "desktop.ini"
}
