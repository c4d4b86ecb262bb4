package habeas

import (
	"slices"
	"strings"
	"testing"

	"habeas/fault"
)

// TestDrawTakesNoneInUse draws cover names until single words and then pairs run out.
func TestDrawTakesNoneInUse(t *testing.T) {
	taken := map[string]bool{}
	inUse := func([]string) (map[string]bool, error) { return taken, nil }
	names := []string{"Wren", "Elm", "Reed"}
	for n := range 3 + 9 {
		c, err := draw(inUse, names)
		if err != nil && len(taken) >= 3+6 {
			break // of the last pairs none may come up
		}
		if err != nil || taken[c] || strings.Contains(c, " ") != (n >= 3) {
			t.Fatalf("draw %d gives %q, %v; %d are in use", n, c, err, len(taken))
		}
		taken[c] = true
	}
	for _, a := range names {
		taken[a] = true
		for _, b := range names {
			taken[a+" "+b] = true
		}
	}
	if c, err := draw(inUse, names); fault.KindOf(err) != fault.Busy {
		t.Errorf("with all in use: got %q, %v", c, err)
	}
}

// TestCoversOfACircleAreKnown asks which cover names a circle uses.
func TestCoversOfACircleAreKnown(t *testing.T) {
	d, by := office(t)
	d.cfg.Invented = true
	if _, err := d.Fill(t.Context(), by, circleOf(by).id, invented(3)); err != nil {
		t.Fatal(err)
	}
	cv, err := d.view(t.Context(), circleOf(by))
	if err != nil {
		t.Fatal(err)
	}
	asked := []string{"Plum 0", "Plum 2", "Plum 3", "Plum", "plum 1", `"'`, ""}
	used, err := cv.view.Used(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range asked {
		if want := slices.Contains([]string{"Plum 0", "Plum 2"}, c); used[c] != want {
			t.Errorf("%q is in use: %v, want %v", c, used[c], want)
		}
	}
}
