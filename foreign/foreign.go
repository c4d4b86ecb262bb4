// Package foreign checks what others put beside a file to prove where it comes
// from, and says what that proves: web archives (WACZ) with their signatures and
// time stamps, bundles of ProofMode with their OpenPGP signatures, folders of
// auto-archiver, bags, and time-stamp tokens, OpenTimestamps proofs and signatures
// beside a file. Nothing is changed, and nothing is asked of a network.
package foreign

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"habeas/bag"
)

// A Result is how a check came out.
type Result uint8

// How a check comes out. What is Unchecked is there, and shows nothing here: this
// package cannot check it, was not given what it takes, or does not believe it.
const (
	Failed Result = iota
	Unchecked
	Good
)

// A Line is one check.
type Line struct {
	Check  Words
	Result Result
	Where  string // the file, or what was found
	Not    Words  // of what is Good, what it does not show; otherwise why; may be ""
}

// A Kind is a way in which others keep proofs.
type Kind string

// The kinds.
const (
	WACZ         Kind = "WACZ"
	ProofMode    Kind = "ProofMode"
	Bag          Kind = "BagIt"
	AutoArchiver Kind = "auto-archiver"
	Beside       Kind = "proofs beside files"
)

// A Report is what was found.
type Report struct {
	Kind  Kind
	Lines []Line
}

// OK reports whether no check failed, and at least one came out well.
func (r *Report) OK() bool {
	return !r.Bad() && slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Result == Good })
}

// Bad reports whether a check failed.
func (r *Report) Bad() bool {
	return slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Result == Failed })
}

func (r *Report) line(check Words, result Result, where string, not Words) {
	r.Lines = append(r.Lines, Line{check, result, where, not})
}

// Trust is what whoever checks knows from elsewhere. All of it may be left out.
type Trust struct {
	Roots   *x509.CertPool // of time-stamping authorities
	Headers Headers        // of Bitcoin blocks
}

// ErrNone says that nothing that is known as a proof lies there.
var ErrNone = errors.New("foreign: no proofs of a kind that is known")

// Check checks what lies in fsys, which must be one that can't be left, such as
// that of an [os.Root] or a zip archive opened by [bag.OpenZip].
func Check(ctx context.Context, fsys fs.FS, trust Trust) (*Report, error) {
	has := func(name string) bool { _, err := fs.Stat(fsys, name); return err == nil }
	switch {
	case has("datapackage.json") && has("archive"):
		return wacz(ctx, fsys, trust)
	case has("bagit.txt"):
		return bagged(ctx, fsys)
	}
	names, err := files(fsys)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(names, proofFile.MatchString) {
		return proofMode(ctx, fsys, names, trust)
	}
	if a, err := findArchived(ctx, fsys, names); err != nil {
		return nil, err
	} else if a != nil {
		return a.check(ctx, trust)
	}
	if slices.ContainsFunc(names, isBeside) {
		return beside(ctx, fsys, names, trust)
	}
	return nil, ErrNone
}

// mostFiles is how many files are looked at.
const mostFiles = 100_000

func files(fsys fs.FS) (names []string, err error) {
	err = fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.Type().IsRegular() {
			names = append(names, p)
		}
		if len(names) > mostFiles {
			return errors.New("foreign: too many files")
		}
		return nil
	})
	return names, err
}

// readThrough writes a file to w.
func readThrough(ctx context.Context, fsys fs.FS, name string, w io.Writer) (n int64, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for buf := make([]byte, 1<<18); ; {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		got, err := f.Read(buf)
		n += int64(got)
		if _, err := w.Write(buf[:got]); err != nil {
			return n, err
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// sum returns the SHA-256 of a file, in hex, and its size.
func sum(ctx context.Context, fsys fs.FS, name string) (string, int64, error) {
	h := sha256.New()
	n, err := readThrough(ctx, fsys, name, h)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// mostSmall is how large a description may be, and a file that a token is over.
const mostSmall = 64 << 20

// mostProof is how large a token, a signature, a key or a list may be.
const mostProof = 1 << 20

var errLarge = errors.New("foreign: too large")

func small(fsys fs.FS, name string) ([]byte, error) { return readTo(fsys, name, mostSmall) }

func readTo(fsys fs.FS, name string, most int64) ([]byte, error) {
	if about, err := fs.Stat(fsys, name); err != nil || !about.Mode().IsRegular() {
		return nil, fs.ErrNotExist // a pipe might never answer
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if int64(len(b)) > most {
		return nil, errLarge
	}
	return b, err
}

func bagged(ctx context.Context, fsys fs.FS) (*Report, error) {
	b, err := bag.Verify(ctx, fsys, nil)
	if err != nil {
		return nil, err
	}
	r := &Report{Kind: Bag}
	for _, p := range b.Errors {
		r.line(bagWhole, Failed, strings.TrimPrefix(p.Path+": "+string(p.Code), ": "), "")
	}
	if len(b.Errors) == 0 {
		not := notPacker
		if b.Weak {
			not = notPackerWeak
		}
		r.line(bagWhole, Good, "", not)
	}
	return r, nil
}

// extension returns the end of a name from its last dot, however it is written.
func extension(name string) string { return strings.ToLower(path.Ext(name)) }

// isBeside reports whether a file is called as a proof of the one whose name is
// before its last dot.
func isBeside(name string) bool {
	return Ending(name) != "" && !strings.HasSuffix(name, "pubkey.asc")
}

// beside checks each proof that lies beside the file it is over.
func beside(ctx context.Context, fsys fs.FS, names []string, trust Trust) (*Report, error) {
	r := &Report{Kind: Beside}
	keys := findKeys(fsys, names)
	for _, n := range names {
		if !isBeside(n) || keys.from[n] {
			continue
		}
		of := strings.TrimSuffix(n, path.Ext(n))
		if !slices.Contains(names, of) {
			of = ""
		}
		if err := r.one(ctx, fsys, n, of, keys, trust); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// one checks a proof of the file that is called of, "" if that is not there.
func (r *Report) one(ctx context.Context, fsys fs.FS, name, of string, keys pgpKeys, trust Trust) error {
	check := map[string]Words{".tsr": stampBeside, ".ots": otsBeside}[extension(name)]
	switch {
	case of == "" && check == "":
		r.line(pgpBeside, Failed, name, whyMissing)
	case of == "":
		r.line(check, Failed, name, whyMissing)
	case check == stampBeside:
		r.stamped(fsys, name, of, trust)
	case check == otsBeside:
		digest, _, err := sum(ctx, fsys, of)
		if err != nil {
			return err
		}
		r.opentimestamps(fsys, name, map[string]string{digest: of}, trust)
	default:
		return r.signature(ctx, fsys, name, of, keys)
	}
	return nil
}
