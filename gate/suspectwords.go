package gate

import (
	"strings"

	"habeas/name"
)

// starters are words that begin sentences, so that their capital tells nothing.
// Canonical spelling.
var starters = wordSet(`
а без более больше будет будто бы был была были было быть в вам вас ваш ведь весь во вот впрочем все всего всегда всех вчера вы
где да давно даже два две для до другие другой его ее если есть еще же за завтра зато здесь и иногда из или им иначе их к каждый
как какой ко кого когда кому которые который кроме кто куда ли либо лишь люди между меня мне много может можно мой моя мои мы на над надо
нам нас наш наша наши не него нее некоторые нельзя нет никто ничего но ну нужно о об обо однако одна один около он она они оно от отсюда очень перед
по под позже пока после потом потому почему поэтому при про пусть раз разве раньше с сам сама сами само самый сегодня сейчас сначала снова со согласно спустя среди
сразу так также такая такие такое такой там тебя тем теперь то тогда того тоже только тот три ту тут ты у уже хотя чего чем через что чтобы чье эта эти это этот этой этого
я сын дочь мать отец муж жена брат сестра мама папа дед бабушка сосед солдаты солдат офицер офицеры командир начальник следователь прокурор адвокат врач друзья друг
первый второй третий несколько многие никаких никакой оба обе далее кстати например возможно вероятно видимо наверное конечно итак ибо вместо вокруг вдруг вскоре
понедельник вторник среда четверг пятница суббота воскресенье январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
але або адже бо був була були було буде ви від він вона вони воно вже все все-таки всі де дуже для до його її їх їхній з за зараз зі із й і інший інші інколи та
коли кому крім куди лише ми мені мене мій моя між на навіть нам нас наш не нема немає ні ніхто нічого ну о оскільки отже перед після під по поки потім про проте при
раніше свій себе сьогодні так також такий такі там тепер ти тільки то тоді тому тут у усі учора хоча хто це цей ця ці чи через чому що щоб щось як яка яке який які якщо
син донька мати батько чоловік дружина брат сестра мама тато дід бабуся сусід солдати військові командир начальник слідчий прокурор адвокат лікар друзі друг
понеділок вівторок середа четвер пятниця субота неділя січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
the ей ему им ею нем нему ней нею ними ими мной тобой собой себе тебе ваше вашу нашу моего моей моему моих твой твоя своя свою свои своих своего тому той теми этими этом этому этой таким какая какие какое никогда нигде везде куда-то кого-то именно почти прежде довольно достаточно особенно вообще просто именно либо затем поскольку пусть хоть сквозь ради насчет благодаря несмотря включая чуть едва разумеется действительно
їй йому їм нею ним ними мною тобою собою собі тобі вам ваш ваша ваше моєї моєму моїх твій твоя своя свою свої своїх того тієї цього цій цим цими цієї цьому яка якого якої яким ніколи ніде завжди всюди саме майже досить особливо взагалі просто бо адже попри завдяки серед проти поза понад упродовж протягом щодо стосовно відтак тож аби мабуть певно справді
a an and as at after all also although are be because been before but by can could did do does each even for from had has have he her here his how however i
if in is it its just later like many may me more most much my no nobody not nothing now of on once one only or other our out over she since so some still such than that
their them then there these they this those though three two to today tomorrow under until up was we were what when where which while who whom why will with would yes yet yesterday you your
son daughter mother father husband wife brother sister mom dad grandfather grandmother neighbour neighbor soldiers officer officers commander
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
mr mrs ms dr
`)

// wordSet returns the words of a list, as they stand and in canonical spelling.
func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
		if c := name.Canon(w); c != "" && !strings.Contains(c, " ") {
			m[c] = true
		}
	}
	return m
}

// cues are the stems of ranks, titles and words for kin that stand before a
// name, each with what may follow it in other cases.
var cues = strings.Fields(`
рядово ефрейтор сержант старшин прапорщик мичман лейтенант капитан майор подполковник полковник генерал адмирал боец бойц бойцо
рядови єфрейтор старшин капітан підполковник генерал адмірал військов солдат матрос
господин госпож г-н г-жа пан пані пана панов товарищ гражданин гражданк громадян доктор профессор судь следовател слідч прокурор адвокат
отец отц иере протоиере дяд тет бабушк дедушк баб дед сын сынок дочь дочк дочер жен муж брат сестр мам пап мать матер
син дочк доньк дружин чоловік сестр батьк мат тітк дядьк бабус дідус
командир комбат комвзвод комроты начальник директор депутат министр президент губернатор зовут звали звать звати имени имя фамили фамілі прізвищ позывн позивн кличк прозвищ
mr mrs ms miss dr prof sergeant sgt captain capt major colonel col general gen lieutenant lt private pvt corporal commander judge named called surname son daughter brother sister mother father
senor senora monsieur madame mme pani lekarz abogad abogado teniente capitan sargento lieutenant capitaine avocat
`)

// cutShort reports whether w is a title that is written with a full stop.
func cutShort(w string) bool {
	switch w {
	case "mr", "mrs", "ms", "dr", "prof", "sgt", "lt", "capt", "col", "gen", "maj", "pvt", "mme",
		"проф", "гр", "тов", "серж", "лейт", "полк", "ген", "кап", "ряд":
		return true
	}
	return false
}

// cue reports whether a name is likely to follow w.
func cue(w string) bool {
	for _, c := range cues {
		if rest, ok := strings.CutPrefix(w, c); ok && len(rest) <= 6 {
			return true
		}
	}
	return false
}
