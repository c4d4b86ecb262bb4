package letter

import (
	"maps"
	"slices"
	"strings"

	"habeas/name"
)

// A fieldKind says how a field is filled and what a template may ask of it.
type fieldKind struct {
	block    bool // paragraphs of its own
	declines bool
	person   bool // has a sex, by which words can be chosen
	lines    bool // several lines may be typed
	typed    bool // a member types it, or may instead of what the case says
}

// fields are all that a template may name.
var fields = map[string]fieldKind{
	"addressee":           {lines: true, typed: true}, // as it stands at the head of a letter, in the case that needs
	"sender":              {declines: true, person: true},
	"sender.address":      {lines: true, typed: true},
	"sender.contact":      {typed: true},
	"sender.organisation": {typed: true},
	"relation":            {declines: true}, // what the sender is to the person
	"standing":            {typed: true},    // by what right they write: a warrant, a proof of kinship

	"person":             {declines: true, person: true},
	"person.born":        {typed: true},
	"person.nationality": {typed: true},
	"person.document":    {typed: true},
	"person.occupation":  {typed: true},
	"person.address":     {typed: true},
	"person.rank":        {typed: true},
	"person.unit":        {typed: true},
	"person.marks":       {typed: true},
	"consent":            {typed: true}, // who agreed to this letter

	"date":       {},
	"facts":      {block: true},
	"account":    {block: true, lines: true, typed: true},
	"request":    {block: true, lines: true, typed: true},
	"grounds":    {block: true, lines: true, typed: true},
	"steps":      {block: true},
	"enclosures": {block: true},
	"signature":  {},

	"crime":              {typed: true},
	"decision":           {typed: true}, // what is complained of: a decision, or that nothing was done
	"learned":            {typed: true}, // the day they learned of it
	"defendant":          {lines: true, typed: true},
	"earlier.to":         {typed: true},
	"earlier.date":       {typed: true},
	"earlier.number":     {typed: true},
	"earlier.registered": {typed: true},
	"earlier.due":        {typed: true},
	"earlier.law":        {typed: true},
	"case.number":        {typed: true},
	"state.date":         {typed: true},
	"state.reply":        {block: true, lines: true, typed: true},

	"person.sex":     {typed: true},
	"person.civil":   {typed: true},
	"taken.when":     {typed: true}, // of the arrest or disappearance
	"taken.where":    {typed: true},
	"last.when":      {typed: true}, // when the person was last seen or heard of
	"last.where":     {typed: true},
	"actors":         {typed: true}, // by whom, as they are said to be
	"acknowledgment": {typed: true}, // or denial, by the authorities
	"sightings":      {typed: true}, // later ones
	"held.where":     {typed: true},
	"harm.when":      {typed: true},
	"harm.where":     {typed: true},

	"steps.none":       {block: true, lines: true, typed: true}, // why none were taken
	"confidential":     {typed: true},
	"consent.named":    {typed: true},
	"case.linked":      {typed: true},
	"state.party":      {typed: true},
	"state.since":      {typed: true},
	"warrant":          {typed: true},
	"law.applied":      {typed: true},
	"reasons.given":    {typed: true},
	"danger":           {block: true, lines: true, typed: true},
	"injuries":         {block: true, lines: true, typed: true},
	"purpose":          {typed: true},
	"medical":          {typed: true},
	"access":           {typed: true},
	"kind.asked":       {typed: true},
	"articles":         {typed: true},
	"exhaustion":       {block: true, lines: true, typed: true},
	"other.procedures": {typed: true},
}

// Typed returns the fields that a member types, in order.
func Typed() []string {
	var out []string
	for f, k := range fields {
		if k.typed {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

// Fields returns all that a template may name, in order.
func Fields() []string { return slices.Sorted(maps.Keys(fields)) }

// Lines reports whether several lines may be typed into a field.
func Lines(field string) bool { return fields[field].lines }

// Called is what somebody is called in a letter.
type Called struct {
	Name  name.Name // their name, if they may be named; or a name in one part of kind [name.Other]
	Cover string    // a cover name, if Name is empty
	Sex   name.Sex  // Unknown is read from the name, as far as that tells
	Count int       // of a group of people; otherwise 0
}

func (c Called) empty() bool { return len(c.Name) == 0 && c.Cover == "" }

func (c Called) sex() name.Sex {
	if c.Sex == name.Unknown {
		return c.Name.Sex()
	}
	return c.Sex
}

// caseOf returns the grammatical case that a template names.
func caseOf(s string) name.Case {
	switch s {
	case "gen":
		return name.Genitive
	case "dat":
		return name.Dative
	case "acc":
		return name.Accusative
	case "ins":
		return name.Instrumental
	case "loc":
		return name.Locative
	case "voc":
		return name.Vocative
	}
	return name.Nominative
}

// in returns c in a case of a language, as one line.
func (c Called) in(lang, inCase string) string {
	if len(c.Name) > 0 {
		return oneLine(name.DeclineName(c.Name, lang, c.sex(), caseOf(inCase)), mostLine)
	}
	if c.Count > 1 {
		return oneLine(c.Cover, mostLine) // a description, in nobody's grammar
	}
	return oneLine(name.Decline(c.Cover, lang, name.Inflection{Case: caseOf(inCase)}), mostLine)
}

// A number tells which words stand for somebody: a man's, a woman's, several
// people's, or, if nobody knows, both.
func choose(variants []string, s name.Sex, many bool, lang string) string {
	man, woman := variants[0], variants[1]
	switch {
	case many && len(variants) > 2:
		return variants[2]
	case s == name.Female:
		return woman
	case s == name.Male || man == woman:
		return man
	case lang != "ru" && lang != "uk":
		return man + "/" + woman
	}
	return man + "(" + strings.TrimPrefix(woman, man) + ")"
}

// sourceCase returns the case of package dossier's words for sources that is
// nearest to one of ours.
func sourceCase(inCase string) string {
	switch inCase {
	case "gen", "acc":
		return "gen"
	case "dat", "ins":
		return inCase
	}
	return "nom"
}
