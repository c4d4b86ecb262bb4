package store

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"

	"habeas/fault"
	"habeas/ledger"
)

// tables reads every row of the other tables, and has the engine look at its files.
func (l *locator) tables() error {
	for _, part := range []struct {
		from  *sql.DB
		name  string
		names []string
	}{
		{l.db.read, "truth.db", []string{"thread", "inbox", "heeded", "blob", "message"}},
		{l.db.keys, "keys.db", []string{"wrap", "login", "draft", "factor", "device", "wake"}},
	} {
		for _, table := range part.names {
			if err := l.readAll(part.from, table); err != nil {
				if l.ctx.Err() != nil {
					return l.ctx.Err()
				}
				l.flaw(Flaw{What: FlawRows, Number: -1, Name: table})
			}
		}
		if l.db.shared { // its server looks after its own files
			continue
		}
		if err := l.pages(part.name); err != nil {
			return err
		}
		if n := l.engine(part.from); n > 0 {
			l.flaw(Flaw{What: FlawEngine, Number: n, Name: part.name})
		}
	}
	return l.ctx.Err()
}

func (l *locator) readAll(from *sql.DB, table string) error {
	rows, err := from.QueryContext(l.ctx, `select * from `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// engine returns how many things the engine says are wrong with a file of its own.
func (l *locator) engine(from *sql.DB) (n int64) {
	rows, err := from.QueryContext(l.ctx, `pragma integrity_check`)
	if err != nil {
		return 1
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if rows.Scan(&line) != nil || line != "ok" {
			n++
		}
	}
	if rows.Err() != nil {
		n++
	}
	return n
}

// pages compares each page of a file of the engine with its checksum. One that is being
// written looks wrong, so that it is read again.
func (l *locator) pages(name string) error {
	f, err := os.Open(filepath.Join(l.db.dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	var head [100]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return err
	}
	size := int64(binary.BigEndian.Uint16(head[16:]))
	ahead, err := logged(filepath.Join(l.db.dir, name+"-wal"))
	if err != nil {
		return err
	}
	if ahead.has[1] {
		size = ahead.size
	} else if size < 512 || head[20] != checksum {
		l.flaw(Flaw{What: FlawPage, Number: 0, Name: name})
		return nil
	}
	page := make([]byte, size)
	for n := int64(0); ; n++ {
		good := false
		for try := 0; try < 3 && !good; try++ {
			if got, err := f.ReadAt(page, n*size); got == 0 && err == io.EOF {
				return nil
			} else if err != nil {
				break
			}
			good = pageSum(page[:size-checksum]) == [checksum]byte(page[size-checksum:])
		}
		if !good && !ahead.has[n+1] {
			if ahead, err = logged(filepath.Join(l.db.dir, name+"-wal")); err != nil {
				return err
			}
		}
		good = good || ahead.has[n+1]
		if !good {
			l.flaw(Flaw{What: FlawPage, Number: n, Name: name})
		}
	}
}

// checksum is how many bytes at the end of a page are its checksum.
const checksum = 8

// pageSum is the checksum that the engine's layer keeps at the end of a page, see
// https://sqlite.org/cksumvfs.html.
func pageSum(b []byte) (sum [checksum]byte) {
	var s1, s2 uint32
	for ; len(b) >= 8; b = b[8:] {
		s1 += binary.LittleEndian.Uint32(b) + s2
		s2 += binary.LittleEndian.Uint32(b[4:]) + s1
	}
	binary.LittleEndian.PutUint32(sum[:], s1)
	binary.LittleEndian.PutUint32(sum[4:], s2)
	return sum
}

// files reads every sealed file that something owns.
func (l *locator) files() error {
	names, err := l.db.blobNames(l.ctx)
	if err != nil {
		return l.ctx.Err() // the table is reported already
	}
	place, err := l.db.BucketPlace(l.ctx)
	elsewhere := err == nil && place != "" && l.db.away.bucket == nil
	for _, name := range names {
		_, err := l.db.checkBlob(l.ctx, name)
		if l.ctx.Err() != nil {
			return l.ctx.Err()
		}
		kind := fault.KindOf(err)
		if kind == fault.Busy || kind == fault.Forbidden || elsewhere && errors.Is(err, os.ErrNotExist) {
			l.survey.Away++
			continue
		}
		l.survey.Files++
		if err == nil {
			continue
		}
		var owner []byte
		if l.db.read.QueryRowContext(l.ctx, fileOwner, name).Scan(&owner) != nil {
			continue // erased since
		}
		f := Flaw{What: FlawFile, Number: -1, Name: name, Stream: l.streamOf(owner)}
		if errors.Is(err, os.ErrNotExist) {
			f.What = FlawNoFile
		}
		l.flaw(f)
	}
	return nil
}

// streamOf returns the stream of a source key; zero if it is the key of none, as of what
// waits in the inbox.
func (l *locator) streamOf(key []byte) (stream ledger.ID) {
	var b []byte
	if err := l.db.keys.QueryRowContext(l.ctx, streamOfKey, key).Scan(&b); err == nil && len(b) == len(stream) {
		stream = ledger.ID(b)
	}
	return stream
}
