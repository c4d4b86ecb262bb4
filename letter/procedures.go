package letter

import "strings"

const (
	wgeid = "hrc-wg-eid@un.org"
	wgad  = "hrc-wg-ad@un.org"
)

// Sets of terms that several procedures share.
var (
	ofRelatives   = strings.Fields("family authorised-organisation")
	ofAnybody     = strings.Fields("victim family counsel authorised-organisation organisation")
	disappearedTo = strings.Fields("received transmitted state-reply objection-term clarified discontinued closed")
	letterStates  = strings.Fields("received sent-to-state state-reply reply-withheld published follow-up")
)

// procedures hold what each body asks for. Where nobody has read the form itself
// the tag says so: names of fields are then from general knowledge.
var procedures = []Procedure{
	{"wgeid-urgent", wgeid, workingLangs, ofRelatives, []string{"family"},
		[]Condition{{"within-three-months", Verified}, {"domestic-not-needed", Verified}},
		alleged, disappearance(), disappearedTo, "WGEID, explanatory note 2011", checked},
	{"wgeid-standard", wgeid, workingLangs, ofRelatives, []string{"family"},
		[]Condition{{"older-than-three-months", Verified}, {"domestic-not-needed", Verified}},
		alleged, disappearance(), disappearedTo, "WGEID, explanatory note 2011", checked},
	{"wgeid-linked", wgeid, workingLangs, ofRelatives, []string{"family"},
		[]Condition{{"linked-within-a-year", Verified}, {"domestic-not-needed", Verified}},
		alleged, disappearance(must("linked-case", "", Verified, "case.linked")), disappearedTo, "WGEID, methods of work", checked},
	{"ced-30", "", workingLangs, strings.Fields("family counsel authorised-organisation legitimate-interest"), []string{"family"},
		[]Condition{{"state-is-party", Verified}, {"after-entry", Verified}, {"national-report-first", Verified}, {"never-anonymous", Verified}},
		alleged, []Section{identity, {"disappearance", []Element{
			must("state-party", "CED 30", Verified, "state.party"),
			must("after-entry", "CED 35", Verified, "state.since", "taken.when"),
			must("disappeared-when", "CED/C/4/Rev.1", Unread, "taken.when"),
			must("disappeared-where", "CED/C/4/Rev.1", Unread, "taken.where", "last.where"),
			must("facts", "CED/C/4/Rev.1", Verified, "facts", "account"),
			may("actors", "CED/C/4/Rev.1", Unread, "actors"),
			may("acknowledgment", "", Unread, "acknowledgment"),
		}}, steps.replaced("steps", may("steps-taken", "CED 30(2)", Verified, "steps", "steps.none"), must("other-procedures", "CED 30(2)", Unread, "other.procedures")),
			submitter.replaced("submitter", may("consent-family", "", Unread, "consent"))},
		strings.Fields("received registered not-registered note-verbale reminder located closed"), "CED/C/4/Rev.1", checked},
	{"wgad", wgad, workingLangs, ofAnybody, []string{"victim-or-family"},
		[]Condition{{"domestic-not-needed", Unread}}, alleged, arbitrary(),
		strings.Fields("received sent-to-state state-reply comments opinion follow-up"), "WGAD, model questionnaire", checked},
	{"wgad-urgent", wgad, workingLangs, ofAnybody, []string{"victim-or-family"},
		[]Condition{{"danger-continues", Secondary}}, alleged, arbitrary(must("danger", "", Secondary, "danger")),
		strings.Fields("received sent-to-state state-reply"), "WGAD, methods of work", checked},
	{"sr-torture", "", workingLangs, ofAnybody, []string{"victim-or-family"},
		[]Condition{{"domestic-not-needed", Secondary}}, alleged, illTreatment(), letterStates, "Special Rapporteur on torture, model questionnaire", checked},
	{"special-procedures", "spsubmission.ohchr.org", workingLangs, ofAnybody, strings.Fields("victim-or-family to-be-named"),
		[]Condition{{"never-anonymous", Secondary}, {"not-only-media", Unread}}, alleged, []Section{
			identity.replaced("victims", must("person-name", "", Secondary, "person")),
			{"allegations", []Element{
				may("kind-asked", "", Secondary, "kind.asked"),
				must("actors", "", Secondary, "actors"),
				must("event-when", "", Secondary, "taken.when", "harm.when"),
				must("event-where", "", Secondary, "taken.where", "harm.where", "last.where"),
				must("facts", "", Secondary, "facts", "account"),
				may("acknowledgment", "", Unread, "acknowledgment"),
			}}, steps.replaced("steps", may("steps-taken", "", Unread, "steps", "steps.none")),
			submitter.replaced("submitter", must("consent-named", "", Unread, "consent.named"), must("consent-family", "", Unread, "consent"))},
		letterStates, "OHCHR, submission of information to special procedures", checked},
	{"hrc", "", []string{"en", "es", "fr", "ru"}, strings.Fields("victim counsel family"), []string{"victim"},
		[]Condition{{"state-party-op1", Unread}, {"remedies-exhausted", Verified}, {"not-before-another", Verified}}, Profile{}, individual(),
		strings.Fields("received registered interim-measures state-observations comments views follow-up"), "OP1-ICCPR; model complaint form", checked},
}

// arbitrary is the questionnaire of the Working Group on Arbitrary Detention.
func arbitrary(more ...Element) []Section {
	circumstances := []Element{
		must("facts", "", Unread, "facts", "account"),
		must("why-arbitrary", "A/HRC/36/38", Unread, "grounds"),
	}
	return []Section{identity.replaced("identity", must("person-name", "", Unread, "person"), may("document", "", Unread, "person.document")),
		{"arrest", []Element{
			must("arrest-when", "", Unread, "taken.when"),
			must("arrest-where", "", Unread, "taken.where"),
			must("forces", "", Unread, "actors"),
			may("warrant", "", Unread, "warrant"),
			may("law-applied", "", Unread, "law.applied"),
		}},
		{"detention", []Element{
			may("places-held", "", Unread, "held.where"),
			may("reasons-given", "", Unread, "reasons.given"),
			may("acknowledgment", "", Unread, "acknowledgment"),
		}},
		{"circumstances", append(circumstances, more...)},
		steps.replaced("steps", must("steps-taken", "", Unread, "steps", "steps.none")),
		submitter.replaced("submitter", must("submitter-name", "", Unread, "sender"), must("submitter-contact", "", Unread, "sender.address", "sender.contact"), must("consent-family", "", Unread, "consent"))}
}

// illTreatment is the questionnaire of the Special Rapporteur on torture.
func illTreatment() []Section {
	return []Section{identity.replaced("identity", must("person-name", "", Unread, "person"), may("document", "", Unread, "person.document")),
		{"circumstances", []Element{
			may("arrest-when", "", Unread, "taken.when"),
			may("arrest-where", "", Unread, "taken.where"),
			must("event-when", "", Unread, "harm.when"),
			must("event-where", "", Unread, "harm.where", "held.where"),
			must("forces", "", Unread, "actors"),
			may("access", "", Unread, "access"),
			must("facts", "", Unread, "facts", "account"),
			may("injuries", "", Unread, "injuries"),
			may("purpose", "", Unread, "purpose"),
			may("medical", "", Unread, "medical"),
		}},
		steps.replaced("steps", may("steps-taken", "", Unread, "steps", "steps.none")),
		submitter.replaced("submitter", must("submitter-name", "", Unread, "sender"), must("submitter-contact", "", Unread, "sender.address", "sender.contact"), must("consent-family", "", Unread, "consent"))}
}

// individual is the model form for complaints to committees.
func individual() []Section {
	return []Section{
		{"complainant", []Element{
			must("submitter-name", "", Verified, "sender"),
			must("submitter-contact", "", Verified, "sender.address", "sender.contact"),
			must("on-behalf", "", Verified, "standing", "consent"),
			may("relation", "", Unread, "relation"),
			may("confidential", "", Unread, "confidential"),
		}},
		identity.replaced("victims", must("person-name", "", Verified, "person"), may("nationality", "", Verified, "person.nationality"), may("born", "", Verified, "person.born"), may("person-address", "", Verified, "person.address")),
		{"state-and-articles", []Element{
			must("state-party", "", Verified, "state.party"),
			must("articles", "", Verified, "articles"),
		}},
		{"remedies", []Element{
			must("exhaustion", "OP1 5(2)(b)", Verified, "exhaustion", "steps"),
			must("other-procedures", "OP1 5(2)(a)", Verified, "other.procedures"),
		}},
		{"facts", []Element{
			must("facts", "", Unread, "facts", "account"),
			may("grounds", "", Unread, "grounds"),
			must("date", "", Verified, "date"),
			must("signature", "", Verified, "signature"),
			may("enclosures", "", Verified, "enclosures"),
		}},
	}
}
