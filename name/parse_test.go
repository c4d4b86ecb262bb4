package name

import "testing"

func TestParseOfTheEast(t *testing.T) {
	for s, want := range map[string]Name{
		"Abu Zarkush": {{Kunya, "Abu Zarkush"}},
		"أبو زركوش":   {{Kunya, "أبو زركوش"}},
		"Зыркаев Али Вагиф оглы":  {{Family, "Зыркаев"}, {Given, "Али"}, {Patronymic, "Вагиф оглы"}},
		"Zirkayev Ali Vaqif oğlu": {{Family, "Zirkayev"}, {Given, "Ali"}, {Patronymic, "Vaqif oğlu"}},
	} {
		got := Parse(s)
		if len(got) != len(want) {
			t.Errorf("%s: got %v, want %v", s, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: got %v, want %v", s, got, want)
			}
		}
	}
}
