package foreign

import (
	"context"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"habeas/bag"
	"habeas/stamp"
)

// Auto-archiver (Bellingcat) writes what it took of a page into one folder, mostly
// under names that say nothing: media, a page in HTML, perhaps a WACZ, metadata.json,
// and .ots files. Its hash_enricher notes a digest of each medium (SHA-256, or
// SHA3-512), timestamping_enricher writes them into a text, one a line and nothing
// else, and has authorities stamp that; the tokens have no extension. So files are
// found by what is in them.

// listLine is a line of such a text.
var listLine = regexp.MustCompile(`^(?:[0-9a-f]{64}|[0-9a-f]{128})$`)

// An archived is a folder of auto-archiver.
type archived struct {
	fsys   fs.FS
	names  []string
	lists  map[string][]byte // by name: a text of digests
	tokens map[string][]byte
	claims map[string][]string // digests by the name of the list or description they stand in
	own    map[string]bool     // files that are proofs, or come with them
}

// findArchived returns what is a folder of auto-archiver, and nil if nothing is.
func findArchived(ctx context.Context, fsys fs.FS, names []string) (*archived, error) {
	a := &archived{fsys: fsys, names: names, lists: map[string][]byte{}, tokens: map[string][]byte{}, claims: map[string][]string{}, own: map[string]bool{}}
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch ext := extension(n); ext {
		case ".txt", "", ".json":
			most := int64(mostProof)
			if ext == ".json" {
				most = mostSmall
			}
			b, err := readTo(fsys, n, most)
			if errors.Is(err, errLarge) {
				continue
			}
			if err != nil {
				return nil, err
			}
			a.look(n, ext, b)
		case ".crt", ".ots":
			a.own[n] = true
		}
	}
	if len(a.claims) == 0 || len(a.tokens) == 0 && len(a.lists) == len(a.claims) {
		return nil, nil // a list of digests alone may be anybody's
	}
	return a, nil
}

// look finds out what a small file is.
func (a *archived) look(name, ext string, b []byte) {
	switch {
	case ext == ".json":
		if digests := described(b); len(digests) > 0 {
			a.claims[name], a.own[name] = digests, true
		}
	case ext == ".txt":
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		if !slices.ContainsFunc(lines, func(l string) bool { return !listLine.MatchString(l) }) {
			a.lists[name], a.claims[name], a.own[name] = b, lines, true
		}
	case isToken(b):
		a.tokens[name], a.own[name] = b, true
	}
}

// described returns the digests that metadata.json says of media.
func described(b []byte) (digests []string) {
	var m struct {
		Media []struct {
			Properties struct {
				Hash string `json:"hash"`
			} `json:"properties"`
		} `json:"media"`
	}
	if json.Unmarshal(b, &m) != nil {
		return nil
	}
	for _, one := range m.Media {
		_, digest, _ := strings.Cut(one.Properties.Hash, ":")
		if listLine.MatchString(digest) {
			digests = append(digests, digest)
		}
	}
	return digests
}

func (a *archived) check(ctx context.Context, trust Trust) (*Report, error) {
	r := &Report{Kind: AutoArchiver}
	of, err := a.digests(ctx)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, list := range sorted(a.claims) {
		missing := 0
		for _, digest := range a.claims[list] {
			if of[digest] == "" {
				missing++
				r.line(listWhole, Failed, list+", "+digest, whyMissing)
				continue
			}
			listed[of[digest]] = true
		}
		if missing == 0 {
			r.line(listWhole, Good, fmt.Sprintf("%s, %d", list, len(a.claims[list])), notListed)
		}
	}
	for _, n := range sorted(a.tokens) {
		a.stamped(r, n, trust)
	}
	if len(a.tokens) == 0 {
		r.line(listStamped, Unchecked, "", whyUnsigned)
	}
	for _, n := range a.names {
		switch extension(n) {
		case ".ots":
			r.opentimestamps(a.fsys, n, of, trust)
		case ".wacz":
			if err := a.inner(ctx, r, n, trust); err != nil {
				return nil, err
			}
		}
	}
	var others []string
	for _, n := range a.names {
		if !listed[n] && !a.own[n] {
			others = append(others, n)
		}
	}
	if len(others) > 0 {
		r.line(otherFiles, Unchecked, strings.Join(others[:min(len(others), 20)], ", "), whyUnlisted)
	}
	return r, nil
}

// sorted returns the keys of m in order.
func sorted[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// digests returns the names of files by both digests that are used.
func (a *archived) digests(ctx context.Context) (map[string]string, error) {
	of := map[string]string{}
	for _, n := range a.names {
		short, long := sha256.New(), sha3.New512()
		if _, err := readThrough(ctx, a.fsys, n, io.MultiWriter(short, long)); err != nil {
			return nil, err
		}
		of[hex.EncodeToString(short.Sum(nil))] = n
		of[hex.EncodeToString(long.Sum(nil))] = n
	}
	return of, nil
}

// stamped checks a token over one of the lists.
func (a *archived) stamped(r *Report, name string, trust Trust) {
	if trust.Roots == nil {
		r.line(listStamped, Unchecked, name, whyRoots)
		return
	}
	var last error
	for _, list := range sorted(a.lists) {
		t, err := verifyStamp(a.tokens[name], a.lists[list], trust.Roots, nil)
		if refused, ok := errors.AsType[*stamp.Refused](err); err == nil || ok && refused.Stranger {
			r.stampLine(listStamped, list, name, notClock, t, err)
			return
		}
		last = err
	}
	if last == nil {
		r.line(listStamped, Failed, name, whyMissing)
		return
	}
	r.stampLine(listStamped, name, name, notClock, nil, last)
}

// inner checks a web archive in the folder.
func (a *archived) inner(ctx context.Context, r *Report, name string, trust Trust) error {
	f, err := a.fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return err
	}
	at, size := io.ReaderAt(nil), about.Size()
	if ra, ok := f.(io.ReaderAt); ok {
		at = ra
	} else {
		b, err := small(a.fsys, name)
		if errors.Is(err, errLarge) {
			r.line(waczWhole, Unchecked, name, whyLarge)
			return nil
		}
		if err != nil {
			return err
		}
		at, size = strings.NewReader(string(b)), int64(len(b))
	}
	fsys, err := bag.OpenZip(at, size)
	if err != nil {
		r.line(waczWhole, Failed, name, whyBroken)
		return nil
	}
	within, err := wacz(ctx, fsys, trust)
	if err != nil {
		return err
	}
	for _, l := range within.Lines {
		l.Where = strings.TrimSuffix(name+": "+l.Where, ": ")
		r.Lines = append(r.Lines, l)
	}
	return nil
}
