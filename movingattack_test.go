package habeas

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"habeas/ledger"
	"habeas/vault"
)

// inTheField returns an office, and an installation of it whose key an attacker has.
func inTheField(t testing.TB) (office, field *Desk) {
	t.Helper()
	office = reopened(t, smallOffice(t))
	cfg := office.cfg
	cfg.Dir, cfg.Pepper = filepath.Join(t.TempDir(), "field"), ""
	words := vault.NewText(testPassphrase)
	plan := FieldPlan{Members: []FieldMember{{"keeper", words}}}
	if _, err := office.AddField(t.Context(), loggedIn(t, office, "keeper"), words, cfg, plan); err != nil {
		t.Fatal(err)
	}
	return office, reopened(t, cfg)
}

// forge makes a bundle that is signed as it should be, of whatever change leaves.
func forge(t *testing.T, from *Desk, change func(*parcel)) string {
	t.Helper()
	p, err := from.peer(ledger.ID{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := from.pack(t.Context(), p, knowing{})
	if err != nil {
		t.Fatal(err)
	}
	change(out)
	to, _ := from.dir.Holder(p.Node)
	path := filepath.Join(t.TempDir(), "forged.bundle")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := from.writeBundle(t.Context(), f, to, out, &BundleMade{}); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whoever seizes a laptop has its key, and signs what they like.
func TestAttackBundleOfASeizedLaptop(t *testing.T) {
	office, field := inTheField(t)
	size := func() int64 {
		n, err := office.db.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := size()
	me, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	stranger := me.Public(ledger.UseMember)
	stranger.Roles = []ledger.Role{ledger.Keeper}
	notice, err := ledger.Publish(stranger, ledger.DirectoryStream(office.root), nil, office.now(), me.Signer())
	if err != nil {
		t.Fatal(err)
	}
	byNode, err := ledger.Publish(stranger, ledger.DirectoryStream(office.root), nil, office.now(), field.node.Signer())
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*parcel){
		"a keeper who vouches for themselves": func(p *parcel) { p.records = append(p.records, notice.Record()) },
		"a keeper the laptop vouches for":     func(p *parcel) { p.records = append(p.records, byNode.Record()) },
		"an entry of the desk": func(p *parcel) {
			r := p.records[len(p.records)-1]
			r.ID, r.Stream, r.Mode, r.Key, r.Payload = ledger.NewID(), office.deskStream(), ledger.ModeSealed, ledger.NewID(), make([]byte, 400)
			p.records = append(p.records, r)
		},
		"an entry twice": func(p *parcel) { p.records = append(p.records, p.records[0]) },
		"an entry that was rewritten": func(p *parcel) {
			i := slices.IndexFunc(p.records, func(r ledger.Record) bool { return r.Mode == ledger.ModeSealed })
			p.records[i].Payload = append(bytes.Clone(p.records[i].Payload[:40]), make([]byte, 300)...)
		},
		"something is left out": func(p *parcel) { p.entries = append(p.entries, ledger.NewID()) },
	} {
		if _, err := office.ApplyBundle(t.Context(), forge(t, field, change)); err == nil || size() != before {
			t.Errorf("%s: got error %v, and %d entries, want %d", what, err, size(), before)
		}
	}
	attackWraps(t, office, field)
}

// attackWraps brings other wraps in the place of those the office has, and some that
// would give somebody what nobody gave them.
func attackWraps(t *testing.T, office, field *Desk) {
	t.Helper()
	was := map[ledger.ID][]byte{}
	side := office.dir.Find(isSide(ledger.UseCircleBody))[0]
	mine := office.node.ID()
	path := forge(t, field, func(p *parcel) {
		for i := range p.wraps {
			there, err := office.db.WrapsOf(t.Context(), p.wraps[i].Key)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range there {
				was[wrapMark(w)] = w.Box
			}
			p.wraps[i].Box = []byte("nothing that opens")
		}
		p.wraps = append(p.wraps, vault.Wrap{Key: side.ID, Stream: side.Of, Holder: mine, Box: []byte("mine")},
			vault.Wrap{Key: viewKeyOf(side.ID, ledger.ID{}), Holder: side.ID, Box: []byte("mine")},
			vault.Wrap{Key: ledger.NewID(), Holder: side.ID, Box: []byte("mine")},
			vault.Wrap{Key: ledger.NewID(), Stream: office.deskStream(), Holder: side.ID, Box: []byte("mine")},
			vault.Wrap{Key: ledger.NewID(), Stream: sharedStream(side.Of), Holder: side.ID, Box: []byte("mine")})
	})
	if _, err := office.ApplyBundle(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if len(was) == 0 {
		t.Fatal("no wraps: this test would see nothing")
	}
	snap, err := office.db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for row, err := range snap.Keys(t.Context()) {
		w, ok := wrapFrom(row)
		if err != nil || !ok {
			continue
		}
		if old, known := was[wrapMark(w)]; known && !bytes.Equal(old, w.Box) || bytes.Equal(w.Box, []byte("mine")) {
			t.Errorf("a wrap was put in the place of another, or given to somebody: %s for %s", w.Key, w.Holder)
		}
	}
}

// That an erasure is done each installation says of itself: a bundle says only that it is
// to be done.
func TestDoneIsNotMoved(t *testing.T) {
	office, field := inTheField(t)
	words, by := vault.NewText(testPassphrase), loggedIn(t, office, "keeper")
	cases, err := office.Cases(t.Context(), by)
	if err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	f, err := office.Case(t.Context(), by, cases[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.Erase(t.Context(), by, f.ID, ledger.Withdrawn, words, f.State.Statements[0].Ref); err != nil {
		t.Fatal(err)
	}
	p, err := office.peer(field.node.ID())
	if err != nil {
		t.Fatal(err)
	}
	out, err := office.pack(t.Context(), p, knowing{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, r := range out.records {
		if o, err := ledger.OpenClear(r); err == nil {
			kinds[o.Kind()]++
		}
	}
	if kinds[ledger.KindErase] != 1 || kinds[ledger.KindErased] != 0 {
		t.Errorf("got %v, want that it was announced and not that it was done", kinds)
	}
}

// The key of a laptop signs its own log and not that of the office.
func TestAttackCheckpointOfALaptop(t *testing.T) {
	office, field := inTheField(t)
	signed, _, err := field.db.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	known, err := office.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenCheckpoint(signed, known); err == nil {
		t.Error("a checkpoint of the laptop passes for one of the office")
	}
	signer, err := ledger.NoteSigner(ledger.Origin(office.root), field.node.Signer().Key)
	if err != nil {
		t.Fatal(err)
	}
	if signed, err = ledger.SignCheckpoint(3, [32]byte{1}, signer); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenCheckpoint(signed, known); err == nil {
		t.Error("the key of the laptop signs for the office")
	}
	own, err := field.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	if signed, _, err = field.db.Checkpoint(t.Context()); err == nil {
		_, err = ledger.OpenCheckpoint(signed, own)
	}
	if err != nil {
		t.Errorf("the laptop does not know its own log: %v", err)
	}
}

// plainBundle returns a bundle without its seal.
func plainBundle(t testing.TB, key *vault.Holder) []byte {
	var b bytes.Buffer
	w, err := newBundleWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	id := ledger.NewID()
	r, err := ledger.Record{Mode: ledger.ModeSealed, ID: id, Stream: id, Key: id, Payload: make([]byte, 64)}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	w.row("bundle", int64(bundleFormat), idBytes(id), idBytes(id), idBytes(id), int64(1), int64(2))
	w.row("has", joinIDs([]ledger.ID{id, id}))
	w.row("entry", r)
	w.row("wrap", idBytes(id), idBytes(id), idBytes(id), []byte("box"))
	w.row("file", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", idBytes(id))
	io.WriteString(w, "hello")
	if err := w.end(key.Signer().Key); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBundleRead(t *testing.T) {
	key, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	whole := plainBundle(t, key)
	b, err := readBundle(bytes.NewReader(whole), nil)
	if err != nil || !b.by(key.Public(ledger.UseNode).Sign) || len(b.records) != 1 || len(b.wraps) != 1 || len(b.files) != 1 {
		t.Fatalf("got %+v, %v", b, err)
	}
	for at := range whole {
		changed := bytes.Clone(whole)
		changed[at] ^= 4
		if b, err := readBundle(bytes.NewReader(changed), nil); err == nil && b.by(key.Public(ledger.UseNode).Sign) {
			t.Errorf("byte %d changed: read, and signed", at)
		}
		if _, err := readBundle(bytes.NewReader(whole[:at]), nil); err == nil {
			t.Errorf("cut to %d bytes: read", at)
		}
	}
}

// Whatever a bundle holds, reading it neither panics nor says that a file is what it is
// not.
func FuzzBundle(f *testing.F) {
	key, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plainBundle(f, key))
	f.Add([]byte("habeas rows v1\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var file []byte
		_, _ = readBundle(bytes.NewReader(in), func(m movedFile, b []byte) error {
			file = append(file, b...)
			if b != nil {
				return nil
			}
			if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != m.name {
				t.Error("a file is not what its name says")
			}
			file = nil
			return nil
		})
	})
}
