package gate

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A byteViewer is a viewer that keeps the place of every byte: slow and plain.
type byteViewer struct {
	of       *byteViewer // nil: the file
	text     string
	from, to []int
}

func (w *byteViewer) place(start, end int) (int, int) {
	if w == nil {
		return start, end
	}
	return w.from[start], w.to[end-1]
}

func (w *byteViewer) put(s string, start, end int) {
	from, to := w.of.place(start, max(end, start+1))
	for i := range len(s) {
		w.text, w.from, w.to = w.text+s[i:i+1], append(w.from, from), append(w.to, to)
	}
}

func (w *byteViewer) copy(of string, start, end int) {
	for i := start; i < end; i++ {
		from, to := w.of.place(i, i+1)
		w.text, w.from, w.to = w.text+of[i:i+1], append(w.from, from), append(w.to, to)
	}
}

// A view of a view of a view knows the same places as one that keeps them byte by
// byte.
func TestViewerPlaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		of, plain := view{text: "Мать писала всем, и никто ей не ответил."}, (*byteViewer)(nil)
		for deep := range 3 {
			w, slow := viewer{of: &of}, &byteViewer{of: plain}
			for n := range rapid.IntRange(1, 8).Draw(rt, fmt.Sprint("writes", deep)) {
				label := fmt.Sprint(deep, n)
				start := rapid.IntRange(0, len(of.text)-1).Draw(rt, "start"+label)
				end := rapid.IntRange(start, len(of.text)).Draw(rt, "end"+label)
				if rapid.Bool().Draw(rt, "copy"+label) {
					w.copy(start, end)
					slow.copy(of.text, start, end)
				} else {
					s := rapid.SampledFrom([]string{"", " ", "xyz"}).Draw(rt, "put"+label)
					w.put(s, start, end)
					slow.put(s, start, end)
				}
			}
			of, plain = w.view(), slow
			if of.text != slow.text {
				rt.Fatalf("got %q, want %q", of.text, slow.text)
			}
			if of.text == "" {
				return
			}
			for i := range of.text {
				for j := i + 1; j <= len(of.text); j += 1 + len(of.text)/7 {
					from, to := of.place(i, j)
					if wantFrom, wantTo := slow.place(i, j); from != wantFrom || to != wantTo {
						rt.Fatalf("view %d, bytes %d to %d: got %d to %d, want %d to %d", deep, i, j, from, to, wantFrom, wantTo)
					}
				}
			}
		}
	})
}
