package name

import (
	"bufio"
	"compress/gzip"
	"os"
	"slices"
	"strings"
	"testing"
)

const openCorpora = "../../shared/data/names/opencorpora/"

// sampled says which names of the dictionary are tried: those whose length it
// divides.
const sampled = 4

// The forms of a dictionary's names, made from the nominative alone.
func TestFormsOfOpenCorpora(t *testing.T) {
	for _, test := range []struct {
		file string
		kind Kind
		want float64 // the least share of forms found
	}{
		{"surnames", Family, .999},
		{"firstnames", Given, .999},
		{"midnames", Patronymic, .999},
	} {
		f, err := os.Open(openCorpora + test.file + ".tsv.gz")
		if err != nil {
			t.Skip("no OpenCorpora at " + openCorpora)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		type lemma struct{ word, gender string }
		base := map[lemma]string{} // the nominative
		words := map[lemma][]string{}
		for lines := bufio.NewScanner(z); lines.Scan(); {
			c := strings.Split(lines.Text(), "\t")
			if len(c) < 4 || c[0] == "lemma" || len(c[0])/2%sampled != 0 {
				continue
			}
			l := lemma{c[0], "masc"}
			if strings.Contains(c[3], "femn") {
				l.gender = "femn"
			}
			if base[l] == "" || strings.Contains(c[3], "sing,nomn") {
				base[l] = c[1]
			}
			words[l] = append(words[l], c[1])
		}
		var found, all, complete int
		shown := 0
		for l, nominative := range base {
			forms := map[string]bool{}
			for _, form := range Forms(Part{test.kind, nominative}) {
				forms[form.Text] = true
			}
			missed := ""
			for _, w := range words[l] {
				all++
				if covered(forms, w) {
					found++
				} else {
					missed = w
				}
			}
			if missed == "" {
				complete++
			} else if shown < 40 && testing.Verbose() {
				shown++
				t.Log(test.file, nominative, "lacks", missed)
			}
		}
		share := float64(found) / float64(all)
		t.Logf("%s: %.4f of %d forms, %.4f of %d names with all forms", test.file, share, all, float64(complete)/float64(len(base)), len(base))
		if share < test.want {
			t.Errorf("%s: got %.4f of the forms, want %.4f", test.file, share, test.want)
		}
	}
}

// covered reports whether every word of w is one of the forms.
func covered(forms map[string]bool, w string) bool {
	for part := range strings.FieldsSeq(Canon(w)) {
		if !forms[part] && !Small(part) {
			return false
		}
	}
	return true
}

// The tables that say which case a form is in were written apart from those that
// give all forms: what the first know, the second must give.
func TestCasesAreForms(t *testing.T) {
	f, err := os.Open("../../shared/data/names/uk/family-names.csv")
	if err != nil {
		t.Skip("no Ukrainian family names in ../../shared/data")
	}
	defer f.Close()
	var all, missed, n int
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if n++; n%20 != 2 || Canon(lines.Text()) == "" {
			continue
		}
		forms := map[string]bool{}
		for _, form := range Forms(Part{Family, lines.Text()}) {
			forms[form.Text] = true
		}
		for _, table := range nameTables(lines.Text(), Family, "uk") {
			for _, same := range table {
				for _, form := range same {
					if all++; !covered(forms, form) {
						missed++
						t.Logf("%s lacks %s", lines.Text(), form)
					}
				}
			}
		}
	}
	t.Logf("%d of %d forms of %d names missed", missed, all, n/20)
	if all == 0 || float64(missed)/float64(all) > .001 {
		t.Errorf("%d of %d forms missed, want one in 1,000 at most", missed, all)
	}
}

// The case a dictionary gives for a form must be among those we give.
func TestCasesOfOpenCorpora(t *testing.T) {
	cases := map[string]Case{"nomn": Nominative, "gent": Genitive, "datv": Dative, "accs": Accusative, "ablt": Instrumental, "loct": Locative}
	for _, test := range []struct {
		file string
		kind Kind
		want float64 // the least share of forms with the right case
	}{{"surnames", Family, .97}, {"firstnames", Given, .97}} {
		f, err := os.Open(openCorpora + test.file + ".tsv.gz")
		if err != nil {
			t.Skip("no OpenCorpora at " + openCorpora)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		var right, all int
		for lines := bufio.NewScanner(z); lines.Scan(); {
			c := strings.Split(lines.Text(), "\t")
			if len(c) < 4 || len(c[0])%10 != 4 || strings.Contains(c[3], "Fixd") {
				continue
			}
			number, name, ok := strings.Cut(c[3][strings.LastIndex(c[3], " ")+1:], ",")
			want, known := cases[strings.TrimSuffix(strings.SplitN(name, ",", 2)[0], ",V-oy")]
			if !ok || !known {
				continue
			}
			all++
			if slices.Contains(CasesOf(Part{test.kind, c[0]}, c[1], "ru"), Inflection{want, number == "plur"}) {
				right++
			} else if all%40 == 0 && testing.Verbose() {
				t.Log(c[0], c[1], c[3])
			}
		}
		share := float64(right) / float64(all)
		t.Logf("%s: the case of %.4f of %d forms", test.file, share, all)
		if share < test.want {
			t.Errorf("%s: got the case of %.4f of the forms, want %.4f", test.file, share, test.want)
		}
	}
}
