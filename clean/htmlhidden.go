package clean

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// unseenStyle are styles that hide.
var unseenStyle = regexp.MustCompile(`(?i)(^|[;{\s])(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0(\.0*)?\s*(;|$|!)|font-size\s*:\s*0*(\.0+)?(px|em|rem|pt|%)?\s*(;|$|!)|clip\s*:\s*rect\(\s*[01](px)?\b|clip-path\s*:\s*(inset\(\s*(50|100)%|circle\(\s*0|polygon\(\s*0 0(px)?,\s*0 0)|text-indent\s*:\s*-\d{3,}|(left|top|right|bottom)\s*:\s*-\d{3,}|color\s*:\s*transparent)`)

// A hidingRule is a selector of a style sheet under which nothing is shown: what
// is asked of an element, and before that of elements around it.
type hidingRule [][]string

var (
	cssAt       = regexp.MustCompile(`(?s)@[^{};]*(\{([^{}]*\{[^{}]*\})*[^{}]*\}|;)`)
	cssCompound = regexp.MustCompile(`^(\*|[a-zA-Z][\w-]*)?([.#][\w-]+)*$`)
	cssSimple   = regexp.MustCompile(`[.#]?[\w-]+|\*`)
)

// mostRules is how many rules of style sheets are asked for each element.
const mostRules = 2_000

// readSheets reads which rules of the style sheets of a page hide. Rules for some
// media or states are not among them.
func (p *page) readSheets(n *html.Node) error {
	if n.Type == html.ElementNode && n.Data == "style" {
		p.readSheet(htmlWords(n))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := p.readSheets(c); err != nil {
			return err
		}
	}
	if len(p.sheet) > mostRules {
		return refuse(Large, p.where)
	}
	return nil
}

func (p *page) readSheet(sheet string) {
	sheet = cssAt.ReplaceAllString(cssComment.ReplaceAllString(sheet, ""), "")
	for _, m := range cssRule.FindAllStringSubmatch(sheet, -1) {
		if !unseenStyle.MatchString(m[2]) {
			continue
		}
		for _, sel := range strings.Split(m[1], ",") {
			var rule hidingRule
			for _, part := range strings.Fields(strings.ReplaceAll(sel, ">", " ")) {
				if !cssCompound.MatchString(part) {
					rule = nil
					break
				}
				rule = append(rule, cssSimple.FindAllString(part, -1))
			}
			if len(rule) > 0 {
				p.sheet = append(p.sheet, rule)
			}
		}
	}
}

// unseen reports whether n is not shown.
func (p *page) unseen(n *html.Node) bool {
	style, _ := htmlAttr(n, "style")
	_, hides := htmlAttr(n, "hidden")
	if hides || unseenStyle.MatchString(style) {
		return true
	}
	for _, rule := range p.sheet {
		if rule.hides(n) {
			return true
		}
	}
	return false
}

func (r hidingRule) hides(n *html.Node) bool {
	last := len(r) - 1
	if !matches(n, r[last]) {
		return false
	}
	for up := n.Parent; last > 0 && up != nil; up = up.Parent {
		if matches(up, r[last-1]) {
			last--
		}
	}
	return last == 0
}

func matches(n *html.Node, all []string) bool {
	class, _ := htmlAttr(n, "class")
	id, _ := htmlAttr(n, "id")
	for _, s := range all {
		switch {
		case s[0] == '.' && !containsWord(class, s[1:]), s[0] == '#' && id != s[1:], s[0] != '.' && s[0] != '#' && s != "*" && !strings.EqualFold(s, n.Data):
			return false
		}
	}
	return n.Type == html.ElementNode
}

func containsWord(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}
