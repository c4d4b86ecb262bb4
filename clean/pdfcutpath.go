package clean

import (
	"math"
	"slices"

	"habeas/internal/pdf"
)

// An outline is a path on a page, by its parts that each begin with m.
type outline [][]segment

// A segment is an operator of a path with its points.
type segment struct {
	op pdf.Word // m, l, c or h
	at []point
}

func (o outline) add(op pdf.Word, n [6]float64, m matrix) outline {
	at := func(i int) point {
		px, py := m.at(n[i], n[i+1])
		return point{px, py}
	}
	put := func(op pdf.Word, at ...point) {
		if op == "m" || len(o) == 0 {
			o = append(o, nil)
		}
		if last := &o[len(o)-1]; op != "m" && len(*last) == 0 {
			*last = append(*last, segment{"m", at[len(at)-1:]})
		}
		o[len(o)-1] = append(o[len(o)-1], segment{op, at})
	}
	switch op {
	case "re":
		x, y, w, h := n[0], n[1], n[2], n[3]
		n = [6]float64{x, y}
		put("m", at(0))
		for _, c := range [][2]float64{{x + w, y}, {x + w, y + h}, {x, y + h}} {
			n = [6]float64{c[0], c[1]}
			put("l", at(0))
		}
		put("h")
	case "m", "l":
		put(op, at(0))
	case "c":
		put(op, at(0), at(2), at(4))
	case "v":
		put("c", o.pen(at(0)), at(0), at(2))
	case "y":
		put("c", at(0), at(2), at(2))
	case "h":
		if len(o) > 0 {
			put("h")
		}
	}
	return o
}

// pen returns where a path is; otherwise if it has not begun.
func (o outline) pen(otherwise point) point {
	if len(o) == 0 {
		return otherwise
	}
	for _, s := range slices.Backward(o[len(o)-1]) {
		if len(s.at) > 0 {
			return s.at[len(s.at)-1]
		}
	}
	return otherwise
}

// close closes the last part.
func (o outline) close() {
	if n := len(o); n > 0 {
		o[n-1] = append(o[n-1], segment{op: "h"})
	}
}

func around(sub []segment) frame {
	out := nowhere()
	for _, s := range sub {
		for _, p := range s.at {
			out = out.add(p.x, p.y)
		}
	}
	return out
}

func (r frame) wider(by float64) frame { return frame{r[0] - by, r[1] - by, r[2] + by, r[3] + by} }

// meets reports whether lines that are twice half wide meet areas.
func (o outline) meets(areas []frame, half float64) bool {
	return slices.ContainsFunc(o, func(sub []segment) bool { return slices.ContainsFunc(areas, around(sub).wider(half).meets) })
}

// without returns the path without parts that lie around words, such as the lines
// below them and the colours behind them, which are as long as they were.
func (o outline) without(words []wordFrame) outline {
	if len(words) == 0 {
		return o
	}
	return slices.DeleteFunc(slices.Clone(o), func(sub []segment) bool {
		f := around(sub)
		return slices.ContainsFunc(words, func(w wordFrame) bool {
			near := frame{w.frame[0] - 12*w.em, w.frame[1] - w.em, w.frame[2] + 12*w.em, w.frame[3] + w.em}
			return f.meets(w.wider(w.em/2)) && near.holds(f)
		})
	})
}

// corners returns the points of a part, with curves as short lines.
func corners(sub []segment) (out []point, closed bool) {
	const steps = 24
	for _, s := range sub {
		switch s.op {
		case "c":
			from := s.at[0]
			if len(out) > 0 {
				from = out[len(out)-1]
			}
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				a, b, c, d := (1-t)*(1-t)*(1-t), 3*t*(1-t)*(1-t), 3*t*t*(1-t), t*t*t
				out = append(out, point{a*from.x + b*s.at[0].x + c*s.at[1].x + d*s.at[2].x, a*from.y + b*s.at[0].y + c*s.at[1].y + d*s.at[2].y})
			}
		case "h":
			closed = true
		default:
			out = append(out, s.at...)
		}
	}
	return out, closed
}

func polygon(points []point, closed bool) []segment {
	var out []segment
	for i, p := range points {
		op := pdf.Word("l")
		if i == 0 {
			op = "m"
		}
		out = append(out, segment{op, []point{p}})
	}
	if closed && len(out) > 0 {
		out = append(out, segment{op: "h"})
	}
	return out
}

// filled returns what is left of a path that is filled, or cuts: what lies in areas
// is gone from its data.
func (o outline) filled(areas []frame) (out outline) {
	for _, sub := range o {
		f := around(sub)
		if !slices.ContainsFunc(areas, f.meets) {
			out = append(out, sub)
			continue
		}
		points, _ := corners(sub)
		pieces := [][]point{points}
		for _, a := range areas {
			var next [][]point
			for _, p := range pieces {
				next = append(next, outside(p, a)...)
			}
			pieces = next
		}
		for _, p := range pieces {
			out = append(out, polygon(p, true))
		}
	}
	return out
}

// outside cuts a polygon into what lies left, right, below and above of an area.
func outside(p []point, a frame) (out [][]point) {
	x := func(p point) float64 { return p.x }
	y := func(p point) float64 { return p.y }
	middle := side(side(p, x, a[0], 1), x, a[2], -1)
	for _, piece := range [][]point{side(p, x, a[0], -1), side(p, x, a[2], 1), side(middle, y, a[1], -1), side(middle, y, a[3], 1)} {
		if len(piece) > 2 {
			out = append(out, piece)
		}
	}
	return out
}

// side returns what of a polygon lies above a limit on an axis, or below it if way is
// -1 (Sutherland and Hodgman).
func side(p []point, axis func(point) float64, limit, way float64) (out []point) {
	for i, to := range p {
		from := p[(i+len(p)-1)%len(p)]
		a, b := (axis(from)-limit)*way, (axis(to)-limit)*way
		if a < 0 && b > 0 || a > 0 && b < 0 {
			t := a / (a - b)
			out = append(out, point{from.x + t*(to.x-from.x), from.y + t*(to.y-from.y)})
		}
		if b >= 0 {
			out = append(out, to)
		}
	}
	return out
}

// drawn returns what is left of a path that is drawn with a line twice half wide.
func (o outline) drawn(areas []frame, half float64) (out outline) {
	for _, sub := range o {
		if !slices.ContainsFunc(areas, around(sub).wider(half).meets) {
			out = append(out, sub)
			continue
		}
		points, closed := corners(sub)
		if closed && len(points) > 0 {
			points = append(points, points[0])
		}
		pieces := [][]point{points}
		for _, a := range areas {
			var next [][]point
			for _, p := range pieces {
				next = append(next, lineOutside(p, a.wider(half))...)
			}
			pieces = next
		}
		for _, p := range pieces {
			out = append(out, polygon(p, false))
		}
	}
	return out
}

// lineOutside returns the pieces of a line that lie outside of an area.
func lineOutside(p []point, a frame) (out [][]point) {
	var piece []point
	end := func() {
		if len(piece) > 1 {
			out = append(out, piece)
		}
		piece = nil
	}
	for i := 1; i < len(p); i++ {
		from, to := p[i-1], p[i]
		in, leave := within(from, to, a)
		at := func(t float64) point { return point{from.x + t*(to.x-from.x), from.y + t*(to.y-from.y)} }
		if piece == nil && (in > leave || in > 0) {
			piece = []point{from}
		}
		if in > leave { // not at all
			piece = append(piece, to)
			continue
		}
		if in > 0 {
			piece = append(piece, at(in))
		}
		end()
		if leave < 1 {
			piece = []point{at(leave), to}
		}
	}
	end()
	return out
}

// within returns from where to where on the way between two points an area is; in is
// larger than leave if it is nowhere (Liang and Barsky).
func within(from, to point, a frame) (in, leave float64) {
	in, leave = 0, 1
	for i, d := range []float64{to.x - from.x, to.y - from.y} {
		at := []float64{from.x, from.y}[i]
		if d == 0 {
			if at < a[i] || at > a[i+2] {
				return 1, 0
			}
			continue
		}
		t0, t1 := (a[i]-at)/d, (a[i+2]-at)/d
		in, leave = max(in, math.Min(t0, t1)), min(leave, math.Max(t0, t1))
	}
	return in, leave
}
