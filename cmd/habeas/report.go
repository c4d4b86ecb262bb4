package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"habeas/fault"
	"habeas/internal/backup"
	"habeas/internal/locale"
)

// Exit codes.
const (
	exitFound  = 1 // found, held back, refused in part, or not verified
	exitFailed = 2 // not carried out
)

// A refusal says what is wrong, in a few words without a capital or a full stop,
// and what to do about it.
type refusal struct {
	what  string
	hints []string
	code  int
}

func (r *refusal) Error() string { return r.what }

// refuse returns a refusal of what was asked.
func refuse(what string, hints ...string) error { return &refusal{what, hints, exitFailed} }

// found returns a refusal that says the command did its work, and found
// something.
func found(what string, hints ...string) error { return &refusal{what, hints, exitFound} }

// report writes err for a person to read, and returns the exit code.
func (p *program) report(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	r := explained(err)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		r = &refusal{what: "stopped", code: exitFailed}
	}
	fmt.Fprintf(p.err, "habeas: error: %s\n", r.what)
	for _, h := range r.hints {
		fmt.Fprintf(p.err, "habeas: hint: %s\n", h)
	}
	return r.code
}

// warn writes an error that does not end the command, and what it means.
func (p *program) warn(err error, then string) {
	if err == nil {
		return
	}
	r := explained(err)
	fmt.Fprintf(p.err, "habeas: warning: %s\n", r.what)
	for i, h := range append([]string{then}, r.hints...) {
		if i > 0 && strings.Contains(then, h) {
			continue // said already
		}
		fmt.Fprintf(p.err, "habeas: hint: %s\n", h)
	}
}

// explained turns any error into a refusal. Faults have words in the catalogue;
// what is neither comes from the system and names the file it is about.
func explained(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	if b, ok := errors.AsType[*backup.Refused](err); ok {
		code := exitFailed
		if b.Found {
			code = exitFound
		}
		return &refusal{b.What, []string{b.Then}, code}
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return &refusal{what: err.Error(), code: exitFailed}
	}
	r := &refusal{code: exitFailed}
	switch e.Kind() {
	case fault.Damaged, fault.Withheld:
		r.code = exitFound
	}
	for i, s := range sentences(locale.New("en").Fault(e)) {
		if i == 0 {
			r.what = s
		} else {
			r.hints = append(r.hints, s)
		}
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		r.hints = append(r.hints, "it was "+p.Path)
	}
	if cause := e.Unwrap(); e.Key() == "store.unreachable" && cause != nil {
		r.hints = append(r.hints, "it said: "+strings.Join(strings.Fields(cause.Error()), " ")) // without the password
	}
	if cause := e.Unwrap(); e.Kind() == fault.Internal && cause != nil {
		r.hints = append(r.hints, fmt.Sprintf("the cause is of type %T", cause))
	}
	return r
}

// sentences splits text and takes capitals and full stops off.
func sentences(text string) (out []string) {
	for _, s := range strings.Split(strings.TrimSuffix(text, "."), ". ") {
		first, n := utf8.DecodeRuneInString(s)
		if second, _ := utf8.DecodeRuneInString(s[n:]); !unicode.IsUpper(second) {
			s = string(unicode.ToLower(first)) + s[n:]
		}
		out = append(out, s)
	}
	return out
}

// misused adds to what the parser says where the right words are.
func misused(err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	help := "habeas --help"
	if pe, ok := errors.AsType[*kong.ParseError](err); ok && pe.Context != nil && pe.Context.Selected() != nil {
		help = pe.Context.Selected().FullPath() + " --help"
	}
	what, guess, guessed := strings.Cut(err.Error(), ", did you mean ")
	hints := []string{"run " + help + " to see what there is"}
	if guessed {
		hints = append([]string{"perhaps " + strings.ReplaceAll(strings.TrimSuffix(guess, "?"), `"`, "") + " is meant"}, hints...)
	}
	return &refusal{what, hints, exitFailed}
}
