package vault

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"io"
	"strings"

	"filippo.io/age"

	"habeas/ledger"
)

// A file is sealed as an age file (age-encryption.org/v1) to the key of a holder, so
// that stock age opens it. Its header, without which nobody opens the rest, is kept
// with the keys: to destroy it is to destroy the file. What is sealed is the file
// and zeros after it, up to the length that [ledger.Pad] gives: the length of what
// is stored tells little of it.

// ageNonce is how many bytes an age file has between its header and its chunks.
const ageNonce = 16

// A FileWriter seals one file. Close must be called, and its error looked at.
type FileWriter struct {
	to     io.WriteCloser
	header []byte
	sum    hash.Hash
	long   hash.Hash // SHA-512
	begins []byte
	size   int64
}

// SealFile begins a file sealed to a holder. What is to be stored goes to dst.
func SealFile(dst io.Writer, to ledger.Holder) (*FileWriter, error) {
	recipient, err := recipientOf(to.Encrypt)
	if err != nil {
		return nil, err
	}
	var head bytes.Buffer
	out := &later{&head}
	w, err := age.Encrypt(out, recipient)
	if err != nil {
		return nil, err
	}
	out.Writer = dst
	n := head.Len() - ageNonce
	if n <= 0 {
		return nil, errors.New("vault: age wrote no header")
	}
	if _, err := dst.Write(head.Bytes()[n:]); err != nil {
		return nil, err
	}
	return &FileWriter{to: w, header: head.Bytes()[:n:n], sum: sha256.New(), long: sha512.New()}, nil
}

// later is a writer that is told where to write.
type later struct{ io.Writer }

// Write seals the next bytes of the file.
func (w *FileWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.sum.Write(b[:n])
	w.long.Write(b[:n])
	w.begins = append(w.begins, b[:min(n, mostBegins-len(w.begins))]...)
	w.size += int64(n)
	return n, err
}

// Close seals what fills the file up, and ends it.
func (w *FileWriter) Close() error {
	zeros := make([]byte, 64<<10)
	for left := int64(ledger.Pad(int(w.size))) - w.size; left > 0; {
		n, err := w.to.Write(zeros[:min(left, int64(len(zeros)))])
		if err != nil {
			return err
		}
		left -= int64(n)
	}
	err := w.to.Close()
	w.to = closed{} // lets go of its buffer: many files may be closed and not yet recorded
	return err
}

// closed is where nothing is written to any more.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("vault: the file was closed") }

func (closed) Close() error { return nil }

// Header returns what opens the file for whoever has the holder's key.
func (w *FileWriter) Header() []byte { return w.header }

// Size returns how many bytes were written so far.
func (w *FileWriter) Size() int64 { return w.size }

// Sum returns the SHA-256 of what was written so far.
func (w *FileWriter) Sum() [sha256.Size]byte { return [sha256.Size]byte(w.sum.Sum(nil)) }

// LongSum returns the SHA-512 of what was written so far.
func (w *FileWriter) LongSum() [sha512.Size]byte { return [sha512.Size]byte(w.long.Sum(nil)) }

// mostBegins is how much of a file is kept to tell what it is.
const mostBegins = 4096

// Begins returns the first 4096 bytes of what was written so far, by which it can be
// told what the file is.
func (w *FileWriter) Begins() []byte { return w.begins }

// OpenFile returns what was sealed to h, with the zeros after it.
func (h *Holder) OpenFile(header []byte, stored io.Reader) (io.Reader, error) {
	identity, err := age.ParseHybridIdentity(h.Age().Reveal())
	if err != nil {
		return nil, err
	}
	return age.Decrypt(io.MultiReader(bytes.NewReader(header), stored), identity)
}

// OpenFileAt is [Holder.OpenFile] for what is stored in a place of size bytes, to be read
// at any place of it. plain is how many bytes can be read, with the zeros; that is what
// was sealed, since the last chunk is opened here. Reading opens the chunks it touches
// and no others: that of all the rest nothing is changed is seen by reading it.
func (h *Holder) OpenFileAt(header []byte, stored io.ReaderAt, size int64) (r io.ReaderAt, plain int64, err error) {
	identity, err := age.ParseHybridIdentity(h.Age().Reveal())
	if err != nil {
		return nil, 0, err
	}
	return age.DecryptReaderAt(headed{header, stored}, int64(len(header))+size, identity)
}

// headed is what is stored with its header before it.
type headed struct {
	header []byte
	stored io.ReaderAt
}

// ReadAt implements [io.ReaderAt].
func (f headed) ReadAt(b []byte, off int64) (n int, err error) {
	if off < int64(len(f.header)) {
		n = copy(b, f.header[off:])
		if n == len(b) {
			return n, nil
		}
	}
	m, err := f.stored.ReadAt(b[n:], off+int64(n)-int64(len(f.header)))
	return n + m, err
}

// Age returns the identity with which stock age opens files sealed to h.
func (h *Holder) Age() Text {
	return NewText(strings.ToUpper(bech32("age-secret-key-pq-", h.seed.derive("habeas holder encryption v1"))))
}

// AgeRecipient returns the recipient to which stock age seals files that a holder
// opens.
func AgeRecipient(h ledger.Holder) string { return bech32("age1pq", h.Encrypt) }

func recipientOf(public []byte) (age.Recipient, error) {
	return age.ParseHybridRecipient(bech32("age1pq", public))
}

// bech32 encodes data as BIP 173 has it, without its limit of 90 characters.
func bech32(prefix string, data []byte) string {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var values []byte
	acc, bits := 0, 0
	for _, b := range data {
		acc, bits = acc<<8|int(b), bits+8
		for ; bits >= 5; bits -= 5 {
			values = append(values, byte(acc>>(bits-5)&31))
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		values = append(values, byte(acc<<(5-bits)&31))
	}
	sum := checksum(prefix, values)
	for i := range 6 {
		values = append(values, byte(sum>>(5*(5-i))&31))
	}
	out := []byte(prefix + "1")
	for _, v := range values {
		out = append(out, alphabet[v])
	}
	return string(out)
}

// checksum returns the 30 bits that check a Bech32 text.
func checksum(prefix string, values []byte) uint32 {
	check := uint32(1)
	feed := func(v byte) {
		top := check >> 25
		check = check&0x1ffffff<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for _, c := range []byte(prefix) {
		feed(c >> 5)
	}
	feed(0)
	for _, c := range []byte(prefix) {
		feed(c & 31)
	}
	for _, v := range append(bytes.Clone(values), make([]byte, 6)...) {
		feed(v)
	}
	return check ^ 1
}
