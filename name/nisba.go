package name

import "strings"

// commonNisbas holds names after places, tribes and trades that very many bear,
// without the article, a line each: in Arabic, in Latin and in Cyrillic.
const commonNisbas = `
بغدادي baghdadi bagdadi багдади
بصري basri басри
موصلي mosuli mawsili mousli мосули
عراقي iraqi iraki ираки
تكريتي tikriti тикрити
سامرايي samarrai самарраи
نجفي najafi наджафи
كوفي kufi куфи
انباري anbari анбари
راوي rawi рави
شامي shami chami шами
دمشقي dimashqi dimashki димашки
حلبي halabi халаби
حمصي homsi himsi хомси
حموي hamwi hamawi хамви
ادلبي idlibi идлиби
سوري suri souri сури
لبناني lubnani loubnani лубнани
بيروتي beiruti бейрути
طرابلسي trabelsi tarabulsi trabulsi тарабулси
مصري masri misri massri масри
اسكندراني iskandarani искандарани
صعيدي saidi саиди
سوداني sudani soudani судани
ليبي libi либи
تونسي tunisi tounsi tunsi туниси
جزايري jazairi djazairi джазаири
مغربي maghribi maghrebi magrebi магриби
فاسي fasi fassi фаси
يمني yamani yemeni йемени ямани
صنعاني sanani санани
حضرمي hadrami хадрами
حجازي hijazi hegazi хиджази
نجدي najdi наджди
مكي makki макки
مدني madani мадани
كويتي kuwaiti кувейти
بحراني bahrani бахрани
عماني omani омани
اردني urduni ордуни
فلسطيني filistini falastini филистини
مقدسي maqdisi макдиси
غزاوي ghazzawi газзави
خليلي khalili халили
نابلسي nabulsi nabulsy набулси
كردي kurdi kordi курди
تركي turki torki турки
عجمي ajami аджами
افغاني afghani афгани
هندي hindi хинди
فارسي farsi фарси
اصفهاني isfahani esfahani исфахани
شيرازي shirazi ширази
تبريزي tabrizi табризи
خراساني khorasani хорасани
بخاري bukhari boukhari бухари
داغستاني dagestani дагестани
شيشاني shishani chichani шишани
تميمي tamimi тамими
دليمي dulaimi dulaymi дулейми
جبوري jubouri jabouri jaburi джабури
عبيدي obaidi ubaydi обейди
عزاوي azzawi аззави
جنابي janabi джанаби
مشهداني mashhadani машхадани
بياتي bayati баяти
مالكي maliki малики
ربيعي rubaie rubai рубаи
زيدي zaidi zaydi зейди
سعدي saadi саади
خزرجي khazraji хазраджи
شمري shammari shamari шаммари
عنزي anzi anazi enezi анази
عتيبي otaibi utaybi отейби
قحطاني qahtani kahtani кахтани
غامدي ghamdi гамди
حربي harbi харби
زهراني zahrani захрани
شهري shehri shahri шехри
دوسري dosari dossari досари
مطيري mutairi mutayri мутейри
هاشمي hashimi hashemi хашими
حسيني husseini hussaini husayni хусейни
حسني hassani hasani хасани
علوي alawi alaoui алави
انصاري ansari ансари
قرشي qurashi qureshi курайши
نجار najjar naggar наджар
حداد haddad хаддад
خباز khabbaz хаббаз
خطيب khatib хатиб
قاضي qadi kadi кади
صباغ sabbagh саббаг
حلاق hallaq hallak халлак
صايغ sayegh сайег
عطار attar аттар
شيخ sheikh shaikh shaykh cheikh шейх
حاج hajj haj hadj хадж
`

// aboutPlace reports whether w, in canonical spelling, is one of the commonest
// nisbas, with or without the article.
func aboutPlace(w string) bool {
	bare := w
	for _, article := range []string{"ال", "al", "el", "аль", "эль", "ас", "аш", "ан", "ад", "ар", "ат"} {
		if s, ok := strings.CutPrefix(w, article); ok {
			bare = s
		}
	}
	return len(nisbas[w])+len(nisbas[bare]) > 0
}

var nisbas = lookup(commonNisbas)
