package gate

import "strings"

// readHTML returns what a reader of a page sees, and what they don't: attribute
// values and comments, each a paragraph. Both have their character references
// decoded and keep the places of their bytes.
//
// It does not have to agree with a browser on every broken page: the bytes as
// they stand are checked beside what it returns.
func readHTML(v view) (shown, aside view) {
	p := htmlReader{s: v.text, shown: viewer{of: &v}, aside: viewer{of: &v}}
	p.read()
	return p.shown.view(), p.aside.view()
}

type htmlReader struct {
	s            string
	i            int
	shown, aside viewer
}

func (p *htmlReader) read() {
	for p.i < len(p.s) {
		rest := p.s[p.i:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			p.comment()
		case len(rest) > 1 && rest[0] == '<' && (rest[1] == '!' || rest[1] == '?'):
			p.until(&p.aside, ">", 2)
		case len(rest) > 1 && rest[0] == '<' && isAlpha(rest[1]):
			p.tag()
		case len(rest) > 2 && rest[0] == '<' && rest[1] == '/' && isAlpha(rest[2]):
			p.tag()
		default:
			p.text(&p.shown, p.i+1)
		}
	}
}

// text writes the byte at p.i, or what a character reference there stands for.
// A reference ends before the byte end if that is not the next one.
func (p *htmlReader) text(w *viewer, end int) {
	if p.s[p.i] == '&' {
		limit := len(p.s)
		if end > p.i+1 {
			limit = end
		}
		if text, n := reference(p.s[p.i:limit]); n > 0 {
			w.put(text, p.i, p.i+n)
			p.i += n
			return
		}
	}
	w.copy(p.i, p.i+1)
	p.i++
}

// through writes everything up to the byte end, references decoded.
func (p *htmlReader) through(w *viewer, end int) {
	for p.i < end {
		p.text(w, end)
	}
}

func (p *htmlReader) comment() {
	p.until(&p.aside, "-->", len("<!--"))
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

// tag reads a tag. Those that don't break a line are nothing to the reader.
func (p *htmlReader) tag() {
	closing := p.s[p.i+1] == '/'
	p.i++
	if closing {
		p.i++
	}
	start := p.i
	for p.i < len(p.s) && (isAlnum(p.s[p.i]) || p.s[p.i] == '-' || p.s[p.i] == ':') {
		p.i++
	}
	tag := strings.ToLower(p.s[start:p.i])
	p.attributes()
	switch {
	case tag == "br":
		p.shown.put("\n", start, start+1)
	case !inline(tag):
		p.shown.put("\n\n", start, start+1)
	}
	if !closing && (tag == "script" || tag == "style") {
		p.raw(tag)
	}
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
	p.through(&p.aside, end)
	p.end(&p.aside)
}

// attributes writes the value of every attribute, up to the end of the tag.
func (p *htmlReader) attributes() {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case '>':
			p.i++
			return
		case '=':
			p.i++
			for p.i < len(p.s) && strings.IndexByte(" \t\r\n\f", p.s[p.i]) >= 0 {
				p.i++
			}
			if p.i < len(p.s) {
				p.value()
			}
		default:
			p.i++
		}
	}
}

func (p *htmlReader) value() {
	quote := p.s[p.i]
	if quote == '"' || quote == '\'' {
		p.until(&p.aside, string(quote), 1)
		return
	}
	end := p.i
	for end < len(p.s) && strings.IndexByte(" \t\r\n\f>", p.s[end]) < 0 {
		end++
	}
	p.through(&p.aside, end)
	p.end(&p.aside)
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
