package habeas_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/testkit"
	"habeas/stamp"
	"habeas/stamp/stamptest"
)

// inTheBundle is the name of a file in a bundle of ProofMode; it is invented.
const inTheBundle = "Dobroslav Kvitchenko.jpg"

// proofBundle is what a telephone writes about a photograph, as a zip, without a
// signature.
func proofBundle(t *testing.T, photo, beside []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(beside)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string][]byte{inTheBundle: photo, hex.EncodeToString(sum[:]) + ".proof.csv": []byte("File Hash SHA256\n" + hex.EncodeToString(sum[:]) + "\n")} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// validated returns the last check of an exhibit's proofs.
func (s *story) validated(by habeas.Actor, id habeas.CaseID, ref claim.Ref) custody.Event {
	s.Helper()
	x := s.exhibitOf(by, id, ref)
	last := x.Events[len(x.Events)-1]
	if last.Act != custody.Validated || !x.Whole {
		s.Fatalf("the last event is %s, whole: %v", last.Act, x.Whole)
	}
	return last.Event
}

// TestProofsOfOthers: a bundle of ProofMode is an exhibit, and stays as it came; what
// it proves is written into its chain, sealed.
func TestProofsOfOthers(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	id, told := f.ID, s.statement(f, "mother").Ref
	photo := aPicture(t)
	good := s.exhibit(vera, id, told, "bundle.zip", proofBundle(t, photo, photo))
	bad := s.exhibit(vera, id, told, "bundle.zip", proofBundle(t, photo, []byte("another photograph")))
	none := s.exhibit(vera, id, told, "words.txt", []byte("words"))
	before := s.exhibitOf(vera, id, good)
	ctx := s.Context()
	s.ok(s.CheckProofs(ctx, vera, id, good, nil))
	e := s.validated(vera, id, good)
	if !e.Good || len(e.Proofs) != 1 || e.Proofs[0].Kind != "ProofMode" || e.Proofs[0].Result != "ok" || e.Proofs[0].Where != inTheBundle || e.Proofs[0].NotKey != "not_phone" {
		t.Errorf("%+v", e)
	}
	if after := s.exhibitOf(vera, id, good); after.SHA256 != before.SHA256 || len(after.Events) != len(before.Events)+1 {
		t.Error("the exhibit is not as it was")
	}
	s.ok(s.CheckProofs(ctx, vera, id, bad, nil))
	if e := s.validated(vera, id, bad); e.Good || !slices.ContainsFunc(e.Proofs, func(p custody.Proof) bool { return p.Result == "FAILED" && p.NotKey == "why_missing" }) {
		t.Errorf("another photograph: %+v", e)
	}
	s.refused(s.CheckProofs(ctx, vera, id, none, nil), "exhibit.no_proofs")
	if x := s.exhibitOf(vera, id, none); len(x.Events) != 2 {
		t.Errorf("a check that could not be made is an event: %v", acts(x))
	}
	s.refused(s.CheckProofs(ctx, s.as("ana"), id, good, nil), "may.not")
	s.ok(s.Close())
	testkit.Sweep(t, append(exhibitWords(), "Dobroslav Kvitchenko"), []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
}

// TestProofsBeside: a token that was given beside a photograph is found by its name,
// and checked with the roots that the office believes.
func TestProofsBeside(t *testing.T) {
	a := stamptest.New(t, true, stamptest.Good())
	root, err := os.ReadFile(filepath.Join(a.Dir, "root.pem"))
	if block, _ := pem.Decode(root); err != nil || block == nil {
		t.Fatal(err)
	}
	photo := aPicture(t)
	query, _, err := stamp.Request(photo)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t, query, "")
	if err != nil {
		t.Fatal(err)
	}
	s := tell(t)
	s.ok(s.Close())
	cfg := s.config()
	cfg.Roots = root
	s.Desk, err = habeas.Open(cfg)
	s.ok(err)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	id, told := f.ID, s.statement(f, "mother").Ref
	x := s.exhibit(vera, id, told, exhibitName, photo)
	token := s.exhibit(vera, id, told, exhibitName+".tsr", answer)
	other := s.exhibit(vera, id, told, "something else.tsr", []byte("not a token"))
	ctx := s.Context()
	found, err := s.ProofFiles(ctx, vera, id, x)
	s.ok(err)
	if want := []habeas.ProofFile{{Ref: token, Ending: ".tsr", Of: true}, {Ref: other, Ending: ".tsr"}}; !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	s.ok(s.CheckProofs(ctx, vera, id, x, []claim.Ref{token}))
	e := s.validated(vera, id, x)
	if !e.Good || len(e.Proofs) != 1 || e.Proofs[0].Result != "ok" || !strings.Contains(e.Proofs[0].Where, "Invented Stamps") || !slices.Equal(e.Beside, []string{string(token)}) {
		t.Errorf("%+v", e)
	}
	if strings.Contains(e.Proofs[0].Where, "Bryukhovetsky") {
		t.Error("the process that checks was told what the file is called")
	}
	s.ok(s.CheckProofs(ctx, vera, id, x, []claim.Ref{token, other}))
	if e := s.validated(vera, id, x); e.Good || len(e.Proofs) != 2 {
		t.Errorf("%+v", e)
	}
	found, err = s.ProofFiles(ctx, vera, id, x)
	s.ok(err)
	if !found[1].Of {
		t.Error("what was taken for a proof last is not remembered")
	}
}

// TestAttackProofsOfALargeFile: what is larger than the memory there is, is not put
// into it to be checked.
func TestAttackProofsOfALargeFile(t *testing.T) {
	s := tell(t)
	err := s.ProofsOf(s.Context(), 1<<50, func() (io.ReadCloser, error) {
		t.Error("it is read")
		return io.NopCloser(strings.NewReader("words")), nil
	})
	s.refused(err, "exhibit.proofs_unread")
}
