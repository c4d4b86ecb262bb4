package bag

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// digests are the kinds that are known, by the name that stands in a manifest's.
var digests = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New,
	"sha224": sha256.New224, "sha256": sha256.New,
	"sha384": sha512.New384, "sha512": sha512.New,
}

var manifestName = regexp.MustCompile(`^(tag)?manifest-([A-Za-z0-9-]+)\.txt$`)

// A manifest is a list of digests.
type manifest struct {
	name, kind string
	tag        bool
	sums       map[string]string // path to digest, in hex
}

// manifests reads every list of digests.
func (c *check) manifests() {
	names, err := fs.ReadDir(c.fsys, ".")
	if err != nil {
		c.fail(Unreadable, ".", "", 0)
		return
	}
	for _, e := range names {
		m := manifestName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		kind := strings.ReplaceAll(strings.ToLower(m[2]), "-", "")
		if digests[kind] == nil {
			c.warn(OtherDigests, e.Name(), "", 0)
			continue
		}
		c.lists = append(c.lists, c.manifest(manifest{name: e.Name(), kind: kind, tag: m[1] != "", sums: map[string]string{}}))
		if m[1] == "" {
			c.Digests = append(c.Digests, kind)
		}
	}
	if len(c.Digests) == 0 {
		c.fail(NoManifest, "", "", 0)
	}
	c.Weak = !slices.ContainsFunc(c.Digests, func(k string) bool { return k != "md5" && k != "sha1" })
}

func (c *check) manifest(m manifest) manifest {
	for i, l := range c.lines(m.name) {
		if strings.TrimSpace(l) == "" {
			continue
		}
		at := strings.IndexAny(l, " \t")
		if at < 0 {
			c.fail(BadLine, "", m.name, i+1)
			continue
		}
		sum, p := strings.ToLower(l[:at]), strings.TrimLeft(l[at:], " \t")
		if b, err := hex.DecodeString(sum); err != nil || len(b) != digests[m.kind]().Size() {
			c.fail(BadLine, p, m.name, i+1)
			continue
		}
		if p, ok := c.path(p, m.name, i+1, !m.tag); ok {
			c.list(m, p, sum, i+1)
		}
	}
	return m
}

// list puts a line into m. That a file is listed twice is an error in 1.0
// (RFC 8493, section 2.1.3), and was none before.
func (c *check) list(m manifest, p, sum string, line int) {
	old, twice := m.sums[p]
	switch {
	case twice && (old != sum || c.Version == "1.0"):
		c.fail(ListedTwice, p, m.name, line)
	case twice:
		c.warn(SameTwice, p, m.name, line)
	}
	m.sums[p] = sum
}

// path reads a path that stands in a list. One that is not in data, if that is
// where it has to be, leads out of the bag, or means something to a shell, is an
// error, whatever the system.
func (c *check) path(p, in string, line int, payload bool) (string, bool) {
	if q, ok := strings.CutPrefix(p, "*"); ok {
		c.warn(Marked, q, in, line)
		p = q
	}
	if q, ok := strings.CutPrefix(p, "./"); ok {
		c.warn(DotSlash, q, in, line)
		p = q
	}
	p = c.decode(p)
	if !fs.ValidPath(p) || p == "." || strings.HasPrefix(p, "~") || strings.HasPrefix(p, "data/") != payload || leadsOut(p) {
		c.fail(BadPath, p, in, line)
		return p, false
	}
	if strings.ContainsRune(p, '\\') {
		c.warn(Backslash, p, in, line)
	}
	return p, true
}

// leadsOut reports whether p leaves its directory where a backslash separates.
func leadsOut(p string) bool {
	q := strings.ReplaceAll(p, `\`, "/")
	return p != q && (slices.Contains(strings.Split(q, "/"), "..") || q[0] == '/' || len(q) > 1 && q[1] == ':')
}

var (
	unescape = strings.NewReplacer("%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r", "%25", "%")
	escape   = strings.NewReplacer("%", "%25", "\n", "%0A", "\r", "%0D")
)

// decode takes percent-encoding off, which stands for line ends and the percent
// sign alone (RFC 8493, section 2.1.3). Before 1.0 not everybody wrote it, so a
// file that is called what stands there is the one that is meant.
func (c *check) decode(p string) string {
	if c.Version != "1.0" && c.files[p] {
		return p
	}
	return unescape.Replace(p)
}

// same returns the file of the bag that a listed path means where there is none
// of that very name: one that differs in capitals or in how letters are composed
// only, as when the bag was on a system that does not tell them apart.
func (c *check) same(p string) (string, Code) {
	if q := c.byForm[norm.NFC.String(p)]; q != "" {
		return q, FormOnly
	}
	if q := c.byCase[fold(p)]; q != "" {
		return q, CaseOnly
	}
	return "", ""
}

func fold(p string) string { return cases.Fold().String(norm.NFC.String(p)) }

// systemFile reports whether p is what an operating system leaves in directories.
func systemFile(p string) bool {
	switch path.Base(p) {
	case ".DS_Store", "Thumbs.db", "desktop.ini", "ehthumbs.db":
		return true
	}
	return strings.HasPrefix(path.Base(p), "._")
}
