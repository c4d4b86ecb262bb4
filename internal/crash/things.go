package crash

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// titles begin the titles of the statements that are recorded here, one for each lane:
// what one lane erases, another does not add files to meanwhile.
func titles(lane int) string {
	return [...]string{"a paper that was handed in, number ", "a paper that came by post, number "}[lane]
}

// number is written into what is made, so that it can be told from all others. It is
// letters, which nothing takes for the rest of a name.
func (w *worker) number() string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = 'a' + byte(w.rng.IntN(16))
	}
	return string(b)
}

// bytes are those of a file that nobody has sent before.
func (w *worker) bytes(most int) []byte {
	b := make([]byte, 1+w.rng.IntN(most))
	for i := range b {
		b[i] = byte(w.rng.Uint32())
	}
	return b
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// letter is sent with a file.
func (w *worker) letter() (Said, error) {
	b, words := w.bytes(60_000), "they asked for bread, "+w.number()
	u, err := w.desk.Upload(w.ctx, vault.NewText("a photograph"))
	if err != nil {
		return Said{}, err
	}
	defer u.Discard()
	if _, err := u.Write(b); err != nil {
		return Said{}, err
	}
	if err := u.Close(); err != nil {
		return Said{}, err
	}
	var secret [32]byte
	for i := range secret {
		secret[i] = byte(w.rng.Uint32())
	}
	err = w.desk.Receive(w.ctx, receipt.From(secret), habeas.Letter{Lang: "en", Text: vault.NewText(words), Delay: 7, Files: []*habeas.Upload{u}})
	return Said{Secret: hex.EncodeToString(secret[:]), Sum: sum(b), Words: words}, err
}

// file makes a letter that waits a statement.
func (w *worker) file() (Said, error) {
	q, _, err := w.desk.Queue(w.ctx, w.vera)
	if err != nil {
		return Said{}, err
	}
	l, err := w.desk.OpenLetter(w.ctx, w.vera, q[w.rng.IntN(len(q))].ID)
	if err != nil {
		return Said{}, err
	}
	id, st, err := w.desk.FileLetter(w.ctx, w.vera, l.ID, habeas.Filing{Case: w.mine, Role: "mother",
		Question: func(q string) string { return q + "?" }, Without: "(only files)"})
	return Said{Case: id.String(), Ref: string(st), Words: l.Text.Reveal()}, err
}

// statement records what a paper says.
func (w *worker) statement() (Said, error) {
	n := w.number()
	words := "on the third day they were led out, and nobody said where to; " + n + "."
	f, err := w.desk.Case(w.ctx, w.vera, w.mine)
	if err != nil {
		return Said{}, err
	}
	var source claim.Ref
	for ref := range f.State.Sources {
		source = max(source, ref)
	}
	st, err := w.desk.AddStatement(w.ctx, w.vera, w.mine, habeas.NewStatement{Source: source, Said: "2022-11", Medium: "interview", Lang: "en", Title: titles(w.lane) + n, Raw: vault.NewText(words)})
	return Said{Case: w.mine.String(), Ref: string(st), Words: words}, err
}

// record takes a statement in, reads it, and says what it says.
func (w *worker) record() (Said, error) {
	s, err := w.statement()
	if err != nil {
		return s, err
	}
	st := claim.Ref(s.Ref)
	if err := w.desk.Settle(w.ctx, w.vera, w.mine, st); err != nil {
		return s, err
	}
	_, err = w.desk.RecordEvent(w.ctx, w.vera, w.mine, habeas.EventClaims{Type: "detention",
		Passage: claim.Claim{Statement: st, Version: 1, End: len(s.Words), When: "2022-11", Stance: claim.Asserts, Basis: "witnessed"}})
	return s, err
}

// ours returns the statements that were recorded here and not erased since.
func (w *worker) ours() (all []claim.Ref, err error) {
	f, err := w.desk.Case(w.ctx, w.vera, w.mine)
	if err != nil {
		return nil, err
	}
	for _, t := range f.State.Statements {
		if _, gone := f.State.Erasure(t.Ref); !gone && (strings.HasPrefix(t.Title, titles(w.lane)) || w.lane == 0 && !t.Thread.IsZero()) {
			all = append(all, t.Ref)
		}
	}
	return all, nil
}

// holder is a statement that a file can be given with.
func (w *worker) holder() (claim.Ref, error) {
	all, err := w.ours()
	if err == nil && len(all) > 0 && w.rng.IntN(3) > 0 {
		return all[w.rng.IntN(len(all))], nil
	}
	s, err := w.statement()
	return claim.Ref(s.Ref), err
}

// exhibit adds a file to a statement.
func (w *worker) exhibit() (Said, error) {
	st, err := w.holder()
	if err != nil {
		return Said{}, err
	}
	b := w.bytes(200_000)
	u, err := w.desk.UploadExhibit(w.ctx, w.vera, vault.NewText("a film"))
	if err != nil {
		return Said{}, err
	}
	defer u.Discard()
	if _, err = u.Write(b); err != nil {
		return Said{}, err
	}
	if err := u.Close(); err != nil {
		return Said{}, err
	}
	ref, err := w.desk.AddExhibit(w.ctx, w.vera, w.mine, st, u, custody.ByBrowser, custody.Collected{})
	return Said{Case: w.mine.String(), Ref: string(ref), Sum: sum(b)}, err
}

// pieces adds a file as a browser sends it.
func (w *worker) pieces() (Said, error) {
	st, err := w.holder()
	if err != nil {
		return Said{}, err
	}
	b := w.bytes(400_000)
	id, at, err := w.desk.OpenUpload(w.ctx, w.vera, habeas.Coming{Case: w.mine, Statement: st, Name: vault.NewText("a film"),
		Size: int64(len(b)), Changed: w.number(), Begins: b[:min(len(b), 4096)]})
	for err == nil && at < int64(len(b)) {
		at, err = w.desk.WritePiece(w.ctx, w.vera, id, at, bytes.NewReader(b[at:min(int64(len(b)), at+100_000)]))
	}
	if err != nil {
		return Said{}, err
	}
	ref, err := w.desk.AddUploaded(w.ctx, w.vera, id, w.mine, st, custody.ByBrowser, custody.Collected{})
	return Said{Case: w.mine.String(), Ref: string(ref), Sum: sum(b)}, err
}

// release takes a dossier all the way out.
func (w *worker) release() (Said, error) {
	opt := habeas.DossierOptions{Audience: "authority", Lang: "en"}
	p, err := w.desk.Preview(w.ctx, w.ed, w.theirs, opt)
	if err != nil {
		return Said{}, err
	}
	for _, warning := range p.Warnings {
		opt.Decided = append(opt.Decided, habeas.Decision{Key: warning.Key, As: habeas.NotAName})
	}
	ref, err := w.desk.Propose(w.ctx, w.ed, w.theirs, opt)
	if err != nil {
		return Said{}, err
	}
	if err := w.desk.Approve(w.ctx, w.omar, w.theirs, ref, "nobody can be traced by it"); err != nil {
		return Said{}, err
	}
	_, err = w.desk.Release(w.ctx, w.ed, w.theirs, ref, "the archive", words("ed"))
	return Said{Case: w.theirs.String(), Ref: string(ref)}, err
}

// erasure erases a statement that has a file.
func (w *worker) erasure() error {
	if err := w.do(Exhibit, w.exhibit); err != nil {
		return err
	}
	all, err := w.ours()
	if err != nil {
		return err
	}
	st := all[w.rng.IntN(len(all))]
	return w.do(Erase, func() (Said, error) {
		_, err := w.desk.Erase(w.ctx, w.vera, w.mine, ledger.Withdrawn, words("vera"), st)
		return Said{Case: w.mine.String(), Ref: string(st)}, err
	})
}

// passing begins the handles of those who do not stay.
const passing = "passing-"

// leaving adds a member and removes one, and renews the keys that they held.
func (w *worker) leaving() error {
	m := habeas.NewMember{Handle: passing + w.number(), Passphrase: words("omar"), Roles: []ledger.Role{ledger.Caseworker}}
	m.Name = m.Handle
	if err := w.do(Join, func() (Said, error) {
		return Said{Handle: m.Handle}, w.desk.AddMember(w.ctx, w.vera, m, w.circle, true)
	}); err != nil {
		return err
	}
	all, err := w.desk.Members(w.ctx, w.vera)
	if err != nil {
		return err
	}
	var gone []habeas.Member
	for _, m := range all {
		if strings.HasPrefix(m.Name, passing) && m.Standing == ledger.Active {
			gone = append(gone, m)
		}
	}
	who := gone[w.rng.IntN(len(gone))]
	if err := w.do(Remove, func() (Said, error) {
		return Said{Handle: who.Name}, w.desk.Remove(w.ctx, w.vera, who.ID, words("vera"))
	}); err != nil {
		return err
	}
	if err := w.do(Renew, func() (Said, error) { return Said{}, w.desk.RenewKeys(w.ctx, w.vera, nil) }); err != nil {
		return err
	}
	return w.do(Record, w.record)
}

// backup copies the office beside itself.
func (w *worker) backup() (Said, error) {
	to, err := os.ReadFile(filepath.Join(w.dir, opens))
	if err != nil {
		return Said{}, err
	}
	_, err = habeas.Backup(w.ctx, config(w.dir), habeas.BackupPlan{Data: filepath.Join(w.dir, copies, dataDir), Keys: filepath.Join(w.dir, spare, "keys"), To: []string{string(to)}})
	return Said{}, err
}

// words is the passphrase of a member.
func words(handle string) vault.Text {
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return vault.NewText(m.Passphrase)
		}
	}
	return vault.Text{}
}
