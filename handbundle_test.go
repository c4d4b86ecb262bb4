package habeas_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/internal/store"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// What is handed over opens with the keys in the bundle, and nothing else of the log
// does; and nothing in the bundle, opened or not, says more than was shown to those
// who let it go.
func TestBundleOpensNothingElse(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(t))
	other := s.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t)) // of the same statement: it stays
	s.ok(s.MakeSafeCopy(s.Context(), vera, f.ID, ref))
	made := s.handOver(f, noor, secret, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandSafe}}})
	b, fsys := s.bundle(noor, f.ID, made, secret)

	given, keys := map[ledger.ID]bool{}, [][32]byte{}
	opened := map[string][]byte{}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	s.ok(err)
	for _, file := range z.File {
		name := strings.TrimSuffix(filepath.Base(file.Name), ".key")
		if name == filepath.Base(file.Name) {
			continue
		}
		id, err := ledger.ParseID(name)
		s.ok(err)
		key, err := hex.DecodeString(strings.TrimSpace(s.read(fsys, "custody/entries/"+name+".key")))
		s.ok(err)
		given[id], keys = true, append(keys, [32]byte(key))
	}
	s.ok(s.Close())
	db, err := store.Open(s.config().Dir, store.ReadOnly)
	s.ok(err)
	defer db.Close()
	sealed, clear := 0, 0
	for n, err := range db.Since(s.Context(), -1) {
		s.ok(err)
		if n.Record.Mode == ledger.ModeClear {
			if _, err := zipFile(z, n.Record.ID.String()+".record"); err == nil {
				clear++
			}
			continue
		}
		sealed++
		for _, key := range keys {
			o, err := ledger.OpenWith(n.Record, key)
			if err == nil && !given[n.Record.ID] {
				t.Errorf("a key in the bundle opens entry %d, a %s, which is not handed over", n.Number, o.Kind())
			}
			if err == nil {
				opened[n.Record.ID.String()] = o.Followed().Body
			}
		}
	}
	// The exhibit, that it was received and hashed, its safe copy, a check, and the hand-over.
	if x := len(opened); x != len(given) || x != 6 || sealed < 100 {
		t.Errorf("%d entries open, %d were given, of %d", x, len(given), sealed)
	}
	// vera, omar and noor wrote or let in; the node signs: of the demo's others nothing.
	if clear == 0 || clear > 4 {
		t.Errorf("%d entries say who is who", clear)
	}
	opened["zip"] = b
	for _, m := range []string{"Vera", "Omar", "Noor", "vera", "omar", "noor", string(other)} {
		for name, text := range opened {
			if name != "zip" && bytes.Contains(text, []byte(m)) {
				t.Errorf("%s holds %q", name, m)
			}
		}
	}
	testkit.Sweep(t, append(demo.Canaries(), "Vsevolod Bryukhovetsky"), nil, opened, nil)
	if bytes.Contains(b, []byte(inTheComment)) {
		t.Error("the safe copy still has the comment")
	}
	if !strings.Contains(s.read(fsys, "custody/report.html"), "Lyutobor Zhyrnosekov") {
		t.Error("what the collector noted, which two members let go, is not in the bundle: this test would see nothing")
	}
}

func zipFile(z *zip.Reader, base string) (*zip.File, error) {
	for _, f := range z.File {
		if filepath.Base(f.Name) == base {
			return f, nil
		}
	}
	return nil, os.ErrNotExist
}

// A bundle for keys is an age file; one for none is not. A changed file is not sent.
func TestBundleIsEncrypted(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedName, Place: "exact"})
	large := bytes.Repeat([]byte("sound\x00\x01"), 1<<20)
	ref := s.exhibit(vera, f.ID, mum.Ref, "call.amr", large)
	key, err := age.GenerateHybridIdentity()
	s.ok(err)
	opt := habeas.HandoverOptions{Audience: "court", To: theCourt, Keys: []string{key.Recipient().String()}, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandOriginal}}}
	made := s.handOver(f, noor, secret, opt)
	p, err := s.TakeHandover(s.Context(), noor, f.ID, made, secret)
	s.ok(err)
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	s.ok(err)
	if !strings.HasSuffix(p.Name, ".zip.age") || n != int64(b.Len()) || bytes.Contains(b.Bytes(), []byte("PK\x03\x04")) {
		t.Errorf("%s of %d bytes is not encrypted", p.Name, n)
	}
	plain, err := age.Decrypt(bytes.NewReader(b.Bytes()), key)
	s.ok(err)
	all, err := io.ReadAll(plain)
	s.ok(err)
	fsys, err := custody.OpenArchive(bytes.NewReader(all), int64(len(all)))
	s.ok(err)
	if s.read(fsys, "data/E0001") != string(large) {
		t.Error("the file is another")
	}
	var none habeas.Parcel
	if _, err := none.WriteTo(io.Discard); err == nil {
		t.Error("a parcel that nobody made is written")
	}

	// The disk loses a byte: the bundle is not made, and the release was not either.
	path := filepath.Join(s.config().Dir, "blobs", s.blobs()[0])
	sealed, err := os.ReadFile(path)
	s.ok(err)
	sealed[len(sealed)/2] ^= 1
	s.ok(os.WriteFile(path, sealed, 0o600))
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err == nil {
		t.Error("a changed file is handed over")
	}
	if _, err := s.TakeHandover(s.Context(), noor, f.ID, made, secret); err == nil {
		t.Error("a bundle is made of a changed file")
	}
}

// A bundle speaks of the newest state of the log that a witness saw, if that has the
// hand-over in it, and otherwise of the newest there is.
func TestBundleIsOfWhatWitnessesSaw(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedName, Place: "exact"})
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(t))
	s.ok(s.MakeSafeCopy(s.Context(), vera, f.ID, ref))
	s.witnessed() // before the hand-over: of no use
	made := s.handOver(f, noor, secret, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandOriginal}}})
	h, row, err := s.Handover(s.Context(), noor, f.ID, made)
	s.ok(err)
	if h.Seen.Witnesses != 0 || h.Seen.Size == 0 || !h.Ready || row.Released == nil {
		t.Errorf("before a witness was asked: got %+v, ready %v", h.Seen, h.Ready)
	}
	size, witness := s.witnessed()
	s.ok(s.NoteHandling(s.Context(), vera, f.ID, ref, custody.Copied, "the second safe", "")) // and the log grows
	p, err := s.TakeHandover(s.Context(), noor, f.ID, made, secret)
	s.ok(err)
	if p.Seen != (habeas.Anchored{Size: size, Witnesses: 1}) {
		t.Errorf("got %+v, want what the witness saw, %d entries", p.Seen, size)
	}
	var b bytes.Buffer
	_, err = p.WriteTo(&b)
	s.ok(err)
	fsys, err := custody.OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	s.ok(err)
	trust, err := custody.ReadTrust(s.Root().String(), []string{witness}, 0, nil)
	s.ok(err)
	report, err := custody.Verify(s.Context(), fsys, trust, nil)
	s.ok(err)
	if report.Verdict() != custody.Verified {
		var text bytes.Buffer
		s.ok(report.Text(&text))
		t.Errorf("got\n%s", text.String())
	}
	if strings.Contains(s.read(fsys, "custody/report.html"), "the second safe") {
		t.Error("what happened after the hand-over is handed over")
	}
}

// witnessed has a witness sign the log as it is, and returns its size and their key.
func (s *story) witnessed() (size int64, key string) {
	s.Helper()
	db, err := store.Open(s.config().Dir, store.ReadOnly)
	s.ok(err)
	defer db.Close()
	cp, size, err := db.Checkpoint(s.Context())
	s.ok(err)
	seed := vault.NewSeed().Derive("a witness, invented")
	w, err := ledger.NewCosigner("partner.example", ed25519.NewKeyFromSeed(seed[:]), func() time.Time { return s.now })
	s.ok(err)
	nodes, err := s.Verifiers()
	s.ok(err)
	line, _, err := w.Cosign(&ledger.Request{Checkpoint: cp}, nodes, ledger.Seen{})
	s.ok(err)
	anchors := store.AnchorsIn(s.config().Dir)
	s.ok(anchors.KeepCheckpoint(size, cp))
	s.ok(anchors.KeepCosignature(size, w.Name(), line))
	return size, w.VerifierKey()
}

// Words that may mean somebody of the circle go once two members say that they do not,
// on all the pages that have them; and only those words.
func TestWordsThatMayBeAName(t *testing.T) {
	s := tell(t)
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(t))
	s.ok(s.MakeSafeCopy(s.Context(), vera, f.ID, ref))
	s.ok(s.NoteHandling(s.Context(), vera, f.ID, ref, custody.Copied, "a clerk called Тихон", ""))
	opt := habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandSafe}}}
	h, err := s.PreviewHandover(s.Context(), vera, f.ID, opt)
	s.ok(err)
	hits := 0
	for _, q := range h.Questions {
		if q.About == habeas.AskHit && q.Person == affected(f) && q.Which == "" {
			hits++
		}
	}
	if hits != 1 {
		t.Fatalf("nobody is asked whether it is he: %+v", h.Questions)
	}
	made := s.handOver(f, noor, secret, opt)
	_, fsys := s.bundle(noor, f.ID, made, secret)
	if !strings.Contains(s.read(fsys, "custody/report.html"), "Тихон") || !strings.Contains(s.read(fsys, "custody/premis.xml"), "Тихон") {
		t.Error("the words are not in the bundle: this test would see nothing")
	}
}
