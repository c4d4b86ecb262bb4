package clean

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A docxScene is a drawing in a text that is being cleaned: its pictures and
// charts, and the words of its boxes, come to stand in the line, one after another.
type docxScene struct {
	*docx
	p      *partWriter
	size   [2]string // in 360,000 to a centimetre
	one    bool      // it is one picture, of that size
	out    []*node
	shapes int // that go without a word
}

// drawing keeps what a drawing shows.
func (t *docx) drawing(p *partWriter, n *node) ([]*node, error) {
	s := &docxScene{docx: t, p: p, size: [2]string{"3000000", "2000000"}, one: count(n, "a:blip")+count(n, "v:imagedata") <= 1}
	if e := n.find("wp:extent"); e != nil && digits.MatchString(e.get("cx")) && digits.MatchString(e.get("cy")) {
		s.size = [2]string{e.get("cx"), e.get("cy")}
	}
	told := len(t.Removed)
	if err := s.walk(n); err != nil {
		return nil, err
	}
	if len(s.out) == 0 && len(t.Removed) == told { // ink, a canvas, or what is yet to come
		s.shapes++
	}
	if s.shapes > 0 {
		t.vanished("drawn shape", p.name, "")
	}
	return s.out, nil
}

// count returns how many elements of that name are in n.
func count(n *node, name string) (c int) {
	if n.name == name {
		c = 1
	}
	for _, k := range n.kids {
		c += count(k, name)
	}
	return c
}

var hiddenVML = regexp.MustCompile(`(?i)visibility\s*:\s*hidden|display\s*:\s*none`)

func (s *docxScene) walk(n *node) error {
	if d := n.child("wp:docPr"); d != nil && yes(d.get("hidden")) || hiddenVML.MatchString(n.get("style")) {
		s.removed("hidden drawing", s.p.name, n.words(), 0)
		return nil
	}
	switch n.name {
	case "mc:AlternateContent":
		if c := n.child("mc:Choice"); c != nil {
			return s.walk(c)
		}
	case "w:txbxContent":
		box, err := s.boxed(s.p, n)
		if len(s.out) > 0 && len(box) > 0 {
			s.out = append(s.out, el("w:br", nil))
		}
		s.out = append(s.out, box...)
		return err
	case "pic:pic":
		if blip := n.find("a:blip"); blip != nil {
			size := s.size
			if e := n.child("pic:spPr", "a:xfrm", "a:ext"); e != nil && !s.one && digits.MatchString(e.get("cx")) && digits.MatchString(e.get("cy")) {
				size = [2]string{e.get("cx"), e.get("cy")}
			}
			return s.picture(blip.get("r:embed"), size)
		}
	case "v:imagedata":
		return s.picture(n.get("r:id"), s.size)
	case "v:shape", "v:rect":
		if size, ok := vmlSize(n.get("style")); ok {
			s.size = size
		}
	case "c:chart":
		id, err := s.p.chart(n.get("r:id"), nil)
		if err == nil && id != "" {
			s.out = append(s.out, s.frame(s.size, el("a:graphicData", []string{"uri", spaces["c"]}, el("c:chart", []string{"r:id", id}))))
		}
		return err
	case "dgm:relIds":
		s.diagram(n)
		return nil
	}
	if (n.name == "wps:wsp" || n.name == "v:shape" || n.name == "v:rect" || n.name == "v:oval" || n.name == "v:line" || n.name == "v:roundrect") && n.find("w:txbxContent") == nil && n.find("v:imagedata") == nil {
		s.shapes++
	}
	for _, k := range n.kids {
		if err := s.walk(k); err != nil {
			return err
		}
	}
	return nil
}

// diagram keeps the words of a diagram, each in its line.
func (s *docxScene) diagram(ids *node) {
	s.shapes++
	if _, _, err := s.p.diagramShapes(ids); err != nil { // so that its part counts as read
		return
	}
	for _, line := range strings.Split(s.p.diagramWords(ids), "\n") {
		if len(s.out) > 0 {
			s.out = append(s.out, el("w:br", nil))
		}
		s.out = append(s.out, el("w:t", []string{"xml:space", "preserve"}, &node{text: line}))
	}
}

func (s *docxScene) picture(id string, size [2]string) error {
	new, err := s.p.image(id)
	if err != nil || new == "" {
		return err
	}
	s.drawn++
	pic := el("pic:pic", nil,
		el("pic:nvPicPr", nil, el("pic:cNvPr", []string{"id", fmt.Sprint(s.drawn), "name", ""}), el("pic:cNvPicPr", nil)),
		el("pic:blipFill", nil, el("a:blip", []string{"r:embed", new}), el("a:stretch", nil, el("a:fillRect", nil))),
		el("pic:spPr", nil, el("a:xfrm", nil, el("a:off", []string{"x", "0", "y", "0"}), el("a:ext", []string{"cx", size[0], "cy", size[1]})), el("a:prstGeom", []string{"prst", "rect"}, el("a:avLst", nil))))
	s.out = append(s.out, s.frame(size, el("a:graphicData", []string{"uri", spaces["pic"]}, pic)))
	return nil
}

// frame returns a drawing that stands in the line.
func (s *docxScene) frame(size [2]string, data *node) *node {
	s.drawn++
	return el("w:drawing", nil, el("wp:inline", nil, el("wp:extent", []string{"cx", size[0], "cy", size[1]}),
		el("wp:docPr", []string{"id", fmt.Sprint(s.drawn), "name", ""}), el("a:graphic", nil, data)))
}

var vmlLength = regexp.MustCompile(`(?:^|;)\s*(width|height)\s*:\s*([0-9.]+)(pt|in|px)`)

// vmlSize returns the size that a style of VML gives.
func vmlSize(style string) (size [2]string, ok bool) {
	for _, m := range vmlLength.FindAllStringSubmatch(style, -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		v *= map[string]float64{"pt": 12700, "in": 914400, "px": 9525}[m[3]]
		if err != nil || v < 1 || v > 1e9 {
			continue
		}
		i := 0
		if m[1] == "height" {
			i = 1
		}
		size[i] = fmt.Sprint(int64(v))
	}
	return size, size[0] != "" && size[1] != ""
}

// boxed returns the words of a box of text, to stand in the line.
func (t *docx) boxed(p *partWriter, box *node) (out []*node, err error) {
	paragraphs, err := t.each(p, box.kids)
	if err != nil {
		return nil, err
	}
	var flat func(n *node)
	flat = func(n *node) {
		switch n.name {
		case "w:t", "w:tab", "w:br", "w:drawing":
			out = append(out, n)
			return
		case "w:p":
			if len(out) > 0 {
				out = append(out, el("w:br", nil))
			}
		}
		for _, k := range n.kids {
			flat(k)
		}
	}
	for _, n := range paragraphs {
		flat(n)
	}
	return out, nil
}
