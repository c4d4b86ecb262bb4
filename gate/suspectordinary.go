package gate

import (
	"strings"
	"unicode/utf8"
)

// ordinaryEnds are endings of words that are no names of persons: nouns of doing
// and quality, adverbs, participles and verbs. Russian, Ukrainian, English,
// Spanish, French.
var ordinaryEnds = strings.Fields(`ники ников никам тели телей телям ость ости остью ение ения ению ением ании ание ания анию анием ации ация ацию ацией ство ства ству ством ствие ствия ии ия ией
ически чески тельно енно анно ально ально ивно ично жно вно тся ться лся лась лось лись ает яет ует ют ят ешь ить ать ять еть уть ующий ующие ующая ющий ющие вший вшие вшая енный енные енная анный анные анная нный ного
ое ее ые ейший ейшая ите айте ойте яйте ившись авшись
вши ывая ивая учи ючи мый мые мая
іть йте мось мося
ників телі телів ість ості істю ення енню енням ання анню анням ація ації ацію ацією ство ськи цтво цтва ично льно увати ювати ати яти ити ться лася лося лися ають яють ують ючи учи ивши авши ений ені ена аний ані ана
tion tions ment ments ness ity ities ing ings ly ism ists ción ciones miento dad mente cité tés`)

// ordinaries are words that often begin a sentence and look like a name by their
// ending.
var ordinaries = wordSet(`
наконец начиная яблоко таковых таков такова таково таковы спуск фактически никого ничего никаких многих некоторых других каких всяких чужих своих наших ваших остальных последних первых отец конец певец боец бойцы торговец продавец владелец
иногда однако затем тем пришлось оказалось известно понятно ясно важно главное главный дело дела жизнь время год года месяц неделя день дни ночь утро вечер часть число место слова слово вопрос ответ люди человек женщина мужчина ребенок дети
дом улица город село деревня дорога машина дверь окно стена камера подвал тюрьма суд часть рота взвод бригада война мир смерть тело письмо звонок телефон документы деньги еда вода хлеб свет голос голоса имя память
вместе рядом далеко близко недавно давно скоро быстро медленно тихо громко вновь опять снова наверняка конкретно помимо кроме среди внутри снаружи сверху снизу слева справа напротив кажется говорят говорил говорили сказал сказали был была были
пришел пришла пришли увезли забрали взяли держали били пытали отпустили нашли искали видели слышали знаю знаем помню думаю надеюсь прошу просим спасибо пожалуйста здравствуйте привет внимание срочно помогите
новый новая новое новые старый старая большой большая большое большие малый каждый каждая любой любая другой другая другие весь вся все сам сама целый полный чистый
тисяч тысяч тысячи миллион миллионы сотни десятки четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят сто
кінець нарешті починаючи отець боєць бійці хлопець продавець власник жінка чоловік дитина діти будинок вулиця місто село дорога машина двері вікно стіна камера підвал в'язниця суд частина рота взвод бригада війна мир смерть тіло лист дзвінок
життя час рік роки місяць тиждень день дні ніч ранок вечір справа слово слова питання відповідь люди людина разом поруч далеко близько нещодавно давно скоро швидко повільно тихо голосно знову мабуть напевно можливо здається кажуть сказав сказала сказали
прийшов прийшла прийшли забрали вивезли тримали били катували відпустили знайшли шукали бачили чули знаю знаємо памятаю думаю сподіваюся прошу просимо дякую будь ласка увага терміново допоможіть новий нова нове нові старий великий велика кожен кожна будь-який
впервые ранее накануне напомним начало открытие участники эксперты страны власти глава премьер президент председатель министр представители новости последний последняя главным одним второе третье пользователь ветеран интересно признано
паспорт телефон адрес фамилия возраст номер данные источник источники жители житель местные очевидцы свидетель свидетели родные родственники семья пленный пленные задержанный задержанные арестованный заключенный заключенные охранник охранники конвой дежурный врачи медик медики
боевики боевик командование штаб колонна машины танк танки снаряд обстрел взрыв пожар эвакуация допрос допросы обыск обыски пытки побои удар удары камеры окна стены двери коридор этаж полгода полтора трое двое четверо пятеро шестеро сколько столько столь
вечером ночами днями месяцами годами долго недолго сильно больно страшно холодно жарко темно светло трудно тяжело легко хорошо плохо верно точно прямо криво отдельно постоянно регулярно периодически ежедневно еженедельно
затем-то поутру наутро назавтра впоследствии впредь впрямь наоборот взамен ввиду вопреки наряду наравне вплоть вслед вблизи вдоль поперек поверх свыше сверх
джерело джерела жителі мешканці місцеві очевидці свідок свідки рідні родичі родина сімя полонений полонені затриманий затримані охоронець охоронці лікарі медики бойовики колона танки обстріл вибух допит допити обшук тортури побої удари камери вікна стіни двері коридор поверх
уперше вперше раніше напередодні нагадаємо початок відкриття учасники експерти країни влада голова премєр президент міністр представники новини останній остання головним одним друге третє користувач ветеран цікаво паспорт телефон адреса прізвище вік номер дані
півроку троє двоє четверо скільки стільки довго недовго сильно боляче страшно холодно важко легко добре погано вірно точно прямо окремо постійно регулярно щодня щотижня згодом потому відтоді донині навпаки замість всупереч поряд поблизу вздовж понад
вчора завтра увечері вранці вдень вночі навесні влітку восени взимку весной летом осенью зимой утром днем вечером ночью вчера
case letter taken held beaten moved told asked given shown called heard seen found lost kept brought sent made written known left went came saw said knew
nobody somebody everybody everyone someone nothing something father mother brother sister neighbour office prison cell basement cellar guard guards officer officers
commander witness witnesses family families relatives lawyer report reports statement statements question answer message phone call visit news late early evening morning night
according during since both every any another each such when while here several many people women men children police court soldiers yesterday please thank hello dear
el la los las un una en de por para con sin cuando como pero porque también ayer hoy después antes desde hasta según este esta esto ese esa mi su nuestro ellos ella nosotros
le les des du dans pour par sur avec sans quand comme mais parce aussi hier demain depuis selon ce cette ces mon ma mes son sa ses notre ils elle nous vous il
w na po za do od dla przez przed pod nad kiedy gdy jak ale bo oraz tak nie wczoraj dziś jutro mój moja jego jej nasz oni ona ten ta to
`)

// ordinary reports whether w, at the beginning of a sentence, is a word of the
// language rather than a name.
func ordinary(w string) bool {
	if ordinaries[w] {
		return true
	}
	return endsIn(w, ordinaryEnds, 3)
}

// endsIn reports whether w ends in one of ends, with the least count of letters
// before.
func endsIn(w string, ends []string, least int) bool {
	for _, e := range ends {
		if head, ok := strings.CutSuffix(w, e); ok && utf8.RuneCountInString(head) >= least {
			return true
		}
	}
	return false
}

// verbEnds are endings of verbs in the past.
var verbEnds = strings.Fields("ил ала ила ал ел ела ыл ула ул лся лась или али ели шел шла шли ив ав лася вся")

// givenElsewhere are common given names of other languages than those of package
// name, and how Arabic ones are written there. Canonical spelling.
var givenElsewhere = wordSet(`
jose juan luis carlos javier miguel antonio manuel francisco jesus pedro pablo diego jorge alejandro fernando sergio rafael raul andres ramon maria carmen ana isabel laura lucia marta elena pilar rosa dolores teresa guadalupe sofia valentina
jean pierre michel philippe alain nicolas christophe francois laurent olivier jacques julien thierry henri louis marie nathalie isabelle sylvie catherine francoise monique claire camille chloe emilie celine
jan piotr krzysztof andrzej tomasz pawel marcin michal jakub adam lukasz marek grzegorz jerzy wojciech zbigniew stanislaw anna maria katarzyna malgorzata agnieszka barbara ewa krystyna elzbieta magdalena joanna zofia
hans peter klaus jurgen wolfgang stefan thomas lars erik sven anders mohammed mahmoud ahmad youssef khaled fatima aisha mariam layla zainab hussein abdul abdulrahman
محمد احمد علي حسن حسين محمود خالد يوسف ابراهيم عمر عثمان مصطفي سعيد كريم طارق فاطمة عائشة مريم ليلي زينب خديجة نور هدي سلمي امينة عبدالله عبدالرحمن
`)

// arabicCues stand before a name in Arabic script; the first two are part of it.
var arabicCues = wordSet("ابو ام بن ابن بنت عبد السيد السيدة الشيخ الدكتور الاستاذ المحامي العقيد النقيب الملازم الرقيب الجندي اللواء المدعو المعتقل الشهيد والدة والد ابنه ابني اخي اختي زوجي زوجته")

// uncased reports whether w is in Arabic script, which has no capitals.
func uncased(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return r >= 0x600 && r < 0x780
}

// uncased says why word i of Arabic script is suspect. Hamza and its seats are
// read alike, as people write them.
func (l *look) uncased(i int) string {
	w := plainArabic(l.words[i].Text)
	switch {
	case givenElsewhere[w] || givenElsewhere[strings.TrimPrefix(w, "و")]:
		return WhyGiven
	case i > 0 && !l.begins(i) && arabicCues[plainArabic(l.words[i-1].Text)]:
		return WhyTitled
	case (w == "بن" || w == "ابن" || w == "بنت") && i > 0 && i+1 < len(l.words), (w == "ابو" || w == "عبد") && i+1 < len(l.words):
		return WhyCapital
	case i > 0 && l.beside(l.words[i-1].End, l.words[i].Start) && givenElsewhere[plainArabic(l.words[i-1].Text)] && strings.HasPrefix(w, "ال"):
		return WhyFamily
	}
	return ""
}

var arabicSeats = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي")

func plainArabic(w string) string { return arabicSeats.Replace(w) }
