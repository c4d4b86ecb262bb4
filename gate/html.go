package gate

import (
	"strconv"
	"strings"
)

// A page is what a page of HTML, or XML, says. Every view has its character
// references decoded and keeps the places of its bytes.
//
// It does not have to agree with a browser on every broken page: the bytes of
// HTML are checked as they stand beside what it holds, and XML that is not well
// formed is refused.
type page struct {
	shown   view   // what a reader sees, with whatever is hidden
	broken  view   // the same, with a line break for every tag
	visible []view // the same as shown without what is hidden or struck out, and without what was inserted; and the cells of tables, short ones and in columns
	aside   view   // attribute values, comments, scripts, styles, and each name of a tag or attribute once
	script  bool   // it has code that runs
	strange bool   // it says that it is in another charset than UTF-8, or defines entities, or turns letters around
}

// readHTML reads a page as HTML.
func readHTML(v view) page { return readMarkup(v, false) }

// readXML reads a page as XML, such as the parts of office documents.
func readXML(v view) page { return readMarkup(v, true) }

func readMarkup(v view, xml bool) page {
	p := htmlReader{s: v.text, xml: xml, names: map[string]bool{},
		shown: viewer{of: &v}, broken: viewer{of: &v}, aside: viewer{of: &v},
		veils: [2]veil{{w: viewer{of: &v}}, {w: viewer{of: &v}}}}
	p.shown.text.Grow(len(p.s))
	p.broken.text.Grow(len(p.s))
	p.read()
	out := page{shown: p.shown.view(), broken: p.broken.view(), aside: p.aside.view(), script: p.script, strange: p.strange}
	for i := range p.veils {
		if p.veils[i].used {
			out.visible = append(out.visible, p.veils[i].w.view())
		}
	}
	if p.cell("table", true); len(p.rows) > 0 {
		out.visible = append(out.visible, lay(out.shown, short(out.shown.text, p.rows)), lay(out.shown, turn(p.rows)))
	}
	return out
}

type htmlReader struct {
	s                    string
	i                    int
	xml                  bool
	shown, broken, aside viewer
	veils                [2]veil // over what is hidden or was deleted; over what was inserted
	names                map[string]bool
	script, strange      bool
	rows                 [][]cell // of tables, in shown
	row                  []cell
	inCell               bool // a cell is open, that began at
	cellAt               int
	told                 string // the element of XML whose text is not shown: a field's instruction
}

// A veil writes what is shown outside elements of one kind.
type veil struct {
	w     viewer
	under string // the element that it lies over now
	level int    // how many of the same name are open in it
	used  bool
}

func (p *htmlReader) read() {
	for p.i < len(p.s) {
		rest := p.s[p.i:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			p.until(&p.aside, "-->", len("<!--"))
		case p.xml && strings.HasPrefix(rest, "<![CDATA["):
			p.characters()
		case len(rest) > 1 && rest[0] == '<' && (rest[1] == '!' || rest[1] == '?'):
			p.declaration()
		case len(rest) > 1 && rest[0] == '<' && p.begins(rest[1]):
			p.tag()
		case len(rest) > 2 && rest[0] == '<' && rest[1] == '/' && p.begins(rest[2]):
			p.tag()
		default:
			p.show()
		}
	}
}

// begins reports whether a tag's name can begin with c.
func (p *htmlReader) begins(c byte) bool { return isAlpha(c) || p.xml && (c == '_' || c >= 0x80) }

// show writes the character reference at p.i, or the byte there and what stands
// between it and the next tag or reference, to every view that shows it.
func (p *htmlReader) show() {
	start := p.i
	text, n := "", 0
	if p.s[start] == '&' {
		text, n = reference(p.s[start:])
	}
	if p.i += n; n == 0 {
		p.i++
		for p.i < len(p.s) && p.s[p.i] != '<' && p.s[p.i] != '&' {
			p.i++
		}
	}
	write := func(w *viewer) {
		if n > 0 {
			w.put(text, start, p.i)
		} else {
			w.copy(start, p.i)
		}
	}
	if p.told != "" {
		write(&p.aside)
		return
	}
	write(&p.shown)
	write(&p.broken)
	for i := range p.veils {
		if p.veils[i].under == "" {
			write(&p.veils[i].w)
		}
	}
}

// gap writes a break at the byte at to every view that shows text.
func (p *htmlReader) gap(s string, at int) {
	p.shown.put(s, at, at+1)
	p.broken.put(s, at, at+1)
	for i := range p.veils {
		p.veils[i].w.put(s, at, at+1)
	}
}

// through writes everything up to the byte end, references decoded.
func (p *htmlReader) through(w *viewer, end int) {
	for p.i < end {
		start := p.i
		if p.s[start] == '&' {
			if text, n := reference(p.s[start:end]); n > 0 {
				w.put(text, start, start+n)
				p.i += n
				continue
			}
			p.i++
		}
		for p.i < end && p.s[p.i] != '&' {
			p.i++
		}
		w.copy(start, p.i)
	}
}

// characters shows a CDATA section, which has neither tags nor references.
func (p *htmlReader) characters() {
	p.i += len("<![CDATA[")
	end, next := len(p.s), len(p.s)
	if n := strings.Index(p.s[p.i:], "]]>"); n >= 0 {
		end, next = p.i+n, p.i+n+len("]]>")
	}
	p.shown.copy(p.i, end)
	p.broken.copy(p.i, end)
	for i := range p.veils {
		p.veils[i].w.copy(p.i, end)
	}
	p.i = next
}

// declaration reads what begins with <! or <?. In XML it may name a charset, and
// nothing that is defined there is needed to say something.
func (p *htmlReader) declaration() {
	start := p.i
	p.until(&p.aside, ">", 2)
	if p.xml {
		said := strings.ToLower(p.s[start:p.i])
		p.strange = p.strange || strings.HasPrefix(said, "<!") || otherCharset(said, "encoding")
	}
}

// otherCharset reports whether s gives the key a value that is not UTF-8 or
// UTF-16, in whichever quotes. Text in those was decoded before.
func otherCharset(s, key string) bool {
	for {
		_, rest, ok := strings.Cut(s, key)
		if !ok {
			return false
		}
		s = rest
		rest = strings.TrimLeft(rest, " \t\r\n")
		if !strings.HasPrefix(rest, "=") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n\"'")
		if !strings.HasPrefix(rest, "utf-8") && !strings.HasPrefix(rest, "utf8") && !strings.HasPrefix(rest, "utf-16") {
			return true
		}
	}
}

// until writes what stands between the next skip bytes and the mark as a
// paragraph, and goes on behind the mark.
func (p *htmlReader) until(w *viewer, mark string, skip int) {
	p.i = min(p.i+skip, len(p.s))
	end, next := len(p.s), len(p.s)
	if n := strings.Index(p.s[p.i:], mark); n >= 0 {
		end, next = p.i+n, p.i+n+len(mark)
	}
	p.through(w, end)
	p.end(w)
	p.i = next
}

// end ends a paragraph.
func (p *htmlReader) end(w *viewer) {
	at := max(min(p.i, len(p.s))-1, 0)
	w.put("\n\n", at, at+1)
}

// name reads the name of a tag or attribute, and writes it aside when it is new.
func (p *htmlReader) name() string {
	start := p.i
	for p.i < len(p.s) && (isAlnum(p.s[p.i]) || strings.IndexByte("-:._", p.s[p.i]) >= 0 || p.s[p.i] >= 0x80) {
		p.i++
	}
	n := p.s[start:p.i]
	if !p.names[n] {
		p.names[n] = true
		p.aside.copy(start, p.i)
		p.end(&p.aside)
	}
	return n
}

// tag reads a tag. Those that don't break a line are nothing to the reader.
func (p *htmlReader) tag() {
	start := p.i
	p.i++
	closing := p.s[p.i] == '/'
	if closing {
		p.i++
	}
	tag := strings.ToLower(p.name())
	if p.xml {
		tag = tag[strings.LastIndexByte(tag, ':')+1:]
	}
	attributes := p.i
	p.attributes()
	said := strings.ToLower(p.s[attributes:p.i])
	empty := strings.HasSuffix(said, "/>") && (p.xml || void(tag))
	switch {
	case p.xml && xmlBreak(tag) != "":
		p.gap(xmlBreak(tag), start)
	case !p.xml && tag == "br":
		p.gap("\n", start)
	case !p.xml && !inline(tag):
		p.gap("\n\n", start)
	default:
		p.broken.put("\n", start, start+1)
	}
	if !closing {
		p.check(tag, said)
	}
	p.veil(tag, said, closing, empty)
	p.cell(tag, closing)
	if p.xml && tag == "sym" && !closing {
		p.symbol(said, start)
	}
	switch {
	case p.xml && (tag == "instrtext" || tag == "delinstrtext") && !empty:
		if p.told = tag; closing {
			p.told = ""
			p.end(&p.aside)
		}
	case !closing && !empty && (tag == "script" || tag == "style"):
		p.raw(tag)
	}
}

// symbol shows the character of Word that a tag gives the number of.
func (p *htmlReader) symbol(said string, start int) {
	_, hex, _ := strings.Cut(said, "char=")
	hex = strings.Trim(hex, "\"' />")
	if len(hex) < 4 {
		return
	}
	c, err := strconv.ParseUint(hex[:4], 16, 16)
	if err != nil {
		return
	}
	if c >= 0xF000 && c < 0xF100 { // a code of a font for itself
		c -= 0xF000
	}
	p.shown.put(string(rune(c)), start, p.i)
	p.broken.put(string(rune(c)), start, p.i)
	for i := range p.veils {
		if p.veils[i].under == "" {
			p.veils[i].w.put(string(rune(c)), start, p.i)
		}
	}
}

// cell notes where cells of tables begin and end in what is shown.
func (p *htmlReader) cell(tag string, closing bool) {
	switch tag {
	case "tr", "table-row", "table":
		p.endCell()
		if len(p.row) > 0 {
			p.rows, p.row = append(p.rows, p.row), nil
		}
	case "td", "th", "tc", "table-cell":
		p.endCell()
		if !closing {
			p.inCell, p.cellAt = true, p.shown.text.Len()
		}
	}
}

func (p *htmlReader) endCell() {
	if p.inCell {
		text := p.shown.text.String()[p.cellAt:]
		end := p.cellAt + len(strings.TrimRight(text, " \t\r\n"))
		start := p.cellAt + len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		p.row = append(p.row, cell{min(start, end), end})
	}
	p.inCell = false
}

// check notes what can't be read in a tag that says so.
func (p *htmlReader) check(tag, said string) {
	switch tag {
	case "script":
		p.script = p.script || !strings.Contains(said, "json")
	case "meta":
		p.strange = p.strange || !p.xml && otherCharset(said, "charset")
	case "bdo":
		p.strange = p.strange || !p.xml && strings.Contains(said, "rtl")
	}
	p.strange = p.strange || strings.Contains(said, "bidi-override")
}

// veil lets the veils fall over an element, or lifts them.
func (p *htmlReader) veil(tag, said string, closing, empty bool) {
	for i := range p.veils {
		v := &p.veils[i]
		switch {
		case v.under == tag && closing:
			if v.level--; v.level == 0 {
				v.under = ""
			}
		case v.under == tag && !empty:
			v.level++
		case v.under == "" && i == 0 && p.xml && !closing && (tag == "vanish" || tag == "webhidden"):
			v.under, v.level, v.used = "r", 1, true
		case v.under == "" && !closing && !empty && !void(tag) && (i == 0 && p.hides(tag, said) || i == 1 && tag == "ins"):
			v.under, v.level, v.used = tag, 1, true
		}
	}
}

// hides reports whether what stands in an element is not shown in the end, as
// far as the tag itself says so.
func (p *htmlReader) hides(tag, said string) bool {
	if tag == "del" || tag == "s" && !p.xml || tag == "strike" && !p.xml || tag == "movefrom" || tag == "template" && !p.xml {
		return true
	}
	if !strings.Contains(said, "hidden") && !strings.Contains(said, "none") && !strings.Contains(said, "0") {
		return false
	}
	said = strings.Join(strings.Fields(said), "")
	for _, way := range []string{"display:none", "visibility:hidden", "font-size:0", "opacity:0", "display=\"none\"", "aria-hidden=\"true\""} {
		if strings.Contains(said, way) {
			return true
		}
	}
	return !p.xml && strings.Contains(said, "hidden") && !strings.Contains(said, "hidden=\"until") && !strings.Contains(said, "overflow")
}

// raw writes the content of a script or style sheet as it is: it has no tags.
func (p *htmlReader) raw(tag string) {
	end := p.i
	for end < len(p.s) {
		n := strings.Index(p.s[end:], "</")
		if n < 0 {
			end = len(p.s)
			break
		}
		end += n
		if to := end + 2 + len(tag); to <= len(p.s) && strings.EqualFold(p.s[end+2:to], tag) {
			break
		}
		end += 2
	}
	p.strange = p.strange || strings.Contains(strings.ToLower(p.s[p.i:end]), "bidi-override")
	p.through(&p.aside, end)
	p.end(&p.aside)
}

// attributes writes the value of every attribute, up to the end of the tag.
func (p *htmlReader) attributes() {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '>':
			p.i++
			return
		case c == '=':
			p.i++
			for p.i < len(p.s) && strings.IndexByte(" \t\r\n\f", p.s[p.i]) >= 0 {
				p.i++
			}
			if p.i < len(p.s) {
				p.value()
			}
		case p.begins(c) || c >= 0x80:
			n := p.name()
			p.script = p.script || !p.xml && len(n) > 3 && strings.EqualFold(n[:2], "on") && strings.HasPrefix(strings.TrimLeft(p.s[p.i:], " \t\r\n"), "=")
		default:
			p.i++
		}
	}
}

func (p *htmlReader) value() {
	start := p.aside.text.Len()
	quote := p.s[p.i]
	if quote == '"' || quote == '\'' {
		p.until(&p.aside, string(quote), 1)
	} else {
		end := p.i
		for end < len(p.s) && strings.IndexByte(" \t\r\n\f>", p.s[end]) < 0 {
			end++
		}
		p.through(&p.aside, end)
		p.end(&p.aside)
	}
	value := strings.TrimSpace(p.aside.text.String()[start:])
	p.script = p.script || len(value) > 10 && strings.EqualFold(value[:11], "javascript:")
}

func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// inline reports whether a tag stands inside a word without breaking it: any that
// is not known to, for a browser takes those it does not know to be words.
func inline(tag string) bool {
	switch tag {
	case "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
		"dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
		"hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section",
		"summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "xmp":
		return false
	}
	return true
}

// void reports whether an element of HTML has no end.
func void(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr":
		return true
	}
	return false
}

// xmlBreak returns what a tag of an office document, named without its prefix,
// is to a reader: a line, a gap, or nothing.
func xmlBreak(tag string) string {
	switch tag {
	case "p", "h", "si", "row", "tr", "table-row", "comment", "footnote", "endnote", "table", "sheetdata", "docpart", "title", "desc":
		return "\n\n"
	case "br", "cr", "line-break", "soft-page-break":
		return "\n"
	case "tab", "tc", "c", "s", "table-cell", "covered-table-cell", "ptab":
		return " "
	case "nobreakhyphen":
		return "-"
	}
	return ""
}
