package name

import (
	"slices"
	"strings"
)

// givenNames holds the commonest given names of Russian and Ukrainian. Each line
// is one name: its spellings in both languages, then in English where that is a
// word of its own, then after the bar the short and pet forms. Canonical
// spelling.
const givenNames = `
александр олександр alexander | саша саня сашка санек шура шурик сашко саньок олесь алекс лесик
александра олександра alexandra | саша саня сашка шура сашуля леся олеся
алексей олексій alexey alexei | леша лешка алеша леха льоша олекса
алла
альбина альбіна | аля
анастасия анастасія anastasia | настя настюша ася настенька стася настуся
анатолий анатолій anatoly | толя толик толян
ангелина ангеліна angelina | лина геля
андрей андрій andrew andrey andrei | андрюша андрюха дрон андрійко
анна ганна ann anna hanna | аня анька нюра анечка нюша аннушка ганя ганнуся
антон антін anton | антоша тоха антошка
антонина антоніна | тоня тонечка
аркадий аркадій | аркаша
арсений арсеній | сеня арсюша
артем артемий artem artyom | тема артемка темка
артур arthur artur
ашот
богдан bohdan bogdan | бодя богданчик даня
борис boris borys | боря борька
вадим vadim vadym | вадик
валентин valentin valentyn | валя валик
валентина valentina valentyna | валя валюша
валерий валерій valery valeriy | валера лера
валерия валерія valeria | лера леруся
варвара barbara | варя варька
василий василь vasily vasyl basil | вася васька василек васильок
василиса василина | вася
вера віра vera vira | верочка веруня вірочка
вероника вероніка veronica veronika | ника вера ніка
виктор віктор victor viktor | витя витек витька вітя
виктория вікторія victoria viktoria | вика викуля віка
виталий віталій vitaly vitaliy | виталик виталя віталик талик
владимир володимир vladimir volodymyr | вова володя вовка вован володька вовчик
владислав vladislav vladyslav | влад владик славик слава
владислава | влада слава
всеволод | сева
вячеслав вячеслав vyacheslav viacheslav | слава славик славко
галина halyna galina | галя галка галочка
геннадий геннадій gennady | гена генка
георгий георгій george | гоша жора гога юра
герман herman
глеб гліб gleb | глебка
григорий григорій gregory grigory hryhoriy | гриша гришка гриць грицько
давид david davyd | дава
даниил данило daniel danylo daniil данил данила | даня данька данилка
дарья дарія дарина daria darya | даша дашка дашуля дарина одарка
денис denis denys | дениска ден
диана діана diana | дина
дмитрий дмитро dmitry dmytro dmitri | дима димка митя димон дмитрик
евгений євген eugene evgeny yevhen | женя женька жека євгенко
евгения євгенія eugenia | женя женька
егор єгор egor yegor | егорка гоша
екатерина катерина catherine katherine ekaterina kateryna | катя катька катюша катерина катруся
елена олена helen elena olena | лена ленка леночка алена оленка оленочка
елизавета єлизавета elizabeth | лиза лизка лизонька ліза
ефим юхим | фима
жанна
захар zakhar
зинаида зінаїда | зина зіна
зоя
иван іван ivan john | ваня ванька ванюша іванко івась
игнат гнат
игорь ігор igor ihor | игорек гоша ігорко
илья ілля ilya elijah | илюша илюха ілько
инна інна inna
ирина ірина irina iryna irene | ира ирка ириша іра іринка
иосиф йосип joseph | ося
карина karina | каря
кирилл кирило cyril kirill kyrylo | кирюша кирюха кир
клавдия клавдія | клава
константин костянтин constantine konstantin kostiantyn | костя костик костян
кристина христина christina kristina khrystyna | крис христя
ксения ксенія ксеня xenia kseniia | ксюша ксюха
лариса larisa larysa | лара лариска
лев lev leo | лева левушка левко
леонид леонід leonid | леня ленька льоня
лидия лідія lydia | лида ліда
лилия лілія lilia | лиля ліля
любовь любов | люба любаша любочка
людмила liudmyla lyudmila | люда люся мила людочка
магомед мухаммад мухаммед мохаммед магомет magomed muhammad mohammed | мага
максим maxim maksym max | макс максимка
маргарита margarita marharyta | рита ритка марго
марина maryna marina | маринка мариша
мария марія maria mary | маша машка маруся маня мария марійка марічка
марк марко mark marko
матвей матвій matthew | мотя матвейка
мирослав myroslav | мирон мирко слава славко
михаил михайло michael mikhail mykhailo михайл | миша мишка мишаня миха михась мишко
надежда надія nadezhda nadiia | надя надюша надька
назар nazar
наталья наталия наталія natalia natalya | наташа наталка наташка талка
никита микита nikita mykyta | никитка
николай микола nicholas nikolai mykola | коля колька колян миколка николаша
нина ніна nina | нинка ниночка
оксана oksana | ксюша ксана оксанка
олег oleg oleh | олежка олежик
олеся леся alesia | леся
ольга olga olha | оля олька оленька олюня
остап ostap
павел павло paul pavel pavlo | паша пашка павлик павлуша павлусь
петр петро peter petro pyotr | петя петька петруха петрик
платон plato
полина поліна polina | поля
прохор
раиса раїса | рая
рамзан ramzan
ринат рінат rinat
родион родіон | родя
роман roman | рома ромка ромчик ромко
ростислав rostislav rostyslav | ростик слава
руслан ruslan | русик
рустам rustam | рустик
савелий | сава
светлана світлана svetlana svitlana | света светка світланка світла
святослав sviatoslav | слава святик
семен semen simon | сема сеня
сергей сергій sergey sergei serhii serhiy | сережа серега серый сергійко серж
софия софія софья sofia sophia | соня софа софійка
станислав станіслав stanislav | стас слава стасик
степан stepan stephen | степа стьопа степка
тамара | тома
тарас taras | тарасик
татьяна тетяна tatiana tetiana | таня танька танюша танечка
тимофей тимофій timothy | тима тимоша
тимур timur | тима
ульяна уляна uliana | уля
федор федір theodore fedor fyodor fedir | федя федька
филипп пилип philip | филя
эдуард едуард edward eduard | эдик едик
эльвира ельвіра | эля
эмма емма emma
юлия юлія julia yulia yuliia | юля юлька юленька
юрий юрій yuri yury george | юра юрка юрик юрко юрась
яков яків jacob yakov yakiv | яша яшка
яна yana
ярослав yaroslav | ярик слава славко
ярослава | яра слава
джон john | джонни johnny jack
джошуа joshua | джош josh
джоэл joel
джеймс james | джим джимми jim jimmy
джордж george
джозеф joseph | джо joe
джулия julia
майкл michael | майк mike
дэвид дэйвид девід david | дэйв dave
роберт robert | боб бобби bob bobby роб rob
уильям вильям вільям william | билл біл bill вилли will
томас thomas том | том tom томми
ричард річард richard | дик dick рик rick
чарльз charles | чарли charlie
стивен стефен стівен steven stephen | стив steve
питер пітер peter | пит
пол paul
марк mark marc
скотт скот scott
кристофер крістофер christopher | крис chris
эндрю ендрю andrew | энди andy
мэтью меттью matthew | мэтт matt
мэри мері mary
элизабет елізабет elizabeth | лиз liz бет beth бетти
дженнифер дженніфер jennifer | джен jen дженни
сара sarah sara
эмили емілі emily
анджела ангела angela
жан jean
жак jacques
пьер pierre
франсуа francois
карл carl karl charles
фридрих friedrich
вольфганг wolfgang
иоганн йоганн johann
хосе jose
хуан juan
ахмед ahmed ahmad
али алі ali
хасан hassan hasan
хусейн hussein
юсуф yusuf
омар omar umar
мустафа mustafa
ибрагим ibrahim
абдулла abdullah
`

var sameNames, shortNames = readGiven(givenNames + moreRussian + moreUkrainian + polishNames + southNames + spanishNames + englishNames + morePets)

func readGiven(lists string) (same, short map[string][]string) {
	same, short = map[string][]string{}, map[string][]string{}
	for line := range strings.Lines(lists) {
		names, pets, _ := strings.Cut(line, "|")
		all := strings.Fields(names)
		for _, n := range all {
			same[n] = union(same[n], all)
			short[n] = union(short[n], strings.Fields(pets))
		}
	}
	return same, short
}

// union appends to list what it lacks of more.
func union(list, more []string) []string {
	for _, w := range more {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// sameGiven returns the given name w as it is spelled in the other languages.
func sameGiven(w string) []string { return sameNames[w] }

// diminutives returns the short and pet forms of the given name w, which may be
// in any of its spellings; none if the list doesn't have it.
func diminutives(w string) []string {
	if pets, ok := shortNames[w]; ok {
		return pets
	}
	if isCyrillic(w) {
		return nil
	}
	var out []string
	for _, c := range fromLatin(w) {
		out = append(out, shortNames[c]...)
	}
	return out
}

// IsGiven reports whether w, in canonical spelling, is one of the commonest given
// names or their short forms, in any case.
func IsGiven(w string) bool { return givenForms[w] }

var givenForms = makeGivenForms()

func makeGivenForms() map[string]bool {
	forms := map[string]bool{}
	// Many names of the other lists are words or places (Will, May, Art), which would
	// make a name of every sentence.
	_, short := readGiven(givenNames)
	for n, pets := range short {
		for _, w := range append([]string{n}, pets...) {
			forms[w] = true
			if !isCyrillic(w) {
				continue
			}
			for _, f := range nouns(w) {
				forms[f] = forms[f] || len(f) > 4
			}
		}
	}
	return forms
}
