package clean

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// drawing writes what is drawn on a sheet, and returns the id that leads to it; ""
// if nothing is. What is fixed to columns and rows that are hidden goes with them.
func (t *xlsx) drawing(sheet *partWriter, id string, cols, rows []span) (string, error) {
	r, ok := sheet.old[id]
	if !ok || r.away || t.in[r.target] == nil {
		return "", nil
	}
	root, err := t.part(r.target)
	if err != nil {
		return "", err
	}
	if root.name != "xdr:wsDr" {
		return "", refuse(Broken, r.target)
	}
	p, err := t.newPart(r.target)
	if err != nil {
		return "", err
	}
	p.name = strings.Replace(sheet.name, "worksheets/sheet", "drawings/drawing", 1)
	d := &drawing{partWriter: p, cells: t.cells}
	out := el("xdr:wsDr", nil)
	for _, anchor := range root.kids {
		if folded(anchor, "xdr:col", cols) || folded(anchor, "xdr:row", rows) {
			t.removed("drawing in hidden cells", p.name, anchor.words(), 0)
			continue
		}
		all, err := d.rewrite(anchor)
		if err != nil {
			return "", err
		}
		for _, n := range all {
			if slices.ContainsFunc(n.kids, shapeOfSheet) {
				out.kids = append(out.kids, n)
			}
		}
	}
	if len(out.kids) == 0 {
		return "", nil
	}
	p.done(out, "application/vnd.openxmlformats-officedocument.drawing+xml")
	return sheet.link("drawing", "/"+p.name, false), nil
}

func shapeOfSheet(n *node) bool {
	return slices.Contains([]string{"xdr:sp", "xdr:grpSp", "xdr:graphicFrame", "xdr:cxnSp", "xdr:pic"}, n.name)
}

// folded reports whether a drawing lies between columns, or rows, that are hidden.
func folded(anchor *node, axis string, hidden []span) bool {
	from, to := anchor.child("xdr:from", axis), anchor.child("xdr:to", axis)
	if from == nil || to == nil {
		return false
	}
	lo, err := strconv.Atoi(strings.TrimSpace(from.words()))
	hi, err2 := strconv.Atoi(strings.TrimSpace(to.words()))
	if cmp.Or(err, err2) != nil {
		return false
	}
	return slices.ContainsFunc(hidden, func(s span) bool { return s.lo <= lo+1 && hi+1 <= s.hi })
}

// hiddenRows returns the rows of a sheet that are hidden, neighbours in one.
func hiddenRows(root *node) (all []span) {
	for _, row := range root.child("x:sheetData").kids {
		n, err := strconv.Atoi(row.get("r"))
		if err != nil || !yes(row.get("hidden")) {
			continue
		}
		if last := len(all) - 1; last >= 0 && all[last].hi == n-1 {
			all[last].hi = n
		} else {
			all = append(all, span{n, n})
		}
	}
	return all
}

var cellRange = regexp.MustCompile(`^(?:'((?:[^']|'')+)'|([\p{L}_][\p{L}0-9_.]*))!\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?$`)

// cells reports whether a reference of a chart leads to cells of a sheet that is
// kept.
func (t *xlsx) cells(f string) bool {
	m := cellRange.FindStringSubmatch(strings.TrimSpace(f))
	return m != nil && t.shown[cmp.Or(strings.ReplaceAll(m[1], "''", "'"), m[2])]
}
