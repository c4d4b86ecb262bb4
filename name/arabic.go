package name

import (
	"slices"
	"strings"
)

// arabicNames holds given names common among Arabic speakers and those who took
// their names over, one a line: in Arabic, then as English, French and others write
// them in Latin, then in Cyrillic. Short vowels are not written in Arabic, so no
// rule gives them. Canonical spelling.
const arabicNames = `
محمد muhammad mohammed mohamed mohammad mohamad mouhamad muhammed mohamet мухаммад мохаммед мухаммед мохамед магомед мухамед
احمد ahmad ahmed ahmet ахмад ахмед ахмат
محمود mahmoud mahmud mahmood махмуд
حسين hussein hussain husayn hussayn houssein husein hossein хусейн хуссейн гусейн хосейн
حسن hassan hasan hacen хасан хассан гасан
علي ali aly али
عمر omar umar omer oumar омар умар омер
عثمان othman uthman osman ousmane осман усман
يوسف youssef yusuf yousef yousuf yussuf youcef юсуф юсеф юсиф
ابراهيم ibrahim ebrahim brahim ибрагим ибрахим эбрахим
اسماعيل ismail ismael esmail измаил исмаил
خالد khaled khalid халед халид
مصطفي mustafa mostafa moustafa moustapha мустафа мостафа
عبدالله abdullah abdallah abdulla abdoullah абдулла абдуллах абдалла
عبدالرحمن abdulrahman abdelrahman abdurrahman abderrahmane abdalrahman абдуррахман абдурахман абдулрахман
سعيد said saeed saied саид сеид
سليمان sulayman suleiman soliman sulaiman slimane сулейман солиман
طارق tariq tarek tareq тарик тарек
فاطمه fatima fatma fatimah fatema фатима фатма фатема
عايشه aisha aicha ayesha aysha айша аиша
مريم maryam mariam meryem miriam марьям мариам мириам
زينب zaynab zainab zeinab zineb зейнаб зайнаб зейнеб
خديجه khadija khadijah hadija хадиджа хадижа
جمال jamal gamal djamal джамал гамаль джамаль
نور nour noor nur нур
كريم karim kareem карим
رشيد rashid rachid rasheed рашид
ياسر yasser yasir yaser ясир яссер ясер
بشار bashar bachar башар
مجيد majid majeed madjid маджид меджид
قاسم qasim kassem qassem kasim касим кассем
`

var arabicLines = lookup(arabicNames)

// lookup maps every word of list to the lines it stands in.
func lookup(list string) map[string][][]string {
	m := map[string][][]string{}
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		for _, w := range words {
			m[w] = append(m[w], words)
		}
	}
	return m
}

// sameArabic returns the other spellings, in three scripts, of a name of Arabic
// origin.
func sameArabic(w string) []string {
	var out []string
	for _, line := range arabicLines[w] {
		out = append(out, line...)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == w })
}

// attached returns an Arabic word with what is written together with it: and, so,
// by, for, like, and the article, which a name may also lose.
func attached(w string) []string {
	bare, had := strings.CutPrefix(w, "ال")
	if !had || len(bare) < 2*2 {
		bare = w
	}
	out := []string{bare, "ال" + bare, "لل" + bare, "ولل" + bare}
	for _, with := range []string{bare, "ال" + bare} {
		for _, before := range []string{"و", "ف", "ب", "ل", "ك", "وب", "ول"} {
			out = append(out, before+with)
		}
	}
	return out
}

// isArabic reports whether w begins with an Arabic letter.
func isArabic(w string) bool {
	for _, c := range w {
		return c >= 0x620 && c < 0x700
	}
	return false
}
