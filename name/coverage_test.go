package name

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

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
