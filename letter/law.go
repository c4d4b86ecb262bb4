package letter

import "slices"

// A Tag says how well something about a law or procedure is known.
type Tag string

// Tags. Everything but Verified is marked where it is shown.
const (
	Verified  Tag = "verified"   // read in the law itself, or in an official copy
	Secondary Tag = "secondary"  // read in somebody else's account of it
	Unread    Tag = "unread"     // general knowledge; a lawyer must confirm it
	Custom    Tag = "our-advice" // no law asks for it
)

// Confirmed reports whether t may be shown as law without a mark.
func (t Tag) Confirmed() bool { return t == Verified }

// An Element is one thing that a letter or communication must have, or had better.
type Element struct {
	ID     string   // its label is under "letter.element." in the catalogues
	Fields []string // any of which fills it; none where only a person can see to it
	Must   bool     // without it nobody has to answer
	Basis  string   // the article, as it is cited; empty for none
	Tag    Tag
}

// A Law is what a kind of letter rests on.
type Law struct {
	ID           string
	Jurisdiction string // ISO 3166-1, or "UN"
	Cite         string // as lawyers there cite it
	Elements     []Element
	Checked      string // the day somebody last compared it with its source, EDTF
}

// Confirmed reports whether every element of l is.
func (l Law) Confirmed() bool {
	return !slices.ContainsFunc(l.Elements, func(e Element) bool { return !e.Tag.Confirmed() && e.Tag != Custom })
}

// Laws returns all that a template may rest on, in order.
func Laws() []Law { return slices.Clone(laws) }

// LawByID returns a law.
func LawByID(id string) (Law, bool) {
	i := slices.IndexFunc(laws, func(l Law) bool { return l.ID == id })
	if i < 0 {
		return Law{}, false
	}
	return laws[i], true
}

const checked = "2026-11"

// must and may make elements that are one field, or some of several.
func must(id, basis string, t Tag, fields ...string) Element {
	return Element{id, fields, true, basis, t}
}

func may(id, basis string, t Tag, fields ...string) Element {
	return Element{id, fields, false, basis, t}
}

// laws hold what each asks of a letter. What is only general knowledge is marked
// so, and no lawyer has confirmed it.
var laws = []Law{
	{"RU-59FZ", "RU", "59-ФЗ от 02.05.2006", []Element{
		must("addressee", "59-FZ 7(1)", Verified, "addressee"),
		must("full-name", "59-FZ 7(1)", Verified, "sender"),
		must("reply-address", "59-FZ 7(1)", Verified, "sender.address"),
		must("substance", "59-FZ 7(1)", Verified, "facts", "account"),
		must("signature", "59-FZ 7(1)", Verified, "signature"),
		must("date", "59-FZ 7(1)", Verified, "date"),
		may("request", "", Custom, "request"),
		may("enclosures", "59-FZ 7(2)", Unread, "enclosures"),
		may("standing", "", Unread, "standing", "relation"),
		may("channel-not-email", "59-FZ 4(1), 547-FZ of 28.12.2024", Verified),
	}, checked},
	{"RU-59FZ-OVERDUE", "RU", "59-ФЗ от 02.05.2006, ст. 5, 12", []Element{
		must("addressee", "59-FZ 7(1)", Verified, "addressee"),
		must("full-name", "59-FZ 7(1)", Verified, "sender"),
		must("reply-address", "59-FZ 7(1)", Verified, "sender.address"),
		must("substance", "59-FZ 7(1)", Verified, "earlier.to"),
		must("signature", "59-FZ 7(1)", Verified, "signature"),
		must("date", "59-FZ 7(1)", Verified, "date"),
		must("earlier-date", "59-FZ 12(1)", Verified, "earlier.date"),
		may("earlier-registered", "59-FZ 12(1)", Verified, "earlier.registered"),
		may("earlier-number", "", Custom, "earlier.number"),
		may("earlier-due", "59-FZ 12(1)", Verified, "earlier.due"),
		may("proof-of-sending", "", Custom, "enclosures"),
	}, checked},
	{"RU-CPC-144", "RU", "УПК РФ, ст. 140, 141, 144", []Element{
		must("addressee", "CPC 144", Unread, "addressee"),
		must("full-name", "CPC 141(7)", Unread, "sender"),
		must("substance", "CPC 141", Unread, "facts", "account"),
		must("signature", "CPC 141(2)", Unread, "signature"),
		may("reply-address", "", Unread, "sender.address"),
		may("date", "", Unread, "date"),
		may("false-report-warning", "CPC 141(6)", Unread),
		may("crime", "", Custom, "crime"),
		may("request", "", Custom, "request"),
		may("register-slip", "CPC 144(4)", Unread),
	}, checked},
	{"RU-CPC-124", "RU", "УПК РФ, ст. 123, 124", []Element{
		must("addressee", "CPC 124", Verified, "addressee"),
		must("full-name", "", Unread, "sender"),
		must("reply-address", "", Unread, "sender.address"),
		must("contested", "CPC 123", Unread, "decision"),
		must("signature", "", Unread, "signature"),
		may("substance", "", Unread, "facts", "account"),
		may("date", "", Unread, "date"),
		may("case-number", "", Custom, "case.number"),
		may("grounds", "", Custom, "grounds"),
		may("enclosures", "", Custom, "enclosures"),
	}, checked},
	{"RU-CPC-125", "RU", "УПК РФ, ст. 125", []Element{
		must("court", "CPC 125(1)", Unread, "addressee"),
		must("full-name", "", Unread, "sender"),
		must("reply-address", "", Unread, "sender.address"),
		must("contested", "CPC 125(1)", Unread, "decision"),
		must("signature", "", Unread, "signature"),
		must("grounds", "", Unread, "grounds", "facts"),
		may("date", "", Unread, "date"),
		may("case-number", "", Custom, "case.number"),
		may("enclosures", "", Custom, "enclosures"),
		may("standing", "CPC 123, 125", Unread, "standing", "relation"),
	}, checked},
	{"RU-KAS-219", "RU", "КАС РФ, ст. 125, 126, 219, 220", []Element{
		must("court", "KAS 125(2), 220(2)", Unread, "addressee"),
		must("full-name", "KAS 125(2)", Unread, "sender"),
		must("reply-address", "KAS 125(2)", Unread, "sender.address"),
		must("defendant", "KAS 220(2)", Unread, "defendant"),
		must("contested", "KAS 220(2)", Unread, "decision"),
		must("learned", "KAS 219(1), 220(2)", Verified, "learned"),
		must("grounds", "KAS 220(2)", Unread, "grounds", "facts"),
		must("request", "KAS 220(2)", Unread, "request"),
		must("signature", "KAS 125(1)", Unread, "signature"),
		may("born-and-diploma", "KAS 125(2)", Unread),
		may("higher-complaint", "KAS 220(2)", Unread, "steps"),
		may("court-fee", "KAS 126(1)", Unread),
		may("copies-for-others", "KAS 126(1)", Unread),
		may("enclosures", "KAS 126(1)", Unread, "enclosures"),
	}, checked},
	{"RU-1FKZ", "RU", "1-ФКЗ от 26.02.1997, ст. 15–18", []Element{
		must("addressee", "1-FKZ 15", Unread, "addressee"),
		must("full-name", "1-FKZ 17", Unread, "sender"),
		must("reply-address", "1-FKZ 17", Unread, "sender.address"),
		must("contested", "1-FKZ 17", Unread, "decision"),
		must("earlier-decisions", "1-FKZ 17", Verified, "steps", "enclosures"),
		must("signature", "", Unread, "signature"),
		may("within-a-year", "1-FKZ 17", Verified, "learned"),
		may("substance", "1-FKZ 17", Unread, "facts", "account"),
		may("date", "", Unread, "date"),
		may("request", "", Custom, "request"),
	}, checked},
	{"UA-393", "UA", "Закон України № 393/96-ВР", []Element{
		must("addressee", "393/96 5", Secondary, "addressee"),
		must("full-name", "393/96 5", Secondary, "sender"),
		must("home-address", "393/96 5", Secondary, "sender.address"),
		must("substance", "393/96 5", Secondary, "facts", "account"),
		must("signature", "393/96 5", Secondary, "signature"),
		must("date", "393/96 5", Secondary, "date"),
		may("request", "393/96 5", Secondary, "request"),
		may("enclosures", "", Custom, "enclosures"),
		may("standing", "", Unread, "standing", "relation"),
	}, checked},
	{"UA-776", "UA", "Закон України № 776/97-ВР, ст. 17", []Element{
		must("addressee", "776/97 17", Unread, "addressee"),
		must("full-name", "393/96 5", Secondary, "sender"),
		must("home-address", "393/96 5", Secondary, "sender.address"),
		must("substance", "776/97 17", Unread, "facts", "account"),
		must("signature", "393/96 5", Secondary, "signature"),
		must("date", "393/96 5", Secondary, "date"),
		may("within-a-year", "776/97 17", Unread, "learned"),
		may("steps-taken", "776/97 17", Unread, "steps"),
		may("request", "", Custom, "request"),
	}, checked},
	{"CO-971", "CO", "Ley 971 de 2005", []Element{
		must("addressee", "", Custom, "addressee"),
		must("missing-person", "Ley 971, 3", Unread, "person"),
		must("circumstances", "Ley 971, 3", Unread, "facts", "account"),
		may("requester", "Ley 971, 3", Unread, "sender"),
		may("reply-address", "", Custom, "sender.address"),
		may("no-waiting", "Ley 971, 1", Secondary),
		may("signature", "", Custom, "signature"),
	}, checked},
	{"MX-LGD", "MX", "Ley General en Materia de Desaparición (2017)", []Element{
		must("addressee", "", Custom, "addressee"),
		must("missing-person", "", Unread, "person"),
		must("circumstances", "", Unread, "facts", "account"),
		may("requester", "", Unread, "sender"),
		may("reply-address", "", Custom, "sender.address"),
		may("marks", "", Unread, "person.marks"),
		may("no-waiting", "", Secondary),
		may("signature", "", Custom, "signature"),
	}, checked},
	{"OWN-GENERAL", "", "", []Element{
		must("addressee", "", Custom, "addressee"),
		must("full-name", "", Custom, "sender"),
		must("substance", "", Custom, "facts", "account"),
		may("reply-address", "", Custom, "sender.address"),
		may("request", "", Custom, "request"),
		may("signature", "", Custom, "signature"),
		may("date", "", Custom, "date"),
	}, checked},
	{"UN-WGEID-REPLY", "UN", "Methods of work, six-month rule", []Element{
		must("case-number", "", Unread, "case.number"),
		must("full-name", "", Verified, "sender"),
		must("state-reply", "", Unread, "state.reply"),
		must("grounds", "", Unread, "grounds"),
		must("date", "", Unread, "date"),
		may("within-six-months", "A/HRC/WGEID/102/2", Unread, "state.date"),
		may("substance", "", Unread, "facts", "account"),
		may("submitter-contact", "", Verified, "sender.contact", "sender.address"),
	}, checked},
}
