package custody

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"habeas/ledger"
	"habeas/stamp"
)

// mostStamps is how many tokens a bundle may have.
const mostStamps = 1000

// known checks that there is no file beside what a bundle is made of: whoever packs
// it anew could add an exhibit that no entry speaks of, or a page.
func (v *verifier) known() {
	expected := map[string]bool{
		"bagit.txt": true, "bag-info.txt": true, listingFile: true, checkpointFile: true,
		readmeFile: true, premisFile: true, caseFile: true, reportFile: true,
	}
	for _, kind := range []string{"sha256", "sha512"} {
		expected["manifest-"+kind+".txt"], expected["tagmanifest-"+kind+".txt"] = true, true
	}
	for _, it := range v.list.Items {
		expected[it.Path] = itemPath.MatchString(it.Path)
	}
	for _, id := range slices.Concat(v.list.Directory, v.list.Entries) {
		expected[recordFile(id)], expected[keyFile(id)], expected[proofFile(id)] = true, true, true
	}
	for i := range v.list.Stamps {
		expected[stampFile(i)] = true
	}
	good := true
	_ = fs.WalkDir(v.fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() && !expected[p] { // what can't be read was said already
			v.line(checkKnown, Failed, p, "", "")
			good = false
		}
		if err != nil {
			return fs.SkipDir
		}
		return nil
	})
	if good {
		v.line(checkKnown, Passed, "", "nobody added a file that the entries do not speak of", "what bag-info.txt says, which whoever packed the bundle wrote")
	}
}

// pages checks that what people and programs read in the bundle was made from its
// entries: whoever packs it anew could write another story there.
func (v *verifier) pages() {
	var all []told
	for _, id := range v.list.Entries {
		if t, ok := v.told[id]; ok {
			all = append(all, t)
		}
	}
	good := true
	for _, page := range []struct {
		name string
		made []byte
	}{{readmeFile, []byte(readme)}, {reportFile, report(v.list, all)}, {premisFile, premis(v.list, all)}, {caseFile, jsonLD(v.list, all)}} {
		if b, err := v.readTo(page.name, int64(len(page.made))+1); err != nil || !bytes.Equal(b, page.made) {
			v.line(checkPages, Failed, page.name, "", "")
			good = false
		}
	}
	if good {
		v.line(checkPages, Passed, "", "what you read there is what the members of the office signed", "that it is true")
	}
}

func (v *verifier) witnesses() {
	if v.trust.Least == 0 {
		v.line(checkWitnesses, Skipped, "no key of a witness was given", "", "that the office did not show another log to somebody else")
		return
	}
	b, err := v.read(checkpointFile)
	if err == nil && v.dir != nil {
		_, v.By, err = ledger.Policy{Log: v.nodes(), Witnesses: v.trust.Witnesses, Least: v.trust.Least}.Open(b)
	}
	if err != nil || v.dir == nil {
		v.line(checkWitnesses, Failed, fmt.Sprintf("%s: signed by %d of the %d that are needed", checkpointFile, len(v.By), v.trust.Least), "", "")
		return
	}
	var names []string
	for _, c := range v.By {
		names = append(names, c.Witness+" on "+c.At.Format(time.DateOnly))
	}
	v.line(checkWitnesses, Passed, strings.Join(names, ", "), "they saw the log grow to this state, and no other", "that they are independent of the office")
}

func (v *verifier) stamps() {
	if v.list.Stamps == 0 || v.trust.Roots == nil {
		v.line(checkStamps, Skipped, fmt.Sprintf("%d tokens, and no root of an authority to check them with", v.list.Stamps), "", "since when the log is as it is, but by the office's own clock")
		return
	}
	checkpoint, err := v.read(checkpointFile)
	if err != nil {
		return // said already
	}
	for i := range v.list.Stamps {
		b, err := v.read(stampFile(i))
		var t *stamp.Token
		if err == nil {
			t, err = stamp.Verify(b, Stamped(checkpoint), v.trust.Roots)
		}
		if r, ok := errors.AsType[*stamp.Refused](err); ok && r.Stranger {
			v.line(checkStamps, Skipped, stampFile(i)+": "+r.Why, "", "since when the log is as it is, unless you trust that authority")
			continue
		}
		if err != nil {
			v.line(checkStamps, Failed, stampFile(i)+": "+strings.TrimPrefix(err.Error(), "stamp: "), "", "")
			continue
		}
		v.Stamps = append(v.Stamps, t)
		v.line(checkStamps, Passed, fmt.Sprintf("%s, by %s", t.Time.Format(time.RFC3339), t.Signer.Subject.CommonName), "everything in the bundle existed by then", "that the clock of the authority is right")
	}
}

// Stamped returns what a token is over: the text of a checkpoint and the first
// signature, which is the office's, without those of witnesses, who may sign later.
func Stamped(checkpoint []byte) []byte {
	text, sigs, ok := strings.Cut(string(checkpoint), "\n\n")
	if !ok {
		return checkpoint
	}
	first, _, _ := strings.Cut(sigs, "\n")
	return []byte(text + "\n\n" + first + "\n")
}
