package habeas

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// A Leftover is a name that was overlooked: words that stand in a working text, a
// title or a claim, and whom they name.
type Leftover struct {
	Words  vault.Text
	Person claim.Ref  // empty for somebody who is not in the case yet
	New    *NewPerson // who that is
}

// A Resealing is what taking a name out of a statement would do.
type Resealing struct {
	Title, Text string       // as they will be
	Places      int          // where the words stand, in text, title and claims
	Claims      int          // that will be written anew
	Dropped     int          // claims that no longer count, and go with the old text
	Dossiers    []DossierRow // that may quote the old text, and go with it
	Left        int          // places that still look like this name, or another that is protected
	Backups     time.Time    // as in Erasing
}

// Resealing says what [Desk.Reseal] would do. It changes nothing.
func (d *Desk) Resealing(ctx context.Context, by Actor, id CaseID, st claim.Ref, l Leftover) (*Resealing, error) {
	if err := d.may(by, reseal); err != nil {
		return nil, err
	}
	if l.Person == "" {
		l.Person = claim.NewRef(claim.RefPerson)
	}
	r, err := d.planReseal(ctx, by, id, st, l)
	if err != nil {
		return nil, err
	}
	return &r.Resealing, nil
}

// Reseal takes a name out of a statement for good: the text, the title and the
// claims that count are written anew under a new key, with a reference in place
// of the words, and the old key is destroyed with every earlier version. The
// original stays as it was, in the vault. The gate learns the words.
//
// Claims keep what was said of them; that they were taken by others than by shows
// only in backups. If it fails or is cut short, see [Desk.Erase].
func (d *Desk) Reseal(ctx context.Context, by Actor, id CaseID, st claim.Ref, l Leftover) error {
	if err := d.may(by, reseal); err != nil {
		return err
	}
	if err := d.listErased(ledger.ID{}); err != nil {
		return err
	}
	if l.Person == "" && l.New == nil {
		return fault.New(fault.Invalid, "person.none", fault.Field("person"))
	}
	if l.Person == "" {
		if _, err := d.Resealing(ctx, by, id, st, l); err != nil {
			return err // before somebody is recorded for nothing
		}
		var err error
		if l.Person, err = d.addPerson(ctx, by, id, *l.New, st); err != nil {
			return err
		}
	}
	leave, err := d.readyShared(ctx, by)
	if err != nil {
		return err
	}
	es, err := d.intendReseal(ctx, by, id, st, l)
	leave()
	if err != nil {
		return err
	}
	return d.finishErasing(ctx, by.me.Signer(), es)
}

// A resealPlan is a statement as it is, and as it will be.
type resealPlan struct {
	Resealing
	erasePlan
	state  *claim.State
	told   claim.Telling
	person claim.Ref
	cover  string // what stands for the person where no mark can
	words  string
	edits  []edit // of the newest text
}

// planReseal finds the words, and what has to be written anew.
func (d *Desk) planReseal(ctx context.Context, by Actor, id CaseID, st claim.Ref, l Leftover) (*resealPlan, error) {
	words := strings.TrimSpace(claim.Clean(l.Words.Reveal()))
	if letters(words) < 2 {
		return nil, fault.New(fault.Invalid, "reseal.words", fault.Field("leftover"))
	}
	k, state, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return nil, err
	}
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	if err := d.ownKeys(ctx, k, state, t); err != nil {
		return nil, err
	}
	p := &resealPlan{state: state, told: t, person: l.Person, words: words, cover: state.Cover(l.Person)}
	if p.cover == "" {
		p.cover = "—"
	}
	p.keys, p.gone, p.each = k, []ledger.ID{t.BodyKey}, []claim.Erased{{Statement: st, Why: ledger.Resealed}}
	p.Resealing.Backups = d.ErasedBy(d.now())
	text := t.Newest().Text
	p.edits = occurrences(text, words)
	p.Text, p.Title = apply(text, p.edits, claim.MarkOf(l.Person)), p.plain(t.Title)
	p.Places = len(p.edits) + len(occurrences(t.Title, words))
	for _, c := range state.Claims {
		switch {
		case c.Statement != st:
		case c.Status != claim.Live:
			p.Dropped++
		default:
			p.Resealing.Claims++
			p.Places += len(occurrences(c.Value.Text, words)) + len(occurrences(c.Reason, words))
		}
	}
	for _, n := range state.Consents[st] {
		p.Places += len(occurrences(n.Said.Explained, words)) + len(occurrences(n.Said.Reason, words))
	}
	if p.Places == 0 {
		return nil, fault.New(fault.NotFound, "reseal.not_there", fault.Field("leftover"))
	}
	return p, d.planRest(ctx, by, p)
}

// planRest finds the entries that go, and looks at what stays.
func (d *Desk) planRest(ctx context.Context, by Actor, p *resealPlan) error {
	cv, err := d.view(ctx, p.keys.circle)
	if err != nil {
		return err
	}
	entries, err := cv.view.Case(ctx, p.keys.id)
	if err != nil {
		return err
	}
	generations, err := d.holdersOfCase(ctx, p.keys.id)
	if err != nil {
		return err
	}
	p.each[0].Gone = goneUnder(entries, generations, p.told.BodyKey)
	if err := d.planDossiers(ctx, by, &p.erasePlan, p.state, entries, generations); err != nil {
		return err
	}
	p.Resealing.Dossiers = p.erasePlan.Dossiers
	known, err := d.gateIndex(ctx, p.keys.circle)
	if err != nil {
		return err
	}
	stays := []string{p.Text, p.Title}
	for _, c := range p.state.Claims {
		if c.Statement == p.told.Ref && c.Status == claim.Live {
			stays = append(stays, p.plain(c.Value.Text))
		}
	}
	for _, s := range stays {
		p.Left += blocked(gate.Scan([]byte(s), known)) + alike(s, p.words)
	}
	return nil
}

// plain returns a short text with the cover name in place of the words.
func (p *resealPlan) plain(s string) string { return apply(s, occurrences(s, p.words), p.cover) }

// intendReseal writes what stays under a new key, and that the old one is to be
// destroyed, all or none.
func (d *Desk) intendReseal(ctx context.Context, by Actor, id CaseID, st claim.Ref, l Leftover) ([]*erasing, error) {
	d.sealing.Lock()
	defer d.sealing.Unlock()
	for try := 1; ; try++ {
		es, err := d.intendResealOnce(ctx, by, id, st, l)
		if !movedOn(err) || try == mostTries {
			return es, err
		}
	}
}

func (d *Desk) intendResealOnce(ctx context.Context, by Actor, id CaseID, st claim.Ref, l Leftover) ([]*erasing, error) {
	if err := d.catchUp(ctx); err != nil {
		return nil, err
	}
	size := d.caught.Load()
	p, err := d.planReseal(ctx, by, id, st, l)
	if err != nil {
		return nil, err
	}
	if _, ok := p.state.Persons[l.Person]; !ok {
		return nil, fault.New(fault.Invalid, "person.none", fault.Field("person"))
	}
	source, wrap, key, err := newSource(p.keys.body, id)
	if err != nil {
		return nil, err
	}
	heads, err := d.headsOf(ctx, p.keys)
	if err != nil {
		return nil, err
	}
	again, err := p.rewrite(by.me.Signer(), heads, key, source, d.now())
	if err != nil {
		return nil, err
	}
	drafts := []draft{{claim.KindErased, &p.each[0], p.keys.body.Key()}}
	reading, err := d.relink(ctx, p, l.Words)
	if err != nil {
		return nil, err
	}
	drafts = append(drafts, reading...)
	detail, err := d.detailDrafts(ctx, by, p.keys, vault.Detail{Person: l.Person, Statement: st, Names: leftoverNames(l.Words)})
	if err != nil {
		return nil, err
	}
	drafts = append(drafts, detail...)
	if err := d.db.PutWraps(ctx, wrap); err != nil {
		return nil, err
	}
	return d.announce(ctx, by, size, p.keys, ledger.NewErase(ledger.Resealed, p.gone...), drafts, again)
}

// rewrite seals the statement, its text and its claims anew, and notes in what is
// gone where each claim went.
func (p *resealPlan) rewrite(by ledger.Signer, heads []ledger.ID, key ledger.Key, source ledger.ID, now time.Time) ([]ledger.Sealed, error) {
	told := p.told.Statement
	told.Title, told.BodyKey = p.Title, source
	drafts := []draft{{claim.KindStatement, told, key}}
	version := p.told.Newest().Version
	if version > 0 {
		version++
		drafts = append(drafts, draft{claim.KindText, claim.Text{Statement: told.Ref, Version: version, Text: p.Text}, key})
	}
	for _, c := range p.consents() {
		drafts = append(drafts, draft{claim.KindConsent, c, key})
	}
	var was []ledger.ID
	for _, r := range p.state.Claims {
		if r.Statement != told.Ref || r.Status != claim.Live {
			continue
		}
		c := r.Claim
		c.Start, c.End = p.passage(c)
		c.Version, c.Replaces, c.Reason = version, ledger.ID{}, ""
		c.Value.Text = p.plain(c.Value.Text)
		drafts, was = append(drafts, draft{claim.KindClaim, c, key}), append(was, r.Entry)
	}
	sealed, ids, err := sealAll(by, p.keys.id, heads, now, drafts)
	if err != nil {
		return nil, err
	}
	ids = ids[len(ids)-len(was):]
	for i := range p.each[0].Gone {
		g := &p.each[0].Gone[i]
		if at := slices.Index(was, g.Entry); at >= 0 {
			g.Now = ids[at]
		}
	}
	return sealed, nil
}

// consents returns what was agreed to about the statement, which goes with the old
// key, without the words.
func (p *resealPlan) consents() (all []claim.Consent) {
	for _, n := range p.state.Consents[p.told.Ref] {
		c := n.Said
		c.Explained, c.Reason, c.Uses = p.plain(c.Explained), p.plain(c.Reason), slices.Clone(c.Uses)
		for i := range c.Uses {
			c.Uses[i].Label = p.plain(c.Uses[i].Label)
		}
		all = append(all, c)
	}
	return all
}

// passage returns where the passage of a claim stands in the new text. One of an
// earlier version is looked for by its words; if they are not there, it is all.
func (p *resealPlan) passage(c claim.Claim) (start, end int) {
	if c.Version == p.told.Newest().Version {
		length := len(claim.MarkOf(p.person))
		return moved(p.edits, length, c.Start, false), moved(p.edits, length, c.End, true)
	}
	words := p.state.Passage(c)
	words = apply(words, occurrences(words, p.words), claim.MarkOf(p.person))
	if at := strings.Index(p.Text, words); at >= 0 && words != "" {
		return at, at + len(words)
	}
	return 0, len(p.Text)
}

// relink links the words in the original, so that who looks at names sees them
// where they stood.
func (d *Desk) relink(ctx context.Context, p *resealPlan, words vault.Text) ([]draft, error) {
	if p.told.Newest().Version == 0 {
		return nil, nil
	}
	w, err := d.working(ctx, p.keys, p.state, p.told)
	if err != nil {
		return nil, err
	}
	plain := w.original.Plain.Reveal()
	for _, e := range occurrences(plain, p.words) {
		over := func(l vault.Link) bool { return e.start < l.End && l.Start < e.end }
		if !slices.ContainsFunc(w.reading.Links, over) {
			w.reading.Links = append(w.reading.Links, vault.Link{Start: e.start, End: e.end, Person: p.person})
		}
	}
	w.reading.Statement, w.reading.Version = p.told.Ref, p.told.Newest().Version+1
	body, err := w.reading.Body()
	return []draft{{vault.KindReading, body, w.key}}, err
}

// An edit is a stretch of a text that is replaced.
type edit struct{ start, end int }

// occurrences returns where words stand in text as words of their own, in any
// letter case, and in no mark.
func occurrences(text, words string) (edits []edit) {
	marks := claim.Marks(text)
	for at := range text {
		end, ok := foldedPrefix(text[at:], words)
		if !ok || len(edits) > 0 && at < edits[len(edits)-1].end {
			continue
		}
		e := edit{at, at + end}
		inMark := slices.ContainsFunc(marks, func(m claim.Mark) bool { return m.Start < e.end && e.start < m.End })
		if !inMark && wordEdge(text, e.start) && wordEdge(text, e.end) {
			edits = append(edits, e)
		}
	}
	return edits
}

// foldedPrefix returns how long the prefix of text is that is words in any letter
// case.
func foldedPrefix(text, words string) (int, bool) {
	rest := text
	for range words {
		if rest == "" {
			return 0, false
		}
		_, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
	}
	n := len(text) - len(rest)
	return n, words != "" && strings.EqualFold(text[:n], words)
}

// apply puts with in place of each edit.
func apply(text string, edits []edit, with string) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.start])
		b.WriteString(with)
		at = e.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// moved returns where a place in a text is after edits that each put length bytes
// in. One within what was replaced goes to its start, or to its end.
func moved(edits []edit, length, at int, toEnd bool) int {
	shift := 0
	for _, e := range edits {
		switch {
		case e.end <= at:
			shift += length - (e.end - e.start)
		case e.start < at && toEnd:
			return e.start + shift + length
		case e.start < at:
			return e.start + shift
		}
	}
	return at + shift
}

// leftoverNames returns the words of a name that was overlooked as what others
// call the person, each alone and without capitals: so they are known in both.
func leftoverNames(words vault.Text) (names [][]vault.Part) {
	for _, w := range strings.Fields(words.Reveal()) {
		names = append(names, []vault.Part{{Kind: name.Alias, Text: vault.NewText(strings.ToLower(w))}})
	}
	return names
}

// alike counts the words of a text, outside its marks, that begin as one of words
// does: other cases of a name, mostly.
func alike(text, words string) (n int) {
	text = strings.ToLower(claim.Render(text, func(claim.Ref) string { return " " }))
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }
	var stems []string
	for _, w := range strings.FieldsFunc(strings.ToLower(words), apart) {
		if r := []rune(w); len(r) >= 4 {
			stems = append(stems, string(r[:max(4, len(r)-2)]))
		}
	}
	for _, w := range strings.FieldsFunc(text, apart) {
		if slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(w, stem) }) {
			n++
		}
	}
	return n
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
