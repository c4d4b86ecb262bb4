package name

import "testing"

func TestAlike(t *testing.T) {
	for _, tc := range []struct {
		asked, known string
		want         Likeness
	}{
		{"Тихон Воробейчиков", "Воробейчиков Тихон Маркович", Same},
		{"ВОРОБЕЙЧИКОВ Тихон Маркович", "Тихон Маркович Воробейчиков", Same},
		{"Tikhon Vorobeychikov", "Тихон Маркович Воробейчиков", Variant},
		{"Тихона Марковича Воробейчикова", "Тихон Маркович Воробейчиков", Variant},
		{"Саша Кудеяров", "Александр Кудеяров", Variant},
		{"Александр Кудеяров", "Саша Кудеяров", Variant},
		{"Тихон Варобейчиков", "Тихон Воробейчиков", Near},
		{"Тихон Павлович Воробейчиков", "Тихон Маркович Воробейчиков", Near},
		{"Tikhon Thatcherley", "Тихон Тэтчерли", Near},
		{"Tikhon Thatcherley", "Тихон Дэвенпорт", Unlike},
		{"Тихон Воробейчиков", "Т. Воробейчиков", Partly},
		{"Тихон Воробейчиков", "Воробейчиков", Partly},
		{"Тихон Воробейчиков", "Елисей Кудеяров", Unlike},
		{"Тихон Воробейчиков", "Тихон Кудеяров", Unlike},
		{"Елисей Воробейчиков", "Тихон Воробейчиков", Unlike},
		{"Тихон Воробейчиков", "", Unlike},
	} {
		known := Parse(tc.known)
		if tc.known == "Воробейчиков" {
			known = Name{{Family, tc.known}}
		}
		if got := NewAsked(Parse(tc.asked)).Alike(known); got != tc.want {
			t.Errorf("%q and %q: got %v, want %v", tc.asked, tc.known, got, tc.want)
		}
	}
}

func TestWhole(t *testing.T) {
	for s, want := range map[string]bool{
		"Тихон Воробейчиков": true, "Воробейчиков, Тихон": true, "Ivan Petrov": true,
		"": false, "Тихон": false, "Воробейчиков": false, "Т. Воробейчиков": false, "Тихон В.": false, "«Сокол»": false, "Иванович": false,
	} {
		if got := Parse(s).Whole(); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func FuzzAlike(f *testing.F) {
	f.Add("Тихон Воробейчиков", "Tikhon Vorobeychikov")
	f.Add("a-b-c (d) «e»", "‮x")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 200 {
			return
		}
		n := Parse(a)
		NewAsked(n).Alike(Parse(b))
		if got := NewAsked(n).Alike(n); n.Whole() && got != Same {
			t.Errorf("a whole name and itself: got %v", got)
		}
	})
}
