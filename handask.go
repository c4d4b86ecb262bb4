package habeas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// A chain is what is handed over of an exhibit beside its file: its entries, each
// with the key that opens it and no other.
type chain struct {
	given  []custody.Given
	bodies []json.RawMessage // as each opens, with whatever stands in it
	events []CustodyEvent
	record custody.Exhibit
	bundle claim.Ref // what it was handed over with, once that is released
	to     string    // and to whom
	whole  bool
}

// chainOf opens the entries of an exhibit. Of a bundle that was released they end with
// those that say that its files were handed over: what came later nobody approved.
func (d *Desk) chainOf(ctx context.Context, k caseKeys, f *handed, r *rendered) (chain, error) {
	c := chain{events: f.record.Events, record: f.record.Exhibit, to: r.Bundle.To, whole: true}
	left := 0
	if r.left {
		c.bundle = r.Dossier
		for _, it := range r.Bundle.Items {
			if it.Exhibit == f.Exhibit {
				left++
			}
		}
	}
	for i, e := range c.events {
		if !c.own(e) {
			continue
		}
		if left--; left == 0 {
			c.events = c.events[:i+1]
			break
		}
	}
	keys, err := d.sourceKeys(ctx, k.vault, f.telling.VaultKey)
	if err != nil {
		return c, err
	}
	if err := d.give(ctx, &c, keys, f.entry); err != nil {
		return c, err
	}
	before := f.entry
	for _, e := range c.events {
		if err := d.give(ctx, &c, keys, e.Entry); err != nil {
			return c, err
		}
		c.whole = c.whole && e.Before == before
		before = e.Entry
	}
	c.whole = c.whole && len(c.events) > 0
	return c, nil
}

// own reports whether an event says that the bundle itself was handed over, in no
// words but those that were approved.
func (c chain) own(e CustodyEvent) bool {
	return c.bundle != "" && e.Act == custody.HandedOver && e.Note == string(c.bundle) && e.To == c.to && e.Purpose+e.Tool == ""
}

// give adds an entry to a chain.
func (d *Desk) give(ctx context.Context, c *chain, keys []ledger.Key, id ledger.ID) error {
	n, err := d.db.Entry(ctx, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(key ledger.Key) bool { return key.ID == n.Record.Key })
	if n.Pruned || i < 0 {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	g := custody.Given{Number: n.Number, Record: n.Record, Key: keys[i].Entry(id)}
	o, err := ledger.OpenWith(g.Record, g.Key)
	if err != nil {
		return err
	}
	e, err := d.verify(o)
	if err != nil {
		return err
	}
	c.given, c.bodies = append(c.given, g), append(c.bodies, e.Body)
	return nil
}

// changed reports whether the last check of a file found it changed.
func (c chain) changed(sum string) (bad bool) {
	for _, e := range c.events {
		if e.Act == custody.Fixity && e.SHA256 == sum {
			bad = !e.Good
		}
	}
	return bad
}

// texts returns the words in a chain that somebody may have written.
func (c chain) texts() []HandedText {
	ref, x := claim.Ref(c.record.Ref), c.record
	all := []HandedText{{ref, "name", "", x.Name}, {ref, "collector", "", x.Collector}, {ref, "when", "", x.When}, {ref, "where", "", x.Where}, {ref, "method", "", x.Method}, {ref, "capture", "", x.Capture}, {ref, "remarks", "", x.Remarks}}
	for _, e := range c.events {
		if !c.own(e) {
			all = append(all, textsIn(ref, e)...)
		}
	}
	return slices.DeleteFunc(all, func(t HandedText) bool { return t.Words == "" })
}

// textsIn returns those of an event. What this program writes there says nothing.
func textsIn(ref claim.Ref, e CustodyEvent) []HandedText {
	all := []HandedText{{ref, "to", e.Act, e.To}, {ref, "note", e.Act, e.Note}, {ref, "purpose", e.Act, e.Purpose}, {ref, "tool", e.Act, e.Tool}, {ref, "lang", e.Act, e.Lang}}
	for _, p := range e.Proofs { // a name of a file, or of who signed
		all = append(all, HandedText{ref, "proof", e.Act, p.Where})
		if p.CheckKey == "" {
			all = append(all, HandedText{ref, "proof", e.Act, p.Kind + ": " + p.Check})
		}
		if p.NotKey == "" {
			all = append(all, HandedText{ref, "proof", e.Act, p.Not})
		}
	}
	return slices.DeleteFunc(all, func(t HandedText) bool {
		return t.Words == "" || t.Field == "tool" && strings.HasPrefix(t.Words, "habeas ") || t.Field == "purpose" && (t.Words == safeCopy || t.Words == Redaction || slices.Contains(Derivations(), t.Words))
	})
}

// worded returns the bodies in which there are such words.
func (c chain) worded() (out []json.RawMessage) {
	for i, b := range c.bodies {
		if i == 0 || !c.own(c.events[i-1]) && len(textsIn(claim.Ref(c.record.Ref), c.events[i-1])) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// An asker finds what only people can decide.
type asker struct {
	key   [32]byte
	ix    *gate.Index
	r     *rendered
	h     *handing
	asked []Question
}

func (a *asker) add(q Question) {
	if !slices.ContainsFunc(a.asked, func(o Question) bool { return o.Key == q.Key }) {
		a.asked = append(a.asked, q)
	}
}

// answered returns the questions with the reasons that were given, and keeps of the
// choices those that answer one: nobody is asked to accept what they can't see.
func (a *asker) answered() []Question {
	var c Choices
	for i := range a.asked {
		q := &a.asked[i]
		for _, ask := range a.r.Choices.Asks {
			if ask.Key == q.Key {
				q.Reason = ask.Reason
			}
		}
		if said := a.r.Choices.about(q.Key); said.As == LeftToSecond {
			q.Reason = said.Reason
		}
		switch {
		case q.Reason == "":
		case q.About == AskHit:
			c.Asks = append(c.Asks, Ask{Key: q.Key, Reason: q.Reason, Person: q.Person})
		default:
			c.Decided = append(c.Decided, Decision{Key: q.Key, As: LeftToSecond, Reason: q.Reason})
		}
	}
	a.r.Choices = c
	return a.asked
}

// askAbout has the gate read what is said of a file and, where it can, the file. What
// may not leave is why the file stays; of what can't be told somebody is asked.
func (d *Desk) askAbout(a *asker, f *handed, v *HandedFile) error {
	if v.Why != "" {
		return nil
	}
	body, err := json.Marshal(f.chain.bodies)
	if err != nil {
		return err
	}
	hits, unread, err := a.check(f.allowed, gate.File{Name: "entries.json", Media: "application/json", Bytes: body})
	if err != nil {
		return err
	}
	v.Hits = hits
	if len(unread) > 0 || blocks(hits) {
		v.Why = StaysTexts
		return nil
	}
	files, unread, made, err := d.legible(f)
	if err != nil {
		return err
	}
	if !made {
		v.Why = StaysNoSafe
		return nil
	}
	v.Unread = unread
	if len(files) > 0 {
		if v.Hits, unread, err = a.check(f.allowed, files...); err != nil {
			return err
		}
		v.Unread = append(v.Unread, unread...)
	}
	if blocks(v.Hits) {
		v.Why = StaysNamed
		return nil
	}
	if slices.ContainsFunc(v.Unread, func(u gate.Unread) bool { return !lookable(u.Reason) }) {
		v.Why = StaysUnread
		return nil
	}
	a.ask(f, v, hits)
	return nil
}

// ask asks about a file that goes unless people say otherwise.
func (a *asker) ask(f *handed, v *HandedFile, said []gate.Hit) {
	a.add(Question{
		Key: keyed(a.key, "handed file", fmt.Sprintf("%q", []string{string(f.Exhibit), f.which, f.sealed.SHA256})), About: AskFile, Exhibit: f.Exhibit, Which: f.which, Unread: v.Unread,
	})
	may := func(which string, hits []gate.Hit) {
		for _, h := range hits {
			if h.Verdict == gate.Review {
				a.add(Question{Key: a.hitKey(f.Exhibit, which, h), About: AskHit, Exhibit: f.Exhibit, Which: which, Person: claim.Ref(h.Person), People: h.People})
			}
		}
	}
	may("", said)
	may(f.which, v.Hits)
	for _, t := range f.chain.texts() {
		if !slices.Contains(a.h.Texts, t) {
			a.h.Texts = append(a.h.Texts, t)
		}
		for _, s := range gate.Suspects(t.Words, nil) {
			words := t.Words[s.Start:s.End]
			a.add(Question{Key: keyed(a.key, "handed words", gate.SuspectKey(words)), About: AskWords, Exhibit: f.Exhibit, Words: words, Why: s.Why})
		}
	}
}

// hitKey tells whom words may mean in what is said of an exhibit, or in a file of it.
// The same entries make several pages: so it does not say where.
func (a *asker) hitKey(exhibit claim.Ref, which string, h gate.Hit) string {
	return keyed(a.key, "handed hit", fmt.Sprintf("%q %q %q %d", exhibit, which, h.Person, h.People))
}

func blocks(hits []gate.Hit) bool {
	return slices.ContainsFunc(hits, func(h gate.Hit) bool { return h.Verdict == gate.Block })
}

// check returns what the gate finds in files that may not simply pass.
func (a *asker) check(allowed map[string]bool, files ...gate.File) ([]gate.Hit, []gate.Unread, error) {
	_, err := gate.Check(gate.Draft{Files: files}, a.ix, gate.Options{Allowed: allowed})
	if refusal, ok := errors.AsType[*gate.Refusal](err); ok {
		return refusal.Hits, refusal.Unread, nil
	}
	return nil, nil, err
}

// mostRead is the largest file that the gate is given: it is in memory meanwhile.
const mostRead = 64 << 20

// legible returns what the gate can read of a file that is handed over, under the name
// that it gets. Nothing that came from outside is parsed here, where the keys are: of
// an original that is its safe copy, and what was left out of that. made is false if
// there could be one, and nobody made it.
func (d *Desk) legible(f *handed) (files []gate.File, unread []gate.Unread, made bool, err error) {
	media, from := gate.MediaOf(f.path), f.sealed
	if media == "" {
		return nil, []gate.Unread{{Reason: gate.UnknownKind}}, true, nil
	}
	if f.which == HandOriginal {
		if f.safe == nil {
			return nil, nil, false, nil
		}
		from = *f.safe
		left, cut := []string{}, len(from.Left) >= mostLeft
		for _, l := range from.Left {
			left = append(left, l.What, l.Where, l.Value.Reveal())
			cut = cut || strings.HasSuffix(l.Value.Reveal(), "…")
		}
		if cut { // of what is longer only the beginning was kept
			unread = []gate.Unread{{Reason: gate.TooLarge}}
		}
		b, err := json.Marshal(left)
		if err != nil {
			return nil, nil, false, err
		}
		files = []gate.File{{Name: f.path + ".left.json", Media: "application/json", Bytes: b}}
	}
	if from.Size > mostRead {
		return files, []gate.Unread{{Reason: gate.TooLarge}}, true, nil
	}
	b, err := d.wholeOf(from)
	return append(files, gate.File{Name: f.path, Media: media, Bytes: b}), unread, true, err
}

// wholeOf returns the bytes of a file that is not too large for that.
func (d *Desk) wholeOf(sealed vault.Attachment) ([]byte, error) {
	_, r, err := d.openKept(sealed)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, unreadable(err)
	}
	return b, nil
}

// lookable reports whether a person can see what the gate can't read in a file that
// was made anew: there is nothing in it but what it shows.
func lookable(why gate.Reason) bool {
	return slices.Contains([]gate.Reason{gate.Picture, gate.NoTextLayer, gate.UnknownKind, gate.TooLarge}, why)
}

// pathOf returns what a file is called in a bundle: a name that says nothing but what
// kind of file it is.
func (d *Desk) pathOf(n int, f *handed, media string) (string, error) {
	if !f.there() {
		return "", nil
	}
	_, r, err := d.openKept(f.sealed)
	if err != nil {
		return "", err
	}
	head := make([]byte, min(f.sealed.Size, 4096))
	_, err = io.ReadFull(r, head)
	if err := errors.Join(err, r.Close()); err != nil {
		return "", unreadable(err)
	}
	kind, _ := clean.KindOf(bytes.NewReader(head), int64(len(head)))
	ext := kind.Ext
	said := strings.ToLower(path.Ext(f.record.Name))
	for _, e := range []string{".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".csv", ".tsv"} {
		text := e == ".csv" || e == ".tsv"
		if (ext == ".zip" && !text || ext == ".txt" && text) && (media == gate.MediaOf(e) || f.which == HandOriginal && said == e) {
			return fmt.Sprintf("data/E%04d%s", n, e), nil
		}
	}
	return fmt.Sprintf("data/E%04d%s", n, ext), nil
}
