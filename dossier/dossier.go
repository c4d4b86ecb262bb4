// Package dossier renders a case as a document for one audience.
package dossier

import (
	"errors"
	"time"

	"habeas/claim"
	"habeas/gate"
)

// Options say what to render. (The root package is written against these.)
type Options struct {
	Audience string // "public" or "authority"
	Lang     string // "en" or "ru"
	Today    time.Time
	Cover    func(claim.Ref) string
}

// An Omission is something that stays out, and why.
type Omission struct {
	Ref claim.Ref // what, if it has a reference
	Key string    // why: a key of the catalogue
}

// A Document is what Render makes: not yet cleared.
type Document struct {
	Draft gate.Draft
	Left  []Omission
}

// Render renders st.
func Render(st *claim.State, opt Options) (Document, error) {
	return Document{}, errors.New("dossier: not written yet")
}
