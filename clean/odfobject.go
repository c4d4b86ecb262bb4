package clean

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// odfChart are elements of charts, which are documents in a document, and of
// formulas.
var odfChart = setOf(`office:chart chart:chart chart:title chart:subtitle chart:footer chart:legend chart:plot-area chart:wall chart:floor chart:axis chart:grid
chart:series chart:data-point chart:data-label chart:domain chart:categories chart:mean-value chart:regression-curve chart:error-indicator chart:equation
chart:stock-gain-marker chart:stock-loss-marker chart:stock-range-line style:chart-properties table:table-header-rows table:table-rows table:table-header-columns
math:math math:semantics math:mrow math:mi math:mn math:mo math:mtext math:mfrac math:msqrt math:mroot math:mstyle math:merror math:mpadded math:mphantom
math:mfenced math:menclose math:msub math:msup math:msubsup math:munder math:mover math:munderover math:mmultiscripts math:mtable math:mtr math:mtd math:mspace
math:mprescripts math:none`)

// odfChartAttrs are attributes of these.
var odfChartAttrs = regexp.MustCompile(`^(chart:([a-z-]+)|table:cell-range-address)$`)

// odfAside are elements with words that people do not see where they stand: what
// others said, what was there before, and what programs know.
var odfAside = setOf(`office:annotation office:annotation-end text:tracked-changes office:meta office:settings svg:title svg:desc presentation:notes text:bibliography-configuration
text:table-of-content-source text:alphabetical-index-source text:user-index-source text:illustration-index-source text:variable-decls text:user-field-decls text:sequence-decls
table:named-expressions table:content-validations table:database-ranges table:calculation-settings table:tracked-changes table:data-pilot-tables table:dde-links
table:consolidation office:scripts office:event-listeners office:forms presentation:settings text:index-entry-template text:hidden-text text:hidden-paragraph
math:annotation draw:layer draw:glue-point draw:contour-polygon draw:contour-path draw:param draw:image-map draw:handle draw:layer-set style:handout-master presentation:header-decl presentation:footer-decl presentation:date-time-decl table:title table:desc table:table-source table:scenario`)

func odfWhat(name string, hidden bool) string {
	_, local, _ := strings.Cut(name, ":")
	if hidden || strings.HasPrefix(name, "text:hidden") {
		return "hidden text"
	}
	return strings.ReplaceAll(local, "-", " ")
}

// frame keeps a frame with the first of what it offers that can be made anew: a
// chart or a formula, or else the picture that stands for it.
func (d *odf) frame(n *node, where string) ([]*node, error) {
	out := &node{name: n.name, attr: d.attributes(n, where)}
	told := len(d.Removed)
	for _, k := range n.kids {
		var more []*node
		var err error
		switch k.name {
		case "draw:object":
			more, err = d.object(k, where)
		case "draw:object-ole", "draw:plugin", "draw:applet", "draw:floating-frame":
			d.vanished("document, film or program in it", where, k.get("xlink:href"))
			told = len(d.Removed)
		default:
			more, err = d.rewrite(k, where)
		}
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, more...)
	}
	if len(out.kids) == 0 {
		return nil, nil
	}
	for i := range d.Removed[told:] { // it is shown by what is left
		d.Removed[told+i].Shown = d.Removed[told+i].Shown && n.child("draw:text-box") != nil
	}
	return []*node{out}, nil
}

// object writes a chart or a formula that lies in a document.
func (d *odf) object(n *node, where string) ([]*node, error) {
	from := strings.TrimPrefix(n.get("xlink:href"), "./")
	roots := map[string]*node{}
	in := &odf{job: d.job, in: d.in, out: d.out, names: map[string]string{}, parent: map[string]string{}, hides: map[string]bool{}, media: d.media, kinds: d.kinds, used: d.used, objects: d.objects, nested: true, sheets: d.sheets}
	for _, part := range []string{"styles.xml", "content.xml"} {
		name := from + "/" + part
		if from == "" || d.in[name] == nil {
			continue
		}
		root, err := parse(d.in[name], name)
		if err != nil {
			return nil, err
		}
		d.used[name] = true
		roots[part] = root
		in.readStyles(root)
	}
	content := roots["content.xml"]
	if d.nested || content == nil || content.find("office:chart") == nil && content.name != "math:math" {
		d.vanished("document in it", where, n.get("xlink:href"))
		return nil, nil
	}
	d.objects++
	to := fmt.Sprintf("Object %d", d.objects)
	if err := in.writeParts(maps.Clone(roots), to+"/"); err != nil {
		return nil, err
	}
	media := odfMedia + "chart"
	if content.name == "math:math" {
		media = odfMedia + "formula"
	}
	d.kinds[to+"/"] = media
	return []*node{el("draw:object", []string{"xlink:href", "./" + to, "xlink:type", "simple", "xlink:show", "embed", "xlink:actuate", "onLoad"})}, nil
}

// findSheets notes the names of tables that are shown.
func (d *odf) findSheets(n *node) {
	if n.name == "table:table" && !d.unseen(n) {
		d.sheets[n.get("table:name")] = true
	}
	for _, k := range n.kids {
		d.findSheets(k)
	}
}

var odfSheet = regexp.MustCompile(`(?:^|[ :])\$?(?:'((?:[^']|'')*)'|([^ .:'$]+))\.`)

// ofSheets reports whether cells are of sheets that are kept.
func (d *odf) ofSheets(cells string) bool {
	for _, m := range odfSheet.FindAllStringSubmatch(cells, -1) {
		if !d.sheets[strings.ReplaceAll(m[1], "''", "'")+m[2]] {
			return false
		}
	}
	return true
}
