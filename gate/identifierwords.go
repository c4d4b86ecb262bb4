package gate

import "strings"

// accountHosts are where an address leads to somebody's account.
var accountHosts = strings.Fields("t.me telegram.me vk.com ok.ru wa.me facebook.com fb.com instagram.com twitter.com x.com tiktok.com linkedin.com " +
	"youtube.com viber.com signal.me odnoklassniki.ru my.mail.ru github.com threads.net")

// topDomains are the ends of names that are taken for an address without a scheme.
var topDomains = wordSet("com org net info ru ua by kz me eu uk de fr es pl io gov edu su biz")

// More reasons, of words before a number, that are nobody's.
const (
	cueMoney   = "-money"
	cueVersion = "-version"
)

// numberCues are the stems of words that say what the number after them is.
var numberCues = []struct {
	why   string
	stems []string
}{
	{WhyPhone, strings.Fields("phone telephone tel тел телеф моб мобил mobile mob cell call dial fax факс whatsapp viber вайбер ватсап signal сигнал " +
		"звон набер дзвон дзвін номера contact answering message messages sms смс desk hotline teléfono telefono móvil llam téléphone portable appel " +
		"telefon komórk هاتف جوال تلفون موبايل اتصل reach ring")},
	{WhyPassport, strings.Fields("passport паспорт загранпаспорт закордонн посвідченн удостоверен serie серия серии серію серія pasaporte passeport dni paszport dowód " +
		"جواز identity identidad id-card document документ")},
	{WhyLicence, strings.Fields("licence license licencia permis водительск водійськ права прав prawo driver driver's driver’s driving")},
	{WhyPersonal, strings.Fields("инн ипн іпн рнокпп снилс огрн огрнип єдрпоу ssn nino pesel nip regon tax податков налогов insurance curp nie nif единн унзр уник")},
	{WhyCard, strings.Fields("card cards cc карт tarjeta carte karta visa mastercard maestro amex мир بطاقة")},
	{WhyIBAN, strings.Fields("iban счет счёт р/с р/р рахун account acct cuenta compte konto rachun حساب")},
	{WhyDevice, strings.Fields("imei имей имэй імеі mac meid")},
	{WhyHandle, strings.Fields("userid user_id telegram телеграм телеграмм тг")},
	{WhyUnit, strings.Fields("в/ч воинск войсков військов unidad")},
	{WhyBirth, strings.Fields("рожден родил род народ нар birth born dob b nacido nacida nacim né née naissance urodz ur ميلاد مواليد")},
	{WhyPlate, strings.Fields("госномер номерн держномер машин автомоб авто plate plates registration matrícula immatriculation rejestrac van car truck vehicle")},
	{cueMoney, strings.Fields("руб грн долл сумм euro usd eur rub uah price цена ціна sum стоим варт")},
	{cueVersion, strings.Fields("version верси версі firmware прошивк v")},
}

// numberCue returns the reason that a word in small letters gives to a number
// that stands the given count of words later, or "".
func numberCue(word string, later int) string {
	for _, c := range numberCues {
		for _, s := range c.stems {
			rest, ok := strings.CutPrefix(word, s)
			if ok && (rest == "" || len(s) >= 5 && len(rest) <= 10) && (len(s) > 2 || later == 0) {
				return c.why
			}
		}
	}
	return ""
}

// phoneAfter are words that follow a telephone number.
var phoneAfter = wordSet("office fax mobile phone home work cell tel факс моб мобильный мобільний домашний домашній рабочий робочий telefono móvil portable")

const (
	streetWords = `ул\.?|улица|улице|улицы|улицу|вул\.?|вулиця|вулиці|вулицю|пр\.|пр-т|пр-кт|просп\.?|проспект\p{L}*|пер\.?|переул\p{L}+|пров\.?|провул\p{L}+|бул\.?|б-р|бульвар\p{L}*|шоссе|шосе|ш\.|пл\.?|площад\p{L}+|площа|площі|наб\.?|набережн\p{L}+|мкр\.?|микрорайон\p{L}*|проезд\p{L}*|тупик\p{L}*|` +
		`rue|calle|c/|avenida|av\.?|avda\.?|avenue|plaza|place|via|viale|piazza|ul\.?|ulica|al\.|aleja|rua|boulevard|bd|quai|chemin|paseo|carrera|camino|شارع`
	streetEndings = `straße|strasse|str\.|gasse|weg|platz|straat|laan|plein|hove|gracht|gatan|gata|vägen|vagen|stigen|väg|vej|vegen|veien|veg|gade|katu|tie|kuja|gaten|stræti|stræti|straeti|götu|braut|allé|utca|ulice|allee|tere|dreef|kade|stien`
)

// streetPrefixes are the first letters of words for a street.
var streetPrefixes = strings.Fields("ул. улиц вул. вулиц пр. пр- просп пер. переул пров. провул бул. бульв б-р шосс шосе ш. пл. площ наб. набереж мкр микрор проезд тупик " +
	"rue call c/ aven av. avda plaza place via viale piazza ul. ulic al. alej rua boulev bd quai chemin paseo carrera camino street str road شارع")

// streetSuffixes are the endings of [streetEndings].
var streetSuffixes = strings.Split(strings.ReplaceAll(streetEndings, `\.`, "."), "|")

// partWords are the last words of what may stand before a number in an address.
var partWords = wordSet("apt apartment suite flat box postbox zip is code postcode psc unit кв квартира а/я индекс індекс apartado postal appt piso mieszkanie m")

// unitStems are the first letters of words for the number of a unit.
var unitStems = strings.Fields("войск військ част полев польов пошт почт unid unit milit field")
