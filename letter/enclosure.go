package letter

import (
	"strconv"
	"strings"

	"habeas/internal/pdf"
)

// An Exhibit is a file that goes with a letter, as it is listed in it: by a code and
// by what sort of file it is, since what it was called may name somebody.
type Exhibit struct {
	Code  string
	Media string // such as "image/jpeg"; may be empty
	Pages int    // 0 if that is not known
}

// Pages returns how many pages a PDF has that was made here; 0 if that can't be told.
func Pages(b []byte) int {
	f, err := pdf.Open(b)
	if err != nil {
		return 0
	}
	n, ok := f.Get(f.Dict(f.Dict(f.Trailer["Root"])["Pages"])["Count"]).(float64)
	if !ok || n < 0 {
		return 0
	}
	return int(n)
}

// enclosed returns the lines of what goes with a letter: what was typed, and then the
// exhibits.
func (f *filling) enclosed() []string {
	lines := manyLines(strings.Join(f.Enclosures, "\n"))
	for _, x := range f.Exhibits {
		sort, _, _ := strings.Cut(x.Media, "/")
		word, ok := f.words["enclosure."+sort]
		switch {
		case x.Media == "application/pdf" || sort == "text":
			word = f.words["enclosure.document"]
		case !ok:
			word = f.words["enclosure.file"]
		}
		line := fill(f.words["enclosure"], oneLine(x.Code, mostLine)) + f.colon() + word
		if x.Pages > 0 {
			line += ", " + f.words["enclosure.pages"] + f.colon() + strconv.Itoa(x.Pages)
		}
		lines = append(lines, line)
	}
	return lines
}
