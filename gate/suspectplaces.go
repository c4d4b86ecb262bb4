package gate

import "strings"

// places are the stems of countries, their people and capitals, of large cities
// and regions, so well known that naming one tells little of who somebody is.
// Canonical spelling.
var places = wordSet(`
росси росі украин україн белорус білорус беларус молдав молдов польш польщ герман німеччин франц франци италь итали італі испан іспан португал
великобритан британ англи англі шотланд ирланд ірланд нидерланд нідерланд голланд бельг швейцар австр швец швеці норвег финлянд фінлянд дані исланд ісланд
эстон естон латв литв венгр угорщин румын румун болгар серб черногор чорногор хорват словен словак чех грец греці турц туреч кипр кіпр алба македони македоні косово босн
грузи грузі армен вірмен азербайджан казахстан узбекистан киргиз кыргыз таджикистан туркмен кита китай япон корея коре монгол вьетнам таиланд таїланд инди інді пакистан афганистан
иран іран ирак ірак сири сірі израил ізраїл палестин египт єгипет єгипт ливи ливан ліван иордан йордан йемен сауд кувейт катар эмират емірат тунис марокк алжир судан эфиоп ефіоп эритре сомал
нигери кени конго африк америк канад мексик куб бразил аргентин чили перу колумб венесуэл боливи уругва парагва никарагу панам австрал зеланд индонез інднез малайз филиппин сингапур
европ європ ази азі антарктид арктик кавказ сибир сибір урал поволж балт балкан скандинав прибалтик кавказ закавказ
москв киев київ києв минск мінськ мінск петербург санкт ленинград новосибирск екатеринбург казан самар омск челябинск ростов красноярск воронеж пермь волгоград краснодар саратов тюмен
владивосток хабаровск иркутск ярослав томск калининград мурманск архангельск курск белгород брянск смоленск тверь твер рязан пенз липецк тамбов калуг астрахан псков новгород вологд сахалин камчатк якут бурят
татарстан башкортостан башкири дагестан чечн чечен ингушет осет осетин абхаз адыге калмык карел удмурт мордов чуваш тува алта крым крим севастопол сімферополь симферопол ялт керч
донецк донеч донецьк донбас луганск луганськ харьков харков харків одесс одес днепр дніпр днепропетровск дніпропетровськ запорож запоріж запорізьк львів льв херсон николаев миколаїв мариупол маріупол
полтав чернигов черніг черніг чернів черновц житомир винниц вінниц хмельницк ровно рівн тернопол тернопіл ужгород волын волин франковск франківськ сумськ черкас кропивниц 
варшав берлин берлін париж лондон мадрид відень вашингтон нью йорк пекин пекін токио токіо дели анкар стамбул тбилис єреван ереван астан алмат ташкент бишкек вильнюс вільнюс рига риг таллин таллін
хельсинк гельсінк стокгольм осло копенгаген прага праг будапешт бухарест софи белград загреб афин брюссел женев цюрих барселон милан мюнхен гамбург франкфурт иерусалим єрусалим кабул багдад дамаск тегеран каир каїр пхеньян сеул сеул бангкок
калифорни каліфорні флорид техас аляск гуантанамо хиросим чернобыл чорнобил волг днестр дністер дунай балтик атлантик
russia ukrain belarus moldov poland germany german france french italy italian spain spanish portug britain british england english scotland ireland irish netherlands dutch belgi switzerland swiss austria sweden swedish norway norwegian
finland finnish denmark danish iceland estonia latvia lithuania hungary hungarian romania bulgaria serbia croatia slovenia slovakia czech greece greek turkey turkish cyprus albania georgia armenia azerbaijan kazakhstan uzbekistan
china chinese japan japanese korea korean india indian pakistan afghanistan iran iraq syria israel egypt lebanon jordan yemen libya africa america american canada mexic brazil argentina chile peru colombia venezuela australia europ asia
moscow petersburg kyiv kiev minsk donetsk luhansk lugansk crimea kharkiv kharkov odesa odessa kherson mariupol zaporizhzhia lviv warsaw berlin paris london rome madrid vienna washington york beijing tokyo geneva brussels caucasus siberia
rusia ucrania francia españa espana europa moscú moscu ginebra alemania polonia italia rosja ukraina polska niemcy warszawa moskwa russie ukraine pologne allemagne espagne genève geneve moscou
`)

// placeEnds are what may follow the stem of a place: cases, and the adjective
// with its own.
var placeEnds = func() map[string]bool {
	ends := wordSet("а у е ы и і я ю й ь о ом ем ой ей ою ею єю ах ам ами ии ию ия ией ії ія ію ією ій ец ца цы цев цам ян яне янин a n ns s")
	ends[""] = true
	for a := range strings.FieldsSeq("ск йск ийск ианск анск янск енск овск ськ йськ ійськ анськ янськ енськ цк цьк") {
		for e := range strings.FieldsSeq("ий ый ой ого ому им ым ом ая ую ою ое ие ые их ых ими ыми а у е ій ої і") {
			ends[a+e] = true
		}
	}
	return ends
}()

// place reports whether w is one of the well-known places, its people or its
// adjective.
func place(w string) bool { return stemOf(w, places, placeEnds) }

// stemOf reports whether w is a stem of the list and one of the endings.
func stemOf(w string, stems, ends map[string]bool) bool {
	for i := len(w); i > 1 && len(w) <= 64; i-- { // nothing of the lists is as long
		if (i == len(w) || w[i]&0xC0 != 0x80) && stems[w[:i]] && ends[w[i:]] {
			return true
		}
	}
	return false
}

// publics are stems of words that stand in the names of offices, firms, feasts
// and things of the sky, and of peoples; alone they name nobody.
var publics = wordSet(`
русск советск европейск городск областн государствен национальн федеральн верховн конституцион централь северн южн западн восточн народн общественн международн всероссийск отечествен велик красн
православн католическ церк церков церкв христианск мусульманск нобелевск олимпийск кремл кремлевск дум рад сенат конгресс парламент правительств министерств совет комитет комисси союз федераци республик республік област
штат королевств соединен объединен евросоюз университет институт академи академі агентств суд прокуратур полици поліці банк фонд парти парті центр палат служб управлени департамент интернет інтернет сет вконтакте телеграм фейсбук
земл лун солнц марс венер юпитер бог господ аллах рождеств пасх великден новый день побед войн револю конституци кодекс закон указ женевск гаагск страсбургск страсбурзьк трибунал
верховн національн державн обласн міськ районн центральн народн міжнародн північн південн західн східн європейськ міністерств комітет уряд спілк держав збройн сил гварді генеральн штаб слідч
facebook google microsoft twitter instagram telegram youtube internet windows apple reuters associated press united nations states kingdom union council committee ministry court parliament party university
`)

var publicEnds = func() map[string]bool {
	ends := wordSet("а у е ы и і я ю й ь о ом ем ой ей ою ею єю ах ам ами ям ями ях ии ию ия ией ії ія ію ією ій ов ів ий ый ого его ому ему им ым ая яя ую юю ое ее ие ые их ых ими ыми ої s")
	ends[""] = true
	return ends
}()

// public reports whether w is a word of offices and the like.
func public(w string) bool { return stemOf(w, publics, publicEnds) }

// quotables are stems of words after which a name in quotation marks is that of a
// firm, a work or a thing.
var quotables = wordSet(`
ооо зао оао пао ао тов прат пат ано нко газет журнал компани компані фирм фірм парти парті фильм фільм книг роман сериал серіал спектакл передач программ програм телекан канал телеканал радиостанци радіостанці радио радіо
агентств клуб команд групп груп гурт организаци організаці движени рух фонд банк завод фабрик шахт концерн корпораци корпораці холдинг издани видання издательств видавництв сайт портал проект кафе ресторан гостиниц готел
отел магазин супермаркет рынк рынок ринок кинотеатр театр премь конкурс фестивал песн пісн альбом картин стать рубрик корабл крейсер самолет літак ракет спутник аэропорт станци станці стади стадіон санатори лагер табір закон операци операці
company newspaper film book song album ship band firm газета empresa periódico partido journal société
`)

// quotable reports whether a name in quotation marks after w is nobody's.
func quotable(w string) bool { return stemOf(w, quotables, publicEnds) }

// initialisms are short words in capitals that are asked about by nobody.
var initialisms = wordSet(`рф сша снг ес єс оон нато обсе обсє ссср срср мвд мвс фсб сбу мид мзс мчс дснс гру гур фсин сизо сізо ск гпу днр лнр рсфср цру фбр бпла зсу всу вс рпц упц тв смі сми кпрф лдпр зао ооо оао пао тов тцк овд ровд увд мсэк вич снід
usa us uk eu un nato osce fbi cia nkvd нквд кгб кдб фсо фскн жж тасс риа унн ukr rus ngo icrc мккк мкчх eeuu onu otan cnn bbc ббс`)
