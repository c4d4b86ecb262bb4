package habeas

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/foreign"
)

// A ProofFile is an exhibit that may hold a proof of another one of its statement,
// such as a time stamp or a signature that lies beside it.
type ProofFile struct {
	Ref    claim.Ref
	Ending string // of its name, which says what kind of proof it is: ".tsr", ".ots", ".asc" or ".sig"
	Of     bool   // it is called as a proof of that one, or was taken for one when proofs were checked last
}

// ProofFiles returns what may be proofs of an exhibit.
func (d *Desk) ProofFiles(ctx context.Context, by Actor, id CaseID, ref claim.Ref) ([]ProofFile, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return nil, err
	}
	files, err := d.keptFiles(ctx, f.keys, f.telling)
	if err != nil {
		return nil, err
	}
	var last []string
	for _, e := range f.record.Events {
		if e.Act == custody.Validated {
			last = e.Beside
		}
	}
	var all []ProofFile
	for _, o := range files {
		if ending := foreign.Ending(o.Name.Reveal()); o.record != nil && o.Exhibit != ref && ending != "" {
			all = append(all, ProofFile{o.Exhibit, ending, calledFor(o.record, f.record) || slices.Contains(last, string(o.Exhibit))})
		}
	}
	return all, nil
}

// calledFor reports whether a proof is called as one of x: by the name of x and what
// kind of proof it is, or, as ProofMode does it, by the SHA-256 of x. pubkey.asc is
// what ProofMode calls the key that its signatures are checked with.
func calledFor(proof, x *ExhibitFile) bool {
	name := path.Base(strings.ReplaceAll(proof.Name, `\`, "/"))
	of := name[:len(name)-len(foreign.Ending(name))]
	return x.Name != "" && of == x.Name || strings.EqualFold(of, x.SHA256) || strings.EqualFold(name, "pubkey.asc")
}

// CheckProofs checks what others put into an exhibit, or beside it, to prove where it
// comes from: see package foreign. It is done in a process of its own, which reaches
// no network, and nothing is asked of anybody. beside are exhibits of the same
// statement that hold proofs of this one, as [Desk.ProofFiles] gives them. What was
// found is an event of the exhibit; the exhibit stays as it is. If there is no proof
// in it, the fault is "exhibit.no_proofs"; if it takes more memory than there is,
// "exhibit.proofs_unread".
func (d *Desk) CheckProofs(ctx context.Context, by Actor, id CaseID, ref claim.Ref, beside []claim.Ref) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	d.copying.Lock()
	defer d.copying.Unlock()
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return err
	}
	files, err := d.keptFiles(ctx, f.keys, f.telling)
	if err != nil {
		return err
	}
	e := custody.Event{Act: custody.Validated, SHA256: f.SHA256, Tool: tool("proofs"), Good: true}
	var pieces []foreign.Piece
	size := f.Size
	for _, o := range files {
		ending := foreign.Ending(o.Name.Reveal())
		if o.record == nil || o.Exhibit == ref || ending == "" || !slices.Contains(beside, o.Exhibit) {
			continue
		}
		size += o.Size
		e.Beside = append(e.Beside, string(o.Exhibit))
		pieces = append(pieces, foreign.Piece{Name: proofName(o.Exhibit) + ending, Open: d.opened(o)})
	}
	reports, err := d.proofsOf(ctx, size, foreign.Piece{Open: d.opened(f.keptFile)}, pieces)
	if err != nil {
		return err
	}
	for _, r := range reports {
		e.Proofs = append(e.Proofs, proofLines(r)...)
		e.Good = e.Good && !r.Bad()
	}
	return d.note(ctx, by, f, e)
}

// proofName is what an exhibit is called where its own name must not stand: as its
// page is.
func proofName(ref claim.Ref) string { return strings.ToUpper(string(ref[2:8])) }

func (d *Desk) opened(f *keptFile) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		_, r, err := d.openKept(f.Attachment)
		return r, err
	}
}

// proofsOf checks a file that is in memory only, with what lies beside it: size bytes
// in all.
func (d *Desk) proofsOf(ctx context.Context, size int64, file foreign.Piece, beside []foreign.Piece) ([]foreign.Report, error) {
	if !memoryFor(size) {
		return nil, fault.New(fault.Invalid, "exhibit.proofs_unread")
	}
	room, err := memoryFile()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "exhibit.proofs_unread")
	}
	defer room.Close()
	reports, err := foreign.Confined(ctx, room, file, beside, d.cfg.Roots, nil)
	switch {
	case err == nil:
		return reports, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, foreign.ErrNone):
		return nil, fault.Wrap(err, fault.Invalid, "exhibit.no_proofs")
	case fault.KindOf(err) == fault.Damaged, unreachable(err):
		return nil, err // the sealed file is gone, or can't be reached
	}
	return nil, fault.Wrap(err, fault.Invalid, "exhibit.proofs_unread")
}

// proofLines returns what was found, for an event.
func proofLines(r foreign.Report) (all []custody.Proof) {
	for _, l := range r.Lines {
		result := [...]custody.Result{custody.Failed, custody.Skipped, custody.Passed}[l.Result]
		all = append(all, custody.Proof{
			Kind: string(r.Kind), Check: l.Check.String(), CheckKey: string(l.Check), Result: result.String(),
			Where: l.Where, Not: l.Not.String(), NotKey: string(l.Not),
		})
	}
	return all
}
