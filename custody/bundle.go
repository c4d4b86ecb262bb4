package custody

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/bag"
	"habeas/ledger"
)

// Given is an entry that is handed over: its record, the key that opens it and
// nothing else, and where it is in the log.
type Given struct {
	Number int64
	Record ledger.Record
	Key    [32]byte // unused if the record is in clear
}

// An Item is an exhibit that is handed over, or a file made of one.
type Item struct {
	Ref     string                        // of the exhibit
	Path    string                        // in the bundle, such as "data/E0001.jpg"
	SHA256  string                        // of the file
	Entries []ledger.ID                   // the exhibit's, then its events in order
	Open    func() (io.ReadCloser, error) `json:"-"`
}

// A Bundle is what is put into one.
type Bundle struct {
	Root       ledger.ID // of the office
	Items      []Item
	Entries    []Given // of all items
	Directory  []Given // in clear: who is who
	Checkpoint []byte  // signed, with cosignatures
	Size       int64   // that it is of
	Hashes     tlog.HashReader
	Stamps     [][]byte // RFC 3161 tokens over Checkpoint
	Info       []bag.Field
}

// listing is custody/bundle.json.
type listing struct {
	Version   int         `json:"version"`
	Root      ledger.ID   `json:"root"`
	Items     []item      `json:"items"`
	Entries   []ledger.ID `json:"entries"`
	Directory []ledger.ID `json:"directory"`
	Stamps    int         `json:"stamps"`
}

type item struct {
	Ref     string      `json:"ref"`
	Path    string      `json:"path"`
	SHA256  string      `json:"sha256"`
	Entries []ledger.ID `json:"entries"`
}

// Names of files of a bundle.
const (
	listingFile    = "custody/bundle.json"
	checkpointFile = "custody/checkpoint.txt"
	readmeFile     = "README.txt"
	premisFile     = "custody/premis.xml"
	caseFile       = "custody/case.jsonld"
	reportFile     = "custody/report.html"
)

func recordFile(id ledger.ID) string { return "custody/entries/" + id.String() + ".record" }
func keyFile(id ledger.ID) string    { return "custody/entries/" + id.String() + ".key" }
func proofFile(id ledger.ID) string  { return "custody/entries/" + id.String() + ".tlog-proof" }
func stampFile(n int) string         { return fmt.Sprintf("custody/stamps/%d.tsr", n+1) }

// itemPath is what a file of a bundle may be called: a name that says nothing.
var itemPath = regexp.MustCompile(`^data/[A-Za-z0-9-]{1,64}(\.[a-z0-9]{1,8})?$`)

// Write writes a bundle, whose files go to where create says. It opens every entry
// once, so that nothing is handed over that can't be read.
func (b Bundle) Write(create func(name string) (io.Writer, error)) error {
	w := bag.NewWriter(create)
	l := listing{Version: 1, Root: b.Root, Stamps: len(b.Stamps)}
	var told []told
	for _, it := range b.Items {
		if !itemPath.MatchString(it.Path) {
			return fmt.Errorf("custody: a path that a bundle can't have: %q", it.Path)
		}
		f, err := it.Open()
		if err != nil {
			return err
		}
		err = w.Add(it.Path, f)
		f.Close()
		if err != nil {
			return err
		}
		l.Items = append(l.Items, item{it.Ref, it.Path, it.SHA256, it.Entries})
	}
	for _, g := range b.Entries {
		t, err := openGiven(g)
		if err != nil {
			return err
		}
		told = append(told, t)
		l.Entries = append(l.Entries, g.Record.ID)
	}
	for _, g := range b.Directory {
		l.Directory = append(l.Directory, g.Record.ID)
	}
	for _, g := range slices.Concat(b.Entries, b.Directory) {
		if err := b.give(w, g); err != nil {
			return err
		}
	}
	files := map[string][]byte{
		checkpointFile: b.Checkpoint, listingFile: indented(l), readmeFile: []byte(readme),
		premisFile: premis(l, told), caseFile: jsonLD(l, told), reportFile: report(l, told),
	}
	for i, s := range b.Stamps {
		files[stampFile(i)] = s
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.Add(name, bytes.NewReader(files[name])); err != nil {
			return err
		}
	}
	return w.Close(b.Info)
}

// give writes an entry with its key and its proof.
func (b Bundle) give(w *bag.Writer, g Given) error {
	rec, err := g.Record.MarshalBinary()
	if err != nil {
		return err
	}
	proof, err := ledger.Prove(g.Number, b.Size, b.Checkpoint, b.Hashes)
	if err != nil {
		return err
	}
	id := g.Record.ID
	if err := w.Add(recordFile(id), bytes.NewReader(rec)); err != nil {
		return err
	}
	if g.Record.Mode == ledger.ModeSealed {
		if err := w.Add(keyFile(id), bytes.NewReader([]byte(hex.EncodeToString(g.Key[:])+"\n"))); err != nil {
			return err
		}
	}
	return w.Add(proofFile(id), bytes.NewReader(proof.Text()))
}

// told is an entry that was opened.
type told struct {
	entry   ledger.Entry
	opened  ledger.Opened
	exhibit *Exhibit
	event   *Event
}

// openGiven opens an entry about an exhibit; who wrote it is not checked.
func openGiven(g Given) (told, error) {
	o, err := ledger.OpenWith(g.Record, g.Key)
	if err != nil {
		return told{}, err
	}
	t := told{entry: o.Followed(), opened: o}
	t.entry.Number = g.Number
	switch t.entry.Kind {
	case KindExhibit:
		x, err := ReadExhibit(t.entry)
		t.exhibit = &x
		return t, err
	case KindEvent:
		v, err := ReadEvent(t.entry)
		t.event = &v
		return t, err
	}
	return told{}, fmt.Errorf("custody: an entry that is not about an exhibit")
}

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // unreachable: plain values
	}
	return append(b, '\n')
}
