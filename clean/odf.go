package clean

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// odfKept are elements of OpenDocument that are kept; all of number: are, too.
var odfKept = setOf(`office:document-content office:document-styles office:automatic-styles office:styles office:master-styles office:font-face-decls
office:body office:text office:spreadsheet office:presentation office:drawing text:p text:h text:span text:s text:tab text:line-break text:a text:list
text:list-item text:list-header text:note text:note-citation text:note-body text:section text:page-number text:page-count text:ruby text:ruby-base
text:ruby-text table:table table:table-column table:table-columns table:table-header-columns table:table-row table:table-rows table:table-header-rows
table:table-cell table:covered-table-cell table:table-row-group table:table-column-group draw:frame draw:image draw:text-box draw:page draw:g draw:rect
draw:ellipse draw:circle draw:line draw:polyline draw:polygon draw:path draw:custom-shape draw:enhanced-geometry draw:equation draw:connector style:style
style:default-style style:font-face style:paragraph-properties style:text-properties style:table-properties style:table-column-properties
style:table-row-properties style:table-cell-properties style:section-properties style:graphic-properties style:drawing-page-properties style:columns
style:column style:tab-stops style:tab-stop style:drop-cap text:list-style text:list-level-style-number text:list-level-style-bullet style:list-level-properties
style:list-level-label-alignment text:outline-style text:outline-level-style style:page-layout style:page-layout-properties style:header-style style:footer-style
style:header-footer-properties style:master-page style:header style:footer style:header-left style:footer-left style:header-first style:footer-first
style:region-left style:region-center style:region-right style:map style:footnote-sep text:notes-configuration draw:gradient draw:hatch draw:opacity draw:marker draw:stroke-dash draw:fill-image`)

// odfOpen are elements around words that stay without them: fields, and what
// indexes are made of.
var odfOpen = regexp.MustCompile(`^text:(table-of-content|index-body|index-title|alphabetical-index|illustration-index|table-index|object-index|user-index|bibliography|` +
	`date|time|title|subject|chapter|file-name|author-name|author-initials|creator|initial-creator|sequence|sequence-ref|reference-ref|bookmark-ref|note-ref|` +
	`variable-get|variable-set|variable-input|user-field-get|user-field-input|expression|text-input|placeholder|word-count|character-count|paragraph-count|` +
	`conditional-text|meta|meta-field|numbered-paragraph|bibliography-mark|page-continuation|sender-[a-z-]+|creation-date|creation-time|modification-date|modification-time|` +
	`print-date|print-time|editing-cycles|editing-duration|printed-by|keywords|description|database-display|soft-page-break|sheet-name|page-name|page-variable-get|measure|drop-down|execute-macro)$|^table:shapes$|^presentation:(header|footer|date-time)$`)

// odfRefs are attributes that hold names of styles, which are given anew.
var odfRefs = regexp.MustCompile(`^(style:name|[a-z]+:([a-z-]+-)?style-name|style:master-page-name|draw:master-page-name|style:page-layout-name|style:apply-style-name|text:master-page-name|style:leader-text-style|style:font-name(-asian|-complex)?|draw:(fill-gradient-name|fill-hatch-name|fill-image-name|opacity-name|stroke-dash|marker-start|marker-end))$`)

// odfAttrs are attributes, beyond those of fo:, svg: and number:, whose values are
// numbers, colours and words of the format.
var odfAttrs = regexp.MustCompile(`^(style:(family|class|default-outline-level|parent|text-[a-z-]+|font-(style-name|pitch|family-generic|charset|relief|size-rel|weight-[a-z]+|size-[a-z]+|name|name-[a-z]+)|` +
	`use-[a-z-]+|column-width|rel-[a-z-]+|row-height|min-row-height|vertical-[a-z]+|horizontal-[a-z]+|wrap|number-wrapped-paragraphs|wrap-contour|run-through|mirror|page-number|print[a-z-]*|` +
	`num-format|num-letter-sync|num-prefix|num-suffix|writing-mode[a-z-]*|type|char|position|leader-[a-z]+|border-line-[a-z-]+|justify-single-word|auto-text-indent|background-transparency|` +
	`footnote-max-height|line-[a-z]+|layout-grid-[a-z-]+|country-asian|shadow|width|height|distance-[a-z-]+|adjustment|color|rotation-[a-z]+|cell-protect|decimal-places|direction|glyph-orientation-[a-z]+|shrink-to-fit|repeat-content|` +
	`register-true|snap-to-layout-grid|punctuation-wrap|tab-stop-distance|contextual-spacing|lines|length|list-level|display|condition|data-style-name|first-page-number|scale-to[a-z-]*|table-centering|editable|protect)|` +
	`table:(number-(columns|rows)-(spanned|repeated)|align|border-model|display|tab-color)|text:(outline-level|c|level|start-value|style|list-level-position-and-space-mode|label-followed-by|` +
	`list-tab-stop-position|bullet-char|bullet-relative-size|display-levels|note-class|anchor-type|anchor-page-number|space-before|min-label-width|min-label-distance|select-page|continue-numbering|consecutive-numbering|line-break|dont-balance-text-columns|number-lines|line-number)|` +
	`draw:(z-index|fill[a-z-]*|stroke[a-z-]*|textarea-[a-z-]+|auto-grow-[a-z]+|opacity|shadow[a-z-]*|luminance|contrast|gamma|red|green|blue|color-[a-z]+|transform|points|type|enhanced-path|text-areas|` +
	`modifiers|mirror-[a-z]+|glue-points|formula|name-of-formula|corner-radius|kind|start-angle|end-angle|fit-to-[a-z]+|wrap-influence-on-position|background-size|display)|` +
	`office:(value-type|value|date-value|time-value|boolean-value|currency)|presentation:(class|placeholder|background-[a-z-]+|display-[a-z-]+|transition-[a-z]+|visibility|object)|xml:space|office:version)$`)

// odfValue is what a value of such an attribute looks like.
var odfValue = regexp.MustCompile(`^[\p{L}0-9 .,;:#%+?$/*()'"•‣●○■□▪–-]*$`)

// An odf is a document that is being cleaned.
type odf struct {
	*job
	in, out map[string][]byte
	names   map[string]string // of styles, old to new
	parent  map[string]string
	hides   map[string]bool // styles that hide what has them, by old name
	media   map[string]string
	kinds   map[string]string // media types of members that were written
	used    map[string]bool   // members of which something is kept
	objects int               // documents in it so far
	nested  bool              // it is one of these
	sheets  map[string]bool   // that are shown, by name
}

// odfKinds are the formats, by what mimetype says after "opendocument.".
var odfKinds = map[string]string{"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odg"}

const odfMedia = "application/vnd.oasis.opendocument."

func cleanODF(j *job, in map[string][]byte) ([]byte, error) {
	media := strings.TrimSpace(string(in["mimetype"]))
	media = strings.TrimSuffix(media, "-template")
	name := odfKinds[strings.TrimPrefix(media, odfMedia)]
	if name == "" {
		return nil, refuse(Unknown, "mimetype")
	}
	j.Kind = Kind{name, "." + name, media}
	if strings.Contains(string(in["META-INF/manifest.xml"]), "encryption-data") {
		return nil, refuse(Encrypted, "")
	}
	d := &odf{
		job: j, in: in, out: map[string][]byte{"mimetype": []byte(media)}, names: map[string]string{}, parent: map[string]string{}, hides: map[string]bool{},
		media: map[string]string{}, kinds: map[string]string{}, used: map[string]bool{},
	}
	roots := map[string]*node{}
	for _, part := range []string{"styles.xml", "content.xml"} {
		if in[part] == nil {
			continue
		}
		root, err := parse(in[part], part)
		if err != nil {
			return nil, err
		}
		if root.name != map[string]string{"styles.xml": "office:document-styles", "content.xml": "office:document-content"}[part] {
			return nil, refuse(Broken, part)
		}
		roots[part] = root
		d.readStyles(root)
	}
	if roots["content.xml"] == nil {
		return nil, refuse(Broken, "content.xml")
	}
	d.sheets = map[string]bool{"local-table": true}
	d.findSheets(roots["content.xml"])
	if err := d.writeParts(roots, ""); err != nil {
		return nil, err
	}
	return d.finish(media)
}

// writeParts writes the parts of a document that lies in the folder to.
func (d *odf) writeParts(roots map[string]*node, to string) error {
	for _, part := range slices.Sorted(maps.Keys(roots)) {
		all, err := d.rewrite(roots[part], to+part)
		if err != nil {
			return err
		}
		if len(all) != 1 {
			return refuse(Broken, part)
		}
		d.out[to+part], d.kinds[to+part] = all[0].write(), "text/xml"
	}
	return nil
}

func (d *odf) finish(media string) ([]byte, error) {
	m := el("manifest:manifest", []string{"manifest:version", "1.3"}, el("manifest:file-entry", []string{"manifest:full-path", "/", "manifest:media-type", media}))
	var names []string
	for name := range d.kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		m.kids = append(m.kids, el("manifest:file-entry", []string{"manifest:full-path", name, "manifest:media-type", d.kinds[name]}))
	}
	d.out["META-INF/manifest.xml"] = m.write()
	for name, b := range d.in {
		if d.out[name] == nil && d.media[name] == "" && !d.used[name] {
			d.removed(partWhat(name), name, partWords(name, b), len(b))
		}
	}
	slices.SortStableFunc(d.Removed, func(a, b Removed) int { return strings.Compare(a.Where, b.Where) })
	return pack(d.out, "mimetype", "mimetype")
}

// odfKnown are names that programs know: what has them is the one they begin with.
var odfKnown = regexp.MustCompile(`^(Standard|Default|default|Heading(_20_[1-9])?|Text_20_body|Header|Footer|Footnote|Endnote|Graphics|Frame|List|Caption|Index|Outline|standard|First_20_Page|Left_20_Page|Right_20_Page)$`)

// odfFills are what styles name that fills and lines are drawn by.
var odfFills = setOf(`draw:gradient draw:hatch draw:opacity draw:marker draw:stroke-dash draw:fill-image`)

var odfFillAttrs = regexp.MustCompile(`^draw:(style|cx|cy|angle|border|start|end|start-color|end-color|start-intensity|end-intensity|color|distance|rotation|dots1|dots1-length|dots2|dots2-length)$`)

// readStyles gives styles new names and notes which hide.
func (d *odf) readStyles(n *node) {
	name := n.get("style:name")
	if odfFills[n.name] {
		name = n.get("draw:name")
	}
	if name != "" && d.names[name] == "" {
		d.names[name] = fmt.Sprintf("s%d", len(d.names)+1)
		if odfKnown.MatchString(name) {
			d.names[name] = name
		}
	}
	if n.name == "style:style" {
		if p := n.get("style:parent-style-name"); p != "" {
			d.parent[name] = p
		}
		for _, k := range n.kids {
			if k.get("text:display") == "none" || k.get("table:display") == "false" || k.get("presentation:visibility") == "hidden" {
				d.hides[name] = true
			}
		}
	}
	for _, k := range n.kids {
		d.readStyles(k)
	}
}

// unseen reports whether n is not shown.
func (d *odf) unseen(n *node) bool {
	if n.get("text:display") == "none" || n.get("text:display") == "condition" || n.get("table:visibility") == "collapse" || n.get("table:visibility") == "filter" {
		return true
	}
	for _, a := range n.attr {
		if !strings.HasSuffix(a.name, ":style-name") || !slices.Contains([]string{"text:span", "text:p", "text:h", "table:table", "draw:page"}, n.name) {
			continue
		}
		for at, i := a.value, 0; at != "" && i < 20; at, i = d.parent[at], i+1 {
			if d.hides[at] {
				return true
			}
		}
	}
	return false
}

// rewrite returns what stands for n in the cleaned part.
func (d *odf) rewrite(n *node, where string) ([]*node, error) {
	switch {
	case n.name == "":
		return []*node{n}, nil
	case odfOpen.MatchString(n.name):
		return d.each(n.kids, where)
	case n.name == "office:scripts" && len(n.kids) > 0:
		d.removed("program", where, n.words(), 0)
		return nil, nil
	case n.name == "draw:frame":
		return d.frame(n, where)
	case !odfKept[n.name] && !strings.HasPrefix(n.name, "number:") && !(d.nested && odfChart[n.name]) || d.unseen(n):
		words := strings.TrimSpace(n.words())
		if words != "" || strings.HasPrefix(n.name, "draw:") && !odfAside[n.name] || n.name == "?:scene" {
			d.removed(odfWhat(n.name, d.unseen(n)), where, words, 0)
			d.Removed[len(d.Removed)-1].Shown = !d.unseen(n) && !odfAside[n.name]
		}
		return nil, nil
	case n.name == "text:a" && !address.MatchString(n.get("xlink:href")):
		if to := n.get("xlink:href"); !strings.HasPrefix(to, "#") {
			d.removed("link to a file", where, to, len(to))
		}
		return d.each(n.kids, where)
	case n.name == "table:table":
		hideColumns(n, d.removedHere(where))
	}
	out := &node{name: n.name, attr: d.attributes(n, where)}
	if n.name == "draw:image" || n.name == "draw:fill-image" {
		to, err := d.image(n.get("xlink:href"), where)
		if err != nil || to == "" {
			return nil, err
		}
		out.attr = append(out.attr, attr{"xlink:href", to}, attr{"xlink:type", "simple"})
	}
	if n.name == "text:a" {
		out.attr = append(out.attr, attr{"xlink:href", n.get("xlink:href")}, attr{"xlink:type", "simple"})
	}
	kids, err := d.each(n.kids, where)
	out.kids = kids
	return []*node{out}, err
}

func (d *odf) removedHere(where string) func(what, words string) {
	return func(what, words string) { d.removed(what, where, words, 0) }
}

func (d *odf) each(all []*node, where string) (out []*node, err error) {
	for _, k := range all {
		more, err := d.rewrite(k, where)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// attributes returns the attributes of n that are kept.
func (d *odf) attributes(n *node, where string) (out []attr) {
	for _, a := range n.attr {
		prefix, _, _ := strings.Cut(a.name, ":")
		switch {
		case strings.HasSuffix(a.name, "cell-range-address") && !d.ofSheets(a.value):
			d.removed("cells of a chart", where, a.value, 0)
		case odfRefs.MatchString(a.name) && !strings.HasPrefix(n.name, "number:") || a.name == "style:name" || a.name == "draw:name" && odfFills[n.name]:
			if new := d.names[a.value]; new != "" {
				out = append(out, attr{a.name, new})
			}
		case a.name == "table:name" && n.name == "table:table" && (d.Kind.Name == "ods" || d.nested && a.value == "local-table"): // what is on the tab of a sheet
			out = append(out, a)
		case (prefix == "fo" && a.name != "fo:language" && a.name != "fo:country" && a.name != "fo:script" || prefix == "svg" || prefix == "number" && a.name != "number:language" && a.name != "number:country" || odfAttrs.MatchString(a.name) || odfFills[n.name] && odfFillAttrs.MatchString(a.name) || d.nested && odfChartAttrs.MatchString(a.name)) &&
			odfValue.MatchString(a.value):
			out = append(out, a)
		case a.name == "text:bullet-char" && len([]rune(a.value)) <= 2:
			out = append(out, a)
		case a.name == "table:formula":
			d.removed("formula", where, a.value, len(a.value))
		}
	}
	return out
}

func (d *odf) image(href, where string) (string, error) {
	name := strings.TrimPrefix(href, "./")
	b := d.in[name]
	if b == nil {
		d.vanished("picture that is not in it", where, href)
		return "", nil
	}
	if d.media[name] == "" {
		clean, kind, err := d.picture(b, name)
		if err != nil || clean == nil {
			return "", err
		}
		to := fmt.Sprintf("Pictures/image%d%s", len(d.media)+1, kind.Ext)
		d.media[name], d.out[to], d.kinds[to] = to, clean, kind.Media
	}
	return d.media[name], nil
}

// hideColumns takes the cells of columns that are hidden out of a table.
func hideColumns(table *node, removed func(what, words string)) {
	var hidden []span
	at := 1
	eachColumn(table, func(c *node) {
		n := repeated(c, "table:number-columns-repeated")
		if v := c.get("table:visibility"); v == "collapse" || v == "filter" {
			hidden = append(hidden, span{at, at + n - 1})
		}
		at += n
	})
	if len(hidden) == 0 {
		return
	}
	var rows func(n *node)
	rows = func(n *node) {
		if n.name == "table:table-row" {
			col := 1
			n.kids = slices.DeleteFunc(n.kids, func(c *node) bool {
				if c.name != "table:table-cell" && c.name != "table:covered-table-cell" {
					return false
				}
				lo := col
				col += repeated(c, "table:number-columns-repeated")
				hide := slices.ContainsFunc(hidden, func(s span) bool { return s.lo <= lo && lo <= s.hi })
				if words := c.words(); hide && words != "" {
					removed("cell of a hidden column", words)
				}
				return hide
			})
			return
		}
		for _, k := range n.kids {
			rows(k)
		}
	}
	rows(table)
}

func eachColumn(n *node, do func(*node)) {
	for _, k := range n.kids {
		switch k.name {
		case "table:table-column":
			do(k)
		case "table:table-columns", "table:table-header-columns", "table:table-column-group":
			eachColumn(k, do)
		}
	}
}

func repeated(n *node, name string) int {
	v, err := strconv.Atoi(n.get(name))
	if err != nil || v < 1 {
		return 1
	}
	return v
}
