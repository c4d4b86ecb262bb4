package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// writeReport writes what was found for people to read, without a name. The file
// must not be there.
func writeReport(file string, all []looked) error {
	var b strings.Builder
	b.WriteString("What the gate found. Places are given without the words that stand there.\n")
	for _, l := range all {
		fmt.Fprintf(&b, "\n%s\n", l.text)
		if len(l.hits)+len(l.unread) == 0 {
			b.WriteString("  nobody of the list was recognised\n")
		}
		for _, u := range l.unread {
			fmt.Fprintf(&b, "  not read: %s\n", u)
		}
		for _, h := range l.hits {
			who := "person " + h.Person
			if h.People > 0 {
				who = fmt.Sprintf("one of %d persons", h.People)
			}
			where := fmt.Sprintf("bytes %d to %d", h.Start, h.End)
			switch {
			case h.InName:
				where = "in its name"
			case h.Part != "":
				where = h.Part + ", " + where
			case h.Start <= len(l.bytes):
				where = fmt.Sprintf("line %d", 1+bytes.Count(l.bytes[:h.Start], []byte("\n")))
			}
			fmt.Fprintf(&b, "  %s: %s, %s, %s\n", h.Verdict, who, where, h.Class)
		}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(b.String()); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
