package habeas_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas"
	"habeas/custody"
	"habeas/fault"
	"habeas/internal/bucket"
	"habeas/internal/bucket/s3test"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// inBucket starts the office again with a bucket for its files, asked through a proxy,
// and returns the bucket as its server sees it.
func (s *story) inBucket(server s3test.Server) (*s3test.Proxy, *bucket.Bucket) {
	s.Helper()
	p := s3test.NewProxy(s, server)
	settings, err := os.ReadFile(server.Settings(s, p.URL, "cases/"))
	s.ok(err)
	s.ok(os.WriteFile(habeas.BucketBeside(s.config().Dir), settings, 0o600))
	s.restart()
	b, err := bucket.Read(server.Settings(s, "", "cases/"))
	s.ok(err)
	return p, b
}

// away returns what is in the bucket, by name.
func (s *story) away(b *bucket.Bucket) map[string][]byte {
	s.Helper()
	all := map[string][]byte{}
	for it, err := range b.Items(s.Context()) {
		s.ok(err)
		o, err := b.Open(s.Context(), it.Name)
		s.ok(err)
		var buf bytes.Buffer
		_, err = buf.ReadFrom(o)
		s.ok(err)
		s.ok(o.Close())
		all[it.Name] = buf.Bytes()
	}
	return all
}

// A photograph is taken in, looked at, checked and erased, and all the while its bytes
// are in a bucket. Who keeps the bucket reads no name there; once it is erased, nothing
// of it is there.
func TestExhibitsInABucket(t *testing.T) {
	s3test.Each(t, func(t *testing.T, server s3test.Server) {
		s := tell(t)
		ctx := s.Context()
		_, b := s.inBucket(server)
		vera := s.as("vera")
		f := s.caseOf(vera, "basement")
		mum := s.statement(f, "mother")
		photo := aPicture(t)
		ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, photo)
		s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
		if here, there := len(s.blobs()), len(s.away(b)); here != 0 || there != 2 {
			t.Errorf("got %d files here and %d in the bucket, want the original and its copy there", here, there)
		}
		got := func() []byte {
			file, r, err := s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))
			return s.all(file, r, err)
		}()
		if !bytes.Equal(got, photo) {
			t.Error("it does not come back as it came")
		}
		if good, err := s.CheckExhibit(ctx, vera, f.ID, ref); err != nil || !good {
			t.Errorf("checked: %v, %v", good, err)
		}
		s.ok(s.CheckFiles(ctx))
		if c, err := s.FilesChecked(vera); err != nil || c.Files != 2 || c.Bad() {
			t.Errorf("all files: %+v, %v", c, err)
		}
		roots := []string{s.dir}
		if server.Dir != "" {
			roots = append(roots, server.Dir)
		}
		s.ok(s.Leave(vera))
		seen := s.away(b)
		seen["log"] = s.logs.Bytes()
		testkit.Sweep(s, exhibitWords(), roots, seen, nil)

		vera = s.as("vera")
		needles := s.sealed(mum.BodyKey, mum.VaultKey)
		_, err := s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
		s.ok(err)
		s.erased(f.ID, mum.Statement, needles)
		if left := s.away(b); len(left) != 0 {
			t.Errorf("%d files are left in the bucket", len(left))
		}
		if server.Dir != "" {
			s.empty(filepath.Join(server.Dir, "cases"))
		}
	})
}

// empty fails if a directory holds files of any size but the mark of the office.
func (s *story) empty(dir string) {
	s.Helper()
	s.ok(filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && e.Name() != "habeas-office" {
			s.Errorf("%s is left", path)
		}
		return err
	}))
}

// The bucket does not answer. What is sent waits here and is taken the next time; what
// is checked is not said to be damaged; what is erased is not said to be gone before it
// is, and is gone without anybody once the bucket is back.
func TestBucketIsDown(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	server := s3test.InProcess(t)
	server.Patience = 1
	p, b := s.inBucket(server)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t))
	events := len(s.exhibitOf(vera, f.ID, ref).Events)

	whole := longFile(300_000)
	c := s.coming(f, whole)
	id, _, err := s.OpenUpload(ctx, vera, c)
	s.ok(err)
	_, err = s.WritePiece(ctx, vera, id, 0, bytes.NewReader(whole))
	s.ok(err)
	p.Plan(s3test.Always(s3test.Down))
	_, err = s.AddUploaded(ctx, vera, id, f.ID, c.Statement, custody.ByBrowser, custody.Collected{})
	s.refused(err, "bucket.busy")
	_, err = s.CheckExhibit(ctx, vera, f.ID, ref)
	s.refused(err, "bucket.busy")
	if x := s.exhibitOf(vera, f.ID, ref); len(x.Events) != events {
		t.Errorf("a bucket that is down is an event of the exhibit: %+v", x.Events[events:])
	}
	_, _, err = s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))
	s.refused(err, "bucket.busy")
	if err := s.CheckFiles(ctx); fault.KindOf(err) != fault.Busy {
		t.Errorf("all files: got %v", err)
	}
	if all, err := s.FilesChecked(vera); err != nil || all.Bad() || !all.At.IsZero() {
		t.Errorf("all files: got %+v, %v, want that nothing is known", all, err)
	}
	p.Plan(nil)
	added, err := s.AddUploaded(ctx, vera, id, f.ID, c.Statement, custody.ByBrowser, custody.Collected{})
	s.ok(err)
	if good, err := s.CheckExhibit(ctx, vera, f.ID, added); err != nil || !good {
		t.Errorf("sent again without its bytes: %v, %v", good, err)
	}

	p.Plan(s3test.Always(s3test.Down))
	there := len(s.away(b))
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.refused(err, "bucket.busy")
	if proof := s.proof(); len(proof.Erasures) != 1 || proof.Erasures[0].Done || proof.Erasures[0].Wrapped != 0 || !proof.Bucket.Silent {
		t.Errorf("got %+v, want one whose keys are gone, and that is not said to be done", proof.Erasures)
	}
	s.restart() // with the bucket still down
	p.Plan(nil)
	s.now = s.now.Add(2 * time.Minute)
	s.ok(s.Sweep())
	if proof := s.proof(); !proof.Erasures[0].Done {
		t.Error("the erasure is not finished once the bucket is back")
	}
	if look := s.proof().Bucket; look == nil || look.Silent || look.Strays != 0 {
		t.Errorf("of the bucket it is said: %+v", look)
	}
	if left := len(s.away(b)); left >= there {
		t.Errorf("%d of %d files are left in the bucket", left, there)
	}
}

// An office that can't use its bucket is not made, and leaves nothing behind; then it can
// be made in the same place.
func TestNoOfficeWithoutItsBucket(t *testing.T) {
	server := s3test.InProcess(t)
	server.Patience = 1
	p := s3test.NewProxy(t, server)
	dir := filepath.Join(t.TempDir(), "data")
	cfg := habeas.Config{Dir: dir, Cost: vault.Cost{Time: 1, Memory: 64}, Bucket: server.Settings(t, p.URL, "")}
	keeper := habeas.Founding{Keeper: habeas.NewMember{Handle: "keeper", Name: "The keeper", Passphrase: vault.NewText("quiet harbour under lantern"), Roles: []ledger.Role{ledger.Keeper}}}
	p.Plan(s3test.Always(s3test.Denied))
	_, err := habeas.Create(t.Context(), cfg, keeper)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != "bucket.refused" {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
	p.Plan(nil)
	d, err := habeas.Create(t.Context(), cfg, keeper)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func (s *story) proof() *habeas.Proof {
	s.Helper()
	proof, err := habeas.Prove(s.Context(), s.config())
	s.ok(err)
	return proof
}

// An office whose files are in a bucket is not opened for writing without it, and not
// with a file that others may read; whoever only reads sees everything else.
func TestBucketIsNeeded(t *testing.T) {
	s := tell(t)
	s.inBucket(s3test.InProcess(t))
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	s.ok(s.Close())
	settings := habeas.BucketBeside(s.config().Dir)
	s.ok(os.Chmod(settings, 0o644))
	_, err := habeas.Open(s.config())
	s.refused(err, "bucket.open_file")
	s.ok(os.Chmod(settings, 0o600))
	s.ok(os.Rename(settings, filepath.Join(s.dir, "elsewhere")))
	_, err = habeas.Open(s.config())
	s.refused(err, "bucket.needed")
	reader, err := habeas.OpenReadOnly(s.config())
	s.ok(err)
	s.ok(reader.Close())
	cfg := s.config()
	cfg.Bucket = filepath.Join(s.dir, "elsewhere")
	s.Desk, err = habeas.Open(cfg)
	s.ok(err)
	if c := s.CheckFiles(s.Context()); c != nil {
		t.Error(c)
	}
	if m, err := s.MoveFiles(s.Context(), false, func(int64, int64) {}); err != nil || m.Files != 1 || len(s.blobs()) != 1 {
		t.Errorf("moved out: %+v, %v", m, err)
	}
	s.restart() // without it, since nothing is there any more
}
