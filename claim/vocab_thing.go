package claim

// Places, units, sources, and how a thing came to be known. The words are our own; Code is a cross-reference,
// see [Term].

var placeTerms = []Term{
	{Key: "basement", Group: "improvised"},
	{Key: "pit", Group: "improvised"},
	{Key: "container", Group: "improvised"},
	{Key: "garage", Group: "improvised"},
	{Key: "shed", Group: "improvised"},
	{Key: "cage", Group: "improvised"},
	{Key: "private-house", Group: "improvised"},
	{Key: "factory", Code: "17/020600000000", Group: "improvised"},
	{Key: "school", Group: "improvised"},
	{Key: "kindergarten", Group: "improvised"},
	{Key: "sanatorium", Group: "improvised"},
	{Key: "police-building", Group: "improvised"},
	{Key: "mine", Code: "17/020500000000", Group: "improvised"},
	{Key: "vehicle", Code: "17/070400000000", Group: "improvised"},
	{Key: "forest", Group: "improvised"},
	{Key: "trench", Group: "improvised"},
	{Key: "detention-centre"},
	{Key: "guardhouse"},
	{Key: "police-station", Code: "17/030500000000"},
	{Key: "prison", Code: "17/030600000000"},
	{Key: "pow-camp", Code: "17/090600000000"},
	{Key: "secret-service", Code: "17/090400000000"},
	{Key: "military-base", Code: "17/030400000000"},
	{Key: "headquarters", Code: "17/030300000000"},
	{Key: "checkpoint", Code: "17/030201000000"},
	{Key: "front-line"},
	{Key: "hospital", Code: "17/040500000000"},
	{Key: "psychiatric", Code: "17/040704000000"},
	{Key: "court", Code: "17/030700000000"},
	{Key: "office", Code: "17/030100000000"},
	{Key: "home", Code: "17/010100000000"},
	{Key: "border", Code: "17/080400000000"},
	{Key: "town", Code: "17/100500000000"},
	{Key: "region", Code: "17/100200000000"},
	{Key: "country", Code: "17/100100000000"},
	{Key: "other", Code: "17/900000000000"},
}

var unitTerms = []Term{
	{Key: "armed-forces", Code: "24/010103000000"},
	{Key: "command"},
	{Key: "military-police"},
	{Key: "private-force", Code: "24/020300000000"},
	{Key: "paramilitary", Code: "24/020101000000"},
	{Key: "police", Code: "24/010104000000"},
	{Key: "prison-service", Code: "24/010105000000"},
	{Key: "secret-service", Code: "24/010106000000"},
	{Key: "ministry"},
	{Key: "head-of-state"},
	{Key: "local-government", Code: "24/010102000000"},
	{Key: "prosecutor"},
	{Key: "investigator"},
	{Key: "court", Code: "24/010300000000"},
	{Key: "ombudsman"},
	{Key: "parliament", Code: "24/010200000000"},
	{Key: "enlistment-office"},
	{Key: "international"},
	{Key: "association"},
	{Key: "outlet"},
	{Key: "unknown"},
}

var mediumTerms = []Term{
	{Key: "interview", Code: "16/091420051801"},
	{Key: "letter", Code: "16/120520200501"},
	{Key: "message"},
	{Key: "voice-message"},
	{Key: "call", Code: "16/200512051601"},
	{Key: "email"},
	{Key: "form"},
	{Key: "article", Code: "16/140523191601"},
	{Key: "broadcast"},
	{Key: "video", Code: "16/220904051501"},
	{Key: "photograph", Code: "16/160815201501"},
	{Key: "post"},
	{Key: "official-letter"},
	{Key: "press-statement", Code: "16/161805191901"},
	{Key: "report"},
	{Key: "court-record", Code: "16/031521182001"},
	{Key: "medical-record", Code: "16/160825190901"},
	{Key: "affidavit", Code: "16/190907140501"},
	{Key: "other", Code: "16/900000000000"},
}

var basisTerms = []Term{
	{Key: "witnessed", Code: "19/010200000000"},
	{Key: "told", Code: "19/030000000000"},
	{Key: "document"},
	{Key: "official"},
	{Key: "inferred"},
	{Key: "hearsay"},
	{Key: "opinion"},
}

var howTerms = []Term{
	{Key: "in-person"},
	{Key: "by-phone"},
	{Key: "by-message"},
	{Key: "by-voice-message"},
	{Key: "in-writing"},
	{Key: "in-public"},
	{Key: "unknown"},
}

var audienceTerms = []Term{
	{Key: ToPublic},
	{Key: "authority"},
	{Key: ToFamily},
	{Key: ToPartner},
	{Key: "lawyer"},
	{Key: "un"},
	{Key: "court"},
	{Key: "press"},
}

var actTerms = []Term{
	{Key: "names-shown"},
	{Key: "dossier-proposed"},
	{Key: "dossier-approved"},
	{Key: "dossier-refused"},
	{Key: "dossier-released"},
	{Key: "dossier-corrected"},
}

var sourceTerms = []Term{
	{Key: "person"},
	{Key: "organisation"},
	{Key: "outlet"},
	{Key: "authority"},
	{Key: "document"},
}

var sourceRoleTerms = []Term{
	{Key: "self", Code: "19/010100000000"},
	{Key: "father", Code: "19/020101000000"},
	{Key: "mother", Code: "19/020101000000"},
	{Key: "parent", Code: "19/020101000000"},
	{Key: "son", Code: "19/020101000000"},
	{Key: "daughter", Code: "19/020101000000"},
	{Key: "wife", Code: "19/020101000000"},
	{Key: "husband", Code: "19/020101000000"},
	{Key: "brother", Code: "19/020101000000"},
	{Key: "sister", Code: "19/020101000000"},
	{Key: "grandmother", Code: "19/020101000000"},
	{Key: "relative", Code: "19/020101000000"},
	{Key: "friend"},
	{Key: "neighbour"},
	{Key: "fellow-soldier", Code: "19/020102000000"},
	{Key: "fellow-detainee"},
	{Key: "released-detainee"},
	{Key: "commander"},
	{Key: "guard"},
	{Key: "witness", Code: "19/010200000000"},
	{Key: "doctor", Code: "19/040200000000"},
	{Key: "lawyer", Code: "19/040100000000"},
	{Key: "reporter", Code: "19/030100000000"},
	{Key: "spokesperson"},
	{Key: "activist"},
	{Key: "organisation", Code: "19/040401000000"},
	{Key: "outlet"},
	{Key: "official"},
	{Key: "head-of-state"},
	{Key: "ministry"},
	{Key: "prosecutor"},
	{Key: "military-command"},
	{Key: "document"},
}

var gradeTerms = []Term{
	{Key: "A"},
	{Key: "B"},
	{Key: "C"},
	{Key: "D"},
	{Key: "E"},
	{Key: "F"},
}

var infoTerms = []Term{
	{Key: "1"},
	{Key: "2"},
	{Key: "3"},
	{Key: "4"},
	{Key: "5"},
	{Key: "6"},
}

var protectionTerms = []Term{
	{Key: "protected"},
	{Key: "official"},
	{Key: "actor"},
	{Key: "public"},
}

var stanceTerms = []Term{
	{Key: "asserts"},
	{Key: "denies"},
}

var aboutTerms = []Term{
	{Key: "person"},
	{Key: "incident"},
	{Key: "pattern"},
}

var precisionTerms = []Term{
	{Key: "unknown"},
	{Key: "country"},
	{Key: "region"},
	{Key: "district"},
	{Key: "town"},
	{Key: "exact"},
}
