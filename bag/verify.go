package bag

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/unicode/norm"
)

// check is a bag that is being checked.
type check struct {
	*Report
	fsys     fs.FS
	encoding encoding.Encoding
	files    map[string]bool   // every file there is
	byForm   map[string]string // composed letters to a file
	byCase   map[string]string // folded to a file
	lists    []manifest

	elsewhere map[string]bool // files that are to be fetched
	lost      bool            // a listed file of a system is not there, so the payload can't be counted
}

// Verify checks every file of the bag whose root fsys is, and goes on after the
// first that is wrong. It reads only what fsys has: give it a file system that
// can't be left, such as that of an [os.Root], or a zip archive ([OpenZip]). The
// error is that of ctx alone; progress, which may be nil, is told how many bytes
// of files have been read.
func Verify(ctx context.Context, fsys fs.FS, progress func(bytes int64)) (*Report, error) {
	c := &check{
		Report: &Report{sums: map[string]map[string]string{}}, fsys: fsys,
		files: map[string]bool{}, byForm: map[string]string{}, byCase: map[string]string{}, elsewhere: map[string]bool{},
	}
	c.walk()
	if !c.declaration() {
		return c.Report, ctx.Err()
	}
	c.manifests()
	c.info()
	c.fetch()
	c.inPayload()
	c.alike()
	if err := c.digest(ctx, progress); err != nil {
		return c.Report, err
	}
	c.oxum()
	return c.Report, nil
}

// walk finds every file.
func (c *check) walk() {
	_ = fs.WalkDir(c.fsys, ".", func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			c.fail(Unreadable, p, "", 0)
			return fs.SkipDir
		case e.Type().IsRegular():
			c.files[p] = true
			c.byForm[norm.NFC.String(p)], c.byCase[fold(p)] = p, p
			if systemFile(p) {
				c.warn(SystemFile, p, "", 0)
			}
		case !e.IsDir():
			c.fail(NotAFile, p, "", 0)
		}
		return nil
	})
}

// fetch reads fetch.txt. A file that is to come from elsewhere is missing: what
// it names is never asked for.
func (c *check) fetch() {
	const name = "fetch.txt"
	if !c.files[name] {
		return
	}
	for i, l := range c.lines(name) {
		if strings.TrimSpace(l) == "" {
			continue
		}
		f := fetched.FindStringSubmatch(l)
		if f == nil {
			c.fail(BadLine, "", name, i+1)
			continue
		}
		if p, ok := c.path(f[1], name, i+1, true); ok && !c.files[p] {
			c.elsewhere[p] = true
			c.fail(NotFetched, p, name, i+1)
		}
	}
}

var fetched = regexp.MustCompile(`^\S+[ \t]+(?:[0-9]+|-)[ \t]+(.+)$`)

// inPayload checks that every file of the payload is listed: in 1.0 in every
// manifest, before that in one.
func (c *check) inPayload() {
	inTags, inPayload := c.listings()
	payload := false
	for _, p := range slices.Sorted(maps.Keys(c.files)) {
		if !strings.HasPrefix(p, "data/") {
			if !inTags.has(p) && !strings.HasPrefix(p, "tagmanifest-") {
				c.Unlisted = append(c.Unlisted, p)
			}
			continue
		}
		payload = true
		c.Files++
		if systemFile(p) && !inPayload.has(p) {
			continue // it came later
		}
		if !inPayload.has(p) {
			c.fail(Unlisted, p, "", 0)
			continue
		}
		for _, m := range c.lists {
			if m.tag || m.sums[p] != "" || c.Version != "1.0" {
				continue
			}
			c.fail(NotInAll, p, m.name, 0)
		}
	}
	if info, err := fs.Stat(c.fsys, "data"); !payload && (err != nil || !info.IsDir()) {
		c.fail(NoPayload, "data", "", 0)
	}
}

// A listing is what stands in the manifests of one kind.
type listing struct{ paths, folded map[string]bool }

// listings collects what stands in the manifests: of tag files and of the payload.
func (c *check) listings() (tags, payload listing) {
	tags = listing{map[string]bool{}, map[string]bool{}}
	payload = listing{map[string]bool{}, map[string]bool{}}
	for _, m := range c.lists {
		in := payload
		if m.tag {
			in = tags
		}
		for p := range m.sums {
			in.paths[p] = true
			if !c.files[p] {
				in.folded[fold(p)] = true
			}
		}
	}
	return tags, payload
}

// has reports whether p is listed, be it under a name that differs only in
// capitals or composition.
func (l listing) has(p string) bool { return l.paths[p] || l.folded[fold(p)] }

// alike warns of listed paths that some systems do not tell apart.
func (c *check) alike() {
	for _, m := range c.lists {
		seen := map[string]string{}
		for _, p := range slices.Sorted(maps.Keys(m.sums)) {
			q, again := seen[fold(p)]
			switch {
			case !again:
				seen[fold(p)] = p
			case norm.NFC.String(p) == norm.NFC.String(q):
				c.warn(FormOnly, p, m.name, 0)
			default:
				c.warn(CaseOnly, p, m.name, 0)
			}
		}
	}
}

// digest reads every listed file once, for all its digests.
func (c *check) digest(ctx context.Context, progress func(int64)) error {
	want := map[string][]manifest{}
	for _, m := range c.lists {
		for p := range m.sums {
			want[p] = append(want[p], m)
		}
	}
	var done int64
	for _, p := range slices.Sorted(maps.Keys(want)) {
		at, code := p, Code("")
		if !c.files[p] {
			at, code = c.same(p)
		}
		switch {
		case at == "" && systemFile(p): // it is no part of what somebody packed
			c.warn(SystemFile, p, want[p][0].name, 0)
			c.lost = true
			continue
		case at == "":
			c.missing(p, want[p])
			continue
		case code != "":
			c.warn(code, p, want[p][0].name, 0)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		done += c.read(at, p, want[p])
		if progress != nil {
			progress(done)
		}
	}
	return nil
}

// missing says that p is listed and not there. If only one of several lists has
// it, that list is the more likely to be wrong.
func (c *check) missing(p string, lists []manifest) {
	if c.elsewhere[p] {
		return
	}
	n := 0
	for _, m := range c.lists {
		if m.tag == lists[0].tag {
			n++
		}
	}
	code := Missing
	if n > 1 && len(lists) == 1 {
		code = Stray
	}
	c.fail(code, p, lists[0].name, 0)
}

// read compares the file at with what manifests say of p, and returns its size.
func (c *check) read(at, p string, lists []manifest) int64 {
	hashes := map[string]hash.Hash{}
	var all []io.Writer
	for _, m := range lists {
		if hashes[m.kind] == nil {
			hashes[m.kind] = digests[m.kind]()
			all = append(all, hashes[m.kind])
		}
	}
	f, err := c.fsys.Open(at)
	if err != nil {
		c.fail(Unreadable, p, "", 0)
		return 0
	}
	defer f.Close()
	n, err := io.CopyBuffer(io.MultiWriter(all...), struct{ io.Reader }{f}, make([]byte, 256<<10))
	if err != nil {
		c.fail(Unreadable, p, "", 0)
		return n
	}
	sums := map[string]string{}
	for kind, h := range hashes {
		sums[kind] = hex.EncodeToString(h.Sum(nil))
	}
	c.sums[at] = sums
	for _, m := range lists {
		if sums[m.kind] != m.sums[p] {
			c.fail(Changed, p, m.name, 0)
		}
	}
	return n
}

// oxum counts the payload and compares it with Payload-Oxum of bag-info.txt:
// octets, a dot, and files.
func (c *check) oxum() {
	for p := range c.files {
		if strings.HasPrefix(p, "data/") {
			info, err := fs.Stat(c.fsys, p)
			if err != nil {
				continue // it could not be read, and that was said
			}
			c.Bytes += info.Size()
		}
	}
	for _, f := range c.Info {
		if !c.lost && strings.EqualFold(f.Label, "Payload-Oxum") && f.Value != fmt.Sprintf("%d.%d", c.Bytes, c.Files) {
			c.fail(BadOxum, "bag-info.txt", "", 0)
		}
	}
}
