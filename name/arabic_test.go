package name

import (
	"slices"
	"strings"
	"testing"
)

// The family name is invented.
func TestArabicForms(t *testing.T) {
	for _, tc := range []struct{ kind, name, want string }{
		{"given", "محمّد", "محمد mohamed мухаммад мухаммада ومحمد"},
		{"given", "Youssef", "يوسف юсуф юсуфом yusuf"},
		{"given", "Хусейн", "حسين hussain husayn"},
		{"family", "الزركوشي", "الزركوشي زركوشي والزركوشي للزركوشي بالزركوشي"},
	} {
		var got []string
		for _, f := range Forms(Part{Kind(tc.kind), tc.name}) {
			got = append(got, f.Text)
		}
		for want := range strings.FieldsSeq(tc.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no %s in %v", tc.name, want, got)
			}
		}
	}
}

func TestArabicCanon(t *testing.T) {
	for in, want := range map[string]string{
		"محــمّد": "محمد", "فاطمة": "فاطمه", "مصطفى": "مصطفي", "کریم": "كريم", "ﻣﺤﻤﺪ": "محمد", "آدم إبراهيم": "ادم ابراهيم", "٣": "3",
	} {
		if got := Canon(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
