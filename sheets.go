package habeas

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// Kinds of entry of the office circle that are about paper.
const (
	kindOffice  = "office"         // officeName
	kindSheets  = "sheets"         // madeSheets
	kindChecked = "sheets-checked" // checkedSheets
	kindNote    = "note"           // Note
)

// officeName says what the organisation is called.
type officeName struct {
	Name string `json:"name"`
}

// madeSheets says that a holder was made whose seed is on paper alone, and by
// which codes its sheets are told. Who has the codes can open nothing.
type madeSheets struct {
	Holder     ledger.ID             `json:"holder"`
	Made       time.Time             `json:"made"`
	Checks     map[paper.Kind]string `json:"checks"`
	Succession bool                  `json:"succession,omitempty"` // for somebody outside, when the office closes
}

// checkedSheets says that somebody had these sheets before them.
type checkedSheets struct {
	Holder ledger.ID    `json:"holder"`
	Kinds  []paper.Kind `json:"kinds"`
}

// A PaperSet is a set of sheets that was just made. It is printed and forgotten.
type PaperSet struct {
	Made   time.Time
	Sheets []paper.Sheet
}

// NewPapers is what a set of sheets is to open.
type NewPapers struct {
	Circles    []ledger.ID // besides the office circle; by must hold both sides of each
	Succession bool        // for an outside trustee, when the office closes; else recovery
}

// MakeSheets makes a recovery holder, or one for succession, gives it the office
// circle and the circles that are named, and returns its two sheets; with
// recovery, the pepper's sheet too. The sheets that were there before for the
// same purpose open nothing from then on. pass is by's own passphrase, again.
func (d *Desk) MakeSheets(ctx context.Context, by Actor, want NewPapers, pass vault.Text) (PaperSet, error) {
	if err := d.may(by, manage); err != nil {
		return PaperSet{}, err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return PaperSet{}, err
	}
	by, err := d.chores(ctx, by)
	if err != nil {
		return PaperSet{}, err
	}
	set, err := d.makeSheets(ctx, by, want)
	if err != nil {
		return PaperSet{}, err
	}
	return set, d.RenewKeys(ctx, by, nil)
}

func (d *Desk) makeSheets(ctx context.Context, by Actor, want NewPapers) (set PaperSet, err error) {
	office, give, err := d.paperSides(by, want.Circles)
	if err != nil {
		return set, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return set, err
	}
	seed := vault.NewSeed()
	defer seed.Wipe()
	holder, err := vault.NewHolder(seed)
	if err != nil {
		return set, err
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), holder.Public(ledger.UseRecovery)); err != nil {
		return set, err
	}
	if err := d.wrapForDrill(ctx, holder); err != nil {
		return set, err
	}
	for _, side := range give {
		if err := d.grant(ctx, by, side, holder.ID()); err != nil {
			return set, err
		}
	}
	set = d.paperSet(holder, want.Succession)
	made := madeSheets{Holder: holder.ID(), Made: set.Made, Checks: map[paper.Kind]string{}, Succession: want.Succession}
	for _, s := range set.Sheets {
		made.Checks[s.Kind] = s.Check()
	}
	if err := d.append(ctx, by.me.Signer(), office.id, nil, draft{kindSheets, made, office.body.Key()}); err != nil {
		return set, err
	}
	for _, old := range book.papers {
		if old.Succession == want.Succession {
			if err := d.retire(ctx, by.me.Signer(), old.Holder); err != nil {
				return set, err
			}
		}
	}
	return set, nil
}

// paperSides returns both sides of the office circle and of the circles that are
// named.
func (d *Desk) paperSides(by Actor, circles []ledger.ID) (office circleKeys, give []*side, err error) {
	if office, err = by.office(); err != nil {
		return office, nil, err
	}
	for _, id := range append([]ledger.ID{office.id}, circles...) {
		c, ok := by.circle(id)
		if !ok || c.vault == nil {
			return office, nil, fault.New(fault.NotFound, "circle.none")
		}
		if !slices.Contains(give, c.body) {
			give = append(give, c.body, c.vault)
		}
	}
	return office, give, nil
}

func (d *Desk) paperSet(holder *vault.Holder, succession bool) PaperSet {
	first := paper.First
	if succession {
		first = paper.SuccessionFirst
	}
	id := holder.ID()
	a, b := paper.Split(holder.Seed(), first, [4]byte(id[:4]))
	set := PaperSet{Made: d.now(), Sheets: []paper.Sheet{a, b}}
	if succession {
		return set
	}
	pepper, err := vault.SeedFrom(d.pepper.Bytes())
	if err != nil {
		panic(err) // unreachable: a pepper is not all zero
	}
	return PaperSet{set.Made, append(set.Sheets, paper.Sheet{Kind: paper.Pepper, Tag: [4]byte(d.root[:4]), Secret: pepper})}
}

// wrapForDrill wraps random bytes to a holder: a drill opens them, and they are
// the key of nothing.
func (d *Desk) wrapForDrill(ctx context.Context, holder *vault.Holder) error {
	nothing := make([]byte, 32)
	rand.Read(nothing)
	w, err := holder.Wrap(keyOf(holder.ID(), "drill"), ledger.ID{}, nothing)
	if err != nil {
		return err
	}
	return d.db.PutWraps(ctx, w)
}

// Cover says whether the recovery sheets open a circle, both sides of which by
// holds. No paper is needed for it. What is no longer covered goes on with new
// keys; with the sheets and an old copy of the disk it can still be opened as it
// was. pass is by's own passphrase, again.
func (d *Desk) Cover(ctx context.Context, by Actor, circle ledger.ID, on bool, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	c, ok := by.circle(circle)
	if !ok || c.office || c.vault == nil {
		return fault.New(fault.NotFound, "circle.none")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return err
	}
	if on {
		return d.coverCircle(ctx, by, book, c)
	}
	taken := false
	for _, made := range book.papers {
		if made.Succession || d.ended(made.Holder) {
			continue
		}
		err := d.takeCircle(ctx, by, c, made.Holder)
		if err != nil && fault.KindOf(err) != fault.NotFound { // which they do not have
			return err
		}
		taken = taken || err == nil
	}
	if !taken {
		return fault.New(fault.NotFound, "recovery.none")
	}
	return d.RenewKeys(ctx, by, nil)
}

// coverCircle gives a circle to the recovery sheets in use.
func (d *Desk) coverCircle(ctx context.Context, by Actor, book *officeBook, c circleKeys) error {
	found := false
	for _, made := range book.papers {
		if made.Succession || d.ended(made.Holder) {
			continue
		}
		found = true
		for _, s := range []*side{c.body, c.vault} {
			if err := d.grant(ctx, by, s, made.Holder); err != nil {
				return err
			}
		}
	}
	if !found {
		return fault.New(fault.NotFound, "recovery.none")
	}
	return nil
}

// coverNew gives a circle that was just made to the recovery sheets, if there are
// any: that is what is usually wanted, and [Desk.Cover] takes it back.
func (d *Desk) coverNew(ctx context.Context, by Actor, c circleKeys) error {
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return err
	}
	if err := d.coverCircle(ctx, by, book, c); fault.KindOf(err) != fault.NotFound {
		return err
	}
	return nil
}

// A SheetRow is one sheet that was printed.
type SheetRow struct {
	Kind    paper.Kind
	Checked bool // its check code was typed back
}

// Papers is one set of sheets as it stands.
type Papers struct {
	Made    time.Time
	Sheets  []SheetRow
	Circles []ledger.ID // that the set opens, besides the office circle
}

// Ready reports whether every sheet was seen on paper. Until then nothing calls
// the office recoverable.
func (p *Papers) Ready() bool {
	return p != nil && !slices.ContainsFunc(p.Sheets, func(s SheetRow) bool { return !s.Checked })
}

// A Note is something that happened at the terminal, with nobody in session.
type Note struct {
	What string    `json:"what"` // see the constants
	At   time.Time `json:"at"`   // the day
}

// What notes say.
const (
	NoteDrill     = "drill"     // two sheets were tried and work
	NoteRecovered = "recovered" // two sheets made a new keeper
	NoteRefused   = "refused"   // sheets were tried that open nothing here, or nothing any more
)

// Recovery is what would happen if everybody forgot their passphrase.
type Recovery struct {
	Office     string  // what the organisation is called, or ""
	Now        *Papers // nil if there is no recovery
	Succession *Papers // nil if there is none
	Notes      []Note  // newest first
}

// Recovery returns which sheets there are, and what was done with them.
func (d *Desk) Recovery(ctx context.Context, by Actor) (*Recovery, error) {
	if err := d.may(by, manage); err != nil {
		return nil, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return nil, err
	}
	waiting, err := d.waitingNotes(ctx, by)
	if err != nil {
		return nil, err
	}
	r := &Recovery{Office: book.office, Notes: slices.Concat(book.notes, waiting)}
	slices.SortStableFunc(r.Notes, func(a, b Note) int { return b.At.Compare(a.At) })
	for _, made := range book.papers {
		if d.ended(made.Holder) {
			continue
		}
		p := d.papers(book, made)
		if made.Succession {
			r.Succession = p
		} else {
			r.Now = p
		}
	}
	return r, nil
}

// ended reports whether a holder was removed, or was never published.
func (d *Desk) ended(holder ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dir.Standing(holder) != ledger.Active
}

func (d *Desk) papers(book *officeBook, made madeSheets) *Papers {
	p := &Papers{Made: made.Made}
	for kind := paper.First; kind <= paper.SuccessionSecond; kind++ {
		if made.Checks[kind] != "" {
			p.Sheets = append(p.Sheets, SheetRow{kind, slices.Contains(book.checked[made.Holder], kind)})
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, side := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody && !h.Office }) {
		if d.dir.Granted(side.ID, made.Holder) && !slices.Contains(p.Circles, side.Of) {
			p.Circles = append(p.Circles, side.Of)
		}
	}
	return p
}

// CheckSheets takes check codes from paper and returns how many sheets they are
// of. One that is on no sheet is refused, and the others are taken.
func (d *Desk) CheckSheets(ctx context.Context, by Actor, typed []string) (int, error) {
	if err := d.may(by, manage); err != nil {
		return 0, err
	}
	by, err := d.chores(ctx, by)
	if err != nil {
		return 0, err
	}
	book, err := d.officeBook(ctx, by)
	if err != nil {
		return 0, err
	}
	office, err := by.office()
	if err != nil {
		return 0, err
	}
	good, wrong := 0, false
	for _, code := range typed {
		made, kind, ok := d.sheetOf(book, code)
		if !ok {
			wrong = true
			continue
		}
		good++
		if slices.Contains(book.checked[made.Holder], kind) {
			continue
		}
		body := checkedSheets{made.Holder, []paper.Kind{kind}}
		if err := d.append(ctx, by.me.Signer(), office.id, nil, draft{kindChecked, body, office.body.Key()}); err != nil {
			return good, err
		}
	}
	if wrong || len(typed) == 0 {
		return good, fault.New(fault.Invalid, "recovery.bad_check", fault.Field("check"))
	}
	return good, nil
}

// sheetOf returns which sheet in use has a check code.
func (d *Desk) sheetOf(book *officeBook, code string) (madeSheets, paper.Kind, bool) {
	for _, made := range book.papers {
		if d.ended(made.Holder) {
			continue
		}
		for kind, want := range made.Checks {
			if paper.SameCheck(code, want) {
				return made, kind, true
			}
		}
	}
	return madeSheets{}, 0, false
}

// readPapers takes in an entry of the office circle that is about paper.
func (d *Desk) readPapers(b *officeBook, e *ledger.Entry, keeper bool) {
	if readAgain(b, e, keeper); !keeper {
		return
	}
	switch e.Kind {
	case kindSheets:
		if m, ok := bodyOf[madeSheets](e); ok {
			b.papers = append(b.papers, m)
		}
	case kindChecked:
		if c, ok := bodyOf[checkedSheets](e); ok {
			b.checked[c.Holder] = append(b.checked[c.Holder], c.Kinds...)
		}
	case kindNote:
		if n, ok := bodyOf[Note](e); ok {
			b.notes = append(b.notes, n)
		}
	}
}
