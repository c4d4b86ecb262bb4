package demo

import (
	"habeas"
	"habeas/claim"
	"habeas/ledger"
)

// office is what both cases speak of: places and authorities.
type office struct {
	basement, centre                                 claim.Ref
	ministry, prosecutor, investigator, head, outlet claim.Ref
}

func (r *recorder) office() (o office) {
	place := func(label, kind string) (ref claim.Ref) {
		if r.err == nil {
			ref, r.err = r.d.AddPlace(r.ctx, r.by, claim.Place{Label: label, Kind: kind, Precision: "unknown"})
		}
		return ref
	}
	unit := func(label, kind string) (ref claim.Ref) {
		if r.err == nil {
			ref, r.err = r.d.AddUnit(r.ctx, r.by, claim.Unit{Label: label, Kind: kind})
		}
		return ref
	}
	o.basement = place("a basement near the front", "basement")
	o.centre = place("a detention centre for refusers", "detention-centre")
	o.ministry = unit("the defence ministry", "ministry")
	o.prosecutor = unit("the military prosecutor", "prosecutor")
	o.investigator = unit("the investigative committee", "investigator")
	o.head = unit("the head of state", "head-of-state")
	o.outlet = unit("a movement of conscientious objectors", "association")
	return o
}

// fatherSays is an interview with the father of case A.
const fatherSays = `My son Rostyslav Zahorulko is a serving officer. In the spring of 2022 I asked him not to go, we have relatives on the other side. He went all the same, he believed it was right.

Later he wrote to me and asked what would happen if he refused. He told me about one battle: no cover, no reconnaissance, nothing prepared, and an order to walk forward into the unknown.

Then Rostyslav and several others put their refusal in writing. Their rifles were taken from them and they were put under armed guard.

I, Bohdan Zahorulko, travelled to the front line several times. I wrote to the military command, to the prosecutors and to the investigators. Nobody answered me in writing.

While they held him, men of a different group beat Rostyslav. They made him lie down and count to ten, and struck his head with a pistol, as if to shoot him. They said they would kill him unless he came with them.

After that somebody told him he would work in the storeroom instead. In the end Zahorulko was sent back to our country, and he is at home now.`

// caseA records the officer who put his refusal in writing.
func (r *recorder) caseA(circle ledger.ID) {
	const title = "An officer who refused in writing"
	r.open(circle, title)
	who, dad := r.person(son, "serving officer"), r.person(father, "")
	r.about(title, who)
	others := r.group("several officers who refused with him", 3)
	fatherSource := r.source(claim.Source{Kind: "person", Person: dad, Role: "father"})
	sonSource := r.source(claim.Source{Kind: "person", Person: who, Role: "son"})
	r.statement(habeas.NewStatement{Source: fatherSource, Said: "2022-11", Medium: "interview", Lang: "en", Title: "The father, at home"}, fatherSays)
	r.settle(map[string]claim.Ref{
		"Rostyslav Zahorulko": who, "Rostyslav": who, "Bohdan Zahorulko": dad, "Zahorulko": who, "I, Bohdan Zahorulko": dad,
	})
	// The father fears for both of them: nothing of it may be printed.
	r.agrees(claim.GivenBySource, "", "region", "authority", "lawyer", "un", "court")
	wrote := claim.Link{Source: sonSource, How: "by-message"}
	told := claim.Link{Source: sonSource, How: "in-person"}
	victim := habeas.Involved{Role: "victim", Ref: who}
	r.event(r.passage("I asked him not to go", "2022-21", "", "witnessed"), "", "deployment", habeas.Involved{Role: "subject", Ref: who})
	r.event(r.passage("one battle", "2022-06/2022-08", "", "witnessed", wrote), "", "battle", habeas.Involved{Role: "present", Ref: who})
	refused := r.event(r.passage("refusal in writing", "2022-08~", "", "witnessed", wrote), "", "refusal-written",
		habeas.Involved{Role: "refuser", Ref: who}, habeas.Involved{Role: "refuser", Ref: others})
	disarmed := r.event(r.passage("Their rifles", "2022-08~", "", "witnessed", wrote), "", "disarming", victim, habeas.Involved{Role: "victim", Ref: others})
	r.says(r.passage("Their rifles", "", "", "witnessed", wrote), disarmed, "follows", claim.Value{Ref: refused})
	r.event(r.passage("under armed guard", "2022-08~", "", "witnessed", wrote), "", "armed-guard", victim, habeas.Involved{Role: "victim", Ref: others})
	r.event(r.passage("travelled to the front", "2022-09/2022-10", "", "witnessed"), "", "search-by-family", habeas.Involved{Role: "applicant", Ref: dad})
	r.event(r.passage("I wrote to the military", "2022-09/2022-10", "", "witnessed"), "", "appeal-made", habeas.Involved{Role: "applicant", Ref: dad})
	r.event(r.passage("Nobody answered", "2022-10", "", "witnessed"), "", "no-answer", habeas.Involved{Role: "subject", Ref: who})
	r.event(r.passage("beat", "2022-09~", "", "witnessed", told), "", "beating", victim)
	r.event(r.passage("count to ten", "2022-09~", "", "witnessed", told), "", "mock-execution", victim)
	r.event(r.passage("would kill him", "2022-09~", "", "witnessed", told), "", "death-threat", victim)
	r.event(r.passage("storeroom", "2022-10", "", "witnessed", told), "", "reassignment", habeas.Involved{Role: "subject", Ref: who})
	r.event(r.passage("sent back", "2022-11", "", "witnessed"), "", "return-home", habeas.Involved{Role: "subject", Ref: who})
}

// What is said in case B.
const (
	motherSays = `Моего сына, лейтенанта Тихона Воробейчикова, отправили туда в июле 2022 года. Он сам дозвонился до меня и сказал, что отказался вести людей на верную смерть и за это его посадили в изолятор.

Потом мне пришло сообщение, кто его послал, я не знаю: Тихона и ещё четырёх офицеров посадили в подвал. С тех пор пять месяцев я его не видела и не слышала.

Потом люди говорили, что здание обстреляли, все пятеро пропали, а останков не нашли. Военные отвечают, что Воробейчиков пропал без вести. Я, Пелагея Воробейчикова, в это не верю: так не бывает.`

	messageSays = `Ваш сын и ещё четыре офицера в подвале. Живы. Больше писать не могу.`

	ministrySays = `На ваше обращение сообщаем: лейтенант Воробейчиков Т. М. считается пропавшим без вести с 20 ноября 2022 года. Сведений о его задержании не имеется.`

	headSays = `There are no such camps or places of detention anywhere near the front. There is no problem with soldiers leaving their positions.`

	movementSays = `Commanders use violence and intimidation to keep soldiers at the front. Most of those who refuse have had more than their share of the front line, or were treated badly when they came back from it. We know of several basements where mobilised men are locked up for refusing to go back.`

	comradeSays = `Я служил вместе с Тихоном Воробейчиковым. Меня зовут Елисей Кудеяров. В августе нас держали в одном подвале: человек двадцать, спали на полу, на допрос водили по одному. Тихона Марковича увели в начале октября, и больше я его не видел.`
)

// caseB records the lieutenant who would not lead his men to their deaths. It returns
// what the ministry answered.
func (r *recorder) caseB(circle ledger.ID, o office) (reply claim.Ref) {
	const title = "A lieutenant, missing after a basement"
	r.open(circle, title)
	who, mum := r.person(lieutenant, "lieutenant"), r.person(mother, "")
	r.about(title, who)
	four := r.group("four other officers, not named", 4)
	motherSource := r.source(claim.Source{Kind: "person", Person: mum, Role: "mother"})
	sonSource := r.source(claim.Source{Kind: "person", Person: who, Role: "son"})
	ministry := r.source(claim.Source{Kind: "authority", Unit: o.ministry, Role: "ministry"})
	names := map[string]claim.Ref{}
	for _, w := range []string{"Тихона Воробейчикова", "Тихона", "Воробейчиков", "Воробейчиков Т. М", "Воробейчиков Т. М.", "Тихон", "Воробейчикова Т. М."} {
		names[w] = who
	}
	names["Пелагея Воробейчикова"] = mum
	r.statement(habeas.NewStatement{Source: motherSource, Said: "2022-12", Medium: "interview", Lang: "ru", Title: "The mother, by phone"}, motherSays)
	r.settle(names)
	r.agrees(claim.GivenBySource, "", "exact", "authority", "lawyer", "un", "court", claim.ToFamily, claim.ToPublic)
	r.agrees(claim.GivenByFamily, who, "exact", "authority", "lawyer", "un", "court", claim.ToFamily, claim.ToPublic)
	victim, rest := habeas.Involved{Role: "victim", Ref: who}, habeas.Involved{Role: "victim", Ref: four}
	called := claim.Link{Source: sonSource, How: "by-phone"}
	r.event(r.passage("в июле 2022", "2022-07", "", "witnessed"), "", "deployment", habeas.Involved{Role: "subject", Ref: who})
	r.event(r.passage("отказался вести", "2022-07/..", "", "witnessed", called), "", "refusal-oral", habeas.Involved{Role: "refuser", Ref: who})
	r.event(r.passage("в изолятор", "2022-07/..", o.centre, "witnessed", called), "", "detention", victim)
	r.event(r.passage("дозвонился", "2022-07", "", "witnessed"), "", "last-contact", habeas.Involved{Role: "subject", Ref: who})
	held := r.event(r.passage("в подвал", "2022-07/..", o.basement, "hearsay", claim.Link{How: "by-message"}), "", "detention", victim, rest)
	r.event(r.passage("не видела", "2022-07/2022-12", "", "witnessed"), "", "contact-lost", habeas.Involved{Role: "subject", Ref: who})
	r.event(r.passage("здание обстреляли", "../2022-12", o.basement, "hearsay", claim.Link{How: "in-person"}), "", "shelling", habeas.Involved{Role: "present", Ref: who}, habeas.Involved{Role: "present", Ref: four})
	r.event(r.passage("пропал без вести", "2022-11-20/..", "", "official", claim.Link{Source: ministry, How: "in-writing"}), "", "declared-missing", habeas.Involved{Role: "subject", Ref: who})
	doubt := r.passage("не верю", "", "", "opinion")
	doubt.Stance = claim.Denies
	r.says(doubt, who, "liberty", claim.Value{Term: "missing"})
	r.message(held, who, four, o, names)
	r.replies(ministry, who, o, names)
	reply = r.st
	r.around(o)
	r.comrade(mum)
	return reply
}

// message is the text message the mother was sent, an exhibit nobody signed. Who
// sent it could not be asked: it stays inside.
func (r *recorder) message(held, who, four claim.Ref, o office, names map[string]claim.Ref) {
	sender := r.source(claim.Source{Kind: "document", Label: "a text message, sender unknown"})
	r.statement(habeas.NewStatement{Source: sender, Said: "2022-07", Medium: "message", Lang: "ru", Title: "The text message"}, messageSays)
	r.settle(names)
	r.event(r.passage("в подвале", "2022-07/..", o.basement, "hearsay", claim.Link{How: "by-message"}), held, "detention",
		habeas.Involved{Role: "victim", Ref: who}, habeas.Involved{Role: "victim", Ref: four})
}

// replies is what the ministry answered.
func (r *recorder) replies(ministry, who claim.Ref, o office, names map[string]claim.Ref) {
	r.statement(habeas.NewStatement{Source: ministry, Said: "2022-12-05", Medium: "official-letter", Lang: "ru", Title: "The ministry's reply"}, ministrySays)
	r.settle(names)
	r.agrees(claim.GivenByNobody, "", "exact", everybody()...)
	r.event(r.passage("без вести", "2022-11-20/..", "", "official"), "", "declared-missing", habeas.Involved{Role: "subject", Ref: who})
	denial := r.passage("о его задержании", "", "", "official")
	denial.Stance = claim.Denies
	r.says(denial, who, "liberty", claim.Value{Term: "held"})
}

// around is what stands around the case: the head of state's denial, and what a
// movement reports.
func (r *recorder) around(o office) {
	head := r.source(claim.Source{Kind: "authority", Unit: o.head, Role: "head-of-state"})
	movement := r.source(claim.Source{Kind: "organisation", Unit: o.outlet, Role: "spokesperson"})
	r.statement(habeas.NewStatement{Source: head, Said: "2022-12", Medium: "press-statement", Lang: "en", Title: "The head of state, in public"}, headSays)
	r.settle(nil)
	r.agrees(claim.GivenByNobody, "", "exact", everybody()...)
	denial := r.passage("no such camps", "", "", "official")
	denial.Stance = claim.Denies
	r.says(denial, "", claim.Exists, claim.Value{Term: "unofficial-places"})
	r.statement(habeas.NewStatement{Source: movement, Said: "2022-12", Medium: "press-statement", Lang: "en", Title: "A movement of conscientious objectors"}, movementSays)
	r.settle(nil)
	r.agrees(claim.GivenByNobody, "", "exact", everybody()...)
	r.says(r.passage("several basements", "", "", "inferred"), "", claim.Exists, claim.Value{Term: "unofficial-places"})
	r.says(r.passage("violence and intimidation", "", "", "inferred"), "", claim.Exists, claim.Value{Term: "coercion-to-fight"})
}

// comrade is a statement that nobody has read yet: its names are to be linked at
// the reading desk.
func (r *recorder) comrade(mum claim.Ref) {
	fellow := r.source(claim.Source{Kind: "person", Role: "fellow-detainee"})
	r.statement(habeas.NewStatement{Source: fellow, Said: "2022-12", Medium: "voice-message", Lang: "ru", Title: "A fellow detainee"}, comradeSays)
}
