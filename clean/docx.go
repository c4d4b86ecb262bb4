package clean

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Elements of WordprocessingML that are kept as they are, with attributes of
// values alone. What is left out or unwrapped is in rewrite.
var docxKept = setOf(`w:document w:body w:p w:pPr w:r w:rPr w:t w:tab w:br w:cr w:noBreakHyphen w:softHyphen w:sym w:tbl w:tblPr w:tblGrid w:gridCol
w:tr w:trPr w:tc w:tcPr w:sectPr w:hdr w:ftr w:footnotes w:footnote w:endnotes w:endnote w:footnoteReference w:endnoteReference w:footnoteRef
w:endnoteRef w:separator w:continuationSeparator w:b w:bCs w:i w:iCs w:u w:strike w:dstrike w:caps w:smallCaps w:color w:sz w:szCs w:highlight
w:vertAlign w:rFonts w:rtl w:cs w:spacing w:position w:shd w:kern w:w w:outline w:shadow w:emboss w:imprint w:jc w:ind w:keepNext w:keepLines w:pageBreakBefore
w:widowControl w:bidi w:tabs w:outlineLvl w:pBdr w:top w:left w:bottom w:right w:between w:bar w:start w:end w:contextualSpacing w:textAlignment
w:numPr w:ilvl w:numId w:tblW w:tblBorders w:insideH w:insideV w:tblLayout w:tblInd w:bidiVisual w:tblCellMar w:tblLook w:tcW w:gridSpan w:vMerge w:hMerge
w:vAlign w:tcBorders w:tcMar w:noWrap w:textDirection w:trHeight w:tblHeader w:cantSplit w:gridBefore w:gridAfter w:wBefore w:wAfter w:pgSz w:pgMar w:cols w:col
w:titlePg w:type w:pgNumType w:docGrid w:pgBorders w:ruby w:rt w:rubyBase w:bdr w:em w:suppressLineNumbers w:adjustRightInd w:snapToGrid w:fitText`)

// docxOpen are elements around others that stay without them.
var docxOpen = setOf(`w:ins w:moveTo w:smartTag w:sdt w:sdtContent w:customXml w:fldSimple w:dir w:bdo mc:AlternateContent`)

// docxAttrs are attributes whose values are numbers, colours and words of the
// format.
var docxAttrs = setOf(`w:val w:w w:h w:type w:color w:fill w:sz w:space w:left w:right w:top w:bottom w:start w:end w:hanging w:firstLine w:before w:after
w:line w:lineRule w:orient w:header w:footer w:gutter w:num w:ascii w:hAnsi w:cs w:eastAsia w:pos w:leader w:fmt w:char w:font w:id w:hRule w:linePitch
w:firstRow w:lastRow w:firstColumn w:lastColumn w:noHBand w:noVBand w:beforeAutospacing w:afterAutospacing w:clear w:equalWidth w:leftChars w:rightChars
w:firstLineChars w:hangingChars w:charSpace w:tab w:asciiTheme w:hAnsiTheme w:eastAsiaTheme w:cstheme w:themeColor w:themeTint w:themeShade w:themeFill w:themeFillTint w:themeFillShade`)

// plain is what a value of such an attribute looks like; a font may have spaces.
var plain = regexp.MustCompile(`^[A-Za-z0-9.#%,+ \p{L}-]{0,64}$`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// A docx is a text document that is being cleaned.
type docx struct {
	*ooxml
	styles map[string]string // old id to new
	hidden map[string]bool   // styles, by old id, whose text is not shown
	drawn  int               // pictures and charts so far
}

// docxParts are the parts that lie beside the text, by what leads to them.
var docxParts = map[string]string{
	"header": "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml", "footer": "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml",
	"footnotes": "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml", "endnotes": "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml",
}

func (d *ooxml) docx(name string, root *node) error {
	d.Kind = Kind{"docx", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
	t := &docx{ooxml: d, styles: map[string]string{}, hidden: map[string]bool{}}
	main, err := d.newPart(name)
	if err != nil {
		return err
	}
	main.name = "word/document.xml"
	ids := slices.Sorted(maps.Keys(main.old))
	for _, kind := range []string{"styles", "numbering", "header", "footer", "footnotes", "endnotes"} { // styles first: they say what is hidden
		for _, id := range ids {
			if r := main.old[id]; r.kind == kind && !r.away {
				if err := t.beside(main, id, r); err != nil {
					return err
				}
			}
		}
	}
	if err := t.themeOf(main, "word"); err != nil {
		return err
	}
	all, err := t.rewrite(main, root)
	if err != nil || len(all) != 1 {
		return cmp.Or(err, refuse(Broken, name))
	}
	main.done(all[0], docxMedia+"document.main+xml")
	return nil
}

const docxMedia = "application/vnd.openxmlformats-officedocument.wordprocessingml."

// beside cleans what lies beside the text: how it looks, headers, footers, notes.
func (t *docx) beside(main *partWriter, id string, r relation) error {
	root, err := t.part(r.target)
	if err != nil {
		return err
	}
	p, err := t.newPart(r.target)
	if err != nil {
		return err
	}
	p.name = fmt.Sprintf("word/%s%d.xml", r.kind, len(main.rels)+1)
	var clean *node
	switch r.kind {
	case "styles", "numbering":
		if root.name != "w:"+r.kind {
			return refuse(Broken, r.target)
		}
	}
	switch r.kind {
	case "styles":
		clean = t.readStyles(p, root)
	case "numbering":
		clean = t.numbering(p, root)
	default:
		if root.name != map[string]string{"header": "w:hdr", "footer": "w:ftr"}[r.kind] && root.name != "w:"+r.kind {
			return refuse(Broken, r.target)
		}
		all, err := t.rewrite(p, root)
		if err != nil || len(all) != 1 {
			return cmp.Or(err, refuse(Broken, r.target))
		}
		clean = all[0]
	}
	p.done(clean, docxMedia+r.kind+"+xml")
	main.byID[id] = main.link(r.kind, path.Base(p.name), false)
	return nil
}

// rewrite returns what stands for n in the cleaned part.
func (t *docx) rewrite(p *partWriter, n *node) ([]*node, error) {
	switch {
	case n.name == "":
		return nil, nil // text stands in w:t alone
	case n.name == "w:t":
		return []*node{el("w:t", []string{"xml:space", "preserve"}, &node{text: n.words()})}, nil
	case n.name == "w:r" && t.unseen(n), n.name == "w:p" && t.hidden[style(n, "w:pPr", "w:pStyle")]:
		if words := n.words(); words != "" {
			t.removed("hidden text", p.name, words, len(words))
		}
		return nil, nil
	case n.name == "w:tr" && n.child("w:trPr", "w:del") != nil:
		t.removed("deleted row", p.name, n.words(), 0)
		return nil, nil
	case n.name == "w:del" || n.name == "w:moveFrom":
		t.removed("deleted text", p.name, n.words(), 0)
		return nil, nil
	case n.name == "mc:AlternateContent":
		if c := n.child("mc:Choice"); c != nil {
			n = c
		}
		return t.each(p, n.kids)
	case docxOpen[n.name]:
		return t.each(p, n.kids)
	case n.name == "w:hyperlink":
		return t.hyperlinked(p, n)
	case n.name == "w:object" || n.name == "w:control":
		t.removed("document in it", p.name, "", 0)
		return t.drawing(p, n)
	case n.name == "w:drawing" || n.name == "w:pict":
		return t.drawing(p, n)
	case n.name == "w:altChunk" || n.name == "w:subDoc": // text that is in another file
		return nil, refuse(Unable, p.name)
	case n.name == "w:pStyle" || n.name == "w:rStyle" || n.name == "w:tblStyle":
		if new := t.styles[n.get("w:val")]; new != "" {
			return []*node{el(n.name, []string{"w:val", new})}, nil
		}
		return nil, nil
	case n.name == "w:headerReference" || n.name == "w:footerReference":
		if new := p.byID[n.get("r:id")]; new != "" {
			return []*node{el(n.name, []string{"w:type", n.get("w:type"), "r:id", new})}, nil
		}
		return nil, nil
	case strings.HasPrefix(n.name, "m:"):
		return t.formula(n), nil
	case !docxKept[n.name]:
		if words := n.words(); words != "" && n.name != "w:instrText" {
			t.vanished("what is not known", p.name, words)
		}
		return nil, nil
	}
	kids, err := t.each(p, n.kids)
	return []*node{{name: n.name, attr: t.attributes(p, n), kids: kids}}, err
}

func (t *docx) each(p *partWriter, all []*node) (out []*node, err error) {
	for _, k := range all {
		more, err := t.rewrite(p, k)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// attributes returns the attributes of n that are kept.
func (t *docx) attributes(p *partWriter, n *node) (out []attr) {
	for _, a := range n.attr {
		if docxAttrs[a.name] && plain.MatchString(a.value) {
			out = append(out, a)
		}
	}
	return out
}

// style returns the id of the style that an element names.
func style(n *node, path ...string) string {
	if c := n.child(path...); c != nil {
		return c.get("w:val")
	}
	return ""
}

// on reports whether a property is there and not switched off.
func on(n *node) bool {
	return n != nil && n.get("w:val") != "0" && n.get("w:val") != "false" && n.get("w:val") != "off"
}

// unseen reports whether a run is not shown.
func (t *docx) unseen(run *node) bool {
	if v := run.child("w:rPr", "w:vanish"); v != nil {
		return on(v)
	}
	return on(run.child("w:rPr", "w:specVanish")) || t.hidden[style(run, "w:rPr", "w:rStyle")]
}

func (t *docx) hyperlinked(p *partWriter, n *node) ([]*node, error) {
	kids, err := t.each(p, n.kids)
	if err != nil {
		return nil, err
	}
	if id := p.hyperlink(n.get("r:id")); id != "" {
		return []*node{el("w:hyperlink", []string{"r:id", id}, kids...)}, nil
	}
	return kids, nil
}

// formula keeps a formula with its signs; what its fields say of themselves goes.
func (t *docx) formula(n *node) []*node {
	if n.name == "" {
		return []*node{n}
	}
	if n.name == "w:rPr" || !strings.HasPrefix(n.name, "m:") {
		return nil
	}
	out := &node{name: n.name}
	for _, a := range n.attr {
		if a.name == "m:val" && plain.MatchString(a.value) {
			out.attr = append(out.attr, a)
		}
	}
	for _, k := range n.kids {
		if k.name != "" || n.name == "m:t" {
			out.kids = append(out.kids, t.formula(k)...)
		}
	}
	return []*node{out}
}

// known are names of styles that programs know by their name.
var known = regexp.MustCompile(`^(?i:normal|heading [1-9]|title|subtitle|header|footer|footnote text|footnote reference|endnote text|endnote reference|list paragraph|table grid|hyperlink|toc [1-9]|caption|quote|strong|emphasis|default paragraph font|normal table|no list)$`)

// readStyles gives styles new names and notes which hide text.
func (t *docx) readStyles(p *partWriter, root *node) *node {
	parent, vanish := map[string]string{}, map[string]bool{}
	for _, s := range root.kids {
		if id := s.get("w:styleId"); s.name == "w:style" && id != "" {
			t.styles[id] = fmt.Sprintf("s%d", len(t.styles)+1)
			parent[id] = style(s, "w:basedOn")
			vanish[id] = on(s.child("w:rPr", "w:vanish")) || on(s.child("w:rPr", "w:specVanish"))
		}
	}
	for id := range parent {
		for at, n := id, 0; at != "" && n < 20; at, n = parent[at], n+1 {
			t.hidden[id] = t.hidden[id] || vanish[at]
		}
	}
	out := el("w:styles", nil)
	if d := root.child("w:docDefaults"); d != nil {
		out.kids = append(out.kids, t.kept(p, d))
	}
	for _, s := range root.kids {
		id := t.styles[s.get("w:styleId")]
		if s.name != "w:style" || id == "" {
			continue
		}
		name := style(s, "w:name")
		if !known.MatchString(name) {
			name = "Style " + id[1:]
		}
		new := el("w:style", []string{"w:type", s.get("w:type"), "w:styleId", id}, el("w:name", []string{"w:val", name}))
		if s.get("w:default") == "1" {
			new.attr = append(new.attr, attr{"w:default", "1"})
		}
		if on := t.styles[style(s, "w:basedOn")]; on != "" {
			new.kids = append(new.kids, el("w:basedOn", []string{"w:val", on}))
		}
		for _, props := range []string{"w:pPr", "w:rPr", "w:tblPr"} {
			if k := s.child(props); k != nil {
				new.kids = append(new.kids, t.kept(p, k))
			}
		}
		out.kids = append(out.kids, new)
	}
	return out
}

// kept returns n with what is known of properties.
func (t *docx) kept(p *partWriter, n *node) *node {
	out := &node{name: n.name, attr: t.attributes(p, n)}
	for _, k := range n.kids {
		if docxKept[k.name] || strings.HasSuffix(k.name, "Default") {
			out.kids = append(out.kids, t.kept(p, k))
		}
	}
	return out
}

// numbering keeps how lists are numbered.
func (t *docx) numbering(p *partWriter, root *node) *node {
	known := setOf("w:abstractNum w:lvl w:start w:numFmt w:lvlText w:lvlJc w:num w:abstractNumId w:lvlOverride w:startOverride w:multiLevelType w:suff w:isLgl w:lvlRestart")
	var copied func(n *node) *node
	copied = func(n *node) *node {
		out := &node{name: n.name, attr: t.attributes(p, n)}
		for _, a := range n.attr {
			if a.name == "w:abstractNumId" || a.name == "w:numId" || a.name == "w:ilvl" || n.name == "w:lvlText" && a.name == "w:val" && !plain.MatchString(a.value) && len(a.value) <= 32 {
				out.attr = append(out.attr, a)
			}
		}
		for _, k := range n.kids {
			switch {
			case known[k.name]:
				out.kids = append(out.kids, copied(k))
			case k.name == "w:pPr" || k.name == "w:rPr":
				out.kids = append(out.kids, t.kept(p, k))
			}
		}
		return out
	}
	return copied(root)
}
