package backup

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"filippo.io/age/agessh"
)

// A Run is one copy, or half of it: what it is of, and which files belong to it.
type Run struct {
	Format int       `json:"format"`
	Kind   string    `json:"kind"`
	Office string    `json:"office"` // fingerprint of the first keeper
	ID     string    `json:"id"`     // the same in both places
	At     time.Time `json:"at"`
	Size   int64     `json:"size"` // entries of the log at that moment
	Root   string    `json:"root"` // hash of the tree over them, hexadecimal

	// Of data.
	Before  string   `json:"before,omitempty"` // sum of the file of the run before it in the set
	From    int64    `json:"from,omitempty"`   // entries that earlier runs of the set have
	Entries File     `json:"entries,omitzero"`
	Waiting File     `json:"waiting,omitzero"`
	Beside  File     `json:"beside,omitzero"` // small files of the directory
	Blobs   []Blob   `json:"blobs,omitempty"` // that no earlier run of the set has
	Lacking []string `json:"lacking,omitempty"`

	// Of keys.
	Rows File   `json:"rows,omitzero"`
	Node string `json:"node,omitempty"` // the seed of the key that signs the log, hexadecimal
}

// A Blob is a file of the office with where its copy is.
type Blob struct {
	Name string `json:"name"`
	File File   `json:"file"`
}

// A Signed is a run with what signed it. Nothing of it is to be believed before By.
type Signed struct {
	Run
	Name string // of its file
	Sum  string

	text, signature []byte
}

// By reports whether the run was signed with a key.
func (s *Signed) By(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signedText(s.text), s.signature)
}

func signedText(text []byte) []byte {
	sum := sha256.Sum256(text)
	return append([]byte("habeas backup v1\n"), sum[:]...)
}

// encodeRun returns a run with its signature before it.
func encodeRun(r Run, key ed25519.PrivateKey) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return append(ed25519.Sign(key, signedText(text)), text...), nil
}

// ParseRun reads what is in the file of a run. It checks no signature.
func ParseRun(b []byte) (*Signed, error) {
	bad := broken("the list of what belongs to a run is not what was written")
	if len(b) < ed25519.SignatureSize {
		return nil, bad
	}
	s := &Signed{signature: bytes.Clone(b[:ed25519.SignatureSize]), text: bytes.Clone(b[ed25519.SignatureSize:])}
	dec := json.NewDecoder(bytes.NewReader(s.text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s.Run); err != nil {
		return nil, bad
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, bad
	}
	if s.Format != format {
		return nil, &Refused{"this backup was written by another version", "use the version that wrote it, or a newer one", false}
	}
	if s.Size < 0 || s.From < 0 || s.From > s.Size {
		return nil, bad
	}
	return s, nil
}

// readRun reads the file of a run.
func (p *Place) readRun(name string, ids []age.Identity) (*Signed, error) {
	path := filepath.Join(p.dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	f := File{name, int64(len(b)), hex.EncodeToString(sum[:])}
	r, err := age.Decrypt(bytes.NewReader(b), ids...)
	if err != nil {
		return nil, p.undecrypted(f, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, broken("the file " + name + " of the backup of " + p.kind + " is not what was written")
	}
	s, err := ParseRun(text)
	if err != nil {
		return nil, err
	}
	if s.Kind != p.kind {
		return nil, broken("the file " + name + " says that it is of " + s.Kind)
	}
	s.Name, s.Sum = name, f.Sum
	return s, nil
}

// Runs returns the newest run that was not made after a time, unless that is zero, with
// all that it rests on: those before it in its set, the oldest first. Of keys there is
// one, and if all were made after that time, the oldest.
func (p *Place) Runs(ids []age.Identity, until time.Time) (runs []*Signed, err error) {
	sub, names, err := p.newest(until)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 && !until.IsZero() {
		return nil, &Refused{What: "no copy in " + p.dir + " is of " + until.Format(time.DateOnly) + " or before", Then: "name a later day with --until, or leave it out", Found: true}
	}
	if len(names) == 0 {
		return nil, broken("no run of the backup in " + p.dir + " was finished")
	}
	for _, name := range names {
		s, err := p.readRun(filepath.Join(sub, name), ids)
		if err != nil {
			return nil, err
		}
		if n := len(runs); p.kind == Data && (n == 0 && (s.Before != "" || s.From != 0) ||
			n > 0 && (s.Before != runs[n-1].Sum || s.From != runs[n-1].Size || s.Office != runs[n-1].Office)) {
			return nil, broken("a run is missing before " + name + ": the backup of data was not copied as a whole")
		}
		runs = append(runs, s)
	}
	return runs, nil
}

// newest returns the directory and the names of the runs that are to be read.
func (p *Place) newest(until time.Time) (sub string, names []string, err error) {
	late := func(name string) bool { return !until.IsZero() && timeOf(name).After(until) }
	if p.kind == Keys {
		if names, err = p.names("", runFile); err != nil || len(names) == 0 {
			return "", nil, err
		}
		at := len(names) - 1
		for at > 0 && late(names[at]) {
			at--
		}
		return "", names[at : at+1], nil
	}
	sets, err := p.names("", setDir)
	for at := len(sets) - 1; err == nil && at >= 0; at-- {
		if names, err = p.names(sets[at], runFile); err != nil {
			break
		}
		if names = slices.DeleteFunc(names, late); len(names) > 0 {
			return sets[at], names, nil
		}
	}
	return "", nil, err
}

// Files returns the files that belong to a run and no other.
func (s *Signed) Files() (files []File) {
	for _, f := range []File{s.Entries, s.Waiting, s.Beside, s.Rows} {
		if f.Name != "" {
			files = append(files, f)
		}
	}
	for _, b := range s.Blobs {
		files = append(files, b.File)
	}
	return files
}

// Identities reads the private keys that open a backup: the file that age-keygen wrote,
// or a private SSH key without a passphrase.
func Identities(b []byte) ([]age.Identity, error) {
	ids, err := age.ParseIdentities(bytes.NewReader(b))
	if err == nil {
		return ids, nil
	}
	one, err := agessh.ParseIdentity(b)
	if err != nil {
		return nil, &Refused{"the file given with --identity holds no private key", "it is the file that age-keygen wrote, and begins with AGE-SECRET-KEY- or has such a line", false}
	}
	return []age.Identity{one}, nil
}
