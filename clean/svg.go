package clean

import (
	"fmt"
	"regexp"
	"strings"
)

var svgKept = setOf(`svg g path rect circle ellipse line polyline polygon text tspan textPath defs linearGradient radialGradient stop clipPath mask use
symbol pattern image marker a switch filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
feDistantLight feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight
feTile feTurbulence feDropShadow`)

// svgAttrs are attributes whose values are numbers, colours and words of the
// format, and may also stand in a style.
var svgAttrs = setOf(`x y x1 x2 y1 y2 cx cy r rx ry fx fy fr dx dy d points width height viewBox preserveAspectRatio transform pathLength
fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset color
opacity display visibility overflow clip-path clip-rule mask filter marker-start marker-mid marker-end font-family font-size font-style font-weight
font-variant font-stretch text-anchor text-decoration letter-spacing word-spacing writing-mode direction unicode-bidi dominant-baseline alignment-baseline
baseline-shift offset stop-color stop-opacity gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits patternTransform clipPathUnits
maskUnits maskContentUnits markerWidth markerHeight markerUnits refX refY orient filterUnits primitiveUnits in in2 result mode type values operator k1 k2 k3 k4
stdDeviation flood-color flood-opacity lighting-color surfaceScale specularConstant specularExponent diffuseConstant kernelMatrix order divisor bias radius
baseFrequency numOctaves seed stitchTiles scale xChannelSelector yChannelSelector azimuth elevation limitingConeAngle pointsAtX pointsAtY pointsAtZ tableValues
slope intercept amplitude exponent rotate textLength lengthAdjust startOffset method spacing vector-effect paint-order shape-rendering text-rendering
image-rendering color-interpolation color-interpolation-filters mix-blend-mode isolation white-space version`)

// An svg is a drawing that is being cleaned.
type svg struct {
	*job
	ids   map[string]string // old to new
	rules []rule
}

// A rule is one of a style sheet: for elements, classes and ids.
type rule struct{ selector, body string }

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule    = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	cssPlain   = regexp.MustCompile(`^[.#]?[A-Za-z_][\w-]*$`)
	svgURL     = regexp.MustCompile(`url\(\s*["']?#([^"')]*)["']?\s*\)`)
)

// cleanSVG keeps shapes and text that are shown. Rules of style sheets are put into
// the elements that they are for.
func cleanSVG(j *job, b []byte) ([]byte, error) {
	text, err := j.decode(b)
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "<!--") {
		j.removed("comments", "", "", 0)
	}
	root, err := parse([]byte(regexp.MustCompile(`(?s)^(\s*<\?xml.*?\?>)?(\s*<!--.*?-->)*\s*<!DOCTYPE svg[^>\[]*>`).ReplaceAllString(text, "")), "")
	if err != nil {
		return nil, err
	}
	if root.name != "s:svg" {
		return nil, refuse(Broken, "")
	}
	s := &svg{job: j, ids: map[string]string{}}
	if err := s.read(root); err != nil {
		return nil, err
	}
	out, err := s.rewrite(root)
	if err != nil {
		return nil, err
	}
	if out == nil {
		return nil, refuse(Broken, "")
	}
	return out.writeBare("s"), nil
}

// read collects ids and style sheets.
func (s *svg) read(n *node) error {
	if id := n.get("id"); id != "" && s.ids[id] == "" {
		s.ids[id] = fmt.Sprintf("i%d", len(s.ids)+1)
	}
	if n.name == "s:style" {
		sheet := cssComment.ReplaceAllString(n.words(), "")
		sheet = cssAt.ReplaceAllString(sheet, "") // fonts from elsewhere, and rules for some media
		if strings.Contains(sheet, "@") {
			return refuse(Unable, "style")
		}
		for _, m := range cssRule.FindAllStringSubmatch(sheet, -1) {
			for _, sel := range strings.Split(m[1], ",") {
				sel = strings.TrimSpace(sel)
				if !cssPlain.MatchString(sel) {
					return refuse(Unable, "style")
				}
				if s.rules = append(s.rules, rule{sel, m[2]}); len(s.rules) > mostRules {
					return refuse(Large, "style")
				}
			}
		}
	}
	for _, k := range n.kids {
		if err := s.read(k); err != nil {
			return err
		}
	}
	return nil
}

// styles returns what styles say of n, those that win last.
func (s *svg) styles(n *node) (out []attr) {
	add := func(body string) {
		for _, d := range strings.Split(body, ";") {
			name, value, ok := strings.Cut(d, ":")
			if name = strings.TrimSpace(name); ok && svgAttrs[name] {
				out = append(out, attr{name, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))})
			}
		}
	}
	local := strings.TrimPrefix(n.name, "s:")
	classes := strings.Fields(n.get("class"))
	for _, kind := range []string{"", ".", "#"} { // by weight
		for _, r := range s.rules {
			switch {
			case kind == "" && r.selector == local, kind == "#" && r.selector == "#"+n.get("id"):
				add(r.body)
			case kind == ".":
				for _, c := range classes {
					if r.selector == "."+c {
						add(r.body)
					}
				}
			}
		}
	}
	add(n.get("style"))
	return out
}

// rewrite returns what is kept of n; nil if nothing is.
func (s *svg) rewrite(n *node) (*node, error) {
	if n.name == "" {
		return n, nil
	}
	local, ours := strings.CutPrefix(n.name, "s:")
	switch {
	case local == "foreignObject":
		s.vanished("page in a drawing", local, n.words())
		return nil, nil
	case !ours || !svgKept[local]:
		if local != "style" {
			s.removed("what is not shown", local, n.words(), 0)
		}
		return nil, nil
	}
	order, values := s.attributes(n, local)
	if values["display"] == "none" || values["visibility"] == "hidden" || values["opacity"] == "0" || values["font-size"] == "0" {
		s.removed("what is hidden", local, n.words(), 0)
		return nil, nil
	}
	out := &node{name: n.name}
	for _, name := range order {
		v, err := s.value(local, name, values[name])
		if err != nil {
			return nil, err
		}
		if v != "" {
			out.attr = append(out.attr, attr{name, v})
		}
	}
	for _, k := range n.kids {
		if k.name == "" && local != "text" && local != "tspan" && local != "textPath" && local != "a" {
			if strings.TrimSpace(k.text) != "" {
				s.removed("text that is not shown", local, k.text, 0)
			}
			continue
		}
		kept, err := s.rewrite(k)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			out.kids = append(out.kids, kept)
		}
	}
	return out, nil
}

// attributes returns what attributes, styles and style sheets say of n, each once.
func (s *svg) attributes(n *node, local string) (order []string, values map[string]string) {
	values = map[string]string{}
	set := func(name, value string) {
		if _, twice := values[name]; !twice {
			order = append(order, name)
		}
		values[name] = value
	}
	for _, a := range n.attr {
		switch {
		case svgAttrs[a.name] || a.name == "id":
			set(a.name, a.value)
		case a.name == "href" || a.name == "xlink:href":
			set("href", a.value)
		case a.name != "style" && a.name != "class" && a.name != "xml:space":
			s.removed("attribute "+a.name, local, a.value, len(a.value))
		}
	}
	for _, a := range s.styles(n) {
		set(a.name, a.value)
	}
	return order, values
}

// value returns an attribute with the new names of what it refers to.
func (s *svg) value(element, name, v string) (string, error) {
	switch name {
	case "id":
		return s.ids[v], nil
	case "href":
		if id, ok := strings.CutPrefix(v, "#"); ok {
			if s.ids[id] == "" {
				return "", nil
			}
			return "#" + s.ids[id], nil
		}
		if element == "image" {
			return s.dataURL(v)
		}
		if element == "a" && address.MatchString(v) {
			return v, nil
		}
		s.removed("address", element, v, len(v))
		return "", nil
	}
	v = svgURL.ReplaceAllStringFunc(v, func(m string) string {
		return "url(#" + s.ids[svgURL.FindStringSubmatch(m)[1]] + ")"
	})
	if strings.Contains(strings.ReplaceAll(v, "url(#", ""), "url(") || len(v) > 64 && name != "d" && name != "points" && name != "transform" && name != "values" {
		s.removed("attribute "+name, element, v, len(v))
		return "", nil
	}
	return v, nil
}
