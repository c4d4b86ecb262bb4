package habeas_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"habeas"
	"habeas/custody"
	"habeas/fault"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// pieceName is what a file that comes in pieces is called; the name is invented.
const pieceName = "Volodysia Karpyshynska.mp4"

// longFile is bytes that no compression makes much of, and no two blocks of it alike.
func longFile(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(uint32(i) * 2654435761 >> 13)
	}
	return b
}

// coming announces a file for the mother's statement.
func (s *story) coming(f *habeas.CaseFile, b []byte) habeas.Coming {
	return habeas.Coming{
		Case: f.ID, Statement: s.statement(f, "mother").Ref, Name: vault.NewText(pieceName),
		Size: int64(len(b)), Changed: "1", Begins: b[:min(len(b), 4096)],
	}
}

// cut is a connection that is lost after some bytes.
func cut(b []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(b), errReader{errors.New("connection reset")})
}

type errReader struct{ error }

func (e errReader) Read([]byte) (int, error) { return 0, e.error }

// A file comes in pieces, over a connection that is lost in the middle of one, and out
// of order. Its hashes are those of the whole.
func TestPieces(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	whole := longFile(1<<20 + 12_345)
	c := s.coming(f, whole)
	id, at, err := s.OpenUpload(ctx, vera, c)
	s.ok(err)
	if at != 0 {
		t.Errorf("a new upload begins at %d", at)
	}
	at, err = s.WritePiece(ctx, vera, id, 0, cut(whole[:300_000]))
	if err == nil || at != 300_000>>16<<16 && at != 300_000 {
		t.Errorf("a lost connection left %d bytes, %v", at, err)
	}
	for _, wrong := range []int64{0, at - 1, at + 1, 1 << 40, -1} {
		n, err := s.WritePiece(ctx, vera, id, wrong, bytes.NewReader(whole[:100]))
		if s.refused(err, "upload.offset"); n != at {
			t.Errorf("a piece for %d is told %d, want %d", wrong, n, at)
		}
	}
	_, err = s.AddUploaded(ctx, vera, id, f.ID, c.Statement, custody.ByBrowser, custody.Collected{})
	s.refused(err, "upload.offset") // not all of it came
	again, n, err := s.OpenUpload(ctx, vera, c)
	if s.ok(err); again != id || n != at {
		t.Errorf("announced again, the file is %d bytes of another upload", n)
	}
	other := c
	other.Changed = "2"
	if fresh, n, err := s.OpenUpload(ctx, vera, other); err != nil || fresh == id || n != 0 {
		t.Errorf("a file that was changed goes on as the one before: %v", err)
	}
	at, err = s.WritePiece(ctx, vera, id, at, bytes.NewReader(whole[at:]))
	s.ok(err)
	_, err = s.WritePiece(ctx, vera, id, at, bytes.NewReader([]byte("more")))
	s.refused(err, "upload.unfit")
	_, err = s.AddUploaded(ctx, vera, id, f.ID, f.State.Statements[len(f.State.Statements)-1].Ref, custody.ByBrowser, custody.Collected{})
	s.refused(err, "upload.none") // announced for another statement
	ref, err := s.AddUploaded(ctx, vera, id, f.ID, c.Statement, custody.ByBrowser, custody.Collected{})
	s.ok(err)
	x := s.exhibitOf(vera, f.ID, ref)
	sum := sha256.Sum256(whole)
	if x.SHA256 != hex.EncodeToString(sum[:]) || x.Size != int64(len(whole)) || x.Name != pieceName {
		t.Errorf("the exhibit is not as it was sent: %+v", x.Exhibit)
	}
	if good, err := s.CheckExhibit(ctx, vera, f.ID, ref); err != nil || !good {
		t.Errorf("it does not read as it came: %v", err)
	}
	if _, err = s.AddUploaded(ctx, vera, id, f.ID, c.Statement, custody.ByBrowser, custody.Collected{}); err == nil {
		t.Error("it is added twice")
	}
}

// A piece that hangs writes nothing more once somebody asked where to go on.
func TestPieceThatHangs(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	whole := longFile(400_000)
	id, _, err := s.OpenUpload(ctx, vera, s.coming(f, whole))
	s.ok(err)
	from, to := io.Pipe()
	ended := make(chan error)
	go func() {
		_, err := s.WritePiece(ctx, vera, id, 0, from)
		from.Close()
		ended <- err
	}()
	_, err = to.Write(whole[:100_000]) // one block of it was read, and the next is waited for
	s.ok(err)
	at, err := s.UploadOffset(vera, id)
	s.ok(err)
	_, _ = to.Write(whole[100_000:200_000])
	s.refused(<-ended, "upload.offset")
	if now, err := s.UploadOffset(vera, id); err != nil || now != at {
		t.Errorf("the piece that hung went on from %d to %d, %v", at, now, err)
	}
	_, err = s.WritePiece(ctx, vera, id, at, bytes.NewReader(whole[at:]))
	s.ok(err)
	ref, err := s.AddUploaded(ctx, vera, id, f.ID, s.statement(f, "mother").Ref, custody.ByBrowser, custody.Collected{})
	s.ok(err)
	sum := sha256.Sum256(whole)
	if x := s.exhibitOf(vera, f.ID, ref); x.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the hash is not that of the file")
	}
}

// Two send at once, and neither finds the other's; who may not see names begins none.
func TestPiecesOfTwo(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	mine, his := longFile(200_000), longFile(300_000)
	a, _, err := s.OpenUpload(ctx, vera, s.coming(f, mine))
	s.ok(err)
	b, n, err := s.OpenUpload(ctx, omar, s.coming(f, mine)) // the same file, even
	if s.ok(err); a == b || n != 0 {
		t.Error("two members have one upload")
	}
	for _, at := range []int{0, 50_000, 100_000, 150_000} {
		for id, by := range map[string]habeas.Actor{a: vera, b: omar} {
			_, err := s.WritePiece(ctx, by, id, int64(at), bytes.NewReader(mine[at:at+50_000]))
			s.ok(err)
		}
	}
	_, err = s.UploadOffset(omar, a)
	s.refused(err, "upload.none")
	_, err = s.WritePiece(ctx, omar, a, 200_000, bytes.NewReader(his[:10]))
	s.refused(err, "upload.none")
	s.refused(s.DropUpload(omar, a), "upload.none")
	_, err = s.AddUploaded(ctx, omar, a, f.ID, s.statement(f, "mother").Ref, custody.ByBrowser, custody.Collected{})
	s.refused(err, "upload.none")
	_, err = s.UploadOffset(s.as("vera"), a) // hers, in another session
	s.refused(err, "upload.none")
	for _, handle := range []string{"ana", "ed"} {
		_, _, err := s.OpenUpload(ctx, s.as(handle), s.coming(f, mine))
		s.refused(err, "may.not")
	}
	for id, by := range map[string]habeas.Actor{a: vera, b: omar} {
		_, err := s.AddUploaded(ctx, by, id, f.ID, s.statement(f, "mother").Ref, custody.ByBrowser, custody.Collected{})
		s.ok(err)
	}
}

// What is there of a file is destroyed when its session ends, however that happens,
// when nothing comes for an hour, and when it is cancelled. No name of it is on the
// disk at any time.
func TestPiecesGo(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	whole := longFile(200_000)
	begun := func(by habeas.Actor) string {
		f := s.caseOf(by, "basement")
		id, _, err := s.OpenUpload(ctx, by, s.coming(f, whole))
		s.ok(err)
		_, err = s.WritePiece(ctx, by, id, 0, bytes.NewReader(whole[:150_000]))
		s.ok(err)
		if names := s.blobs(); len(names) != 1 {
			t.Fatalf("got %d files, want the one on its way", len(names))
		}
		testkit.Sweep(t, []string{"Volodysia Karpyshynska"}, []string{s.config().Dir}, map[string][]byte{"id": []byte(id), "log": s.logs.Bytes()}, nil)
		return id
	}
	gone := func(how string) {
		t.Helper()
		if names := s.blobs(); len(names) != 0 {
			t.Errorf("%s: left %v", how, names)
		}
	}
	vera := s.as("vera")
	s.ok(s.DropUpload(vera, begun(vera)))
	gone("cancelled")
	begun(vera)
	s.ok(s.Leave(vera))
	gone("logged out")
	begun(s.as("vera"))
	s.ok(s.LockAll(s.as("vera")))
	gone("locked")
	begun(s.as("vera"))
	s.now = s.now.Add(16 * time.Minute)
	s.ok(s.Sweep())
	gone("idle")
	begun(s.as("vera"))
	s.lock() // closed and opened again
	gone("stopped")
	s.ok(os.WriteFile(filepath.Join(s.config().Dir, "blobs", ".AAAA"), []byte("a crash"), 0o600))
	s.lock()
	gone("after a crash")
}

// A member has few files on their way at once; one that was left alone gives way.
func TestPiecesAreFew(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	open := func(n int) error {
		_, _, err := s.OpenUpload(ctx, vera, s.coming(f, longFile(1000+n)))
		return err
	}
	for n := range habeas.MostUploads {
		s.ok(open(n))
	}
	s.refused(open(100), "upload.many")
	s.now = s.now.Add(2 * time.Minute)
	s.ok(open(100))
	if names := s.blobs(); len(names) != habeas.MostUploads {
		t.Errorf("got %d files on their way, want %d", len(names), habeas.MostUploads)
	}
	c := s.coming(f, longFile(10))
	c.Size = 1 << 49
	_, _, err := s.OpenUpload(ctx, s.as("omar"), c)
	s.refused(err, "exhibit.no_room")
}

// Something is changed between what was announced and what came.
func TestPiecesOfAnotherFile(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	whole := longFile(100_000)
	id, _, err := s.OpenUpload(s.Context(), vera, s.coming(f, whole))
	s.ok(err)
	another := bytes.Clone(whole)
	another[4000] ^= 1
	_, err = s.WritePiece(s.Context(), vera, id, 0, bytes.NewReader(another))
	s.refused(err, "upload.unfit")
}

// A file of 256 MB goes in and out, is checked and read for changes, in the memory a
// small one takes.
func TestLargeFileInLittleMemory(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	const size = 256 << 20
	id, _, err := s.OpenUpload(ctx, vera, habeas.Coming{Case: f.ID, Statement: s.statement(f, "mother").Ref, Name: vault.NewText(pieceName), Size: size})
	s.ok(err)
	most := heapIn(func() {
		_, err = s.WritePiece(ctx, vera, id, 0, io.LimitReader(zeros{}, size))
		s.ok(err)
		ref, err := s.AddUploaded(ctx, vera, id, f.ID, s.statement(f, "mother").Ref, custody.ByBrowser, custody.Collected{})
		s.ok(err)
		good, err := s.CheckExhibit(ctx, vera, f.ID, ref)
		if s.ok(err); !good {
			t.Error("it does not read as it came")
		}
		s.ok(s.CheckFiles(ctx))
		_, r, err := s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))
		s.ok(err)
		n, err := io.Copy(io.Discard, r)
		if s.ok(errors.Join(err, r.Close())); n != size {
			t.Errorf("took %d bytes, want %d", n, size)
		}
	})
	if most > 64<<20 {
		t.Errorf("the heap grew by %d MB", most>>20)
	}
	if c, err := s.FilesChecked(vera); err != nil || c.Bad() || c.Bytes < size {
		t.Errorf("got %+v, %v", c, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// heapIn returns by how much the heap grew at most while something was done.
func heapIn(do func()) (most uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse-min(now.HeapInuse, before.HeapInuse))
			time.Sleep(5 * time.Millisecond)
		}
	}()
	do()
	stop()
	<-ended
	return most
}

// What is larger than memory should hold is not made anew in it.
func TestTooLargeForASafeCopy(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	u, err := s.UploadExhibit(s.Context(), vera, vault.NewText(pieceName))
	s.ok(err)
	_, err = io.Copy(u, io.LimitReader(zeros{}, habeas.MaxSafeCopy+1))
	s.ok(err)
	s.ok(u.Close())
	ref, err := s.AddExhibit(s.Context(), vera, f.ID, s.statement(f, "mother").Ref, u, custody.ByCommand, custody.Collected{})
	s.ok(err)
	err = s.MakeSafeCopy(s.Context(), vera, f.ID, ref)
	s.refused(err, "exhibit.too_large")
	if fault.KindOf(err) != fault.Invalid {
		t.Error("it is no refusal")
	}
	if x := s.exhibitOf(vera, f.ID, ref); x.Safe != nil || len(x.Events) != 2 {
		t.Error("a refusal wrote an event")
	}
}

// What is on its way for a statement goes with the statement.
func TestPiecesOfAnErasedStatement(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	whole := longFile(400_000)
	c := s.coming(f, whole)
	id, _, err := s.OpenUpload(ctx, vera, c)
	s.ok(err)
	_, err = s.WritePiece(ctx, vera, id, 0, bytes.NewReader(whole[:200_000]))
	s.ok(err)
	other := c
	other.Statement = f.State.Statements[len(f.State.Statements)-1].Ref
	stays, _, err := s.OpenUpload(ctx, vera, other)
	s.ok(err)
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), c.Statement)
	s.ok(err)
	_, err = s.UploadOffset(vera, id)
	s.refused(err, "upload.none")
	if left, err := filepath.Glob(filepath.Join(s.config().Dir, "blobs", ".*")); err != nil || len(left) != 1 {
		t.Errorf("%d files are on their way, %v; want that of the other statement", len(left), err)
	}
	_, err = s.UploadOffset(vera, stays)
	s.ok(err)
}
