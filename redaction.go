package habeas

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"habeas/claim"
	"habeas/clean"
	"habeas/fault"
	"habeas/internal/sandbox"
	"habeas/picture"
	"habeas/redact"
	"habeas/vault"
)

// Redacts reports whether parts can be taken out of files of that media type.
func Redacts(media string) bool {
	kind, _, _ := strings.Cut(media, "/")
	return kind == "video" || kind == "audio" || media == "application/pdf" || kind == "image" && media != "image/svg+xml"
}

// Redact takes parts out of an exhibit, always of the original, and keeps what is
// left as a file made of it. why says what for, and may name somebody. Nothing of the
// original changes. The exhibit is shown to by as it is: see [Desk.LookAtFile]. If it
// can't be done, the fault is "exhibit.not_redacted", "exhibit.cut_nothing",
// "exhibit.needs_tool" or "exhibit.no_safe_copy".
func (d *Desk) Redact(ctx context.Context, by Actor, id CaseID, ref claim.Ref, plan redact.Plan, why string) (FileOf, error) {
	if err := d.may(by, lookNames); err != nil {
		return FileOf{}, err
	}
	d.copying.Lock()
	defer d.copying.Unlock()
	f, err := d.redactable(ctx, by, id, ref)
	if err != nil {
		return FileOf{}, err
	}
	if !d.TakesFiles() {
		return FileOf{}, fault.New(fault.Busy, "intake.no_room")
	}
	out, report, err := d.redacted(ctx, f.Attachment, plan)
	if err != nil {
		return FileOf{}, err
	}
	defer out.Close()
	blob, err := d.keepMade(ctx, by, f, out, vault.Attachment{
		Made: Redaction, From: f.SHA256, Media: report.Kind.Media, Left: append(told(report), left(report.Clean)...), Why: vault.NewText(why),
	}, tool("redact, clean"))
	if err != nil {
		return FileOf{}, err
	}
	return d.madeAs(ctx, by, id, ref, blob)
}

// What the list of what is not in a redaction begins with, in [vault.Left.What]: words
// that were to go, with how often each was found, and what was not looked at.
const (
	WordTaken    = "word"            // Where is how often, Value the word
	PagePictured = "page as picture" // Where is its number: its words can no longer be read
	PageUnread   = "page not read"   // Where is its number: words were not looked for in all of it
	Unproved     = "not drawn again" // nobody looked whether something is left in the boxes
)

// told returns what a redaction did, for whoever may see names.
func told(r *redact.Report) (all []vault.Left) {
	for _, word := range slices.Sorted(maps.Keys(r.Words)) {
		all = append(all, vault.Left{What: WordTaken, Where: strconv.Itoa(r.Words[word]), Value: vault.NewText(word)})
	}
	for _, page := range r.Pages {
		all = append(all, vault.Left{What: PagePictured, Where: strconv.Itoa(page)})
	}
	for _, page := range r.Unread {
		all = append(all, vault.Left{What: PageUnread, Where: strconv.Itoa(page)})
	}
	if r.Unproved {
		all = append(all, vault.Left{What: Unproved})
	}
	return all
}

// PreviewRedaction returns a picture of what [Desk.Redact] would keep, as
// [Desk.Glimpse] does. Nothing is kept or written down.
func (d *Desk) PreviewRedaction(ctx context.Context, by Actor, id CaseID, ref claim.Ref, plan redact.Plan, g Glimpsed) ([]byte, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	d.copying.Lock()
	defer d.copying.Unlock()
	f, err := d.redactable(ctx, by, id, ref)
	if err != nil {
		return nil, err
	}
	out, _, err := d.redacted(ctx, f.Attachment, plan)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	return d.pictured(ctx, out, picture.View{Page: g.Page, At: g.At})
}

// redactable returns an exhibit whose safe copy is shown to by as it is: who takes
// something out of it sees what it was.
func (d *Desk) redactable(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*heldFile, error) {
	_, veiled, err := d.shownFile(ctx, by, id, FileOf{Exhibit: ref})
	if err != nil {
		return nil, err
	}
	if veiled {
		return nil, fault.New(fault.Conflict, "exhibit.veiled")
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	return f, err
}

// redacted returns a file without what a plan says, in memory.
func (d *Desk) redacted(ctx context.Context, a vault.Attachment, plan redact.Plan) (*os.File, *redact.Report, error) {
	in, err := d.inMemory(a)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	out, err := memoryFile()
	if err != nil {
		return nil, nil, err
	}
	report, err := redact.Confined(ctx, out, in, plan)
	if err == nil {
		if report.Clean == nil {
			report.Clean = &clean.Report{Kind: report.Kind}
		}
		_, err = out.Seek(0, 0)
		return out, report, err
	}
	err = errors.Join(err, out.Close())
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.Is(err, redact.ErrNothing):
		return nil, nil, fault.Wrap(err, fault.Invalid, "exhibit.cut_nothing")
	case errors.As(err, new(*sandbox.Missing)) || errors.Is(err, sandbox.ErrWalls):
		return nil, nil, fault.Wrap(err, fault.Invalid, "exhibit.needs_tool")
	case errors.As(err, new(*clean.Refused)):
		return nil, nil, fault.Wrap(err, fault.Invalid, "exhibit.no_safe_copy")
	}
	return nil, nil, fault.Wrap(err, fault.Invalid, "exhibit.not_redacted")
}
