// Package foreign checks what others put beside a file to prove where it comes
// from, and says what that proves: web archives (WACZ) with their signatures,
// bundles of ProofMode, bags, and time-stamp tokens beside a file. Nothing is
// changed, and nothing is asked of a network.
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
	"regexp"
	"slices"
	"strings"
	"time"

	"habeas/bag"
	"habeas/stamp"
)

// A Result is how a check came out.
type Result uint8

// How a check comes out. What is Unchecked is there, and this package cannot
// check it, or was not given what it takes.
const (
	Failed Result = iota
	Unchecked
	Good
)

// A Line is one check.
type Line struct {
	Check  string // in English
	Result Result
	Where  string // the file, or what was found
	Not    string // what it does not show
}

// A Kind is a way in which others keep proofs.
type Kind string

// The kinds.
const (
	WACZ      Kind = "WACZ"
	ProofMode Kind = "ProofMode"
	Bag       Kind = "BagIt"
	Stamped   Kind = "files with time stamps"
)

// A Report is what was found.
type Report struct {
	Kind  Kind
	Lines []Line
}

// OK reports whether no check failed, and at least one came out well.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Result == Failed }) &&
		slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Result == Good })
}

func (r *Report) line(check string, result Result, where, not string) {
	r.Lines = append(r.Lines, Line{check, result, where, not})
}

// ErrNone says that nothing that is known as a proof lies there.
var ErrNone = errors.New("foreign: no proofs of a kind that is known")

// Check checks what lies in fsys, which must be one that can't be left, such as
// that of an [os.Root] or a zip archive opened by [bag.OpenZip]. roots are of
// time-stamping authorities, and may be nil.
func Check(ctx context.Context, fsys fs.FS, roots *x509.CertPool) (*Report, error) {
	has := func(name string) bool { _, err := fs.Stat(fsys, name); return err == nil }
	switch {
	case has("datapackage.json") && has("archive"):
		return wacz(ctx, fsys)
	case has("bagit.txt"):
		return bagged(ctx, fsys)
	}
	names, err := files(fsys)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(names, proofFile.MatchString) {
		return proofMode(ctx, fsys, names)
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".tsr") }) {
		return stamped(ctx, fsys, names, roots)
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

// sum returns the SHA-256 of a file, in hex.
func sum(ctx context.Context, fsys fs.FS, name string) (string, int64, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	var n int64
	for buf := make([]byte, 1<<20); ; {
		if err := ctx.Err(); err != nil {
			return "", 0, err
		}
		got, err := f.Read(buf)
		h.Write(buf[:got])
		n += int64(got)
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), n, nil
		}
		if err != nil {
			return "", 0, err
		}
	}
}

// mostSmall is how large a description or a token may be.
const mostSmall = 64 << 20

func small(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostSmall+1))
	if len(b) > mostSmall {
		return nil, errors.New("foreign: too large")
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
		r.line("the files are those that were packed", Failed, p.Path+": "+string(p.Code), "")
	}
	if len(b.Errors) == 0 {
		not := "who packed them, and when"
		if b.Weak {
			not += "; the digests are old ones, for which another file can be made"
		}
		r.line("the files are those that were packed", Good, "", not)
	}
	return r, nil
}

// proofFile is what ProofMode calls what it writes beside a photograph or film: by
// the SHA-256 of that.
var proofFile = regexp.MustCompile(`(?i)^(?:.*/)?([0-9a-f]{64})(\.proof\.csv|\.proof\.json|\.proof\.csv\.asc|\.proof\.json\.asc|\.asc|\.ots|\.gst|\.devicecheck)$`)

func proofMode(ctx context.Context, fsys fs.FS, names []string) (*Report, error) {
	r := &Report{Kind: ProofMode}
	proofs := map[string][]string{}
	var media []string
	for _, n := range names {
		if m := proofFile.FindStringSubmatch(n); m != nil {
			proofs[strings.ToLower(m[1])] = append(proofs[strings.ToLower(m[1])], n)
		} else if !strings.HasSuffix(n, ".asc") && path.Base(n) != "HowToVerifyProofData.txt" {
			media = append(media, n)
		}
	}
	found := map[string]bool{}
	for _, n := range media {
		s, _, err := sum(ctx, fsys, n)
		if err != nil {
			return nil, err
		}
		if proofs[s] == nil {
			r.line("a proof is of the file beside it", Unchecked, n+" has none", "")
			continue
		}
		found[s] = true
		r.line("a proof is of the file beside it", Good, n, "that what the proof says of place, time and device is so: it is what the telephone noted")
	}
	for s, of := range proofs {
		slices.Sort(of)
		if !found[s] {
			r.line("a proof is of the file beside it", Failed, of[0]+": the file it is of is not there, or was changed", "")
		}
		for _, n := range of {
			switch path.Ext(n) {
			case ".asc":
				r.line("the signature of the telephone", Unchecked, n, "check it with gpg and the key in pubkey.asc; it is a key that the telephone made itself")
			case ".ots":
				r.line("the time stamp in the Bitcoin chain", Unchecked, n, "check it with the ots program")
			}
		}
	}
	slices.SortStableFunc(r.Lines, func(a, b Line) int { return strings.Compare(a.Where, b.Where) })
	return r, nil
}

// stamped checks each token that lies beside the file it is over.
func stamped(ctx context.Context, fsys fs.FS, names []string, roots *x509.CertPool) (*Report, error) {
	r := &Report{Kind: Stamped}
	for _, n := range names {
		of, ok := strings.CutSuffix(n, ".tsr")
		if !ok {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !slices.Contains(names, of) {
			r.line("a time stamp is of the file beside it", Failed, n+": the file is not there", "")
			continue
		}
		if roots == nil {
			r.line("a time stamp is of the file beside it", Unchecked, n, "no root of an authority was given")
			continue
		}
		t, err := checkStamp(fsys, n, of, roots)
		if err != nil {
			r.line("a time stamp is of the file beside it", Failed, n+": "+strings.TrimPrefix(err.Error(), "stamp: "), "")
			continue
		}
		r.line("a time stamp is of the file beside it", Good, of+", "+t.Time.Format(time.RFC3339)+", by "+t.Signer.Subject.CommonName, "that the clock of the authority was right")
	}
	return r, nil
}

// checkStamp checks a token, or a whole answer of an authority, over a file.
func checkStamp(fsys fs.FS, name, of string, roots *x509.CertPool) (*stamp.Token, error) {
	token, err := small(fsys, name)
	if err != nil {
		return nil, err
	}
	data, err := small(fsys, of)
	if err != nil {
		return nil, err
	}
	if inner, err := stamp.Answer(token); err == nil {
		token = inner
	}
	return stamp.Verify(token, data, roots)
}
