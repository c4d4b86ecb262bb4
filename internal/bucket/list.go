package bucket

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"habeas/fault"
)

// An Item is an object of the bucket, or an older version of one.
type Item struct {
	Name     string // the SHA-256 it is called by
	Size     int64
	Modified time.Time // by the clock of the server
}

// Items yields all sealed files, with older versions and marks of removal, in no order
// that can be relied on. Objects that are none of ours are passed over.
func (b *Bucket) Items(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for v, err := range b.versions(ctx, "") {
			if err == nil && !isName(v.name) {
				continue
			}
			if !yield(Item{v.name, v.Size, v.LastModified}, err) || err != nil {
				return
			}
		}
	}
}

// Remove removes an object for good, with all its versions and with what was sent of it,
// and returns how many bytes that were. One that is not there is no error. When it
// returns nil, the server has been asked and says that nothing of it is there.
func (b *Bucket) Remove(ctx context.Context, name string) (int64, error) {
	if !isName(name) {
		return 0, nil
	}
	if err := b.abort(ctx, name, time.Time{}); err != nil {
		return 0, err
	}
	return b.remove(ctx, name)
}

func (b *Bucket) remove(ctx context.Context, key string) (size int64, err error) {
	for range mostRounds {
		n := 0
		for v, err := range b.versions(ctx, key) {
			if err != nil {
				return size, err
			}
			if v.name != key {
				continue // it only begins like it
			}
			r := request{method: http.MethodDelete, key: key}
			if v.VersionID != "" {
				r.query = url.Values{"versionId": {v.VersionID}}
			}
			if err := b.do(ctx, r); err != nil && !refused(err, http.StatusNotFound) {
				return size, known(err)
			}
			if n++; n > mostVersions {
				return size, strange()
			}
			size += v.Size
		}
		if n == 0 {
			return size, nil
		}
	}
	return size, fault.New(fault.Forbidden, "bucket.keeps")
}

// Limits of what a server is believed.
const (
	mostSize     = 1 << 50 // bytes of an object: more than any server takes
	mostVersions = 10_000  // of one object, which is written once
	mostUploads  = 100_000 // that are not complete
	mostEmpty    = 100     // answers in succession that say there is more, and hold nothing
)

// strange is the fault for a list that can't be right.
func strange() error { return fault.New(fault.Forbidden, "bucket.strange") }

// onward sees to it that a list comes to an end: a server that says again and again that
// there is more must also go on.
type onward struct {
	last  []string
	empty int
}

// moves reports whether the next answer may be asked for, after one that held so much and
// says from where to go on.
func (o *onward) moves(held int, from ...string) bool {
	if o.empty++; held > 0 {
		o.empty = 0
	}
	again := slices.Equal(from, o.last)
	o.last = from
	return !again && o.empty < mostEmpty
}

// mostRounds is how often what is removed is looked for again: the first finds it, the
// second nothing, unless somebody wrote meanwhile.
const mostRounds = 3

// A version is one version of an object, or a mark that it was removed.
type version struct {
	Key          string
	VersionID    string `xml:"VersionId"` // empty where the server lists objects only
	Size         int64
	LastModified time.Time
	name         string // Key without the prefix
}

// A page is what a server lists at once: versions, or objects if it knows no versions.
type page struct {
	Version, DeleteMarker, Contents []version
	IsTruncated                     bool
	NextKeyMarker                   string
	NextVersionID                   string `xml:"NextVersionIdMarker"`
	NextContinuationToken           string
}

// versions yields every version whose name begins with start.
func (b *Bucket) versions(ctx context.Context, start string) iter.Seq2[version, error] {
	return func(yield func(version, error) bool) {
		var on onward
		plain := false
		q := url.Values{"versions": {""}, "prefix": {b.cfg.Prefix + start}}
		for more := true; more; {
			var p page
			err := b.ask(ctx, request{method: http.MethodGet, query: q}, &p)
			if !plain && refused(err, http.StatusNotImplemented, http.StatusMethodNotAllowed) {
				plain = true
				q = url.Values{"list-type": {"2"}, "prefix": {b.cfg.Prefix + start}}
				continue
			}
			if err != nil {
				yield(version{}, known(err))
				return
			}
			held := 0
			for _, list := range [][]version{p.Version, p.DeleteMarker, p.Contents} {
				held += len(list)
				for _, v := range list {
					name, ours := strings.CutPrefix(v.Key, b.cfg.Prefix)
					if v.Size < 0 || v.Size > mostSize {
						yield(version{}, strange())
						return
					}
					if v.name = name; ours && !yield(v, nil) {
						return
					}
				}
			}
			more = p.IsTruncated && cmp.Or(p.NextKeyMarker, p.NextContinuationToken) != ""
			if more && !on.moves(held, p.NextKeyMarker, p.NextVersionID, p.NextContinuationToken) {
				yield(version{}, strange())
				return
			}
			q.Del("key-marker")
			q.Del("version-id-marker")
			switch {
			case plain:
				q.Set("continuation-token", p.NextContinuationToken)
			default:
				q.Set("key-marker", p.NextKeyMarker)
				if p.NextVersionID != "" {
					q.Set("version-id-marker", p.NextVersionID)
				}
			}
		}
	}
}
