package habeas

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"habeas/internal/backup"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// An office has several installations: one where it sits, and others in the field that
// are not connected to it. Each has a store and a log of its own, and what is recorded
// in one gets to the other in a bundle: a file. Entries are a set and each view is a
// function of that set, so bundles may come twice and in any order.

// movingDir is where an installation notes with which others it exchanges bundles.
const movingDir = "moving"

// A peer is another installation, as it is noted here.
type peer struct {
	Node    ledger.ID   `json:"node"`
	All     bool        `json:"all,omitempty"`     // it is the office, and has to do with everything
	Circles []ledger.ID `json:"circles,omitempty"` // that went with it, but for the office circle
	Members []ledger.ID `json:"members,omitempty"` // who log in there
}

func (d *Desk) peerPath(node ledger.ID, ext string) string {
	return filepath.Join(d.cfg.Dir, movingDir, node.String()+ext)
}

// refusedMove is why nothing is moved, in words for who asked.
func refusedMove(what, then string) error {
	return &backup.Refused{What: what, Then: then, Found: true}
}

// others returns the installations that are noted here.
func (d *Desk) others() (ps []peer, err error) {
	paths, err := filepath.Glob(filepath.Join(d.cfg.Dir, movingDir, "*.json"))
	for _, path := range paths {
		b, readErr := os.ReadFile(path)
		var p peer
		if err = errors.Join(err, readErr); readErr == nil {
			err = errors.Join(err, json.Unmarshal(b, &p))
		}
		if p.Node.String() == strings.TrimSuffix(filepath.Base(path), ".json") {
			ps = append(ps, p)
		}
	}
	return ps, err
}

// Installations returns the other installations of the office with which this one
// exchanges bundles: those in the field, or, there, the office.
func (d *Desk) Installations() (nodes []ledger.ID, err error) {
	ps, err := d.others()
	for _, p := range ps {
		nodes = append(nodes, p.Node)
	}
	return nodes, err
}

// peer returns the installation called node, or the only one if node is zero.
func (d *Desk) peer(node ledger.ID) (peer, error) {
	ps, err := d.others()
	if err != nil {
		return peer{}, err
	}
	if node.IsZero() && len(ps) == 1 {
		return ps[0], nil
	}
	i := slices.IndexFunc(ps, func(p peer) bool { return p.Node == node })
	switch {
	case i >= 0:
		return ps[i], nil
	case node.IsZero() && len(ps) > 1:
		return peer{}, refusedMove("there are several other installations", "name one with --for; habeas field list prints them")
	}
	return peer{}, refusedMove("no such installation is known here", "habeas field list prints those that are; habeas field make makes one")
}

// EndField has this installation take no more bundles from another and make none for
// it: it was given up, lost or seized. That its members can't log in any more anywhere
// is another matter: see [Desk.Suspend].
func (d *Desk) EndField(ctx context.Context, by Actor, node ledger.ID, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if node.IsZero() {
		return refusedMove("it is not said which installation", "habeas field list prints them")
	}
	if _, err := d.peer(node); err != nil {
		return err
	}
	err := os.Remove(d.peerPath(node, ".json"))
	if e := os.Remove(d.peerPath(node, ".has")); !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return errors.Join(err, whole.SyncDir(filepath.Join(d.cfg.Dir, movingDir))) // or it would be trusted again after the power failed
}

// notePeer notes an installation in a data directory.
func notePeer(dir string, p peer) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := whole.MakeDir(filepath.Join(dir, movingDir)); err != nil {
		return err
	}
	return whole.Write(filepath.Join(dir, movingDir, p.Node.String()+".json"), append(b, '\n'))
}

// A knowing is what another installation said that it has: entries, wraps and files, each
// by its mark; and how long its log was then.
type knowing struct {
	size  int64
	marks map[ledger.ID]bool
}

// wrapMark stands for a wrap, whatever is in it.
func wrapMark(w vault.Wrap) ledger.ID { return ledger.KeyID(w.Key, w.Holder) }

// noteTold keeps what another installation has, unless something later is kept.
func noteTold(dir string, node ledger.ID, size int64, marks []ledger.ID) error {
	path := filepath.Join(dir, movingDir, node.String()+".has")
	old, err := readTold(path)
	if err != nil || old.marks != nil && old.size > size {
		return err
	}
	var b strings.Builder
	w, err := store.NewRowWriter(&b)
	if err == nil {
		err = w.Write(store.Row{Table: "has", Values: []any{size, joinIDs(marks)}})
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return whole.Write(path, []byte(b.String()))
}

func readTold(path string) (t knowing, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	defer f.Close()
	row, err := store.NewRowReader(f).Read()
	if err != nil || len(row.Values) != 2 {
		return t, refusedMove("what another installation has is noted in a way that can't be read", "make a bundle with --all")
	}
	size, _ := row.Values[0].(int64)
	b, _ := row.Values[1].([]byte)
	t = knowing{size, map[ledger.ID]bool{}}
	for _, id := range splitIDs(b) {
		t.marks[id] = true
	}
	return t, nil
}

func joinIDs(ids []ledger.ID) []byte {
	b := make([]byte, 0, 16*len(ids))
	for _, id := range ids {
		b = append(b, id[:]...)
	}
	return b
}

func splitIDs(b []byte) (ids []ledger.ID) {
	for ; len(b) >= 16; b = b[16:] {
		ids = append(ids, ledger.ID(b))
	}
	return ids
}
