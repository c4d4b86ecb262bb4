package habeas

import "strings"

// publicCovers are what people are called in dossiers in other languages than
// English: plants, birds and stones, as coverNames are, and none that is also a
// given name or a common family name. Those in Russian and Ukrainian decline by
// the rules of package name.
var publicCovers = map[string][]string{
	"ru": strings.Fields(`
Ольха Осина Пихта Лиственница Черёмуха Сирень Акация Магнолия Яблоня Слива Смородина Крапива Лаванда
Фиалка Незабудка Гвоздика Мальва Астра Пион Тюльпан Шиповник Можжевельник Папоротник Подорожник Одуванчик Колокольчик
Ландыш Клевер Тростник Камыш Осока Полынь Тимьян Шафран Кипарис Кедр Каштан Орешник Бузина Ежевика Черника
Брусника Клюква Морошка Кувшинка Купальница Медуница Наперстянка Гранит Мрамор Базальт Кварц Малахит Аметист
Бирюза Опал Топаз Сапфир Изумруд Песчаник Известняк Обсидиан Кобальт Лагуна Долина Поляна Роща Тундра Дюна Скала
Метель Радуга Роса Вьюга Цапля Сойка Иволга Трясогузка Малиновка Овсянка Зарянка Горихвостка
Куропатка Перепёлка Пустельга Гагара Казарка Крачка Удод Аист Стриж Коростель Чибис
Бекас Пеликан Выдра Куница Белка Нерпа`),
	"uk": strings.Fields(`
Вільха Осика Ялиця Модрина Черемха Акація Магнолія Яблуня Смородина Кропива Лаванда Фіалка
Незабудка Гвоздика Мальва Айстра Півонія Тюльпан Шипшина Кульбаба Волошка Конвалія Конюшина Осока Шавлія Шафран Кипарис
Кедр Каштан Ліщина Бузина Ожина Чорниця Журавлина Суниця Материнка Наперстянка Граніт Мармур Базальт Кварц Бурштин
Малахіт Аметист Бірюза Опал Топаз Сапфір Смарагд Пісковик Вапняк Обсидіан Кобальт Лагуна Долина Галявина Тундра Дюна
Скеля Веселка Роса Хуртовина Ластівка Синиця Чапля Сойка Вивільга Вільшанка Вівсянка Куріпка Перепілка Плиска
Пустельга Гагара Казарка Лелека Одуд Стриж Снігур Пелікан Видра Куниця Білка Нерпа`),
	"es": strings.Fields(`
Abedul Aliso Almendro Arce Avellano Cedro Ciprés Ébano Enebro Eucalipto Jacaranda Madroño Sauce Tamarisco Tejo Brezo
Cardo Clavel Geranio Girasol Helecho Hiedra Hinojo Lavanda Lirio Malva Manzanilla Musgo Orégano Ortiga Tomillo Trébol
Zarzamora Amatista Basalto Cuarzo Granito Malaquita Mármol Obsidiana Ónice Ópalo Pizarra Topacio Turquesa Zafiro Abubilla
Avutarda Cernícalo Cigüeña Codorniz Colibrí Cormorán Gaviota Golondrina Gorrión Grulla Halcón Jilguero Lavandera Lechuza
Mirlo Petirrojo Ruiseñor Tórtola Urogallo Urraca Vencejo Zorzal Llovizna Niebla Relámpago Ventisca`),
	"fr": strings.Fields(`
Acacia Aubépine Aulne Cèdre Châtaignier Cyprès Érable Frêne Genévrier Hêtre Mélèze Noisetier Peuplier Sureau
Tilleul Bleuet Chardon Coquelicot Fougère Giroflée Glycine Jonquille Lavande Lierre Lilas Réséda Mauve Menthe Muguet Ortie
Pensée Pivoine Primevère Sauge Trèfle Tulipe Améthyste Ardoise Basalte Cobalt Granit Malachite Marbre Obsidienne Onyx
Quartz Saphir Topaze Turquoise Alouette Bécasse Bergeronnette Bouvreuil Caille Chouette Cigogne Colibri Cormoran Courlis
Engoulevent Épervier Fauvette Foulque Geai Goéland Grive Grue Héron Hirondelle Huppe Linotte Loriot Mésange Moineau
Mouette Pluvier Roitelet Rossignol Sarcelle Sittelle Tourterelle Vanneau Brume Averse`),
}

// coversIn returns the words that public cover names in a language are drawn
// from: English ones where there are none.
func coversIn(lang string) []string {
	if words := publicCovers[lang]; words != nil {
		return words
	}
	return coverNames
}
