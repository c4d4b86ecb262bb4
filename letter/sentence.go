package letter

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/internal/locale"
	"habeas/ledger"
	"habeas/name"
)

// A Profile is how a reader wants facts put.
type Profile struct {
	Alleged bool // everything is said to be alleged, and crimes are not called by their names
	NoActor bool // units and officials are given as what sort they are, not by name
	Less    dossier.Less
}

func (p Profile) less() dossier.Less {
	l := dossier.Less{}
	for k, v := range p.Less {
		l[k] = v
	}
	if p.NoActor {
		l[crowd.Unit] = max(l[crowd.Unit], 1)
	}
	return l
}

// A Sentence is one thing that is said, with who says it and what it rests on.
type Sentence struct {
	Key        string    // the same for the same saying, whoever joins it
	Text       string    // a whole sentence
	About      claim.Ref // the event or person
	What       string    // the type of event, or the predicate
	Denied     bool      // it says that somebody denies
	Claims     []ledger.ID
	Statements []claim.Ref

	when claim.Date
}

// Sentences returns what f.Out tells, as sentences in a language of [Langs]: what
// happened, in order, then what else is said of persons. Nothing else of the case
// is in them. What somebody denies stands beside it; what they deny in general, at
// the end.
func Sentences(f Facts, lang string) ([]Sentence, error) {
	t, err := newTeller(f, lang)
	if err != nil {
		return nil, err
	}
	return t.sentences(), nil
}

// A teller puts claims into sentences.
type teller struct {
	*locale.Printer
	speaker *dossier.Speaker
	lang    string
	words   map[string]string
	f       Facts
	*claim.State
}

func newTeller(f Facts, lang string) (*teller, error) {
	s, err := dossier.NewSpeaker(f.Out, dossier.Options{Lang: lang, Today: f.Today, Less: f.Profile.less()})
	if err != nil {
		return nil, err
	}
	w, ok := wordsOf(lang)
	if !ok {
		return nil, errLang()
	}
	return &teller{locale.New(lang), s, lang, w, f, f.Out.State}, nil
}

func (t *teller) sentences() []Sentence {
	var out []Sentence
	for _, e := range t.Events {
		if e.Type() != "" {
			out = append(out, t.event(e)...)
		}
	}
	return append(out, t.status()...)
}

// A clause says something of what those who say it say about it, with the claims
// it takes that from beside theirs; "" if there are no words for it that the
// reader may have.
type clause func(when claim.Date, says claim.Support) (string, []*claim.Recorded)

// answer returns the sentences on one answer: for each time that is claimed one,
// and one for those who deny it.
func (t *teller) answer(about claim.Ref, what string, a claim.Answer, said clause) []Sentence {
	var out []Sentence
	var times []claim.Date
	for _, s := range a.For {
		if !slices.Contains(times, s.When) {
			times = append(times, s.When)
		}
	}
	slices.SortStableFunc(times, claim.Date.Compare)
	for _, when := range times {
		says := slices.DeleteFunc(slices.Clone(a.For), func(s claim.Say) bool { return s.When != when })
		text, also := said(when, says)
		if text == "" {
			continue
		}
		if t.f.Profile.Alleged && slices.ContainsFunc(says, func(s claim.Say) bool { return s.Claim.Basis != "official" }) {
			text = t.words["alleged"] + " " + text
		}
		s := sentence(fmt.Sprintf("%s %s %s", about, what, when), about, what, t.according(says)+", "+text, says, also)
		s.when = when
		out = append(out, s)
	}
	return append(out, t.denial(about, what, a, len(times) > 0, said)...)
}

// denial returns the sentence on those who deny an answer: after what they deny, or
// with it, if nobody else says that. What denies everything of its kind is said
// once, by general.
func (t *teller) denial(about claim.Ref, what string, a claim.Answer, after bool, said clause) []Sentence {
	against := slices.DeleteFunc(slices.Clone(a.Against), func(s claim.Say) bool { return s.General })
	if len(against) == 0 {
		return nil
	}
	key := "denied"
	if !after {
		key = "denies"
	}
	sources := t.sources(against)
	text := t.say(key, map[string]string{"source": t.List(sources...)}, name.Unknown, len(sources) > 1)
	var also []*claim.Recorded
	if !after {
		var what string
		if what, also = said(a.When, against); what == "" {
			return nil
		}
		text += " " + what
	}
	s := sentence(fmt.Sprintf("%s %s against", about, what), about, what, text, against, also)
	s.Denied = true
	return []Sentence{s}
}

// sentence makes one of words and what they rest on.
func sentence(key string, about claim.Ref, what, text string, says claim.Support, also []*claim.Recorded) Sentence {
	first, n := utf8.DecodeRuneInString(text)
	s := Sentence{Key: key, About: about, What: what, Text: string(unicode.ToUpper(first)) + text[n:]}
	if !strings.HasSuffix(s.Text, ".") {
		s.Text += "."
	}
	for _, say := range says {
		s.rest(say.Claim)
	}
	for _, r := range also {
		s.rest(r)
	}
	return s
}

func (s *Sentence) rest(r *claim.Recorded) {
	if !slices.Contains(s.Claims, r.Entry) {
		s.Claims = append(s.Claims, r.Entry)
	}
	if !slices.Contains(s.Statements, r.Statement) {
		s.Statements = append(s.Statements, r.Statement)
	}
}

func (t *teller) line(s string) string { return oneLine(s, mostLine) }

// phrase fills the words under key with people; "" if there are none. Where things
// are only alleged, plainer words may stand under the key with a tilde.
func (t *teller) phrase(key string, who []claim.Ref) string {
	if _, ok := t.words[key+"~"]; ok && t.f.Profile.Alleged {
		key += "~"
	}
	values := map[string]string{}
	for _, c := range caseNames {
		values["who:"+c] = t.who(who, c)
	}
	values["who"] = values["who:nom"]
	sex, many := name.Unknown, len(who) > 1
	if len(who) == 1 {
		c := t.called(who[0])
		sex, many = c.sex(), c.Count > 1
	}
	return t.say(key, values, sex, many)
}

// say fills words with values; who the values speak of chooses the variants.
func (t *teller) say(key string, values map[string]string, sex name.Sex, many bool) string {
	parts, _ := readParts(t.words[key])
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.field == "":
			b.WriteString(p.words)
		case p.variants != nil:
			b.WriteString(choose(p.variants, sex, many, t.lang))
		case p.inCase != "":
			b.WriteString(values[p.field+":"+p.inCase])
		default:
			b.WriteString(values[p.field])
		}
	}
	return b.String()
}

// called returns what a person is called.
func (t *teller) called(ref claim.Ref) Called {
	c := Called{Cover: t.T("dossier.someone"), Count: t.Persons[ref].Count}
	if t.f.Out.Naming(ref) == claim.NamedNone || t.f.Called == nil {
		return c
	}
	if got := t.f.Called(ref); !got.empty() {
		got.Count = max(got.Count, c.Count)
		return got
	}
	return c
}

// who returns people in a case.
func (t *teller) who(refs []claim.Ref, inCase string) string {
	var all []string
	for _, r := range refs {
		c := t.called(r)
		s := c.in(t.lang, inCase)
		if c.Count > 1 {
			s = t.T("dossier.group", s, c.Count)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return t.T("dossier.someone")
	}
	return t.List(all...)
}
