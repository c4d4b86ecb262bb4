package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
)

// Choices are what members decided in the preview of a dossier about what the gate
// found in it. They hold no words of it: they are sealed on the body side, and a
// name that was found in a text must not stay behind in them.
type Choices struct {
	Edits   []dossier.Edit `json:"edits,omitempty"`
	Asks    []Ask          `json:"asks,omitempty"`
	Decided []Decision     `json:"decided,omitempty"` // of one warning the last counts
}

// An Ask puts review hits before a second member.
type Ask struct {
	Key    string    `json:"key"`    // of a [Marked]
	Reason string    `json:"reason"` // name-free
	Person claim.Ref `json:"person,omitempty"`
	Hits   []string  `json:"hits,omitempty"` // their IDs in the bytes that were proposed
}

// What was decided about a warning.
const (
	PublicFigure = "public" // whoever is meant is known to everybody
	NotAName     = "nobody"
	LeftToSecond = "asked" // a second member decides, for a reason; the only one for a code
	Undecided    = ""
)

// A Decision is about all the forms of a warning's words.
type Decision struct {
	Key    string `json:"key"` // of a [Warning]
	As     string `json:"as"`
	Reason string `json:"reason,omitempty"` // name-free
}

// Marked are the hits at one place of a dossier, in all its files.
type Marked struct {
	Key     string // the same while the words at that place are
	Hits    []int  // of the preview
	Person  claim.Ref
	At      dossier.Place // where it is, to be edited; the zero Place if it can't be
	Verdict gate.Verdict
	Words   string // of a review hit: who decides must see them, and may read them where they were said
	Case    string // of the words, as far as can be told: where Decline has one
	Ask     *Ask   // that was made of a second member
}

// A Warning is what looks like a name, or leads to somebody, in the words of a
// dossier, wherever it stands in them.
type Warning struct {
	Key    string
	Words  string // as they stand in the first place
	Why    string // as in [gate.Span]
	Code   bool   // not a name
	Places []Sighting
	Decision
}

// A Sighting is one place of a warning.
type Sighting struct {
	dossier.Place
	From, Till int    // bytes of dossier.txt
	Case       string // as in [Marked]
}

// A Change is an edit that stands in a dossier: who approves it must see where a
// cover name stands for words that somebody said.
type Change struct {
	dossier.Edit
	Was        string // the words that were replaced, unless the gate would find somebody in them
	From, Till int    // bytes of dossier.txt where other words stand now; both 0 if none do
}

// checkChoices fails if a choice is none, or a reason is missing or names somebody.
func (d *Desk) checkChoices(ctx context.Context, by Actor, k caseKeys, c Choices) error {
	var reasons []string
	for _, a := range c.Asks {
		if !isKey(a.Key) {
			return fault.New(fault.Invalid, "dossier.bad_edit")
		}
		if len(strings.Fields(a.Reason)) < 2 {
			return fault.New(fault.Invalid, "dossier.ask_reason", fault.Field("why"))
		}
		reasons = append(reasons, a.Reason)
	}
	for _, a := range c.Decided {
		if !isKey(a.Key) || !slices.Contains([]string{PublicFigure, NotAName, LeftToSecond, Undecided}, a.As) {
			return fault.New(fault.Invalid, "dossier.bad_edit")
		}
		if a.As == LeftToSecond && len(strings.Fields(a.Reason)) < 2 {
			return fault.New(fault.Invalid, "dossier.ask_reason", fault.Field("why"))
		}
		reasons = append(reasons, a.Reason)
	}
	return d.nameFree(ctx, by, k.circle, reasons...)
}

// inherit takes over what was decided about names in an earlier version. What a
// second member was asked is asked again, and what stood in a version that one
// refused, also if an older version has it, too.
func (c *Choices) inherit(earlier Choices, refused bool) {
	for _, a := range earlier.Decided {
		switch {
		case refused:
			c.Decided = append(c.Decided, Decision{Key: a.Key})
		case a.As != LeftToSecond:
			c.Decided = append(c.Decided, a)
		}
	}
}

// about returns what was decided last about a warning.
func (c *Choices) about(key string) Decision {
	for _, a := range slices.Backward(c.Decided) {
		if a.Key == key {
			return a
		}
	}
	return Decision{Key: key}
}

// tidy keeps of the choices those that are about something in the preview, with
// the hits that are asked about: nobody is asked to accept what they can't see.
func (c Choices) tidy(p *Preview) Choices {
	out := Choices{Edits: c.Edits}
	for _, m := range p.Marked {
		if m.Ask == nil {
			continue
		}
		a := Ask{Key: m.Key, Reason: m.Ask.Reason, Person: m.Person}
		for _, n := range m.Hits {
			a.Hits = append(a.Hits, p.Hits[n].ID)
		}
		out.Asks = append(out.Asks, a)
	}
	for _, w := range p.Warnings {
		if w.As != Undecided {
			out.Decided = append(out.Decided, w.Decision)
		}
	}
	return out
}

// sayChoices says in a preview where the hits stand and what was chosen about
// them, and what looks like a name.
func (d *Desk) sayChoices(ctx context.Context, k caseKeys, r *rendered, doc *dossier.Document, p *Preview) error {
	p.Choices = r.Choices
	key := choiceKey(k)
	if err := d.sayChanges(ctx, k, doc, p); err != nil {
		return err
	}
	guess, err := d.guesser(ctx, k, r, len(p.Hits) > 0)
	if err != nil {
		return err
	}
	for n, h := range p.Hits {
		at, ok := doc.Place(h.File, h.Start, h.End)
		words := wordsOfHit(p.Files, h)
		m := Marked{Key: keyed(key, "elsewhere", fmt.Sprintf("%q %q %q %d", []string{h.File, h.Part, words}, h.Person, h.Class, h.People)), Hits: []int{n}, Person: claim.Ref(h.Person), Verdict: h.Verdict}
		if ok && !h.InName && h.Part == "" {
			m.At, m.Key = at, markedKey(key, at, h)
			words = doc.Words(at)
			m.Case = guess(m.Person, words)
		}
		if h.Verdict == gate.Review {
			m.Words = words
		}
		if i := slices.IndexFunc(p.Marked, func(o Marked) bool { return o.Key == m.Key }); i >= 0 {
			p.Marked[i].Hits = append(p.Marked[i].Hits, n)
			if m.Verdict > p.Marked[i].Verdict {
				p.Marked[i].Verdict, p.Marked[i].Words, p.Marked[i].Ask = m.Verdict, "", nil
			}
			continue
		}
		if i := slices.IndexFunc(r.Choices.Asks, func(a Ask) bool { return a.Key == m.Key }); i >= 0 && h.Verdict == gate.Review {
			m.Ask = &r.Choices.Asks[i]
		}
		p.Marked = append(p.Marked, m)
	}
	unknown := doc.Unknown()
	if r.Letter != nil {
		if unknown, err = d.unknownTyped(ctx, k, r, p.Files); err != nil {
			return err
		}
	}
	for _, u := range unknown {
		// What the gate found is decided about as that, and its words may not be shown.
		if slices.ContainsFunc(p.Marked, func(m Marked) bool { return m.At.Leaf == u.Leaf && m.At.Start < u.End && u.Start < m.At.End }) {
			continue
		}
		p.warn(u, warningKey(key, u), guess("", u.Words))
	}
	for i := range p.Warnings {
		w := &p.Warnings[i]
		w.Decision = r.Choices.about(w.Key)
		if w.Code && w.As != LeftToSecond {
			w.Decision = Decision{Key: w.Key}
		}
	}
	return nil
}

// sayChanges says in a preview what the edits did.
func (d *Desk) sayChanges(ctx context.Context, k caseKeys, doc *dossier.Document, p *Preview) error {
	ix, err := d.gateIndex(ctx, k.circle)
	if err != nil {
		return err
	}
	for _, e := range p.Choices.Edits {
		c := Change{Edit: e}
		if was, from, till, there := doc.Changed(e); there {
			c.From, c.Till, c.Was = from, till, doc.Words(was)
			if len(gate.Scan([]byte(c.Was), ix)) > 0 {
				c.Was = ""
			}
		}
		p.Changed = append(p.Changed, c)
	}
	return nil
}

// wordsOfHit returns what stands at a hit that is none of a document's lines.
func wordsOfHit(files []gate.File, h gate.Hit) string {
	for _, f := range files {
		if f.Name == h.File && h.Part == "" && !h.InName && 0 <= h.Start && h.Start < h.End && h.End <= len(f.Bytes) {
			return string(f.Bytes[h.Start:h.End])
		}
	}
	return ""
}

// warn adds a place to the warning with its key.
func (p *Preview) warn(u dossier.Unknown, key, in string) {
	s := Sighting{u.Place, u.From, u.Till, in}
	i := slices.IndexFunc(p.Warnings, func(w Warning) bool { return w.Key == key })
	if i < 0 {
		p.Warnings = append(p.Warnings, Warning{Key: key, Words: u.Words, Why: u.Why, Code: gate.Code(u.Why), Places: []Sighting{s}})
		return
	}
	p.Warnings[i].Places = append(p.Warnings[i].Places, s)
}

// choiceKey is what the keys of a case's hits and warnings are made under: of its
// first generation, so that members of every circle that has it mean the same.
func choiceKey(k caseKeys) [32]byte {
	all := k.body.all()
	return all[len(all)-1].Bind(keyOf(k.id, "choices"), nil)
}

// markedKey tells the place of a hit, and whom it may mean, from others.
func markedKey(key [32]byte, at dossier.Place, h gate.Hit) string {
	b, _ := json.Marshal([]any{at.Leaf, at.Start, at.End, h.Person, h.People}) // of strings and numbers
	return keyed(key, "hit", string(b))
}

// warningKey is the same for all forms of a warning's words. It is keyed, for what
// it stands for may turn out to be a name.
func warningKey(key [32]byte, u dossier.Unknown) string {
	if gate.Code(u.Why) {
		return keyed(key, "code", gate.SuspectKey(u.Words))
	}
	return keyed(key, "name", gate.SuspectKey(u.Words))
}

// keySize is how many bytes of a hash the key of a hit or a warning has.
const keySize = 12

func keyed(key [32]byte, what, s string) string {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("habeas choice 1\n" + what + "\n" + s))
	return hex.EncodeToString(h.Sum(nil)[:keySize])
}

// isKey reports whether s can be what keyed made: it is kept, and so may be no words.
func isKey(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == keySize
}

// undecided counts the warnings nobody decided about.
func (p *Preview) undecided() (n int) {
	for _, w := range p.Warnings {
		if w.As == Undecided {
			n++
		}
	}
	return n
}

// ready reports whether nothing keeps the dossier from being put before a second
// member: what the gate holds back is all asked about.
func (p *Preview) ready() bool {
	asked := func(n int) bool {
		return slices.ContainsFunc(p.Marked, func(m Marked) bool { return m.Ask != nil && slices.Contains(m.Hits, n) })
	}
	for n, h := range p.Hits {
		if h.Verdict != gate.Review || !asked(n) {
			return false
		}
	}
	return len(p.Unreadable) == 0 && p.undecided() == 0 && p.mayLeave() == nil
}
