package name

import (
	"slices"
	"strings"
	"testing"
)

// The names are invented, or of public figures long dead.
func TestRomanise(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"хрущев", "khrushchev khrouchtchev chruschtschow chruszczow jrushchov xrushhev"},
		{"воробейчиков", "vorobeychikov vorobeichikov vorobejcikov worobejtschikow worobiejczikow vorobeitchikov"},
		{"щербатюк", "shcherbatyuk shcherbatiuk scherbatyuk schtscherbatjuk szczerbatiuk chtcherbatiouk shterbatyuk"},
		{"згурський", "zghurskyi zgurski zgourski"},
		{"алексеев", "alekseev alexeev alekseyev"},
		{"їжак", "yizhak izak jizak"},
		{"щебелев", "szczebielew"}, {"жилинский", "zylinski zilinsky zilinski"}, {"семенченко", "siemienczenko semencenko"},
		{"хлебцов", "hlebcov chlebcov chlebcow"}, {"юлія", "julija yuliia"},
		{"ђорђевић", "djordjevic"},
		{"жұмабай", "zhumabay zhumabai"},
	} {
		got := append(romanise(tc.name), inPress(tc.name)...)
		for want := range strings.FieldsSeq(tc.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no %s in %v", tc.name, want, got)
			}
		}
	}
}

func FuzzRomanise(f *testing.F) {
	f.Add("воробейчиков")
	f.Add("кс")
	f.Add("\xffтый")
	f.Fuzz(func(t *testing.T, s string) {
		for _, all := range [][]string{romanise(s), inPress(s)} {
			for i, l := range all {
				if l == "" || slices.Contains(all[:i], l) {
					t.Errorf("%q: %q is empty or twice in %v", s, l, all)
				}
			}
		}
	})
}

func BenchmarkRomanise(b *testing.B) {
	for b.Loop() {
		romanise("воробейчиковым")
	}
}
