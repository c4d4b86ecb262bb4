package claim

// Words about letters to authorities. Those of "channel" are also what the rules of
// terms call ways of sending.

var channelTerms = []Term{
	{Key: "post"},
	{Key: "in-person"},
	{Key: "portal"}, // of the state, for who is logged in there
	{Key: "web-form"},
	{Key: "e-mail"},
	{Key: "fax"},
	{Key: "phone"},
	{Key: "lawyer"},
}

// ChannelReveals reports whether a way of sending tells the state who sends by
// itself, whatever the letter says.
func ChannelReveals(by string) bool { return by == "portal" || by == "in-person" }

var appealTerms = []Term{
	{Key: "request"},
	{Key: "search-request"},
	{Key: "complaint"},
	{Key: "crime-report"},
	{Key: "court-complaint"},
	{Key: "habeas-corpus"},
	{Key: "ombudsman"},
	{Key: "urgent-action"},
	{Key: "communication"},
	{Key: "objection"},
	{Key: "other"},
}

var appealOriginTerms = []Term{
	{Key: CameRedirect},
	{Key: CameEscalation},
	{Key: CameObjection},
	{Key: CameBeside},
}

// followTerms are what becomes of a communication at an international body, besides
// that it was received, registered and answered, which are steps of their own.
var followTerms = []Term{
	{Key: "not-registered"},
	{Key: "transmitted"},
	{Key: "sent-to-state"},
	{Key: "note-verbale"},
	{Key: "interim-measures"},
	{Key: "reminder"},
	{Key: "comments"},
	{Key: "reply-withheld"},
	{Key: "published"},
	{Key: "opinion"},
	{Key: "views"},
	{Key: "follow-up"},
	{Key: "located"},
	{Key: "clarified"},
	{Key: "discontinued"},
	{Key: "closed"},
}

var appealStepTerms = []Term{
	{Key: StepSent},
	{Key: StepReceived},
	{Key: StepRegistered},
	{Key: StepKnown},
	{Key: StepHappened},
	{Key: StepExtended},
	{Key: StepForwarded},
	{Key: StepFollow},
	{Key: StepAnswered},
	{Key: StepSilent},
	{Key: StepClosed},
	{Key: StepDue},
	{Key: StepHeeded},
	{Key: StepLetter},
	{Key: StepErased},
}

var appealStageTerms = []Term{
	{Key: Drafted},
	{Key: Sent},
	{Key: Received},
	{Key: Registered},
	{Key: StageExtended},
	{Key: Forwarded},
	{Key: StageAnswered},
	{Key: Silent},
	{Key: Escalated},
	{Key: Closed},
}

var answerTerms = []Term{
	{Key: "substantive"},
	{Key: "denial"},
	{Key: "explanation"},
	{Key: AnswerForwarded},
	{Key: AnswerExtended},
	{Key: AnswerAsks},
	{Key: AnswerToken},
	{Key: AnswerNone},
	{Key: "refused"},
	{Key: "withheld"},
}

var impactTerms = []Term{
	{Key: "none"},
	{Key: "acknowledged"},
	{Key: "located"},
	{Key: "released"},
	{Key: "transferred"},
	{Key: "inquiry-opened"},
	{Key: "worse"},
	{Key: "unknown"},
}
