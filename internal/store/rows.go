package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"habeas/fault"
)

// Rows are written as a line that says what follows, then row by row: the length of
// the row, the length and name of its table, how many values, and each value as a
// byte that says what it is, and itself. Lengths are unsigned varints, numbers signed
// ones. A row of length 0 is the end; how many there were follows it.

const rowsHead = "habeas rows v1\n"

// mostRow is how long a row may be: a payload, and some more.
const mostRow = 33_554_432 + 64<<10

// What a value is.
const (
	valueNull = iota
	valueInt
	valueBytes
	valueText
)

// A RowWriter writes rows.
type RowWriter struct {
	w   *bufio.Writer
	buf []byte
	n   uint64
}

// NewRowWriter begins a stream of rows.
func NewRowWriter(w io.Writer) (*RowWriter, error) {
	b := bufio.NewWriterSize(w, 64<<10)
	_, err := b.WriteString(rowsHead)
	return &RowWriter{w: b}, err
}

// Write writes a row.
func (w *RowWriter) Write(row Row) error {
	b := append(w.buf[:0], byte(len(row.Table)))
	b = append(b, row.Table...)
	b = append(b, byte(len(row.Values)))
	for _, v := range row.Values {
		switch v := v.(type) {
		case nil:
			b = append(b, valueNull)
		case int64:
			b = binary.AppendVarint(append(b, valueInt), v)
		case []byte:
			b = append(binary.AppendUvarint(append(b, valueBytes), uint64(len(v))), v...)
		case string:
			b = append(binary.AppendUvarint(append(b, valueText), uint64(len(v))), v...)
		default:
			return misfit
		}
	}
	w.buf = b
	w.n++
	if _, err := w.w.Write(binary.AppendUvarint(nil, uint64(len(b)))); err != nil {
		return err
	}
	_, err := w.w.Write(b)
	return err
}

// Close ends the stream. It does not close what it was written to.
func (w *RowWriter) Close() error {
	if _, err := w.w.Write(binary.AppendUvarint([]byte{0}, w.n)); err != nil {
		return err
	}
	return w.w.Flush()
}

// A RowReader reads what a [RowWriter] wrote.
type RowReader struct {
	r     *bufio.Reader
	n     uint64
	begun bool
}

// NewRowReader begins to read.
func NewRowReader(r io.Reader) *RowReader { return &RowReader{r: bufio.NewReaderSize(r, 64<<10)} }

// unread is what cannot be read as rows.
var unread = fault.New(fault.Damaged, "store.unreadable")

// Read returns the next row, which is the caller's; after the last one, [io.EOF]. What
// ends before its end, goes on after it, or is something else, is a fault of kind
// Damaged.
func (r *RowReader) Read() (Row, error) {
	if !r.begun {
		head := make([]byte, len(rowsHead))
		if _, err := io.ReadFull(r.r, head); err != nil || string(head) != rowsHead {
			return Row{}, cut(err)
		}
		r.begun = true
	}
	n, err := binary.ReadUvarint(r.r)
	if err != nil || n > mostRow {
		return Row{}, cut(err)
	}
	if n == 0 {
		return Row{}, r.end()
	}
	var b bytes.Buffer // grows with what is there, whatever the length says
	if _, err := io.CopyN(&b, r.r, int64(n)); err != nil {
		return Row{}, cut(err)
	}
	r.n++
	row, ok := parseRow(b.Bytes())
	if !ok {
		return Row{}, unread
	}
	return row, nil
}

func (r *RowReader) end() error {
	n, err := binary.ReadUvarint(r.r)
	if err != nil || n != r.n {
		return cut(err)
	}
	if _, err := r.r.ReadByte(); err != io.EOF {
		return cut(err)
	}
	return io.EOF
}

// cut returns what is wrong where err, or nothing, was met.
func cut(err error) error {
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return unread
	}
	return err
}

func parseRow(b []byte) (row Row, ok bool) {
	next := func(n uint64) []byte {
		if n > uint64(len(b)) {
			ok = false
			return nil
		}
		v := b[:n:n]
		b = b[n:]
		return v
	}
	one := func() byte {
		if v := next(1); len(v) == 1 {
			return v[0]
		}
		return 0
	}
	length := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			ok = false
			return 0
		}
		b = b[size:]
		return n
	}
	ok = true
	row.Table = string(next(uint64(one())))
	row.Values = make([]any, one())
	for i := range row.Values {
		switch one() {
		case valueNull:
		case valueInt:
			n, size := binary.Varint(b)
			if size <= 0 {
				return row, false
			}
			b, row.Values[i] = b[size:], n
		case valueBytes:
			row.Values[i] = next(length())
		case valueText:
			row.Values[i] = string(next(length()))
		default:
			return row, false
		}
	}
	return row, ok && len(b) == 0
}
