package name

import (
	"strings"
	"testing"
)

// The commonest given names of five languages, in canonical spelling: each must
// have a short or pet form.
const (
	commonestRussian = `
александр алексей анатолий андрей антон аркадий арсений артем артур борис вадим валентин валерий василий виктор виталий владимир
владислав всеволод вячеслав геннадий георгий герман глеб григорий давид даниил данила демид демьян денис дмитрий евгений егор ефим
захар иван игнат игорь илья иннокентий иосиф кирилл клим константин кузьма лев леонид лука макар максим марк мартын матвей мирон
мирослав митрофан михаил назар никита николай олег остап павел петр платон прохор родион роман ростислав руслан савва савелий
святослав семен сергей станислав степан тарас тимофей тимур тихон трофим федор феликс филипп фома харитон эдуард эльдар эмиль
юлиан юрий яков ян ярослав аким анисим аристарх афанасий богдан бронислав вениамин викентий влас гавриил герасим гордей дорофей
евдоким елисей емельян еремей ермолай ерофей зиновий игнатий илларион ипполит исаак карп касьян корней лаврентий леонтий лукьян
максимилиан модест моисей наум нестор никифор никодим никон осип пантелеймон парфен потап прокофий рафаил роберт рустам ринат
рамиль равиль ренат рашид севастьян серафим спартак ульян фаддей филимон фрол эрнест юлий аслан магомед рамзан ислам тагир
агата агафья агния аглая аделина аида аксинья алевтина александра алена алина алиса алла альбина амина анастасия ангелина анжела
анжелика анна антонина анфиса арина валентина валерия варвара василиса вера вероника виктория виолетта владислава галина глафира
дана дарья дина диана доминика ева евгения евдокия екатерина елена елизавета ефросинья жанна зинаида злата зоя инга инесса инна
ирина карина каролина кира клавдия клара кристина ксения лариса лейла леся лидия лилия лина любовь людмила майя маргарита марианна
марина мария марта марфа матрена милана милена мирослава надежда наталья наталия нелли нина нинель нонна оксана олеся ольга
пелагея полина прасковья раиса регина рената римма роза роксана руслана руфина сабина светлана серафима снежана софия софья
стелла стефания сусанна таисия тамара татьяна ульяна устинья фаина фекла фатима эвелина элеонора элина эльвира эльмира эмилия эмма
юлиана юлия яна янина ярослава зарина камила лиана лия лолита луиза меланья наина октябрина олимпиада павлина роксолана саломея
сюзанна христина эльза гульнара динара алсу айгуль зульфия эрика марьяна богдана людвига`

	commonestUkrainian = `
олександр олексій анатолій андрій антон аркадій арсен арсеній артем богдан борис вадим валентин валерій василь віктор віталій
володимир владислав всеволод вячеслав геннадій георгій гліб григорій данило давид денис дмитро євген єгор захар зиновій іван ігор
ілля йосип кирило кость костянтин лев леонід лука лукян любомир макар максим марян марко матвій микита микола мирон мирослав
михайло назар нестор олег олесь омелян онисим орест остап павло панас петро пилип платон прокіп родіон роман ростислав руслан
сава святослав семен сергій станіслав степан тарас тимофій тиміш тимур федір юліан юрій юхим яків ярема ярослав теодор зенон
адам ада аліна алла анастасія ангеліна анжела анна ганна антоніна аліса богдана валентина валерія варвара василина віра вероніка
вікторія віталіна галина дарина дарія діана ева єва євгенія єлизавета жанна зінаїда зоя зоряна інна ірина іванна катерина кароліна
кристина ксенія лариса леся лідія лілія любов людмила марта маряна маргарита марина марія мелашка мирослава надія наталія наталя
ніна оксана олександра олена олеся ольга орися параска поліна раїса роксолана руслана світлана соломія софія стефанія тамара тетяна
уляна федора христина юлія юстина яна ярина ярослава`

	commonestPolish = `
adam adrian agata agnieszka aleksander aleksandra alicja amelia andrzej aneta anna antoni arkadiusz artur barbara bartosz beata
bogdan boguslaw bozena bronislaw cezary czeslaw damian daniel danuta dariusz dawid dominik dominika dorota edward edyta elzbieta
emil emilia eugeniusz ewa ewelina feliks filip franciszek gabriela grazyna grzegorz halina hanna helena henryk hubert ignacy irena
iwona izabela jacek jadwiga jakub jan janina janusz jaroslaw jerzy joanna jolanta jozef julia justyna kamil karol karolina
katarzyna kazimierz kinga konrad krystyna krzysztof leszek lukasz maciej magdalena malgorzata marcin marek maria mariusz marta
mateusz michal mieczyslaw miroslaw monika natalia pawel piotr przemyslaw rafal robert roman ryszard sebastian slawomir stanislaw
stefan sylwia szymon tadeusz teresa tomasz urszula waldemar weronika wiktor wiktoria wieslaw wladyslaw wojciech zbigniew zdzislaw
zofia zuzanna zygmunt`

	commonestSpanish = `
adolfo adriana adrian agustin alberto alejandra alejandro alfonso alfredo alicia ana andrea andres angel angela antonia antonio
armando arturo beatriz benjamin bernardo carlos carmen carolina catalina cecilia cesar claudia concepcion consuelo cristina
cristobal daniel daniela david diana diego dolores domingo eduardo elena emilio enrique ernesto esperanza esteban eugenia eva
federico felipe fernanda fernando francisca francisco gabriel gabriela gerardo gonzalo graciela gregorio guadalupe guillermo
gustavo hector hernan ignacio ines isabel jaime javier jesus joaquin jorge jose josefa josefina juan juana julia julio laura leonardo
leticia lorena lorenzo lucia luis luisa manuel manuela marcela margarita maria mariana mario martin mercedes miguel monica natalia
nicolas pablo patricia pedro pilar rafael ramon ricardo roberto rocio rodrigo rosario salvador santiago sergio silvia sofia susana
teresa valentina veronica vicente victoria`

	commonestEnglish = `
aaron abigail abraham albert alexander alexandra alfred alice amanda amelia andrew angela anthony archibald arnold arthur barbara
beatrice benjamin bernard beverly bradley cameron caroline catherine charles charlotte christina christine christopher clifford
cynthia daniel david deborah dennis donald dorothy douglas edward eleanor elizabeth emily eugene florence frances francis franklin
frederick gabriel geoffrey gerald gregory harold harriet helen henry herbert isabella jacob jacqueline james janet jennifer jeffrey
jessica john jonathan joseph joshua josephine judith katherine kathleen kenneth kimberly lawrence leonard lillian louis louise
margaret martha martin matthew michael nancy natalie nathaniel nicholas oliver olivia pamela patricia patrick peter philip rachel
raymond rebecca richard robert ronald russell samantha samuel sandra sarah stephanie stephen susan theodore thomas timothy
valerie vanessa victoria vincent virginia walter william zachary`
)

func TestCommonestHaveShortForms(t *testing.T) {
	for _, test := range []struct {
		language, names string
		want            int
	}{
		{"Russian", commonestRussian, 300},
		{"Ukrainian", commonestUkrainian, 150},
		{"Polish", commonestPolish, 100},
		{"Spanish", commonestSpanish, 100},
		{"English", commonestEnglish, 100},
	} {
		seen := map[string]bool{}
		for w := range strings.FieldsSeq(test.names) {
			if Canon(w) != w || seen[w] {
				t.Errorf("%s: %q is not canonical, or stands twice", test.language, w)
			}
			seen[w] = true
			if len(diminutives(w)) == 0 {
				t.Errorf("%s: %s has no short form", test.language, w)
			}
		}
		if len(seen) < test.want {
			t.Errorf("%s: %d names are tried, want %d", test.language, len(seen), test.want)
		}
	}
}
