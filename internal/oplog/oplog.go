// Package oplog is the log of a server, as whoever runs it reads it. Everything that a
// server logs goes through the handler made here, which lets pass what is on a list of
// keys and has the form that belongs to the key: a route as it stands in the source,
// not the path that was asked for; the key of a fault, not its words; the type of an
// error, not what it says. Nothing that a person typed has such a form, and what has
// none is left out and counted.
//
// Messages are constants. That, and that every call names keys of the list, is held
// by a test over the sources.
package oplog

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// A form says what a value may look like.
type form func(slog.Value) bool

// number is a count, a code or a duration. None of them says whose.
func number(v slog.Value) bool { return v.Kind() == slog.KindInt64 }

// matching is text of which the whole matches an expression.
func matching(expr string) form {
	whole := regexp.MustCompile(`^(?:` + expr + `)$`)
	return func(v slog.Value) bool {
		return v.Kind() == slog.KindString && len(v.String()) <= 400 && whole.MatchString(v.String())
	}
}

// oneType is how Go calls a type: a basic one, or one of a package.
const oneType = `<nil>|(?:[*]|\[\])*(?:string|error|bool|u?int(?:8|16|32|64)?|float(?:32|64)|[a-z][a-z0-9]*\.[A-Za-z][A-Za-z0-9]*)`

// places are functions and lines of this program.
func places(v slog.Value) bool {
	list, ok := v.Any().([]string)
	return ok && !slices.ContainsFunc(list, func(at string) bool { return !place.MatchString(at) })
}

var place = regexp.MustCompile(`^[A-Za-z0-9_./*()\[\]-]+:[0-9]+$`)

// forms are the keys that may be logged.
var forms = map[string]form{
	"route":  matching(`(?:[A-Z]+ )?/[a-z0-9{}$./_-]*(?:[a-z]+)?|refused`), // with {id} where the ID stands
	"status": number,                                                       // of HTTP
	"ref":    matching(`[A-Z2-7]{8}`),                                      // that a person was shown, made at random
	"ms":     number,
	"fault":  matching(`[a-z0-9_]+(?:\.[a-z0-9_]+)*`), // its key in the catalogue
	"kind":   number,                                  // of a fault
	"cause":  matching(`(?:(?:` + oneType + `)(?: |$))*`),
	"type":   matching(oneType),
	"at":     places, // of a panic

	"missing":     number, // sealed files
	"changed":     number, // likewise
	"files":       number,
	"announced":   number, // erasures
	"unannounced": number, // likewise, only in the list beside the pepper
	"seen":        number, // entries of the log that a witness saw
	"size":        number, // entries of the log

	"templates": number,                                // of an office
	"file":      matching(`(?:[a-z0-9-]{1,64}\.txt)?`), // of one of them, or none: its keepers name it, and are told to name nobody
	"line":      number,                                // in it

	"who": matching(`(?:witness|authority) [0-9]+`), // by the order in which they were named
}

// Keys returns the keys that may be logged, sorted.
func Keys() (keys []string) {
	for k := range forms {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// New returns a log that writes lines to w, of level Info and above. broken, which may
// be nil, counts those that say that something broke: errors, but not of requests,
// from which one could tell that somebody asked.
func New(w io.Writer, broken *atomic.Int64) *slog.Logger {
	return slog.New(handler{slog.NewTextHandler(w, nil), broken})
}

// Handler returns a handler that passes on to next what may be logged.
func Handler(next slog.Handler) slog.Handler { return handler{next, nil} }

type handler struct {
	next   slog.Handler
	broken *atomic.Int64
}

// Enabled implements [slog.Handler].
func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// message is what messages are made of: they are constants.
var message = regexp.MustCompile(`^[A-Za-z0-9 ,;:'()-]{1,120}$`)

// Handle implements [slog.Handler].
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	words := r.Message
	if !message.MatchString(words) {
		words = "a message that may not be logged"
	}
	if h.broken != nil && r.Level >= slog.LevelError && words != "request" {
		h.broken.Add(1)
	}
	out := slog.NewRecord(r.Time, r.Level, words, 0)
	refused := 0
	r.Attrs(func(a slog.Attr) bool {
		if may(a) {
			out.AddAttrs(a)
		} else {
			refused++
		}
		return true
	})
	if refused > 0 {
		out.AddAttrs(slog.Int("refused", refused))
	}
	return h.next.Handle(ctx, out)
}

func may(a slog.Attr) bool {
	a.Value = a.Value.Resolve()
	ok := forms[a.Key]
	return ok != nil && ok(a.Value) && !strings.ContainsAny(a.Value.String(), "\r\n")
}

// WithAttrs implements [slog.Handler].
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.next.WithAttrs(slices.DeleteFunc(slices.Clone(attrs), func(a slog.Attr) bool { return !may(a) })), h.broken}
}

// WithGroup implements [slog.Handler]. There are no groups: keys are those of the list
// wherever they stand.
func (h handler) WithGroup(string) slog.Handler { return h }
