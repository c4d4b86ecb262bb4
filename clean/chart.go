package clean

import (
	"fmt"
	"strings"
)

// chartKept are elements of charts that are kept, with the value they have.
var chartKept = setOf(`c:chartSpace c:date1904 c:roundedCorners c:chart c:title c:tx c:rich c:layout c:manualLayout c:layoutTarget c:xMode c:yMode c:wMode c:hMode
c:x c:y c:w c:h c:overlay c:autoTitleDeleted c:view3D c:rotX c:rotY c:rAngAx c:hPercent c:depthPercent c:perspective c:floor c:sideWall c:backWall
c:thickness c:plotArea c:barChart c:bar3DChart c:lineChart c:line3DChart c:pieChart c:pie3DChart c:doughnutChart c:ofPieChart c:areaChart c:area3DChart
c:scatterChart c:bubbleChart c:radarChart c:stockChart c:surfaceChart c:surface3DChart c:wireframe c:barDir c:grouping c:varyColors c:ser c:idx c:order
c:invertIfNegative c:marker c:symbol c:size c:smooth c:dPt c:explosion c:bubble3D c:bubbleScale c:sizeRepresents c:showNegBubbles c:dLbls c:dLbl c:delete
c:numFmt c:dLblPos c:showLegendKey c:showVal c:showCatName c:showSerName c:showPercent c:showBubbleSize c:separator c:showLeaderLines c:leaderLines c:trendline
c:trendlineType c:period c:forward c:backward c:intercept c:dispRSqr c:dispEq c:errBars c:errDir c:errBarType c:errValType c:noEndCap c:plus c:minus c:val c:cat
c:xVal c:yVal c:bubbleSize c:strLit c:numLit c:strCache c:numCache c:pt c:ptCount c:gapWidth c:gapDepth c:overlap c:shape c:axId c:catAx c:valAx c:dateAx c:serAx
c:scaling c:orientation c:max c:min c:logBase c:axPos c:majorGridlines c:minorGridlines c:majorTickMark c:minorTickMark c:tickLblPos c:crossAx c:crosses
c:crossesAt c:crossBetween c:auto c:lblAlgn c:lblOffset c:noMultiLvlLbl c:baseTimeUnit c:majorUnit c:minorUnit c:majorTimeUnit c:minorTimeUnit c:tickLblSkip
c:tickMarkSkip c:dispUnits c:builtInUnit c:dTable c:showHorzBorder c:showVertBorder c:showOutline c:showKeys c:legend c:legendPos c:legendEntry c:plotVisOnly
c:dispBlanksAs c:spPr c:txPr c:firstSliceAng c:holeSize c:splitType c:splitPos c:secondPieSize c:serLines c:dropLines c:hiLowLines c:upDownBars c:upBars
c:downBars c:scatterStyle c:radarStyle`)

// chart writes a chart anew and returns the id that leads to it. It keeps what the
// chart shows; where that came from it keeps only for cells that are there, as
// cells says.
func (p *partWriter) chart(id string, cells func(f string) bool) (string, error) {
	r, ok := p.old[id]
	if !ok || r.away || p.in[r.target] == nil {
		p.vanished("chart", p.name, "")
		return "", nil
	}
	root, err := p.part(r.target)
	if err != nil {
		return "", err
	}
	if root.name != "c:chartSpace" {
		p.vanished("chart", p.name, root.words())
		return "", nil
	}
	c, err := p.newPart(r.target)
	if err != nil {
		return "", err
	}
	dir, _, _ := strings.Cut(p.name, "/")
	p.charts[r.target] = true
	c.name = fmt.Sprintf("%s/charts/chart%d.xml", dir, len(p.charts))
	d := &drawing{partWriter: c, cells: cells}
	all, err := d.rewrite(root)
	if err != nil {
		return "", err
	}
	c.done(all[0], "application/vnd.openxmlformats-officedocument.drawingml.chart+xml")
	return p.link("chart", "/"+c.name, false), nil
}

// chartGraphic returns what shows the chart of that id.
func chartGraphic(id string) *node {
	return el("a:graphic", nil, el("a:graphicData", []string{"uri", spaces["c"]}, el("c:chart", []string{"r:id", id})))
}

// chartPart keeps an element of a chart.
func (d *drawing) chartPart(n *node) ([]*node, error) {
	switch n.name {
	case "c:v", "c:formatCode", "c:separator":
		return []*node{el(n.name, nil, &node{text: n.words()})}, nil
	case "c:strRef", "c:numRef", "c:multiLvlStrRef":
		return d.series(n)
	case "c:ser":
		return d.named(n)
	case "c:tx":
		if ref := n.child("c:strRef"); ref != nil && !d.there(ref) {
			text := el("a:p", nil, el("a:r", nil, el("a:t", nil, &node{text: strings.Join(values(ref), " ")})))
			return []*node{el("c:tx", nil, el("c:rich", nil, el("a:bodyPr", nil), text))}, nil
		}
	}
	if !chartKept[n.name] {
		if n.name != "c:externalData" && n.name != "c:printSettings" && n.name != "c:extLst" {
			d.lost(n)
		}
		return nil, nil
	}
	out, err := d.kept(n)
	if err != nil {
		return nil, err
	}
	if code := n.get("formatCode"); n.name == "c:numFmt" && len(code) <= 64 {
		out[0].attr = append([]attr{{"formatCode", code}}, out[0].attr...)
	}
	return out, nil
}

// there reports whether a reference of a chart leads to cells that are kept.
func (d *drawing) there(ref *node) bool {
	f := ref.child("c:f")
	return f != nil && d.cells != nil && d.cells(f.words())
}

// values returns the values that a chart shows for a reference.
func values(ref *node) (out []string) {
	for _, cache := range ref.kids {
		for _, pt := range cache.kids {
			if v := pt.child("c:v"); pt.name == "c:pt" && v != nil {
				out = append(out, v.words())
			}
		}
	}
	return out
}

// named keeps a series, whose name is a word rather than a cell.
func (d *drawing) named(n *node) ([]*node, error) {
	out := &node{name: n.name}
	for _, k := range n.kids {
		if ref := k.child("c:strRef"); k.name == "c:tx" && ref != nil && !d.there(ref) {
			out.kids = append(out.kids, el("c:tx", nil, el("c:v", nil, &node{text: strings.Join(values(ref), " ")})))
			continue
		}
		more, err := d.rewrite(k)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, more...)
	}
	return []*node{out}, nil
}

// series keeps the values of a series, and the cells they are in if these are
// kept.
func (d *drawing) series(ref *node) ([]*node, error) {
	var cache *node
	for _, k := range ref.kids {
		if strings.HasSuffix(k.name, "Cache") {
			cache = k
		}
	}
	if cache != nil && cache.name == "c:multiLvlStrCache" { // the finest of its levels
		flat := &node{name: "c:strCache"}
		for _, k := range cache.kids {
			if k.name == "c:ptCount" {
				flat.kids = append(flat.kids, k)
			} else if k.name == "c:lvl" && len(flat.kids) <= 1 {
				flat.kids = append(flat.kids, k.kids...)
			}
		}
		cache = flat
	}
	if d.there(ref) && ref.name != "c:multiLvlStrRef" {
		out := el(ref.name, nil, el("c:f", nil, &node{text: ref.child("c:f").words()}))
		if cache != nil {
			kids, err := d.kept(cache)
			if err != nil {
				return nil, err
			}
			out.kids = append(out.kids, kids...)
		}
		return []*node{out}, nil
	}
	if cache == nil {
		d.vanished("values of a chart", d.name, "")
		return nil, nil
	}
	kids, err := d.each(cache.kids)
	return []*node{el(map[string]string{"c:strCache": "c:strLit", "c:numCache": "c:numLit"}[cache.name], nil, kids...)}, err
}
