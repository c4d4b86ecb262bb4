package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"habeas/ledger"
)

var selectPruned = `select ` + columns + ` from entry where pruned_by is not null order by number`

// Pruned yields the entries without a payload, by number.
func (db *DB) Pruned(ctx context.Context) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectPruned)
}

// A Remnant is something that should be gone and is not.
type Remnant struct {
	File string
	At   int64  // byte in it
	What string // RemnantKey, RemnantEntry or RemnantPage
}

// What can remain.
const (
	RemnantKey   = "key"   // the ID of a destroyed key, as it stands beside what was wrapped
	RemnantEntry = "entry" // an entry that was pruned, with bytes of its payload
	RemnantPage  = "page"  // a page that is free, and not empty
)

// Remains looks through every byte of every file below dir, those of the engine
// included, for copies of the wraps of keys and of entries as they were before
// they were pruned, and through the free pages of truth.db. The files of a shared
// database are elsewhere: it looks through none of them.
//
// It needs none of the bytes it looks for. A wrap stands in a row that begins with
// the ID of its key. An entry stands as its three IDs, followed by its payload, or
// once it is pruned by its digest; so the IDs with anything else behind them are a
// copy from before. The rest of a long payload stands in pages of its own; when
// they are freed they are emptied.
func Remains(ctx context.Context, dir string, keys []ledger.ID, pruned []Numbered) (found []Remnant, files int, size int64, err error) {
	s := newScanner(keys, pruned)
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a file of the engine that went away
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		n, err := s.file(name, path)
		files, size = files+1, size+n
		return err
	})
	if err != nil {
		return nil, files, size, err
	}
	pages, err := freePages(filepath.Join(dir, "truth.db"))
	if errors.Is(err, fs.ErrNotExist) { // it is in a shared database
		return s.found, files, size, nil
	}
	return append(s.found, pages...), files, size, err
}

// A scanner looks for many needles of 16 bytes at once.
type scanner struct {
	keys    map[ledger.ID]bool
	entries map[ledger.ID]Numbered
	maybe   [1 << 16]bool // by the first two bytes of a needle
	found   []Remnant
}

func newScanner(keys []ledger.ID, pruned []Numbered) *scanner {
	s := &scanner{keys: map[ledger.ID]bool{}, entries: map[ledger.ID]Numbered{}}
	for _, k := range keys {
		s.keys[k] = true
		s.maybe[binary.BigEndian.Uint16(k[:])] = true
	}
	for _, n := range pruned {
		s.entries[n.Record.ID] = n
		s.maybe[binary.BigEndian.Uint16(n.Record.ID[:])] = true
	}
	return s
}

// window is how much of a file is looked at around a place: three IDs and a
// digest.
const window = 3*16 + 32

func (s *scanner) file(name, path string) (read int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	held := 0
	for {
		n, err := io.ReadFull(f, buf[held:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return read, err
		}
		have := buf[:held+n]
		upTo := len(have) - window
		if last {
			upTo = len(have) - 16
		}
		at := 0
		for ; at <= upTo; at++ {
			if s.maybe[binary.BigEndian.Uint16(have[at:])] {
				s.at(name, read+int64(at), have[at:])
			}
		}
		read += int64(at)
		if last {
			return read, nil
		}
		held = copy(buf, have[at:])
	}
}

// at looks at what stands at a place of a file.
func (s *scanner) at(name string, place int64, b []byte) {
	id := ledger.ID(b)
	if s.keys[id] {
		s.found = append(s.found, Remnant{name, place, RemnantKey})
	}
	n, ok := s.entries[id]
	if !ok || len(b) < 3*16 || ledger.ID(b[16:]) != n.Record.Stream || ledger.ID(b[32:]) != n.Record.Key {
		return
	}
	if !bytes.HasPrefix(b[48:], n.Digest[:]) {
		s.found = append(s.found, Remnant{name, place, RemnantEntry})
	}
}

// freePages returns the free pages of a database that are not empty: a list of
// trunks, each with the next trunk, a count and the numbers of empty pages.
func freePages(path string) (found []Remnant, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [100]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 65536
	}
	page, empty := make([]byte, size), make([]byte, size)
	read := func(n uint32) error {
		_, err := f.ReadAt(page, (int64(n)-1)*size)
		clear(page[size-int64(head[20]):]) // its checksum
		return err
	}
	name := filepath.Base(path)
	left := binary.BigEndian.Uint32(head[36:])
	for trunk := binary.BigEndian.Uint32(head[32:]); trunk != 0 && left > 0; left-- {
		if err := read(trunk); err != nil {
			return nil, err
		}
		next, n := binary.BigEndian.Uint32(page), binary.BigEndian.Uint32(page[4:])
		if int64(n) > size/4-2 {
			return nil, errors.New("store: a list of free pages that is none")
		}
		leaves := bytes.Clone(page[8 : 8+4*n])
		if !bytes.Equal(page[8+4*n:], empty[8+4*n:]) {
			found = append(found, Remnant{name, (int64(trunk) - 1) * size, RemnantPage})
		}
		for ; len(leaves) > 0 && left > 0; leaves, left = leaves[4:], left-1 {
			leaf := binary.BigEndian.Uint32(leaves)
			if err := read(leaf); err != nil {
				return nil, err
			}
			if !bytes.Equal(page, empty) {
				found = append(found, Remnant{name, (int64(leaf) - 1) * size, RemnantPage})
			}
		}
		trunk = next
	}
	return found, nil
}
