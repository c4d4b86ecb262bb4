package habeas

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas/claim"
	"habeas/crowd"
	"habeas/custody"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// Which file of an exhibit is handed over; others are named by [HandMade].
const (
	HandOriginal = "original" // as it was received
	HandSafe     = "safe"     // what was made of it by [Desk.MakeSafeCopy]
)

// HandMade names a file that was made of an exhibit, such as "redaction-1" or
// "working_copy-2". What goes is its safe copy; what was made here is its own.
func HandMade(m *DerivedFile) string {
	return strings.ReplaceAll(m.Purpose, " ", "_") + "-" + strconv.Itoa(m.N)
}

// A HandedItem names a file of a case.
type HandedItem struct {
	Exhibit claim.Ref `json:"exhibit"`
	Which   string    `json:"which"`
}

// A HandedAnswer is why something that a [Question] asks about may leave; name-free.
type HandedAnswer struct{ Key, Reason string }

// HandoverOptions say what is handed over, and to whom.
type HandoverOptions struct {
	Audience string // vocabulary "audience"
	Partner  string // which one, if the audience is one; name-free
	To       string // who gets it; name-free, since it stays in the record of the case
	Keys     []string
	Items    []HandedItem
	Answers  []HandedAnswer
}

// bundled is what a [rendered] says of files that are handed over.
type bundled struct {
	To    string       `json:"to"`
	Keys  []string     `json:"keys,omitempty"` // public keys, see [vault.Recipients]
	Items []HandedItem `json:"items"`
}

// Reasons why a file stays: a closed set. The words for each, and what can be done,
// are under "handover.why." and itself.
const (
	StaysGone    = "gone"    // there is no such file
	StaysNoSafe  = "no_safe" // no safe copy was made
	StaysBroken  = "broken"  // an event of it is missing, or was put between
	StaysChanged = "changed" // the last check found it changed
	StaysConsent = "consent" // nobody agreed, see [HandedFile.Allowed]
	StaysInside  = "inside"  // it may tell of who wants no contact, or is from who may be the danger
	StaysNames   = "names"   // an original shows who is in it, and they may not be named there
	StaysFaces   = "faces"   // people may not be mentioned there at all
	StaysPlace   = "place"   // a file shows where it was made, and that may not be given exactly
	StaysTexts   = "texts"   // what its entries say names somebody
	StaysNamed   = "named"   // it names somebody itself
	StaysUnread  = "unread"  // it can't be read, and nobody could look
)

// Stays returns all of them.
func Stays() []string {
	return []string{StaysGone, StaysNoSafe, StaysBroken, StaysChanged, StaysConsent, StaysInside, StaysNames, StaysFaces, StaysPlace, StaysTexts, StaysNamed, StaysUnread}
}

// A HandedFile is a file that was chosen, and whether it goes.
type HandedFile struct {
	HandedItem
	Statement claim.Ref
	Name      string // as whoever gave it called it; it goes with it
	Path      string // in the bundle
	Media     string
	Size      int64
	SHA256    string
	Allowed   claim.Allowance
	Why       string // why it stays; "" if it goes
	Hits      []gate.Hit
	Unread    []gate.Unread // what the gate can't read in it
}

// A HandedText is something that whoever gets a bundle reads about an exhibit.
type HandedText struct {
	Exhibit claim.Ref
	Field   string      // of [custody.Exhibit] or [custody.Event], as they are written
	Act     custody.Act // of an event
	Words   string
}

// What a [Question] is about.
const (
	AskFile  = "file"  // whether somebody looked at the whole file
	AskHit   = "hit"   // words that may name a person of the circle
	AskWords = "words" // words that look like the name of anybody, or lead to them
)

// A Question is something that only people can decide: who proposes says why it may
// leave, and a second member has to accept that.
type Question struct {
	Key     string
	About   string
	Exhibit claim.Ref
	Which   string // the file; "" if it is what the entries say
	Person  claim.Ref
	People  int
	Words   string
	Why     string        // of AskWords, as in [gate.Span]
	Unread  []gate.Unread // of AskFile
	Reason  string        // "" while nobody has said
}

// A Handover is what would be handed over, or is.
type Handover struct {
	HandoverOptions
	Files     []HandedFile
	Texts     []HandedText
	Questions []Question
	Ready     bool // it can be proposed, or is still what was
	Seen      Anchored
}

// Goes returns how many of the files go.
func (h *Handover) Goes() (n int) {
	for _, f := range h.Files {
		if f.Why == "" {
			n++
		}
	}
	return n
}

// answered reports whether every file goes and nothing was left open.
func (h *Handover) answered() bool {
	return len(h.Files) > 0 && h.Goes() == len(h.Files) && !slices.ContainsFunc(h.Questions, func(q Question) bool { return q.Reason == "" })
}

// PreviewHandover says what would be handed over, what would stay and why, and all
// that whoever gets it would read. Nothing is recorded.
func (d *Desk) PreviewHandover(ctx context.Context, by Actor, id CaseID, opt HandoverOptions) (*Handover, error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	r, err := d.newHandover(ctx, by, k, opt)
	if err != nil {
		return nil, err
	}
	h, err := d.handing(ctx, by, k, &r)
	if err != nil {
		return nil, err
	}
	return &h.Handover, nil
}

// newHandover checks what was asked for. Who makes it has names shown: a file is one.
func (d *Desk) newHandover(ctx context.Context, by Actor, k caseKeys, opt HandoverOptions) (rendered, error) {
	if _, ok := claim.LookUp("audience", opt.Audience); !ok {
		return rendered{}, fault.New(fault.Invalid, "dossier.no_audience", fault.Field("audience"))
	}
	if (opt.Audience == claim.ToPartner) != (strings.TrimSpace(opt.Partner) != "") {
		return rendered{}, fault.New(fault.Invalid, "consent.which_partner", fault.Field("partner"))
	}
	if strings.TrimSpace(opt.To) == "" {
		return rendered{}, fault.New(fault.Invalid, "dossier.to_whom", fault.Field("recipient"))
	}
	if len(opt.Items) == 0 || len(opt.Items) > mostHanded {
		return rendered{}, fault.New(fault.Invalid, "handover.nothing", fault.Count(mostHanded))
	}
	if err := d.mayName(by, k); err != nil {
		return rendered{}, err
	}
	if err := d.nameFree(ctx, by, k.circle, opt.Partner, opt.To); err != nil {
		return rendered{}, err
	}
	keys, _, err := vault.Recipients(opt.Keys)
	if err != nil {
		return rendered{}, err
	}
	r := rendered{
		Audience: opt.Audience, Partner: opt.Partner, Lang: "en", Names: true, Day: d.now().Truncate(24 * time.Hour), salt: newSalt(),
		Bundle: &bundled{To: strings.TrimSpace(opt.To), Keys: keys},
	}
	for _, it := range opt.Items {
		if !slices.Contains(r.Bundle.Items, it) {
			r.Bundle.Items = append(r.Bundle.Items, it)
		}
	}
	for _, a := range opt.Answers { // as what they are is told when the questions are there
		r.Choices.Decided = append(r.Choices.Decided, Decision{Key: a.Key, As: LeftToSecond, Reason: a.Reason})
	}
	return r, d.checkChoices(ctx, by, k, r.Choices)
}

// mostHanded is how many files a bundle has at most.
const mostHanded = 1000

// A handing is a handover while it is being made.
type handing struct {
	Handover
	files []*handed
	draft gate.File // all that members decide about, to be compared later
}

// A handed file is one that goes, with what is needed to hand it over.
type handed struct {
	*keptFile
	sealed  vault.Attachment
	which   string
	path    string // in the bundle
	telling claim.Telling
	chain   chain
	allowed map[string]bool // who may be named in it
}

// handing finds what r names, and asks consent, the gate and, where these can't know,
// people whether it goes. It sets what r rests on.
func (d *Desk) handing(ctx context.Context, by Actor, k caseKeys, r *rendered) (*handing, error) {
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	files, err := d.keptFiles(ctx, k, state.Statements...)
	if err != nil {
		return nil, err
	}
	ix, err := d.exitIndex(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	told := d.outward(state, *r)
	h := &handing{Handover: Handover{HandoverOptions: HandoverOptions{Audience: r.Audience, Partner: r.Partner, To: r.Bundle.To, Keys: r.Bundle.Keys, Items: r.Bundle.Items}}}
	ask := asker{key: choiceKey(k), ix: ix, r: r, h: h}
	for _, it := range r.Bundle.Items {
		f, view := find(state, told, files, it), HandedFile{HandedItem: it, Why: StaysGone}
		if f != nil {
			if f.chain, err = d.chainOf(ctx, k, f, r); err != nil {
				return nil, err
			}
			view = f.view(state, told)
			if view.Path, err = d.pathOf(len(h.files)+1, f, view.Media); err != nil {
				return nil, err
			}
			f.path = view.Path
			if err := d.askAbout(&ask, f, &view); err != nil {
				return nil, err
			}
			if view.Why == "" {
				h.files = append(h.files, f)
			}
		}
		h.Files = append(h.Files, view)
	}
	r.noteHanded(state, told, h)
	h.Questions = ask.answered()
	h.Ready = h.answered()
	h.draft, err = h.decidedAbout(r)
	return h, err
}

// find returns the file of an exhibit that an item names.
func find(state *claim.State, told claim.Outward, files []*keptFile, it HandedItem) *handed {
	for _, f := range files {
		if f.record == nil || f.Exhibit != it.Exhibit {
			continue
		}
		t, _ := state.Statement(f.Statement)
		out := &handed{keptFile: f, which: it.Which, telling: t}
		safe := f.safe
		if i := slices.IndexFunc(f.record.Made, func(m *DerivedFile) bool { return HandMade(m) == it.Which }); i >= 0 {
			safe = f.made[i].safe
		} else if it.Which != HandOriginal && it.Which != HandSafe {
			return nil
		}
		if it.Which == HandOriginal {
			safe = &f.Attachment
		}
		if safe != nil {
			out.sealed = *safe
		}
		if allowedFor(told, f.Statement).Named == claim.NamedName {
			out.allowed = map[string]bool{}
			for _, p := range told.Named() {
				out.allowed[string(p)] = true
			}
		}
		return out
	}
	return nil
}

// there reports whether the file is: a safe copy may not have been made.
func (f *handed) there() bool { return f.sealed.Blob != "" }

func allowedFor(told claim.Outward, st claim.Ref) claim.Allowance {
	i := slices.IndexFunc(told.Statements, func(a claim.Allowance) bool { return a.Statement == st })
	if i < 0 {
		return claim.Allowance{Statement: st, Why: claim.LeftNotAsked, Named: claim.NamedNone, Place: "none"}
	}
	return told.Statements[i]
}

// view says what a file is, and why it stays, as far as consent and custody tell.
//
// An original shows who made it, where and with whom: it goes only where people may
// be named and places given exactly. A safe copy goes where the words of a statement
// would: it still shows what it shows, which is why somebody has to look at it.
func (f *handed) view(state *claim.State, told claim.Outward) HandedFile {
	v := HandedFile{
		HandedItem: HandedItem{f.Exhibit, f.which}, Statement: f.Statement, Name: f.record.Name, Allowed: allowedFor(told, f.Statement),
		Media: cmp.Or(f.sealed.Media, f.record.Media), Size: f.sealed.Size, SHA256: f.sealed.SHA256,
	}
	if f.which != HandOriginal {
		v.Media = f.sealed.Media
	}
	a := v.Allowed
	switch {
	case !f.there():
		v.Why = StaysNoSafe
	case !f.chain.whole:
		v.Why = StaysBroken
	case f.chain.changed(f.sealed.SHA256):
		v.Why = StaysChanged
	case !a.Agreed():
		v.Why = StaysConsent
	case a.Out > 0 || a.Why != "" || state.Inside(f.Statement) != "":
		v.Why = StaysInside
	case f.which == HandOriginal && a.Named != claim.NamedName:
		v.Why = StaysNames
	case a.Named == claim.NamedNone:
		v.Why = StaysFaces
	case a.Place != "exact":
		v.Why = StaysPlace
	}
	return v
}

// noteHanded notes what a bundle rests on, as [rendered.noteTold] does for a dossier,
// and whom its files are about.
func (r *rendered) noteHanded(state *claim.State, told claim.Outward, h *handing) {
	r.RestsOn, r.Told, r.As, r.Named, r.Said = nil, nil, nil, nil, dossier.Told{Facts: map[claim.Ref][]crowd.Fact{}}
	for _, f := range h.files {
		i := slices.Index(r.RestsOn, f.Statement)
		if i < 0 {
			i = len(r.RestsOn)
			r.RestsOn = append(r.RestsOn, f.Statement)
			r.As = append(r.As, claim.Allowance{Statement: f.Statement, Named: claim.NamedCover, Place: "exact"})
		}
		if f.which == HandOriginal {
			r.As[i].Named = claim.NamedName
		}
	}
	may := told.Named()
	for _, c := range state.Live() {
		i := slices.Index(r.RestsOn, c.Statement)
		if i < 0 {
			continue
		}
		r.Told = append(r.Told, c.Entry)
		for _, ref := range []claim.Ref{c.Subject, c.Value.Ref} {
			if ref.Kind() != claim.RefPerson {
				continue
			}
			r.Said.Facts[ref] = nil
			if r.As[i].Named == claim.NamedName && slices.Contains(may, ref) && !slices.Contains(r.Named, ref) {
				r.Named = append(r.Named, ref)
			}
		}
	}
	slices.Sort(r.Named)
}

// decidedAbout returns all that members decide about in a handover. What happens to
// an exhibit meanwhile, in no words of anybody's, changes nothing of it.
func (h *handing) decidedAbout(r *rendered) (gate.File, error) {
	type file struct {
		HandedItem
		SHA256 string    `json:"sha256"`
		Entry  ledger.ID `json:"entry"`
	}
	all := struct {
		Audience string            `json:"audience"`
		Partner  string            `json:"partner"`
		To       string            `json:"to"`
		Keys     []string          `json:"keys"`
		Files    []file            `json:"files"`
		Texts    []json.RawMessage `json:"texts"`
	}{Audience: r.Audience, Partner: r.Partner, To: r.Bundle.To, Keys: r.Bundle.Keys}
	for _, f := range h.files {
		all.Files = append(all.Files, file{HandedItem{f.Exhibit, f.which}, f.sealed.SHA256, f.entry})
		all.Texts = append(all.Texts, f.chain.worded()...)
	}
	b, err := json.Marshal(all)
	return gate.File{Name: "handover.json", Media: "application/json", Bytes: b}, err
}
