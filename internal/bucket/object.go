package bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"habeas/fault"
)

// A Spoilt says of an object that it is missing, or not what its name says.
type Spoilt struct {
	Name    string // the SHA-256 it should have
	Missing bool
}

// Error names the object.
func (s *Spoilt) Error() string {
	if s.Missing {
		return "bucket: " + s.Name + " is missing"
	}
	return "bucket: " + s.Name + " was changed"
}

// Is makes a missing object one that does not exist.
func (s *Spoilt) Is(target error) bool { return s.Missing && target == fs.ErrNotExist }

// spoilt is the fault of kind Damaged for an object, which its cause names.
func spoilt(name string, missing bool) error {
	return fault.Wrap(&Spoilt{name, missing}, fault.Damaged, "store.no_blob")
}

// Size returns how many bytes an object has. If it is not there, the fault is of kind
// Damaged and is [fs.ErrNotExist].
func (b *Bucket) Size(ctx context.Context, name string) (size int64, err error) {
	if !isName(name) {
		return 0, spoilt(name, true)
	}
	err = b.do(ctx, request{method: http.MethodHead, key: name, read: func(resp *http.Response) error {
		size = resp.ContentLength
		return nil
	}})
	if refused(err, http.StatusNotFound) {
		return 0, spoilt(name, true)
	}
	if err == nil && size < 0 {
		return 0, spoilt(name, false)
	}
	return size, known(err)
}

// An Object is an object that is read, from its beginning with Read or at any place with
// ReadAt. Its methods may be called concurrently.
type Object struct {
	b    *Bucket
	name string
	size int64

	mu     sync.Mutex
	body   io.ReadCloser // of the answer that is being read; may be nil
	at     int64         // what body gives next
	start  int64         // where body began
	end    int64         // where it ends
	window int64         // how much the next answer holds
	next   int64         // what Read gives next
	sum    hash.Hash     // of what Read gave
}

// firstWindow is how much is asked for when somebody begins to read at a place. Whoever
// goes on from there is given four times as much each time.
const firstWindow = 256 << 10

// Open opens an object. Close it.
//
// Read compares all that it gave with the name when it comes to the end, and fails if
// something was changed. ReadAt can't: whoever reads parts checks them by the seal they
// are of, each chunk of which is authenticated.
func (b *Bucket) Open(ctx context.Context, name string) (*Object, error) {
	size, err := b.Size(ctx, name)
	if err != nil {
		return nil, err
	}
	return &Object{b: b, name: name, size: size, sum: sha256.New()}, nil
}

// Size returns how many bytes the object has.
func (o *Object) Size() int64 { return o.size }

// Close ends reading.
func (o *Object) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop()
	return nil
}

// drop ends the answer that is being read. That it was cut short is no error; a little
// that is left is read, so that the connection can be used again.
func (o *Object) drop() {
	if o.body == nil {
		return
	}
	if o.end-o.at <= firstWindow {
		_, _ = io.Copy(io.Discard, o.body)
	}
	o.body.Close()
	o.body = nil
}

// Read implements [io.Reader].
func (o *Object) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next >= o.size {
		if hex.EncodeToString(o.sum.Sum(nil)) != o.name {
			return 0, spoilt(o.name, false)
		}
		return 0, io.EOF
	}
	if o.next == 0 {
		o.drop()
		o.window = o.size
	}
	n, err := o.some(p[:min(int64(len(p)), o.size-o.next)], o.next)
	o.sum.Write(p[:n])
	o.next += int64(n)
	return n, err
}

// ReadAt implements [io.ReaderAt]. Parts that follow each other come in one answer.
func (o *Object) ReadAt(p []byte, at int64) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at < 0 {
		return 0, errors.New("bucket: read before the beginning")
	}
	for n < len(p) && at+int64(n) < o.size && err == nil {
		var more int
		more, err = o.some(p[n:min(int64(len(p)), o.size-at)], at+int64(n))
		n += more
	}
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// some reads at least one byte from a place, or fails. An answer that is cut off is
// asked for again from there.
func (o *Object) some(p []byte, at int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	begun := time.Now()
	for {
		if o.body == nil || o.at != at || o.at == o.end {
			o.turn(at)
			if err := o.from(at); err != nil {
				return 0, err
			}
		}
		began := o.at
		n, err := o.body.Read(p)
		o.at += int64(n)
		if n > 0 {
			return n, nil
		}
		o.drop()
		o.window = max(o.window/4, firstWindow)
		if time.Since(begun) > o.b.patience {
			return 0, fault.Wrap(err, fault.Busy, "bucket.busy")
		}
		if o.start == began {
			time.Sleep(firstWait) // not a byte came
		}
	}
}

// turn makes ready to read from a place.
func (o *Object) turn(at int64) {
	switch {
	case o.at == at && o.window > 0:
		o.window = min(4*o.window, o.size)
	case at > 0 || o.window < o.size:
		o.window = firstWindow
	}
	o.drop()
}

// from asks for a window of the object.
func (o *Object) from(at int64) error {
	end := min(at+o.window, o.size)
	whole := at == 0 && end == o.size
	r := request{method: http.MethodGet, key: o.name, limit: streaming}
	if !whole {
		r.header = map[string]string{"Range": fmt.Sprintf("bytes=%d-%d", at, end-1)}
	}
	var changed bool
	r.read = func(resp *http.Response) error {
		want := fmt.Sprintf("bytes %d-%d/%d", at, end-1, o.size)
		if whole && resp.ContentLength != o.size || !whole && (resp.StatusCode != http.StatusPartialContent || resp.Header.Get("Content-Range") != want) {
			changed = true
			return resp.Body.Close()
		}
		o.body, o.at, o.start, o.end = resp.Body, at, at, end
		return nil
	}
	err := o.b.do(context.Background(), r)
	switch {
	case refused(err, http.StatusNotFound):
		return spoilt(o.name, true)
	case changed, refused(err, http.StatusRequestedRangeNotSatisfiable):
		return spoilt(o.name, false)
	}
	return known(err)
}

// Check reads an object to its end, and fails unless it is what its name says.
func (b *Bucket) Check(ctx context.Context, name string) error {
	o, err := b.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	for block := make([]byte, 64<<10); ; {
		if _, err := o.Read(block); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// putSmall writes an object of our own that is no sealed file, with a header more or none.
func (b *Bucket) putSmall(ctx context.Context, key, text string, header map[string]string) error {
	return b.do(ctx, request{method: http.MethodPut, key: key, body: textSection(text), header: header})
}

// small returns one, and whether it is there.
func (b *Bucket) small(ctx context.Context, key string) (text string, there bool, err error) {
	err = b.do(ctx, request{method: http.MethodGet, key: key, read: func(resp *http.Response) error {
		var buf bytes.Buffer
		_, err := io.Copy(&buf, io.LimitReader(resp.Body, 4096))
		text = strings.TrimSpace(buf.String())
		return err
	}})
	if refused(err, http.StatusNotFound) {
		return "", false, nil
	}
	return text, err == nil, known(err)
}

// officeKey is an object of our own, beside the sealed files. It says whose they are.
const officeKey = "habeas-office"

// Take makes sure that the bucket can be used by an office, which is told from others by
// whose: it holds nothing of another one, and what is written into it can be read and
// removed for good.
//
// If another office has it, the fault is "bucket.other_office". Of what it may not do,
// it is "bucket.refused"; if removed things would be kept back, "bucket.keeps".
func (b *Bucket) Take(ctx context.Context, whose string) error {
	mark := sha256.Sum256([]byte("habeas bucket v1\n" + whose))
	mine := hex.EncodeToString(mark[:])
	has, there, err := b.small(ctx, officeKey)
	if err != nil {
		return err
	}
	if there && has != mine {
		return fault.New(fault.Conflict, "bucket.other_office")
	}
	if !there {
		// Whoever looks whether it is there takes one of two who write at the same moment.
		err := b.putSmall(ctx, officeKey, mine, writeOnce)
		if refused(err, http.StatusNotImplemented) {
			err = b.putSmall(ctx, officeKey, mine, nil)
		}
		if err != nil && !refused(err, http.StatusPreconditionFailed) {
			return known(err)
		}
	}
	if err := b.probe(ctx); err != nil || there {
		return err
	}
	// Another may have found nothing at the same moment.
	if has, _, err = b.small(ctx, officeKey); err == nil && has != mine {
		err = fault.New(fault.Conflict, "bucket.other_office")
	}
	return err
}

// probe writes an object that nobody owns, reads it and removes it.
func (b *Bucket) probe(ctx context.Context) error {
	text := rand.Text()
	sum := sha256.Sum256([]byte(text))
	name := hex.EncodeToString(sum[:])
	if err := b.Put(ctx, name, strings.NewReader(text), int64(len(text))); err != nil {
		return err
	}
	err := b.Check(ctx, name)
	if fault.KindOf(err) == fault.Damaged {
		return fault.Wrap(err, fault.Forbidden, "bucket.refused")
	}
	if err == nil {
		_, err = b.Remove(ctx, name)
	}
	if fault.KindOf(err) == fault.Forbidden {
		return fault.Wrap(err, fault.Forbidden, "bucket.keeps")
	}
	return err
}

// Leave removes what says whose the bucket is.
func (b *Bucket) Leave(ctx context.Context) error {
	_, err := b.remove(ctx, officeKey)
	return err
}
