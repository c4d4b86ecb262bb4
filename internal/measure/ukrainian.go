package measure

import (
	"strings"

	"habeas/internal/corpus"
	"habeas/name"
)

const ukrainianName = "Ukrainian family names, by regular paradigms"

// A paradigm is how the family names with an ending decline: the ending gives way to
// each of the others. The first whose ending fits holds.
type paradigm struct{ ending, forms string }

// paradigms are those of a school grammar (the orthography of 2019, declension of
// family names) where the ending alone decides; names in which a vowel may vanish or
// change are left out. They are written here a second time on purpose: where they and
// package name disagree, one of the two is wrong.
func paradigms() []paradigm {
	const (
		hard      = " а у ові ом и ів ам ами ах"
		adjective = "ий ого ому им ім а ої ій у ою і их им ими"
	)
	return []paradigm{
		{"ський", "сь" + strings.ReplaceAll("к"+adjective, " ", " ськ")},
		{"цький", "ць" + strings.ReplaceAll("к"+adjective, " ", " цьк")},
		{"зький", "зь" + strings.ReplaceAll("к"+adjective, " ", " зьк")},
		{"ий", adjective},
		{"ов", "ов ова ову ові овим ове ової овій овою ови ових овими"},
		{"ев", "ев ева еву еві евим еве евої евій евою еви евих евими"},
		{"єв", "єв єва єву єві євим єве євої євій євою єви євих євими"},
		{"ін", "ін іна іну іні іним іне іної іній іною іни іних іними"},
		{"ин", "ин ина ину ині иним ине иної иній иною ини иних иними"},
		{"ко", "ко ка ку кові ком ки ків кам ками ках"},
		{"ло", "ло ла лу лові лом"},
		{"ук", "ук" + strings.ReplaceAll(hard, " ", " ук")},
		{"юк", "юк" + strings.ReplaceAll(hard, " ", " юк")},
		{"ак", "ак" + strings.ReplaceAll(hard, " ", " ак")},
		{"як", "як" + strings.ReplaceAll(hard, " ", " як")},
		{"ич", "ич ича ичу ичеві ичем ичі ичів ичам ичами ичах"},
		{"ай", "ай ая аю аєві аєм аї аїв аям аями аях"},
		{"аль", "аль аля алю алеві алем алі алів алям алями алях"},
		{"ика", "ика ики иці ику икою ико"},
		{"уха", "уха ухи усі уху ухою ухо"},
		{"ада", "ада ади аді аду адою адо"},
		{"ура", "ура ури урі уру урою уро"},
		{"ула", "ула ули улі улу улою уло"},
		{"ія", "ія ії ію ією іє"},
	}
}

// Ukrainian measures how many forms of the family names of a list, in the nominative,
// that decline by a regular paradigm, are made from the nominative alone.
func Ukrainian(path string) ([]Row, error) {
	names, err := corpus.Lines(path, true)
	if err != nil {
		return nil, err
	}
	var all, found int
	var misses []Miss
	table := paradigms()
	for i, n := range names {
		if n = name.Canon(n); i%ukrainianStep != 0 || strings.ContainsAny(n, " -") {
			continue
		}
		for _, p := range table {
			stem, ok := strings.CutSuffix(n, p.ending)
			if !ok || !strings.ContainsAny(stem, "аеиіоуєїюя") {
				continue
			}
			forms := formsOf(name.Part{Kind: name.Family, Text: n})
			for end := range strings.FieldsSeq(p.forms) {
				if all++; covered(forms, stem+end) {
					found++
				} else if len(misses) < mostMisses {
					misses = append(misses, Miss{Where: "Ukrainian", Class: "-" + p.ending + " as -" + end, Text: stem + end, Around: n})
				}
			}
			break
		}
	}
	return []Row{{Measure: "form coverage", On: ukrainianName, N: all, Of: "forms", Result: share(found, all), Unit: Share, Goal: atLeast(.995), Misses: misses}}, nil
}

// ukrainianStep is how many names there are for each that is tried.
const ukrainianStep = 4
