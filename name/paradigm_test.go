package name

import (
	"strings"
	"testing"
)

// Full paradigms, singular and plural, of invented bearers of ordinary names.
func TestParadigms(t *testing.T) {
	for _, test := range []struct {
		part Part
		want string // as they would be written
	}{
		// Polish.
		{Part{Family, "Kowalski"}, "Kowalskiego Kowalskiemu Kowalskim Kowalska Kowalskiej Kowalską Kowalscy Kowalskich Kowalskimi Kowalskie"},
		{Part{Family, "Kowalska"}, "Kowalski Kowalskiej Kowalską Kowalskie Kowalskich Kowalskimi"},
		{Part{Family, "Nowicki"}, "Nowickiego Nowickiemu Nowiccy Nowicka Nowickiej"},
		{Part{Family, "Zawadzki"}, "Zawadzkiego Zawadzcy Zawadzką"},
		{Part{Family, "Nowak"}, "Nowaka Nowakowi Nowakiem Nowaku Nowakowie Nowaków Nowakom Nowakami Nowakach Nowaki Nowakowa Nowakówna Nowakówny"},
		{Part{Family, "Dudek"}, "Dudka Dudkowi Dudkiem Dudku Dudkowie Dudków Dudkom Dudkami Dudkach Dudki"},
		{Part{Family, "Wróbel"}, "Wróbla Wróblowi Wróblem Wróblu Wróblowie Wróblów Wróblom Wróble Wróblami"},
		{Part{Family, "Kwiecień"}, "Kwietnia Kwietniowi Kwietniem Kwietniu Kwietniowie Kwietniów Kwietniom Kwietniami Kwietniach Kwietnie"},
		{Part{Family, "Stępień"}, "Stępnia Stępniowi Stępniem Stępniu Stępniowie"},
		{Part{Family, "Grudzień"}, "Grudnia Grudniowi Grudniem"},
		{Part{Family, "Kozioł"}, "Kozła Kozłowi Kozłem Koźle Kozłowie"},
		{Part{Family, "Gołąb"}, "Gołębia Gołębiowi Gołębiem Gołębiowie"},
		{Part{Family, "Zając"}, "Zająca Zającowi Zającem Zającu Zającowie Zające"},
		{Part{Family, "Kupiec"}, "Kupca Kupcowi Kupcem Kupcowie"},
		{Part{Family, "Marzec"}, "Marca Marcowi Marcem Marcu Marcowie"},
		{Part{Family, "Mach"}, "Macha Machowi Machem Machu Machowie"},
		{Part{Family, "Macha"}, "Machy Masze Machę Machą Macho Machowie Machów"},
		{Part{Family, "Wałęsa"}, "Wałęsy Wałęsie Wałęsę Wałęsą Wałęso Wałęsowie Wałęsów"},
		{Part{Family, "Zaręba"}, "Zaręby Zarębie Zarębę Zarębą Zarębowie Zarębami"},
		{Part{Family, "Sikora"}, "Sikory Sikorze Sikorę Sikorą Sikoro Sikorowie"},
		{Part{Family, "Duda"}, "Dudy Dudzie Dudę Dudą Dudo Dudowie Dudów"},
		{Part{Family, "Kmita"}, "Kmity Kmicie Kmitę"},
		{Part{Family, "Wojtyła"}, "Wojtyły Wojtyle Wojtyłę Wojtyłowie"},
		{Part{Family, "Moniuszko"}, "Moniuszki Moniuszce Moniuszkę Moniuszką Moniuszkowie Moniuszków"},
		{Part{Family, "Fredro"}, "Fredry Fredrze Fredrę Fredrą"},
		{Part{Family, "Ziobro"}, "Ziobry Ziobrze Ziobrę Ziobrą Ziobrowie Ziobrów"},
		{Part{Family, "Konieczny"}, "Koniecznego Koniecznemu Koniecznym Konieczna Koniecznej Konieczni Koniecznych Koniecznymi"},
		{Part{Family, "Cichy"}, "Cichego Cichemu Cichym Cicha Cichej Cisi Cichych"},
		{Part{Family, "Długi"}, "Długiego Długiemu Długim Długa Dłudzy Długich"},
		{Part{Family, "Linde"}, "Lindego Lindemu Lindem Lindowie Lindów"},
		{Part{Family, "Batory"}, "Batorego Batoremu Batorym Batorzy Batorych"},
		{Part{Family, "Lato"}, "Laty Lacie Latę Latą Latowie"},
		{Part{Family, "Świątek"}, "Świątka Świątkowi Świątkiem Świątkowie Świątków"},
		{Part{Family, "Lis"}, "Lisa Lisowi Lisem Lisie Lisowie Lisów"},
		{Part{Family, "Mróz"}, "Mroza Mrozowi Mrozem Mrozie Mrozowie"},
		{Part{Family, "Król"}, "Króla Królowi Królem Królu Królowie Królów Króle"},
		{Part{Family, "Bednarz"}, "Bednarza Bednarzowi Bednarzem Bednarzu Bednarze Bednarzy"},
		{Part{Family, "Sołtys"}, "Sołtysa Sołtysowi Sołtysie"},
		{Part{Family, "Baran"}, "Barana Baranowi Baranem Baranie Baranowie"},
		{Part{Family, "Chmiel"}, "Chmiela Chmielowi Chmielem Chmielu"},
		{Part{Family, "Mikołajczyk"}, "Mikołajczyka Mikołajczykowi Mikołajczykiem Mikołajczyku Mikołajczykowie Mikołajczyki"},
		{Part{Family, "Wójcik"}, "Wójcika Wójcikiem Wójcikowie Wójcików"},
		{Part{Family, "Bury"}, "Burego Burzy Burych"},
		{Part{Family, "Gwóźdź"}, "Gwoździa Gwoździowi Gwoździem Gwoździu Gwoździowie"},
		{Part{Family, "Kot"}, "Kota Kotowi Kocie Kotowie"},
		{Part{Family, "Szwed"}, "Szweda Szwedzie Szwedowie Szwedzi"},
		{Part{Given, "Jerzy"}, "Jerzego Jerzemu Jerzym Jerzowie"},
		{Part{Given, "Antoni"}, "Antoniego Antoniemu Antonim Antoniowie"},
		{Part{Given, "Paweł"}, "Pawła Pawłowi Pawłem Pawle Pawłowie"},
		{Part{Given, "Marek"}, "Marka Markowi Markiem Marku"},
		{Part{Given, "Maciej"}, "Macieja Maciejowi Maciejem Macieju"},
		{Part{Given, "Agnieszka"}, "Agnieszki Agnieszce Agnieszkę Agnieszką Agnieszko Agnieszek"},
		{Part{Given, "Jadwiga"}, "Jadwigi Jadwidze Jadwigę Jadwigą Jadwigo"},
		{Part{Given, "Małgorzata"}, "Małgorzaty Małgorzacie Małgorzatę"},
		{Part{Given, "Zofia"}, "Zofii Zofię Zofią Zofio"},
		{Part{Given, "Kasia"}, "Kasi Kasię Kasią Kasiu"},
		{Part{Given, "Maja"}, "Mai Maję Mają Maju"},
		{Part{Family, "Orzeł"}, "Orła Orłowi Orłem Orle Orłowie"},
		{Part{Family, "Kocioł"}, "Kotła Kotłowi"},
		{Part{Family, "Gwiazda"}, "Gwiazdy Gwieździe Gwiazdę Gwiazdowie"},
		{Part{Family, "Mucha"}, "Muchy Musze Muchę Muchą Muchowie"},
		{Part{Family, "Noga"}, "Nogi Nodze Nogę Nogą"},
		{Part{Family, "Kania"}, "Kani Kanię Kanią Kaniowie"},
		{Part{Family, "Cieśla"}, "Cieśli Cieślę Cieślą Cieślowie"},
		{Part{Family, "Jeleń"}, "Jelenia Jeleniowi Jeleniem Jeleniowie"},
		{Part{Family, "Węgiel"}, "Węgla Węglowi Węglem"},
		{Part{Family, "Czerwiec"}, "Czerwca Czerwcowi Czerwcem"},
		{Part{Family, "Dziedzic"}, "Dziedzica Dziedzicowi Dziedzicem Dziedzicowie Dziedzice"},
		{Part{Family, "Jeż"}, "Jeża Jeżowi Jeżem Jeżu Jeżowie Jeże"},
		{Part{Family, "Gałązka"}, "Gałązki Gałązce Gałązkę Gałązką Gałązkowie"},
		{Part{Family, "Wysocki"}, "Wysockiego Wysoccy Wysockich"},
		{Part{Family, "Krawcowa"}, "Krawcowej Krawcową Krawcowe"},
		// Czech.
		{Part{Family, "Novák"}, "Nováka Novákovi Novákem Nováku Novákové Novákovi Novákům Novácích Nováky Nováková Novákovou Novákův Novákova"},
		{Part{Family, "Nováková"}, "Novákové Novákovou Novákových"},
		{Part{Family, "Dvořáček"}, "Dvořáčka Dvořáčkovi Dvořáčkem Dvořáčku Dvořáčkova Dvořáčkové"},
		{Part{Family, "Novotný"}, "Novotného Novotnému Novotným Novotná Novotné Novotnou Novotných"},
		{Part{Family, "Svoboda"}, "Svobody Svobodovi Svobodu Svobodo Svobodou Svobodové Svobodů Svobodová"},
		{Part{Family, "Krejčí"}, "Krejčího Krejčímu Krejčím"},
		{Part{Family, "Němec"}, "Němce Němci Němcem Němcovi Němcová"},
		{Part{Family, "Havel"}, "Havla Havlovi Havlem Havle Havlová Havlův"},
		{Part{Family, "Sedlář"}, "Sedláře Sedláři Sedlářem Sedlářová"},
		{Part{Family, "Johnson"}, "Johnsona Johnsonovi Johnsonem Johnsonom Johnsonová Johnsonova"},
		{Part{Family, "Kennedy"}, "Kennedyho Kennedymu Kennedym Kennedy'ego Kennedyja Kennedyová"},
		{Part{Given, "Tomáš"}, "Tomáše Tomáši Tomášem Tomášovi Tomášův"},
		{Part{Given, "Hana"}, "Hany Haně Hanu Hano Hanou Hanin Hanina"},
		{Part{Given, "Lenka"}, "Lenky Lence Lenku Lenko Lenkou Lenčin"},
		{Part{Given, "Lucie"}, "Lucii Lucií"},
		{Part{Given, "Petr"}, "Petra Petrovi Petrem Petře Petrův"},
		// Slovene and Croatian.
		{Part{Family, "Kovač"}, "Kovača Kovaču Kovačem Kovači Kovačeva Kovačev Kovačevega"},
		{Part{Family, "Zupanec"}, "Zupanca Zupancu Zupancem Zupančeva"},
		{Part{Given, "Matej"}, "Mateja Mateju Matejem Matejev Matejeva"},
		{Part{Given, "Janko"}, "Janka Janku Jankom Jankov Jankova"},
		{Part{Given, "Marija"}, "Marije Mariji Marijo Marijin Marijina"},
		{Part{Given, "Igor"}, "Igorja Igorju Igorjem Igorjev Igora"},
		{Part{Given, "Aleksandar"}, "Aleksandra Aleksandru Aleksandrom"},
		{Part{Family, "Petrović"}, "Petrovića Petroviću Petrovićem Petrovići Petrovićima Petrovićeva Petrovićev"},
		{Part{Family, "Janšar"}, "Janšarja Janšarju Janšarjem Janšarjev Janšarjeva"},
		{Part{Family, "Koša"}, "Koše Koši Košo Košev Koševa Koševe"},
		{Part{Family, "Rupnel"}, "Rupnla Rupnlu Rupnlom Rupnlova"},
		{Part{Family, "Peterle"}, "Peterleta Peterletu Peterletom"},
		{Part{Family, "Drobnič"}, "Drobniča Drobniču Drobničem Drobničeva Drobničeve"},
		// Foreign names in those languages.
		{Part{Family, "Navratnyj"}, "Navratného Navratnému Navratným"},
		{Part{Family, "Fay"}, "Fayová Fayové Fayovou Fayeva Fayeve Fayevo"},
		{Part{Family, "Lafarge"}, "Lafarge'a Lafarge'owi Lafarge'em Lafargem Lafargeho"},
		{Part{Given, "Claude"}, "Claude'a Claudem Claudea"},
		{Part{Given, "Jeremy"}, "Jeremy'ego Jeremyho Jeremym Jeremymu Jeremyja"},
		{Part{Given, "Jiří"}, "Jiřího Jiřímu Jiřím"},
		{Part{Given, "René"}, "Reného Renému Renéja"},
		{Part{Given, "Hugo"}, "Huga Hugovi Hugem Hugona Hugonem"},
		// Serbian, Bulgarian and Belarusian.
		{Part{Family, "Петровић"}, "Петровића Петровићу Петровићем Петровићи Петровићима Петровићева Петровићев"},
		{Part{Given, "Андреј"}, "Андреја Андреју Андрејем Андрејев"},
		{Part{Given, "Петар"}, "Петра Петру Петром Петре"},
		{Part{Given, "Јелена"}, "Јелене Јелени Јелену Јеленом Јеленин"},
		{Part{Family, "Иванов"}, "Иванова Иванови Иванове"},
		{Part{Family, "Златарски"}, "Златарска Златарския Златарският"},
		{Part{Family, "Васілеўскі"}, "Васілеўскага Васілеўскаму Васілеўскім Васілеўская Васілеўскай Васілеўскую Васілеўскія Васілеўскіх"},
		{Part{Family, "Кавалёў"}, "Кавалёва Кавалёву Кавалёвым Кавалёве Кавалёвай Кавалёвы Кавалёвых"},
		{Part{Family, "Лявонаў"}, "Лявонава Лявонаву Лявонавым Лявонаве Лявонавай"},
		{Part{Given, "Алена"}, "Алены Алене Алену Аленай"},
		// Ukrainian.
		{Part{Family, "Задорожній"}, "Задорожнього Задорожньому Задорожнім Задорожня Задорожньої Задорожню Задорожньою Задорожні Задорожніх Задорожніми"},
		{Part{Family, "Бондар"}, "Бондаря Бондарю Бондареві Бондарем Бондарі Бондарів Бондарям Бондарями Бондарях"},
		{Part{Family, "Швець"}, "Шевця Шевцю Шевцеві Шевцем Шевці Шевців Шевцям"},
		{Part{Family, "Коломієць"}, "Коломійця Коломійцю Коломійцеві Коломійцем Коломійці Коломійців"},
		{Part{Family, "Притула"}, "Притули Притулі Притулу Притулою Притуло Притул Притулів Притулам Притулами Притулах"},
		{Part{Family, "Гнатишин"}, "Гнатишина Гнатишину Гнатишинові Гнатишином Гнатишини Гнатишинів"},
		{Part{Family, "Стрілець"}, "Стрільця Стрільцеві Стрільцем Стрільці"},
		{Part{Family, "Лебідь"}, "Лебедя Лебедю Лебедеві Лебедем Лебеді"},
		{Part{Family, "Рябокінь"}, "Рябоконя Рябоконеві Рябоконем"},
		{Part{Family, "Вовк"}, "Вовка Вовкові Вовком Вовче Вовки Вовків"},
		{Part{Given, "Ольга"}, "Ольжин Ольжина Ользі Ольго"},
		// Names of other peoples in Russian text, declined or not.
		{Part{Family, "Аскарзаде"}, "Аскарзаде"},
		{Part{Family, "Гамсахурдиа"}, "Гамсахурдиа"},
		{Part{Family, "Топчишвили"}, "Топчишвили"},
		{Part{Family, "Саргсян"}, "Саргсяна Саргсяну Саргсяном Саргсяне Саргсяны"},
		{Part{Family, "Атамбай"}, "Атамбая Атамбаю Атамбаем Атамбае"},
		{Part{Family, "García Márquez"}, "García Márquez Garcías"},
	} {
		lacks(t, test.part, test.want)
	}
}

// lacks says which of the words, written as in a text, are no form of part.
func lacks(t *testing.T, part Part, want string) {
	t.Helper()
	forms := formSetOf(part)
	for w := range strings.FieldsSeq(want) {
		if _, ok := forms[strings.ReplaceAll(Canon(w), " ", "")]; !ok {
			t.Errorf("%s %s: no form %q among %d", part.Kind, part.Text, w, len(forms))
		}
	}
}

// How many forms a person has whose name is usual.
func TestFormsAreFew(t *testing.T) {
	for _, test := range []struct {
		part Part
		most int
	}{
		{Part{Family, "Ходырев"}, 250}, {Part{Family, "Згурський"}, 350}, {Part{Patronymic, "Сергеевич"}, 350}, {Part{Given, "Кузьма"}, 250},
		{Part{Given, "Александр"}, 700}, {Part{Family, "Kowalczyk"}, 600}, {Part{Family, "Khodyrev"}, 700},
	} {
		n := len(Forms(test.part))
		t.Logf("%s %s: %d forms", test.part.Kind, test.part.Text, n)
		if n > test.most {
			t.Errorf("%s %s: got %d forms, want %d at most", test.part.Kind, test.part.Text, n, test.most)
		}
	}
}

func BenchmarkForms(b *testing.B) {
	for _, test := range []struct {
		name string
		who  Name
	}{
		{"Cyrillic", Name{{Given, "Кузьма"}, {Patronymic, "Сергеевич"}, {Family, "Ходырев"}}},
		{"pets", Name{{Given, "Александр"}, {Patronymic, "Сергеевич"}, {Family, "Ходырев"}}},
		{"Latin", Name{{Given, "Bolesław"}, {Family, "Kowalczyk"}}},
	} {
		b.Run(test.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = 0
				for _, p := range test.who {
					n += len(Forms(p))
				}
			}
			b.ReportMetric(float64(n), "forms")
		})
	}
}
