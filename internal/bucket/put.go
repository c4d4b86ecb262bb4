package bucket

import (
	"context"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"habeas/fault"
)

// Parts of a large object: of partSize, or larger if there would be more than mostParts,
// which is what the protocol allows.
const (
	partSize  = 8 << 20
	mostParts = 10_000
)

// writeOnce makes a server that knows how to refuse a second object of the same name.
var writeOnce = map[string]string{"If-None-Match": "*"}

// Put writes an object of size bytes, which are those of name: see that first. When it
// returns nil, the server has acknowledged all of it.
//
// What is there already is compared with its name, and written again only if it is not
// that. A large object goes in parts; parts that a server has from an attempt that was
// cut off, and that are the same, are not sent again.
func (b *Bucket) Put(ctx context.Context, name string, from io.ReaderAt, size int64) error {
	if !isName(name) {
		return fault.New(fault.Invalid, "bucket.config")
	}
	err := b.put(ctx, name, from, size, writeOnce)
	if refused(err, http.StatusNotImplemented) {
		err = b.put(ctx, name, from, size, nil) // a server that knows no conditions
	}
	if !refused(err, http.StatusPreconditionFailed) {
		return known(err)
	}
	if err = b.Check(ctx, name); fault.KindOf(err) == fault.Damaged {
		return known(b.put(ctx, name, from, size, nil))
	}
	return err
}

func (b *Bucket) put(ctx context.Context, name string, from io.ReaderAt, size int64, header map[string]string) error {
	if size > partSize {
		return b.putParts(ctx, name, from, size, header)
	}
	body, err := sectionOf(from, 0, size)
	if err != nil {
		return err
	}
	return b.do(ctx, request{method: http.MethodPut, key: name, body: body, header: header, limit: limitFor(size)})
}

// slowest is how many bytes a second a server has to take at least.
const slowest = 32 << 10

func limitFor(size int64) time.Duration { return briefly + time.Duration(size/slowest)*time.Second }

// An upload is an object that is on its way in parts.
type upload struct {
	Key       string
	UploadID  string `xml:"UploadId"`
	Initiated time.Time
}

// A part is one of them that the server has.
type part struct {
	PartNumber int
	ETag       string
	Size       int64 `xml:",omitempty"`
}

func (b *Bucket) putParts(ctx context.Context, name string, from io.ReaderAt, size int64, header map[string]string) error {
	id, have, err := b.begin(ctx, name)
	if err != nil {
		return err
	}
	const step = 1 << 20
	each := max(partSize, (size/mostParts+step)/step*step)
	var done struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Part    []part
	}
	for n, at := 1, int64(0); at < size; n, at = n+1, at+each {
		body, err := sectionOf(from, at, min(each, size-at))
		if err != nil {
			return err
		}
		tag := `"` + hex.EncodeToString(body.md5) + `"`
		if old := have[n]; old.Size != body.size || strings.Trim(old.ETag, `"`) != strings.Trim(tag, `"`) {
			if tag, err = b.putPart(ctx, name, id, n, body); err != nil {
				return err
			}
		}
		done.Part = append(done.Part, part{PartNumber: n, ETag: tag})
	}
	text, err := xml.Marshal(done)
	if err != nil {
		return err
	}
	err = b.complete(ctx, name, id, string(text), header)
	if refused(err, http.StatusBadRequest) { // it disagrees about the parts: begin anew the next time
		return errors.Join(fault.Wrap(err, fault.Busy, "bucket.busy"), b.abort(ctx, name, time.Time{}))
	}
	if err != nil {
		return err
	}
	got, err := b.Size(ctx, name)
	if err == nil && got != size {
		err = fault.Wrap(&Spoilt{Name: name}, fault.Busy, "bucket.busy")
	}
	return err
}

func (b *Bucket) putPart(ctx context.Context, name, id string, n int, body section) (tag string, err error) {
	err = b.do(ctx, request{method: http.MethodPut, key: name, body: body, limit: limitFor(body.size),
		query: url.Values{"partNumber": {strconv.Itoa(n)}, "uploadId": {id}},
		read: func(resp *http.Response) error {
			if tag = resp.Header.Get("ETag"); tag == "" {
				return errors.New("bucket: a part without a tag")
			}
			_, err := io.Copy(io.Discard, io.LimitReader(resp.Body, mostAnswer))
			return err
		}})
	return tag, err
}

// begin goes on with what was sent of an object before, or begins anew.
func (b *Bucket) begin(ctx context.Context, name string) (id string, have map[int]part, err error) {
	var found *upload
	err = b.uploads(ctx, name, func(u upload) error {
		if found == nil && u.Key == b.cfg.Prefix+name {
			found = &u
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	if found != nil {
		have, err = b.parts(ctx, name, found.UploadID)
		if err == nil || !refused(err, http.StatusNotFound) {
			return found.UploadID, have, err
		}
	}
	var made upload
	err = b.ask(ctx, request{method: http.MethodPost, key: name, query: url.Values{"uploads": {""}}}, &made)
	if err == nil && made.UploadID == "" {
		err = &refusal{http.StatusOK, "NoUploadId"}
	}
	return made.UploadID, nil, err
}

// complete makes an object of its parts. A server may answer well and then say in the
// body that it could not.
func (b *Bucket) complete(ctx context.Context, name, id, list string, header map[string]string) error {
	var no *refusal
	err := b.do(ctx, request{method: http.MethodPost, key: name, query: url.Values{"uploadId": {id}}, body: textSection(list), header: header, limit: 5 * briefly,
		read: func(resp *http.Response) error {
			var said struct {
				XMLName xml.Name
				Code    string
			}
			text, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
			if err == nil {
				err = xml.Unmarshal(text, &said)
			}
			if err != nil || said.XMLName.Local != "Error" {
				return err
			}
			if no = (&refusal{http.StatusInternalServerError, said.Code}); said.Code == "PreconditionFailed" {
				no.status = http.StatusPreconditionFailed
			}
			return no
		}})
	if refused(err, http.StatusNotFound) { // it may be complete, and the answer was lost
		return &refusal{http.StatusPreconditionFailed, "NoSuchUpload"}
	}
	return err
}

// parts returns the parts of an upload that the server has.
func (b *Bucket) parts(ctx context.Context, name, id string) (map[int]part, error) {
	have := map[int]part{}
	q := url.Values{"uploadId": {id}}
	var on onward
	for {
		var p struct {
			Part                 []part
			IsTruncated          bool
			NextPartNumberMarker string
		}
		if err := b.ask(ctx, request{method: http.MethodGet, key: name, query: q}, &p); err != nil {
			return nil, err
		}
		for _, one := range p.Part {
			have[one.PartNumber] = one
		}
		if !p.IsTruncated || p.NextPartNumberMarker == "" {
			return have, nil
		}
		if len(have) > mostParts || !on.moves(len(p.Part), p.NextPartNumberMarker) {
			return nil, strange()
		}
		q.Set("part-number-marker", p.NextPartNumberMarker)
	}
}

// uploads calls each for the uploads that are not complete, of objects whose name begins
// with start. A server that does not list them has none that we could know of.
func (b *Bucket) uploads(ctx context.Context, start string, each func(upload) error) error {
	q := url.Values{"uploads": {""}, "prefix": {b.cfg.Prefix + start}}
	var on onward
	for n := 0; ; {
		var p struct {
			Upload             []upload
			IsTruncated        bool
			NextKeyMarker      string
			NextUploadIDMarker string `xml:"NextUploadIdMarker"`
		}
		err := b.ask(ctx, request{method: http.MethodGet, query: q}, &p)
		if no := final(err); refused(err, http.StatusNotImplemented, http.StatusMethodNotAllowed) || no != nil && no.code == "NoSuchUpload" {
			return nil // some say so where there is none
		}
		if err != nil {
			return err
		}
		for _, u := range p.Upload {
			if err := each(u); err != nil {
				return err
			}
		}
		if !p.IsTruncated || p.NextKeyMarker == "" {
			return nil
		}
		if n += len(p.Upload); n > mostUploads || !on.moves(len(p.Upload), p.NextKeyMarker, p.NextUploadIDMarker) {
			return strange()
		}
		q.Set("key-marker", p.NextKeyMarker)
		q.Set("upload-id-marker", p.NextUploadIDMarker)
	}
}

// AbortBefore destroys what was sent of objects that never were complete, if that began
// before a time by the clock of the server.
func (b *Bucket) AbortBefore(ctx context.Context, before time.Time) error {
	return b.abort(ctx, "", before)
}

// abort does so for names that begin with start; a zero time is any.
func (b *Bucket) abort(ctx context.Context, start string, before time.Time) error {
	err := b.uploads(ctx, start, func(u upload) error {
		name, ours := strings.CutPrefix(u.Key, b.cfg.Prefix)
		if !ours || !isName(name) || !before.IsZero() && !u.Initiated.Before(before) {
			return nil
		}
		err := b.do(ctx, request{method: http.MethodDelete, key: name, query: url.Values{"uploadId": {u.UploadID}}})
		if refused(err, http.StatusNotFound) {
			return nil
		}
		return err
	})
	return known(err)
}
