package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/internal/locale"
)

// A fewView is what a dossier says of a person that too few people share.
type fewView struct {
	Who   who
	Facts string
	Count string
}

// An offerView is one way to say less: a button.
type offerView struct {
	Words string
	Less  []string
}

// An elsewhereView is a dossier that is out and names somebody whom this one does
// not.
type elsewhereView struct {
	Who   who
	Words string
	Href  string
}

func (t teller) few(few []habeas.Few) []fewView {
	var views []fewView
	for _, f := range few {
		views = append(views, fewView{t.who(f.Person), t.facts(f.Facts), t.p.N("ui.few.count", f.Count)})
	}
	return views
}

// offers returns the ways to say less, each once, and to say all again.
func (t teller) offers(few []habeas.Few, now dossier.Less) []offerView {
	var offers []offerView
	add := func(o offerView) {
		if !slices.ContainsFunc(offers, func(had offerView) bool { return slices.Equal(had.Less, o.Less) }) {
			offers = append(offers, o)
		}
	}
	for _, f := range few {
		for i, o := range f.Offers {
			words := t.p.T("ui.few.leave", t.kind(o.Fact.Kind))
			if o.Step < len(o.Fact.Steps) {
				words = t.p.T("ui.few.say", t.facts([]crowd.Fact{{Kind: o.Fact.Kind, Steps: o.Fact.Steps[o.Step:]}}))
				if o.Count < crowd.Least {
					words += " (" + t.p.N("ui.few.count", o.Count) + ")"
				}
			}
			add(offerView{words, lessFields(f.Less[i])})
		}
	}
	if len(now) > 0 {
		add(offerView{t.p.T("ui.few.all"), nil})
	}
	return offers
}

func (t teller) again(again []habeas.Again) []elsewhereView {
	var views []elsewhereView
	for _, a := range again {
		shared := t.facts(a.Shared)
		if a.Order {
			shared = t.p.List(slices.DeleteFunc([]string{shared, t.p.T("ui.again.order")}, func(s string) bool { return s == "" })...)
		}
		key := "ui.again.line"
		if a.After {
			key = "ui.again.after"
		}
		views = append(views, elsewhereView{
			Who: t.who(a.Person), Href: casePath(a.Case) + "/dossier/" + bare(a.Dossier),
			Words: t.p.T(key, a.To, t.p.Day(a.At), shared),
		})
	}
	return views
}

func (t teller) kind(k crowd.Kind) string { return t.p.T("ui.few.kind." + string(k)) }

// facts puts facts into words, those of a kind together: "rank: private; place: a
// basement, a mill".
func (t teller) facts(facts []crowd.Fact) string {
	var words []string
	for i, f := range facts {
		same := func(o crowd.Fact) bool { return o.Kind == f.Kind }
		if slices.ContainsFunc(facts[:i], same) {
			continue
		}
		var says []string
		for _, o := range facts[i:] {
			if same(o) {
				says = append(says, t.says(o))
			}
		}
		words = append(words, t.p.T("ui.few.fact", t.kind(f.Kind), t.p.List(says...)))
	}
	return strings.Join(words, "; ")
}

// says puts the first step of a fact into words.
func (t teller) says(f crowd.Fact) string {
	says := f.Says()
	switch f.Kind {
	case crowd.Date:
		if d, err := claim.ParseDate(says); err == nil {
			p := d.Parts()
			return t.p.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.To), Interval: p.Interval})
		}
	case crowd.Rank:
		return t.p.Term("rank", says)
	case crowd.Role:
		return t.p.Term("capacity", says)
	case crowd.Family:
		return t.p.Term("relation", says)
	case crowd.Unit:
		if _, ok := claim.LookUp("unit", says); ok {
			return t.p.Term("unit", says)
		}
	}
	return says
}

// lessWords names the kinds of fact that are said less exactly.
func (t teller) lessWords(l dossier.Less) string {
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(l)) {
		if l[k] > 0 {
			kinds = append(kinds, t.kind(k))
		}
	}
	return t.p.List(kinds...)
}

// lessFields writes what is said less exactly as values of fields: "date 2".
func lessFields(l dossier.Less) []string {
	var fields []string
	for _, k := range slices.Sorted(maps.Keys(l)) {
		fields = append(fields, string(k)+" "+strconv.Itoa(l[k]))
	}
	return fields
}

// readLess reads what lessFields wrote; anything else is the desk's to refuse.
func readLess(fields []string) dossier.Less {
	l := dossier.Less{}
	for _, f := range fields {
		k, level, _ := strings.Cut(f, " ")
		n, err := strconv.Atoi(level)
		if err != nil {
			n = -1
		}
		l[crowd.Kind(k)] = n
	}
	return l
}

// leftKey returns the key of the words for something that stays out.
func leftKey(o dossier.Omission) string {
	if o.Why == "crowd" {
		return "dossier.left.less." + o.What
	}
	return "dossier.left." + o.What
}
