package clean

import (
	"fmt"
	"regexp"
	"strings"
)

// dmlKept are elements of drawings that are kept: shapes, fills, lines, text and
// tables of DrawingML, and, by their local names, the trees of shapes of slides and
// of sheets.
var dmlKept = setOf(`a:xfrm a:off a:ext a:chOff a:chExt a:prstGeom a:avLst a:gd a:custGeom a:gdLst a:rect a:pathLst a:path a:moveTo a:lnTo a:cubicBezTo
a:quadBezTo a:arcTo a:close a:pt a:noFill a:solidFill a:gradFill a:gsLst a:gs a:lin a:fillToRect a:tileRect a:pattFill a:fgClr a:bgClr a:grpFill
a:stretch a:fillRect a:tile a:srcRect a:alphaModFix a:lum a:grayscl a:srgbClr a:schemeClr a:sysClr a:prstClr a:hslClr a:scrgbClr a:lumMod a:lumOff a:tint
a:shade a:alpha a:alphaOff a:alphaMod a:satMod a:satOff a:sat a:hueMod a:hueOff a:hue a:gray a:inv a:comp a:gamma a:invGamma a:ln a:lnL a:lnR a:lnT a:lnB
a:lnTlToBr a:lnBlToTr a:prstDash a:custDash a:ds a:round a:bevel a:miter a:headEnd a:tailEnd a:effectLst a:outerShdw a:innerShdw a:glow a:reflection a:softEdge
a:blur a:bodyPr a:lstStyle a:defPPr a:lvl1pPr a:lvl2pPr a:lvl3pPr a:lvl4pPr a:lvl5pPr a:lvl6pPr a:lvl7pPr a:lvl8pPr a:lvl9pPr a:p a:pPr a:r a:rPr a:br
a:endParaRPr a:defRPr a:latin a:ea a:cs a:sym a:buNone a:buChar a:buAutoNum a:buFont a:buClr a:buClrTx a:buSzPct a:buSzPts a:buSzTx a:buFontTx a:lnSpc
a:spcBef a:spcAft a:spcPct a:spcPts a:tabLst a:tab a:normAutofit a:spAutoFit a:noAutofit a:highlight a:uFill a:uFillTx a:uLn a:uLnTx a:tbl a:tblPr a:tblGrid
a:gridCol a:tr a:tc a:txBody a:tcPr a:lnRef a:fillRef a:effectRef a:fontRef a:graphic a:graphicData a:theme a:themeElements a:clrScheme a:dk1 a:lt1 a:dk2 a:lt2
a:accent1 a:accent2 a:accent3 a:accent4 a:accent5 a:accent6 a:hlink a:folHlink a:fontScheme a:majorFont a:minorFont a:fmtScheme a:fillStyleLst a:lnStyleLst
a:effectStyleLst a:effectStyle a:bgFillStyleLst a:masterClrMapping a:overrideClrMapping a:tblStyle a:tblBg a:wholeTbl
a:band1H a:band2H a:band1V a:band2V a:lastCol a:firstCol a:lastRow a:firstRow a:seCell a:swCell a:neCell a:nwCell a:tcTxStyle a:tcStyle a:tcBdr a:left a:right
a:top a:bottom a:insideH a:insideV a:fill a:tl2br a:tr2bl`)

var treeKept = setOf(`cSld bg bgPr bgRef spTree nvGrpSpPr cNvGrpSpPr nvPr grpSpPr sp nvSpPr cNvSpPr spPr style txBody pic nvPicPr cNvPicPr blipFill
nvGraphicFramePr cNvGraphicFramePr xfrm cxnSp nvCxnSpPr cNvCxnSpPr grpSp ph clrMapOvr clrMap txStyles titleStyle bodyStyle otherStyle defaultTextStyle
twoCellAnchor oneCellAnchor absoluteAnchor from to ext pos col colOff row rowOff clientData`)

// dmlAttrs are attributes of drawings whose values are numbers, colours and words
// of the format.
var dmlAttrs = setOf(`val x y cx cy l t r b w h rot flipH flipV prst idx type ang scaled pos sz i u strike kern cap spc baseline algn marL marR marT marB
indent lvl rtl defTabSz eaLnBrk latinLnBrk hangingPunct fontAlgn wrap lIns tIns rIns bIns anchor anchorCtr vert rtlCol numCol spcCol upright fontScale
lnSpcReduction startAt firstRow firstCol lastRow lastCol bandRow bandCol gridSpan rowSpan hMerge vMerge cmpd len blurRad dist dir sx sy kx ky rotWithShape
rad stA stPos endA endPos fadeDir fill stroke path wR hR stAng swAng amt bright contrast d sp tx ty flip lastClr orient txBox bg1 tx1 bg2 tx2 accent1 accent2
accent3 accent4 accent5 accent6 hlink folHlink editAs hue sat vertOverflow horzOverflow grpId thresh showMasterSp preserve bwMode sourceLinked ref`)

var (
	dmlWord    = regexp.MustCompile(`^[A-Za-z0-9.#%+_-]{0,32}$`)
	dmlFormula = regexp.MustCompile(`^[A-Za-z0-9+*/?: -]{0,64}$`)
	digits     = regexp.MustCompile(`^-?[0-9]{1,12}$`)
)

// tableStyles are those that every program has, by the id that stands for them.
var tableStyles = setOf(`{5C22544A-7EE6-4342-B048-85BDC9FD1C3A} {2D5ABB26-0587-4C30-8999-92F81FD0307C} {5940675A-B579-460E-94D1-54222C63F5DA}
{073A0DAA-6AF3-43AB-8588-CEC1D06C72B9} {21E4AEA4-8DFA-4A89-87EB-49C32662AFE0} {F5AB1C69-6EDB-4FF4-983F-18BD219EF322} {00A15C55-8517-42AA-B614-E9B94910E393}
{7DF18680-E054-41AD-8BC1-D1AEF772440D} {93296810-A885-4BE3-A3E7-6D5BEEA58F35}`)

// A drawing is a part of an Office document that holds shapes, which is written
// anew.
type drawing struct {
	*partWriter
	number int                 // of shapes so far
	cells  func(f string) bool // whether a chart may lead to cells; nil if never
}

func (d *drawing) each(all []*node) (out []*node, err error) {
	for _, k := range all {
		more, err := d.rewrite(k)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// rewrite returns what stands for n in the cleaned part.
func (d *drawing) rewrite(n *node) ([]*node, error) {
	prefix, local, _ := strings.Cut(n.name, ":")
	switch {
	case n.name == "":
		return nil, nil // text stands where it is asked for
	case n.name == "mc:AlternateContent":
		c := n.child("mc:Fallback") // what every program can show
		if c == nil || len(c.kids) == 0 {
			c = n.child("mc:Choice")
		}
		if c == nil {
			return nil, nil
		}
		return d.each(c.kids)
	case n.name == "a:t":
		return []*node{el("a:t", nil, &node{text: n.words()})}, nil
	case n.name == "a:tableStyleId":
		id := strings.TrimSpace(n.words())
		if new := d.tables[id]; new != "" {
			id = new
		} else if !tableStyles[id] {
			return nil, nil
		}
		return []*node{el(n.name, nil, &node{text: id})}, nil
	case prefix == "xdr" && (local == "col" || local == "row" || local == "colOff" || local == "rowOff"):
		if at := strings.TrimSpace(n.words()); digits.MatchString(at) {
			return []*node{el(n.name, nil, &node{text: at})}, nil
		}
		return nil, refuse(Broken, d.name)
	case n.name == "a:fld":
		return d.field(n)
	case n.name == "a:hlinkClick":
		if id := d.hyperlink(n.get("r:id")); id != "" {
			return []*node{el(n.name, []string{"r:id", id})}, nil
		}
		return nil, nil
	case prefix == "c":
		return d.chartPart(n)
	case prefix == "p" || prefix == "xdr" || prefix == "dsp":
		return d.shape(n, local)
	case n.name == "a:blipFill":
		return d.fill(n, n.name)
	case !dmlKept[n.name]:
		d.lost(n)
		return nil, nil
	}
	return d.kept(n)
}

// lost says that n goes, if it has words that were shown.
func (d *drawing) lost(n *node) {
	if words := strings.TrimSpace(n.words()); words != "" {
		d.vanished("what is not known", d.name, words)
	}
}

// kept returns n with its attributes and what is kept of its kids.
func (d *drawing) kept(n *node) ([]*node, error) {
	kids, err := d.each(n.kids)
	out := &node{name: n.name, kids: kids}
	for _, a := range n.attr {
		switch {
		case a.name == "typeface" && plain.MatchString(a.value), a.name == "char" && len([]rune(a.value)) <= 2,
			n.name == "a:gd" && a.name == "fmla" && dmlFormula.MatchString(a.value), n.name == "a:gd" && a.name == "name" && dmlWord.MatchString(a.value),
			a.name == "uri" && n.name == "a:graphicData" && a.value == tableURI, dmlAttrs[a.name] && dmlWord.MatchString(a.value):
			out.attr = append(out.attr, a)
		case a.name == "name" && (n.name == "a:clrScheme" || n.name == "a:fontScheme" || n.name == "a:fmtScheme" || n.name == "a:theme"):
			out.attr = append(out.attr, attr{"name", ""})
		}
	}
	return []*node{out}, err
}

const tableURI = "http://schemas.openxmlformats.org/drawingml/2006/table"

// shape keeps an element of a tree of shapes.
func (d *drawing) shape(n *node, local string) ([]*node, error) {
	switch {
	case d.unseen(n):
		d.removed("hidden shape", d.name, n.words(), 0)
		return nil, nil
	case local == "cNvPr":
		d.number++
		return []*node{el(n.name, []string{"id", fmt.Sprint(d.number), "name", ""})}, nil
	case local == "graphicFrame":
		return d.frame(n)
	case local == "blipFill":
		return d.fill(n, n.name)
	case local == "pic":
		if n.find("a:videoFile") != nil || n.find("a:audioFile") != nil || n.find("a:quickTimeFile") != nil {
			d.vanished("film or sound", d.name, "")
		}
		blip := n.find("a:blip")
		if blip == nil {
			return nil, nil
		}
		if id, err := d.image(blip.get("r:embed")); err != nil || id == "" {
			return nil, err
		}
	case local == "contentPart":
		d.vanished("drawing by hand", d.name, "")
		return nil, nil
	case !treeKept[local]:
		d.lost(n)
		return nil, nil
	}
	return d.kept(n)
}

// unseen reports whether a shape is not shown.
func (d *drawing) unseen(n *node) bool {
	for _, k := range n.kids {
		if _, local, _ := strings.Cut(k.name, ":"); strings.HasPrefix(local, "nv") {
			for _, c := range k.kids {
				if strings.HasSuffix(c.name, ":cNvPr") && yes(c.get("hidden")) {
					return true
				}
			}
		}
	}
	return false
}

// fill keeps a picture that fills a shape, or leaves it empty.
func (d *drawing) fill(n *node, name string) ([]*node, error) {
	blip := n.child("a:blip")
	if blip == nil {
		return nil, nil
	}
	id, err := d.image(blip.get("r:embed"))
	if err != nil {
		return nil, err
	}
	if id == "" {
		return []*node{el("a:noFill", nil)}, nil
	}
	out, err := d.kept(&node{name: name, kids: n.kids, attr: n.attr})
	if err != nil {
		return nil, err
	}
	effects, err := d.each(blip.kids)
	out[0].kids = append([]*node{el("a:blip", []string{"r:embed", id}, effects...)}, out[0].kids...)
	return out, err
}

// field keeps the number of a slide as a field, and any other as its words.
func (d *drawing) field(n *node) ([]*node, error) {
	kids, err := d.each(n.kids)
	if n.get("type") == "slidenum" {
		return []*node{el("a:fld", []string{"id", "{00000000-0000-4000-8000-000000000000}", "type", "slidenum"}, kids...)}, err
	}
	for i, k := range kids {
		if k.name == "a:pPr" {
			kids = append(kids[:i:i], kids[i+1:]...)
			break
		}
	}
	return []*node{el("a:r", nil, kids...)}, err
}

// frame keeps a table or a chart, and of what another program drew its picture or
// its words.
func (d *drawing) frame(n *node) ([]*node, error) {
	switch {
	case n.find("a:tbl") != nil:
		return d.kept(n)
	case n.find("c:chart") != nil:
		id, err := d.chart(n.find("c:chart").get("r:id"), d.cells)
		if err != nil || id == "" {
			return nil, err
		}
		var rest []*node
		for _, k := range n.kids {
			if k.name != "a:graphic" {
				rest = append(rest, k)
			}
		}
		out, err := d.kept(&node{name: n.name, kids: rest})
		if err != nil {
			return nil, err
		}
		out[0].kids = append(out[0].kids, chartGraphic(id))
		return out, nil
	case n.find("dgm:relIds") != nil:
		return d.diagram(n)
	}
	for _, local := range []string{"p:pic", "xdr:pic"} { // the picture of a document in it
		if pic := n.find(local); pic != nil {
			d.removed("document in it", d.name, "", 0)
			return d.rewrite(pic)
		}
	}
	d.vanished("what another program drew", d.name, n.words())
	return nil, nil
}

// diagram keeps the shapes that a diagram was drawn with, as a group.
func (d *drawing) diagram(n *node) ([]*node, error) {
	_, shapes, err := d.diagramShapes(n.find("dgm:relIds"))
	if err != nil {
		return nil, err
	}
	prefix, _, _ := strings.Cut(n.name, ":")
	xfrm := n.child(prefix + ":xfrm")
	if shapes == nil || xfrm == nil {
		d.vanished("diagram", d.name, d.diagramWords(n.find("dgm:relIds")))
		return nil, nil
	}
	rename(shapes, prefix)
	off, ext := xfrm.child("a:off"), xfrm.child("a:ext")
	if off == nil || ext == nil {
		return nil, refuse(Broken, d.name)
	}
	group := el(prefix+":grpSp", nil, el(prefix+":nvGrpSpPr", nil, el(prefix+":cNvPr", nil), el(prefix+":cNvGrpSpPr", nil)),
		el(prefix+":grpSpPr", nil, el("a:xfrm", nil, off, ext, el("a:chOff", []string{"x", "0", "y", "0"}), &node{name: "a:chExt", attr: ext.attr})))
	if prefix == "p" {
		group.kids[0].kids = append(group.kids[0].kids, el("p:nvPr", nil))
	}
	for _, k := range shapes.kids {
		if k.name == prefix+":sp" {
			group.kids = append(group.kids, k)
		}
	}
	return d.kept(group)
}

// rename gives the elements of a drawn diagram the names that shapes have where it
// stands.
func rename(n *node, prefix string) {
	if rest, ok := strings.CutPrefix(n.name, "dsp:"); ok {
		n.name = prefix + ":" + rest
	}
	if n.name == prefix+":nvSpPr" && prefix == "p" {
		n.kids = append(n.kids, el("p:nvPr", nil))
	}
	for _, k := range n.kids {
		rename(k, prefix)
	}
}

// diagramShapes returns the part that holds the shapes of a diagram, if there is
// one, and its tree of shapes.
func (p *partWriter) diagramShapes(ids *node) (string, *node, error) {
	data, ok := p.old[ids.get("r:dm")]
	if !ok || data.away || p.in[data.target] == nil {
		return "", nil, nil
	}
	model, err := p.part(data.target)
	if err != nil {
		return "", nil, err
	}
	ext := model.find("dsp:dataModelExt")
	if ext == nil {
		return "", nil, nil
	}
	r, ok := p.old[ext.get("relId")]
	if !ok || r.away || p.in[r.target] == nil {
		return "", nil, nil
	}
	root, err := p.part(r.target)
	if err != nil {
		return "", nil, err
	}
	return r.target, root.child("dsp:spTree"), nil
}

// diagramWords returns the words of a diagram, one line for each of its points.
func (p *partWriter) diagramWords(ids *node) string {
	data, ok := p.old[ids.get("r:dm")]
	if !ok || data.away || p.in[data.target] == nil {
		return ""
	}
	model, err := p.part(data.target)
	if err != nil || model.child("dgm:ptLst") == nil {
		return ""
	}
	var lines []string
	for _, pt := range model.child("dgm:ptLst").kids {
		if words := strings.TrimSpace(pt.words()); words != "" && pt.get("type") != "pres" {
			lines = append(lines, words)
		}
	}
	return strings.Join(lines, "\n")
}
