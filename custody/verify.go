package custody

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"habeas/bag"
	"habeas/ledger"
	"habeas/stamp"
)

// A Verdict is what comes of checking a bundle.
type Verdict uint8

const (
	Broken        Verdict = iota // something is not as it should be
	IntegrityOnly                // nothing was changed since it was packed; whose it is, and since when, is not known
	Verified                     // and it is of the office that was named, and others saw its log
)

// String returns the verdict in English, as a report has it.
func (v Verdict) String() string { return [...]string{"BROKEN", "INTEGRITY ONLY", "VERIFIED"}[v] }

// A Result is how a check came out.
type Result uint8

// How a check comes out: Skipped is one for which there was nothing to check, or
// nothing to check it with.
const (
	Failed Result = iota
	Skipped
	Passed
)

// A Line is one check.
type Line struct {
	Check  string // what was checked
	Result Result
	Where  string // the file that is to blame, or what was found
	Proves string // what it shows
	Not    string // and what it does not
}

// A Report is what was checked of a bundle.
type Report struct {
	Lines  []Line
	Items  []Item // with what was handed over
	Stamps []*stamp.Token
	By     []ledger.Cosignature
	Root   ledger.ID
	At     ledger.Checkpoint

	told map[ledger.ID]told // what was opened
}

// Verdict returns what comes of all checks.
func (r *Report) Verdict() Verdict {
	anchored, named := false, false
	for _, l := range r.Lines {
		if l.Result == Failed {
			return Broken
		}
		anchored = anchored || l.Result == Passed && (l.Check == checkWitnesses || l.Check == checkStamps)
		named = named || l.Result == Passed && l.Check == checkOffice
	}
	if anchored && named {
		return Verified
	}
	return IntegrityOnly
}

// The checks.
const (
	checkFiles      = "the files are those that were packed"
	checkNothing    = "no other file lies in the bundle"
	checkListing    = "the list of what is handed over can be read"
	checkOffice     = "the log is that of the office you named"
	checkCheckpoint = "the office signed the state of its log"
	checkDirectory  = "those who wrote are members of that office"
	checkLog        = "every entry is in the log"
	checkOpens      = "every entry opens, and its author signed it"
	checkExhibits   = "every file is the one that its entry speaks of"
	checkChain      = "no event is missing between the first and the last"
	checkKnown      = "every file in the bundle is spoken of"
	checkPages      = "the pages for people and programs say what the entries say"
	checkWitnesses  = "enough witnesses saw the same log"
	checkStamps     = "a time-stamping authority saw the log"
)

// Trust is what whoever checks knows from elsewhere. All of it may be left out.
type Trust struct {
	Root      ledger.ID       // fingerprint of the office
	Witnesses []note.Verifier // keys of witnesses
	Least     int             // how many must have signed
	Roots     *x509.CertPool  // of time-stamping authorities
}

// A verifier is a bundle that is being checked.
type verifier struct {
	*Report
	fsys  fs.FS
	trust Trust
	bag   *bag.Report
	list  listing
	dir   *ledger.Directory

	signed []byte // the checkpoint
}

// Verify checks the bundle whose root fsys is; see [bag.Verify] for what fsys must
// be. The error is that of ctx alone: whatever is wrong is a line of the report.
func Verify(ctx context.Context, fsys fs.FS, trust Trust, progress func(bytes int64)) (*Report, error) {
	v := &verifier{Report: &Report{told: map[ledger.ID]told{}}, fsys: fsys, trust: trust}
	var err error
	if v.bag, err = bag.Verify(ctx, fsys, progress); err != nil {
		return nil, err
	}
	v.files()
	if !v.listing() {
		return v.Report, nil
	}
	v.directory()
	v.checkpoint()
	v.entries()
	v.exhibits()
	v.chain()
	v.known()
	v.pages()
	v.witnesses()
	v.stamps()
	return v.Report, nil
}

func (v *verifier) line(check string, r Result, where, proves, not string) {
	v.Lines = append(v.Lines, Line{check, r, where, proves, not})
}

// files says what is wrong with the bag, and which file is to blame: one that does
// not match in a single list is as it was, and the list was changed.
func (v *verifier) files() {
	lists := map[string]int{}
	for _, p := range v.bag.Errors {
		if p.Code == bag.Changed {
			lists[p.Path]++
		}
	}
	failed := false
	blame := map[string]bool{}
	for _, p := range v.bag.Errors {
		where := p.Path
		if p.Code == bag.Changed && lists[p.Path] == 1 && len(v.bag.Digests) > 1 || where == "" || p.Code == bag.Stray || p.Code == bag.NotInAll || p.Code == bag.BadLine || p.Code == bag.BadPath || p.Code == bag.ListedTwice {
			where = p.In
		}
		if !blame[where] {
			blame[where] = true
			v.line(checkFiles, Failed, where+": "+string(p.Code), "", "")
		}
		failed = true
	}
	for _, kind := range []string{"sha256", "sha512"} { // nothing has a digest of these
		if name := "tagmanifest-" + kind + ".txt"; !v.exact(name, kind) && !blame[name] {
			v.line(checkFiles, Failed, name+": not as it was written", "", "")
			failed = true
		}
	}
	if !failed {
		v.line(checkFiles, Passed, fmt.Sprintf("%d files, %d bytes", v.bag.Files, v.bag.Bytes), "not a byte changed since the bundle was packed", "who packed it, and whether what it shows is true")
	}
	switch {
	case len(v.bag.Unlisted) > 0:
		for _, p := range v.bag.Unlisted {
			v.line(checkNothing, Failed, p, "", "")
		}
	case !failed:
		v.line(checkNothing, Passed, "", "nothing was put in later", "")
	}
}

// exact reports whether a list of digests of tag files is written as a bundle has
// it, to the byte: BagIt takes capitals and other spaces, which would be a change
// that nobody sees.
func (v *verifier) exact(name, kind string) bool {
	b, err := v.read(name)
	if err != nil || !bytes.HasSuffix(b, []byte("\n")) {
		return false
	}
	for line := range strings.Lines(string(b)) {
		_, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if sum := v.bag.Digest(kind, path); sum == "" || line != sum+"  "+path+"\n" {
			return false
		}
	}
	return true
}

// read returns a small file of the bundle. What is no file, such as a pipe, is not
// opened: it might never answer.
func (v *verifier) read(name string) ([]byte, error) {
	return v.readTo(name, ledger.MaxPayload+1024)
}

func (v *verifier) readTo(name string, most int64) ([]byte, error) {
	if about, err := fs.Stat(v.fsys, name); err != nil || !about.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	f, err := v.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

func (v *verifier) listing() bool {
	b, err := v.read(listingFile)
	if err == nil {
		err = json.Unmarshal(b, &v.list)
	}
	if err == nil && (v.list.Version != 1 || len(v.list.Items) == 0 || v.list.Stamps < 0 || v.list.Stamps > mostStamps) {
		err = errors.New("not a listing")
	}
	if err != nil {
		v.line(checkListing, Failed, listingFile, "", "")
		return false
	}
	v.Root = v.list.Root
	for _, it := range v.list.Items {
		v.Items = append(v.Items, Item{Ref: it.Ref, Path: it.Path, SHA256: it.SHA256, Entries: it.Entries})
	}
	return true
}

// record reads an entry of the bundle.
func (v *verifier) record(id ledger.ID) (ledger.Record, error) {
	b, err := v.read(recordFile(id))
	if err != nil {
		return ledger.Record{}, err
	}
	var r ledger.Record
	err = r.UnmarshalBinary(b)
	if err == nil && r.ID != id {
		err = errors.New("another entry")
	}
	return r, err
}

// directory folds who is who, beginning with the office.
func (v *verifier) directory() {
	var opened []ledger.Opened
	good := true
	for _, id := range v.list.Directory {
		r, err := v.record(id)
		var o ledger.Opened
		if err == nil {
			o, err = ledger.OpenClear(r)
		}
		if err != nil {
			v.line(checkDirectory, Failed, recordFile(id), "", "")
			good = false
			continue
		}
		opened = append(opened, o)
	}
	var err error
	if v.dir, err = ledger.NewDirectory(v.list.Root, opened); err != nil {
		v.line(checkDirectory, Failed, "custody/entries", "", "")
	} else if good {
		v.line(checkDirectory, Passed, fmt.Sprintf("%d entries", len(opened)), "each was let in by somebody who was allowed to, from the first keeper on", "their names, which are not in the bundle; and that none was removed since: an entry that says so may have been left out")
	}
	switch {
	case v.trust.Root.IsZero():
		v.line(checkOffice, Skipped, "it says "+v.list.Root.String(), "", "compare this with what the office told you by another way, or name it with --root")
	case v.trust.Root != v.list.Root:
		v.line(checkOffice, Failed, listingFile+": the log of "+v.list.Root.String(), "", "")
	default:
		v.line(checkOffice, Passed, v.list.Root.String(), "the keys of its members begin with the fingerprint you named", "that the fingerprint was told to you by the office")
	}
}

// checkpoint reads the state of the log that a node of the office signed.
func (v *verifier) checkpoint() {
	b, err := v.read(checkpointFile)
	if err == nil && v.dir != nil {
		v.At, err = ledger.OpenCheckpoint(b, v.nodes())
	}
	if err != nil || v.dir == nil {
		v.line(checkCheckpoint, Failed, checkpointFile, "", "")
		return
	}
	v.signed = b
	v.line(checkCheckpoint, Passed, fmt.Sprintf("%d entries", v.At.Size), "the server of that office stood for the log as it was then", "that it showed the same log to others")
}

// nodes are the keys with which the office signs the state of its log.
func (v *verifier) nodes() note.Verifiers {
	known, err := v.dir.Signers()
	if err != nil {
		return note.VerifierList()
	}
	return known
}

// entries checks that each is in the log, opens, and was signed.
func (v *verifier) entries() {
	logged, opens := true, true
	for _, id := range slices.Concat(v.list.Directory, v.list.Entries) {
		r, err := v.record(id)
		if err != nil {
			v.line(checkLog, Failed, recordFile(id), "", "")
			logged = false
			continue
		}
		number, err := v.logged(r)
		if err != nil {
			v.line(checkLog, Failed, proofFile(id), "", "")
			logged = false
		}
		if r.Mode != ledger.ModeSealed {
			continue
		}
		if err := v.open(r, number); err != nil {
			v.line(checkOpens, Failed, recordFile(id), "", "")
			opens = false
		}
	}
	if logged {
		v.line(checkLog, Passed, fmt.Sprintf("%d entries", len(v.list.Entries)+len(v.list.Directory)), "none was written into the past, or left out of the log and shown to you alone", "")
	}
	if opens {
		v.line(checkOpens, Passed, "", "each says what its author signed, and can open to nothing else", "that the author told the truth, or was not forced")
	}
}

// logged checks the proof of an entry, and returns its number in the log.
func (v *verifier) logged(r ledger.Record) (int64, error) {
	b, err := v.read(proofFile(r.ID))
	if err != nil {
		return 0, err
	}
	p, err := ledger.ParseProof(b)
	if err != nil {
		return 0, err
	}
	if v.dir == nil {
		return 0, ledger.ErrProof
	}
	if !bytes.Equal(p.Checkpoint, v.signed) { // each proof has a copy
		return 0, ledger.ErrProof
	}
	return p.Number, p.Check(r.LeafHash(), v.At)
}

func (v *verifier) open(r ledger.Record, number int64) error {
	b, err := v.read(keyFile(r.ID))
	if err != nil {
		return err
	}
	key, err := hex.DecodeString(strings.TrimSuffix(string(b), "\n"))
	if err != nil || len(key) != 32 || hex.EncodeToString(key)+"\n" != string(b) {
		return errors.New("not a key")
	}
	t, err := openGiven(Given{number, r, [32]byte(key)})
	if err != nil {
		return err
	}
	if v.dir == nil {
		return errors.New("nobody is known")
	}
	pub, ok := v.dir.Author(t.opened)
	if !ok {
		return errors.New("the author is not known")
	}
	if _, err := t.opened.Verify(pub); err != nil {
		return err
	}
	v.told[r.ID] = t
	return nil
}

// exhibits checks that each file is what its entries speak of.
func (v *verifier) exhibits() {
	good := true
	for _, it := range v.list.Items {
		if v.bag.Digest("sha256", it.Path) != it.SHA256 || !v.speaks(it) {
			v.line(checkExhibits, Failed, it.Path, "", "")
			good = false
		}
	}
	if good {
		v.line(checkExhibits, Passed, fmt.Sprintf("%d files", len(v.list.Items)), "each is the file that was received, or was made of one, as its entries say", "who made it, when and where, and that what it shows happened")
	}
}

// speaks reports whether the entries of an item begin with its exhibit and speak of
// its file: as received, or as derived by a chain of events that begins there.
func (v *verifier) speaks(it item) bool {
	if len(it.Entries) == 0 {
		return false
	}
	first := v.told[it.Entries[0]].exhibit
	if first == nil || first.Ref != it.Ref {
		return false
	}
	if first.SHA256 == it.SHA256 {
		return v.bag.Digest("sha512", it.Path) == first.SHA512
	}
	made := map[string]bool{first.SHA256: true}
	for _, id := range it.Entries[1:] {
		if e := v.told[id].event; e != nil && e.Act == Derived && made[e.Parent] {
			made[e.SHA256] = true
		}
	}
	return made[it.SHA256]
}

// chain checks that the events of each item follow one on the other.
func (v *verifier) chain() {
	good := true
	for _, it := range v.list.Items {
		for i := 1; i < len(it.Entries); i++ {
			if e := v.told[it.Entries[i]].event; e == nil || e.Exhibit != it.Ref || e.Before != it.Entries[i-1] {
				v.line(checkChain, Failed, it.Path+": "+it.Entries[i].String(), "", "")
				good = false
				break
			}
		}
	}
	if good {
		v.line(checkChain, Passed, "", "what happened to each file from its receipt to the last event here", "what happened afterwards, or was not recorded")
	}
}
