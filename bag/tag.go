package bag

import (
	"bytes"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// mostTag is how large a tag file may be that is read whole.
const mostTag = 256 << 20

// readTag returns a file of the bag whose size is bounded.
func (c *check) readTag(name string) ([]byte, bool) {
	f, err := c.fsys.Open(name)
	if err != nil {
		c.fail(Unreadable, name, "", 0)
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostTag+1))
	switch {
	case err != nil:
		c.fail(Unreadable, name, "", 0)
		return nil, false
	case len(b) > mostTag:
		c.fail(TooLarge, name, "", 0)
		return nil, false
	}
	return b, true
}

// lines returns the lines of a tag file in the encoding of the bag. The last one
// may lack its end.
func (c *check) lines(name string) []string {
	b, ok := c.readTag(name)
	if !ok {
		return nil
	}
	text, err := c.encoding.NewDecoder().Bytes(b)
	if err != nil {
		c.fail(UnknownEncoding, name, "", 0)
		return nil
	}
	return cutLines(text)
}

func cutLines(text []byte) []string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	if s = strings.TrimSuffix(s, "\n"); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

var (
	declared = regexp.MustCompile(`^BagIt-Version: ([0-9]+\.[0-9]+)$`)
	encoded  = regexp.MustCompile(`^Tag-File-Character-Encoding: ([!-~]+)$`)
)

// versions are the versions of the format whose rules are here.
var versions = []string{"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}

// declaration reads bagit.txt, which is always in UTF-8 without a mark of byte
// order (RFC 8493, section 2.1.1).
func (c *check) declaration() bool {
	const name = "bagit.txt"
	if _, err := fs.Stat(c.fsys, name); err != nil {
		c.fail(NoDeclaration, name, "", 0)
		return false
	}
	b, ok := c.readTag(name)
	if !ok {
		return false
	}
	lines := cutLines(b)
	for i, l := range lines {
		if t := strings.TrimRight(l, " \t"); t != l {
			c.warn(SpaceAtEnd, name, name, i+1)
			lines[i] = t
		}
	}
	if bytes.HasPrefix(b, []byte("\ufeff")) || len(lines) != 2 {
		c.fail(BadDeclaration, name, "", 0)
		return false
	}
	version, enc := declared.FindStringSubmatch(lines[0]), encoded.FindStringSubmatch(lines[1])
	if version == nil || enc == nil {
		c.fail(BadDeclaration, name, "", 0)
		return false
	}
	for _, v := range versions {
		if v == version[1] {
			c.Version = v
		}
	}
	if c.Version == "" {
		c.fail(UnknownVersion, name, name, 1)
		return false
	}
	if c.encoding = encodingOf(enc[1]); c.encoding == nil {
		c.fail(UnknownEncoding, name, name, 2)
		return false
	}
	return true
}

func encodingOf(name string) encoding.Encoding {
	switch strings.ToUpper(name) {
	case "UTF-8":
		return unicode.UTF8BOM // a mark at the beginning is no part of the first line
	case "UTF-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil {
		return nil
	}
	return e
}

// label is a line of bag-info.txt of version 1.0; before, spaces could stand
// before the colon.
var label = regexp.MustCompile(`^([^:]*[^:\s])\s*:(.*)$`)

// info reads bag-info.txt, or package-info.txt as it was called before 0.95.
func (c *check) info() {
	name := "bag-info.txt"
	if _, err := fs.Stat(c.fsys, name); err != nil {
		name = "package-info.txt"
		if _, err := fs.Stat(c.fsys, name); err != nil {
			return
		}
	}
	for i, l := range c.lines(name) {
		switch m := label.FindStringSubmatch(l); {
		case strings.TrimSpace(l) == "":
		case (l[0] == ' ' || l[0] == '\t') && len(c.Info) > 0:
			last := &c.Info[len(c.Info)-1]
			last.Value += " " + strings.TrimSpace(l)
		case m == nil:
			c.warn(BadInfo, name, name, i+1)
		default:
			c.Info = append(c.Info, Field{strings.TrimSpace(m[1]), strings.TrimSpace(m[2])})
		}
	}
}
