package foreign

import (
	"context"
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
		} else if !strings.HasSuffix(n, ".asc") && path.Base(n) != "HowToVerifyProofData.txt" {
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
	switch path.Ext(name) {
	case ".asc":
		of := strings.TrimSuffix(name, ".asc")
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
