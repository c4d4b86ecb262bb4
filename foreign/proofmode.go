package foreign

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// proofFile is what ProofMode calls what it writes beside a photograph or film: by
// the SHA-256 of that.
var proofFile = regexp.MustCompile(`(?i)^(?:.*/)?([0-9a-f]{64})(\.proof\.csv|\.proof\.json|\.proof\.csv\.asc|\.proof\.json\.asc|\.asc|\.ots|\.gst|\.devicecheck)$`)

func proofMode(ctx context.Context, fsys fs.FS, names []string, trust Trust) (*Report, error) {
	r := &Report{Kind: ProofMode}
	proofs := map[string][]string{}
	var media []string
	for _, n := range names {
		if m := proofFile.FindStringSubmatch(n); m != nil {
			proofs[strings.ToLower(m[1])] = append(proofs[strings.ToLower(m[1])], n)
		} else if extension(n) != ".asc" && path.Base(n) != "HowToVerifyProofData.txt" {
			media = append(media, n)
		}
	}
	found := map[string]string{}
	for _, n := range media {
		s, _, err := sum(ctx, fsys, n)
		if err != nil {
			return nil, err
		}
		if proofs[s] == nil {
			r.line(proofOf, Unchecked, n, whyNone)
			continue
		}
		found[s] = n
		r.line(proofOf, Good, n, notPhone)
	}
	keys := findKeys(fsys, names)
	for s, of := range proofs {
		slices.Sort(of)
		if found[s] == "" {
			r.line(proofOf, Failed, of[0], whyMissing)
		}
		for _, n := range of {
			if err := r.phone(ctx, fsys, n, s, found[s], keys, trust); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(r.Lines, func(a, b Line) int { return strings.Compare(a.Where, b.Where) })
	return r, nil
}

// phone checks one file of a proof that is called by the digest of media, which is ""
// if it is not there.
func (r *Report) phone(ctx context.Context, fsys fs.FS, name, digest, media string, keys pgpKeys, trust Trust) error {
	switch extension(name) {
	case ".csv", ".json":
		r.noted(fsys, name, digest)
	case ".asc":
		of := name[:len(name)-len(".asc")]
		if len(path.Base(of)) == 64 {
			of = media
		}
		if _, err := fs.Stat(fsys, of); of == "" || err != nil {
			r.line(pgpBeside, Failed, name, whyMissing)
			return nil
		}
		return r.signature(ctx, fsys, name, of, keys)
	case ".ots":
		r.opentimestamps(fsys, name, map[string]string{digest: media}, trust)
	case ".gst", ".devicecheck":
		r.line(otherProof, Unchecked, name, whyKind)
	}
	return nil
}

// noted looks whether what the telephone noted is of the medium with a digest: the
// notes may be signed, and what they are called is not.
func (r *Report) noted(fsys fs.FS, name, digest string) {
	b, err := readTo(fsys, name, mostProof)
	said := notedDigests(b)
	switch {
	case err == nil && slices.ContainsFunc(said, func(s string) bool { return strings.EqualFold(s, digest) }):
	case err == nil && len(said) > 0:
		r.line(proofOf, Failed, name, whyMissing)
	default:
		r.line(proofOf, Unchecked, name, whyKind)
	}
}

// notedDigest is what ProofMode calls the digest of the medium in its notes.
const notedDigest = "File Hash SHA256"

// notedDigests returns the digests that notes name, which are an object in JSON or a
// table with a head.
func notedDigests(b []byte) (said []string) {
	var object map[string]any
	if json.Unmarshal(b, &object) == nil {
		if s, ok := object[notedDigest].(string); ok {
			said = append(said, s)
		}
		return said
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	at := slices.Index(rows[0], notedDigest)
	for _, row := range rows[1:] {
		if at >= 0 {
			said = append(said, row[at])
		}
	}
	return said
}
