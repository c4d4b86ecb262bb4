// Package bag reads, checks and writes bags in the BagIt format (RFC 8493, and
// its drafts from 0.93 on): a directory of files with lists of their digests,
// which anybody can check with sha256sum.
//
// It never fetches anything, follows no link, and reads no file whose name leads
// out of the bag.
package bag

import "slices"

// A Verdict is what comes of checking a bag.
type Verdict uint8

const (
	Invalid Verdict = iota // a file is missing, changed or not listed, or the bag is none
	Warned                 // valid, but not made as the format asks, see Report.Warnings
	Valid                  // as its lists say
)

// String returns the verdict as it stands in a report, in English.
func (v Verdict) String() string {
	return [...]string{"invalid", "valid with warnings", "valid"}[v]
}

// A Code says what is wrong.
type Code string

// What makes a bag invalid.
const (
	NoDeclaration   Code = "no bagit.txt"
	BadDeclaration  Code = "bagit.txt is not as the format asks"
	UnknownVersion  Code = "a version of the format that is not known"
	UnknownEncoding Code = "an encoding of tag files that is not known"
	NoManifest      Code = "no list of digests of a kind that is known"
	NoPayload       Code = "no directory called data"
	BadLine         Code = "a line that is not as the format asks"
	BadPath         Code = "a path that leads out of the bag, or is not where it should be"
	ListedTwice     Code = "listed twice"
	Missing         Code = "listed and not there"
	Stray           Code = "listed in one list, in no other, and not there"
	Changed         Code = "not what its digest says"
	Unlisted        Code = "there and not listed"
	NotInAll        Code = "not in every list"
	BadOxum         Code = "number or size of the files is not what bag-info.txt says"
	NotAFile        Code = "neither a file nor a directory"
	Unreadable      Code = "can't be read"
	TooLarge        Code = "a list too large to be read"
	NotFetched      Code = "to be fetched from elsewhere, and not there"
)

// What only deserves a warning.
const (
	SameTwice    Code = "listed twice with the same digest"
	Marked       Code = "a star before a path, as md5sum writes it"
	DotSlash     Code = "a path that begins with ./"
	CaseOnly     Code = "differs from another path only in capitals"
	FormOnly     Code = "differs from another path only in how its letters are composed"
	SystemFile   Code = "a file that an operating system leaves behind"
	OtherDigests Code = "a list of digests of a kind that is not known"
	BadInfo      Code = "a line of bag-info.txt that is not as the format asks"
	Backslash    Code = "a path with a backslash, which is a directory elsewhere"
	SpaceAtEnd   Code = "spaces at the end of a line of bagit.txt"
)

// A Problem is one thing that is wrong, and where.
type Problem struct {
	Code Code
	Path string // a file of the bag, or the path that stands in a list
	In   string // the list that says so; "" if no list does
	Line int    // of In, from 1; 0 if it is not about a line
}

// A Field is a line of bag-info.txt.
type Field struct{ Label, Value string }

// A Report is what was found in a bag.
type Report struct {
	Version  string // of the format, such as "1.0"; "" if it is not known
	Files    int    // in the payload
	Bytes    int64  // of these
	Digests  []string
	Info     []Field
	Errors   []Problem
	Warnings []Problem
	Unlisted []string // tag files in no tag manifest: nothing says that they are as they were
	Weak     bool     // no list is stronger than SHA-1: chance is excluded, intent isn't

	sums map[string]map[string]string // path to kind of digest to digest, as found
}

// Verdict returns what comes of it.
func (r *Report) Verdict() Verdict {
	switch {
	case len(r.Errors) > 0:
		return Invalid
	case len(r.Warnings) > 0:
		return Warned
	}
	return Valid
}

// Digest returns the digest of a file of the bag as it was read, in lower-case
// hex, of a kind such as "sha256"; "" if the file was not listed with that kind.
func (r *Report) Digest(kind, path string) string { return r.sums[path][kind] }

func (r *Report) fail(c Code, path, in string, line int) {
	r.Errors = append(r.Errors, Problem{c, path, in, line})
}

func (r *Report) warn(c Code, path, in string, line int) {
	p := Problem{c, path, in, line}
	if !slices.Contains(r.Warnings, p) {
		r.Warnings = append(r.Warnings, p)
	}
}
