package main

import (
	"fmt"
	"io"
	"strings"
)

// A meter shows how far long work has come: a bar on a terminal, and elsewhere a
// line for each tenth.
type meter struct {
	w    io.Writer
	bar  bool
	what string
	last int64 // thousandths or tenths that were shown; -1 before
}

// barWidth is how many signs a whole bar has.
const barWidth = 30

func (p *program) meter(what string) *meter {
	return &meter{w: p.err, bar: isTerminal(p.err), what: what, last: -1}
}

// show is told how much is done of all there is.
func (m *meter) show(done, total int64) {
	if total <= 0 {
		return
	}
	if !m.bar {
		if tenth := done * 10 / total; tenth != m.last {
			m.last = tenth
			fmt.Fprintf(m.w, "%s: %d %%\n", m.what, done*100/total)
		}
		return
	}
	if part := done * 1000 / total; part != m.last {
		m.last = part
		full := int(done * barWidth / total)
		fmt.Fprintf(m.w, "\r%s [%s%s] %d %%", m.what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done*100/total)
	}
}

// end leaves the line of the bar.
func (m *meter) end() {
	if m.bar && m.last >= 0 {
		fmt.Fprintln(m.w)
	}
}
