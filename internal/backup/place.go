package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"habeas/fault"
	"habeas/internal/whole"
)

// A Refused says why something is not done, in words for who runs the office.
type Refused struct {
	What  string // a few words without a capital or a full stop
	Then  string // what to do about it
	Found bool   // a copy was looked at, and is not what it should be
}

// Error returns what is wrong.
func (r *Refused) Error() string { return r.What }

// broken is a copy that is not what was written.
func broken(what string) error {
	return &Refused{what, "copy it again from where it was first, or take another copy", true}
}

// A Place is a directory of copies, of one of the two kinds.
type Place struct {
	dir  string
	kind string
	lock *os.File
}

// Kinds of places.
const (
	Data = "data" // what was recorded
	Keys = "keys" // what can be destroyed
)

// about is the one file in clear: it says what this is, and no more.
type about struct {
	Format int    `json:"format"`
	Kind   string `json:"kind"`
	Last   string `json:"last"`  // day of the newest run
	Files  int    `json:"files"` // when it ended
}

const (
	aboutFile = "habeas-backup.json"
	lockFile  = "lock"
	format    = 1
)

// Files of a place.
var (
	runFile  = regexp.MustCompile(`^run-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}\.age$`)
	rowsFile = regexp.MustCompile(`^rows-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}\.age$`)
	partFile = regexp.MustCompile(`^[0-9a-f]{64}\.age$`)
	setDir   = regexp.MustCompile(`^set-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$`)
)

// stampLayout is how times stand in names.
const stampLayout = "20060102T150405Z"

// Open opens a place to write to it, and takes it for this process. It is made if it is
// not there; a directory that holds something else is refused.
func Open(dir, kind string) (*Place, error) {
	p := &Place{dir: dir, kind: kind}
	if err := whole.MakeDir(dir); err != nil {
		return nil, err
	}
	a, err := p.about()
	switch {
	case errors.Is(err, os.ErrNotExist):
		entries, err := os.ReadDir(dir)
		other := func(e os.DirEntry) bool { return e.Name() != lockFile && !whole.Unfinished(e.Name()) }
		if err != nil || slices.ContainsFunc(entries, other) {
			return nil, errors.Join(err, &Refused{"the directory " + dir + " holds something that is no backup", "name one that is empty, or does not exist", false})
		}
		if err := p.sayAbout(time.Time{}); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case a.Kind != kind:
		return nil, &Refused{"the directory " + dir + " holds a backup of " + a.Kind + ", not of " + kind, "perhaps --data and --keys were mixed up", false}
	}
	if p.lock, err = lockAt(filepath.Join(dir, lockFile)); err != nil {
		return nil, err
	}
	return p, nil
}

// Look opens a place to read from it.
func Look(dir, kind string) (*Place, error) {
	p := &Place{dir: dir, kind: kind}
	a, err := p.about()
	if errors.Is(err, os.ErrNotExist) {
		return nil, &Refused{"there is no backup of " + kind + " in " + dir, "name the directory that habeas backup wrote to with --" + kind, false}
	}
	if err == nil && a.Kind != kind {
		err = &Refused{"the directory " + dir + " holds a backup of " + a.Kind + ", not of " + kind, "perhaps --data and --keys were mixed up", false}
	}
	return p, err
}

func (p *Place) about() (a about, err error) {
	b, err := os.ReadFile(filepath.Join(p.dir, aboutFile))
	if err != nil {
		return a, err
	}
	if json.Unmarshal(b, &a) != nil || a.Kind != Data && a.Kind != Keys {
		return a, broken("the file " + aboutFile + " in " + p.dir + " is not what was written")
	}
	if a.Format != format {
		return a, &Refused{"the backup in " + p.dir + " was written by another version", "use the version that wrote it, or a newer one", false}
	}
	return a, nil
}

// sayAbout writes the file in clear.
func (p *Place) sayAbout(now time.Time) error {
	n := 0
	err := filepath.WalkDir(p.dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".age") {
			n++
		}
		return err
	})
	if err != nil {
		return err
	}
	b, err := json.Marshal(about{format, p.kind, now.UTC().Format(time.DateOnly), n})
	if err != nil {
		return err
	}
	return put(p.dir, aboutFile, append(b, '\n'))
}

// Close lets go of the place.
func (p *Place) Close() error {
	if p.lock == nil {
		return nil
	}
	return p.lock.Close()
}

func lockAt(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &Refused{"another run is writing to " + filepath.Dir(path), "wait until it has ended", false}
		}
		return nil, err
	}
	return f, nil
}

// A File is one that was written: its name in the place, and what it is.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Sum  string `json:"sum"` // SHA-256, of the bytes as they lie there
}

// write encrypts what fill writes into a file below the place. name is told its sum.
func (p *Place) write(sub string, to []age.Recipient, name func(sum string) string, fill func(io.Writer) error) (f File, err error) {
	dir := filepath.Join(p.dir, sub)
	if err := whole.MakeDir(dir); err != nil {
		return f, explain(err)
	}
	tmp, err := whole.Begin(dir)
	if err != nil {
		return f, explain(err)
	}
	defer tmp.Discard()
	sum := sha256.New()
	count := &counter{w: io.MultiWriter(tmp, sum)}
	w, err := age.Encrypt(count, to...)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return f, explain(err)
	}
	f = File{Size: count.n, Sum: hex.EncodeToString(sum.Sum(nil))}
	f.Name = filepath.Join(sub, name(f.Sum))
	return f, explain(tmp.Keep(filepath.Base(f.Name)))
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// explain turns an error of the system into a fault where a person can do something.
func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fault.Wrap(err, fault.Busy, "store.disk_full")
	}
	return err
}

// put writes a small file, whole or not at all.
func put(dir, name string, b []byte) error { return explain(whole.Write(filepath.Join(dir, name), b)) }

// Read opens a file of a run. The reader fails, at the latest at its end, if the file
// is not the one that was written.
func (p *Place) Read(f File, ids []age.Identity) (io.ReadCloser, error) {
	if !filepath.IsLocal(f.Name) {
		return nil, broken("a run names a file that is not in the backup")
	}
	in, err := os.Open(filepath.Join(p.dir, f.Name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, broken("the file " + f.Name + " of the backup of " + p.kind + " is missing")
	}
	if err != nil {
		return nil, err
	}
	c := &checked{file: in, f: f, sum: sha256.New(), kind: p.kind}
	if c.plain, err = age.Decrypt(io.TeeReader(in, io.MultiWriter(c.sum, &c.n)), ids...); err != nil {
		return nil, errors.Join(p.undecrypted(f, err), in.Close())
	}
	return c, nil
}

// undecrypted says why an age file does not open.
func (p *Place) undecrypted(f File, err error) error {
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return &Refused{"the key given with --identity does not open the backup of " + p.kind, "find the one whose public key stood behind --to; nothing else opens it", false}
	}
	return broken("the file " + f.Name + " of the backup of " + p.kind + " is not what was written")
}

type checked struct {
	file  *os.File
	plain io.Reader
	sum   hash.Hash
	n     bytesSeen
	f     File
	kind  string
}

type bytesSeen int64

func (n *bytesSeen) Write(b []byte) (int, error) {
	*n += bytesSeen(len(b))
	return len(b), nil
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.plain.Read(b)
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF, int64(c.n) != c.f.Size, hex.EncodeToString(c.sum.Sum(nil)) != c.f.Sum:
		return n, broken("the file " + c.f.Name + " of the backup of " + c.kind + " is not what was written")
	}
	return n, io.EOF
}

func (c *checked) Close() error { return c.file.Close() }

// has is a quick look at a file: whether it is there, with its size.
func (p *Place) has(f File) bool {
	st, err := os.Stat(filepath.Join(p.dir, f.Name))
	return err == nil && st.Mode().IsRegular() && st.Size() == f.Size
}

// names returns what is in a directory of the place and fits, in order.
func (p *Place) names(sub string, fits *regexp.Regexp) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(p.dir, sub))
	for _, e := range entries {
		if fits.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, err
}

// timeOf returns the time in a name.
func timeOf(name string) time.Time {
	_, rest, _ := strings.Cut(name, "-")
	at, _ := time.Parse(stampLayout, rest[:min(len(rest), len(stampLayout))])
	return at
}
