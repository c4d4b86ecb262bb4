package foreign

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas/bag"
	"habeas/internal/sandbox"
)

// TaskName is the name of [Task] in the table of a program that calls
// [sandbox.Main].
const TaskName = "proofs"

// Names of what a task is given, in an archive that is not compressed.
const (
	givenFile    = "exhibit"
	givenBeside  = "beside/"
	givenRoots   = "trust/roots.pem"
	givenHeaders = "trust/headers"
)

// A Piece is a file whose proofs are checked, or a proof that lies beside it.
type Piece struct {
	Name string // what it is called in the report; of the first, "exhibit" always
	Open func() (io.ReadCloser, error)
}

// limits of checking one file: what is read is thrown away at once.
var limits = sandbox.Limits{Memory: 1 << 30, Time: 10 * time.Minute}

// proofEnds are the ends of names by which a proof is known.
var proofEnds = map[string]bool{".tsr": true, ".ots": true, ".asc": true, ".sig": true}

// Ending returns the end of a proof's name by which it is known, such as ".tsr", and
// "" of what is no proof that can lie beside a file.
func Ending(name string) string {
	if end := extension(name); proofEnds[end] {
		return end
	}
	return ""
}

// Confined checks a file, and the proofs beside it, in a process of its own. If it is
// an archive that holds proofs, those are checked too. roots is PEM and headers are as
// [ReadHeaders] takes them; both may be empty. room is an empty file, in which what
// the process is given is put together. The error is ErrNone if there is no proof.
func Confined(ctx context.Context, room *os.File, file Piece, beside []Piece, roots, headers []byte) ([]Report, error) {
	z := zip.NewWriter(room)
	put := func(name string, open func() (io.ReadCloser, error)) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return err
		}
		r, err := open()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		return errors.Join(err, r.Close())
	}
	text := func(b []byte) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(b))), nil }
	}
	err := errors.Join(put(givenFile, file.Open), put(givenRoots, text(roots)), put(givenHeaders, text(headers)))
	for _, p := range beside {
		err = errors.Join(err, put(givenBeside+p.Name, p.Open))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, err
	}
	if _, err := room.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var out strings.Builder
	if err := sandbox.Run(ctx, TaskName, room, &limited{&out, mostReport}, limits); err != nil {
		return nil, err
	}
	var all []Report
	if err := json.Unmarshal([]byte(out.String()), &all); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, ErrNone
	}
	if !told(all) {
		return nil, errTold
	}
	for i := range all {
		all[i].shorten()
	}
	return all, nil
}

var errTold = errors.New("foreign: not a report")

// told reports whether reports can be what a task says, of a file and of what lies
// beside it. A process that a hostile file has taken over can lie, but only in words
// that are known.
func told(all []Report) bool {
	for _, r := range all {
		if !slices.Contains([]Kind{WACZ, ProofMode, Bag, AutoArchiver, Beside}, r.Kind) || len(r.Lines) == 0 {
			return false
		}
		for _, l := range r.Lines {
			if english[l.Check] == "" || l.Not != "" && english[l.Not] == "" || l.Result > Good {
				return false
			}
		}
	}
	return len(all) <= 2
}

// mostReport is how long what was found may be.
const mostReport = 4 << 20

// limited is a writer that ends when there is too much.
type limited struct {
	w    io.Writer
	left int
}

// Write fails when there is no room.
func (l *limited) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, errLarge
	}
	return l.w.Write(b)
}

// Task checks what [Confined] put together, and writes reports as JSON.
func Task(in *os.File, out io.Writer) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(in, info.Size())
	if err != nil {
		return err
	}
	trust, err := given(z)
	if err != nil {
		return err
	}
	ctx := context.Background() // the process is ended from outside
	all := []Report{}
	add := func(r *Report, err error) error {
		if err == nil && len(r.Lines) > 0 {
			r.shorten()
			all = append(all, *r)
		}
		if errors.Is(err, ErrNone) {
			return nil
		}
		return err
	}
	for _, f := range z.File {
		if f.Name != givenFile {
			continue
		}
		at, err := f.DataOffset()
		if err != nil {
			return err
		}
		part := io.NewSectionReader(in, at, int64(f.UncompressedSize64))
		if inner, err := bag.OpenZip(part, part.Size()); err == nil {
			if err := add(Check(ctx, inner, trust)); err != nil {
				return err
			}
		}
	}
	if err := add(paired(ctx, z, trust)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(all)
}

func given(z *zip.Reader) (trust Trust, err error) {
	roots, err := small(z, givenRoots)
	if err != nil {
		return trust, err
	}
	if pool := x509.NewCertPool(); pool.AppendCertsFromPEM(roots) {
		trust.Roots = pool
	}
	headers, err := readTo(z, givenHeaders, 80*mostHeaders)
	if err == nil && len(headers) > 0 {
		trust.Headers, err = ReadHeaders(headers)
	}
	return trust, err
}

// paired checks the proofs that were given beside the file.
func paired(ctx context.Context, z *zip.Reader, trust Trust) (*Report, error) {
	r := &Report{Kind: Beside}
	names, err := files(z)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, givenBeside) })
	keys := findKeys(z, names)
	for _, n := range names {
		if keys.from[n] {
			continue
		}
		if err := r.one(ctx, z, n, givenFile, keys, trust); err != nil {
			return nil, err
		}
	}
	for i := range r.Lines {
		r.Lines[i].Where = strings.ReplaceAll(r.Lines[i].Where, givenBeside, "")
	}
	return r, nil
}

// Limits of what is told of one archive, in lines and in bytes of a line.
const (
	mostLines = 100
	mostWhere = 400
)

// shorten leaves out what is too much, and says so; what failed stays before what did
// not.
func (r *Report) shorten() {
	if more := len(r.Lines) - mostLines; more > 1 {
		slices.SortStableFunc(r.Lines, func(a, b Line) int { return cmp.Compare(a.Result, b.Result) })
		r.Lines = r.Lines[:mostLines]
		r.line(allTold, Unchecked, strconv.Itoa(more), whyLong)
	}
	for i := range r.Lines {
		if w := &r.Lines[i].Where; len(*w) > mostWhere {
			*w = strings.ToValidUTF8((*w)[:mostWhere], "") + "…"
		}
	}
}
