package gate

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Invented identifiers of the plain kinds, as people write them.
func TestIdentifiers(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"тел. 8(912)345-67-89 доб. 12, моб: +380 67 123 45 67", "phone 8(912)345-67-89 доб. 12, phone +380 67 123 45 67"},
		{"Call 020 7946 0123 x45 or (212) 555-0142.", "phone 020 7946 0123 x45, phone (212) 555-0142"},
		{"٠٥٠١٢٣٤٥٦٧ هاتف", "phone ٠٥٠١٢٣٤٥٦٧"},
		{"IBAN UA21 3223 1300 0002 6007 2335 6600 1.", "iban UA21 3223 1300 0002 6007 2335 6600 1"},
		{"Карта 4000 0000 0000 0002, ИНН 500100732259.", "card 4000 0000 0000 0002, personal 500100732259"},
		{"СНИЛС 112-233-445 95; PESEL 44051401359", "personal 112-233-445 95, personal 44051401359"},
		{"адрес 192.168.10.254, 2001:db8::ff00:42:8329", "ip 192.168.10.254, ip 2001:db8::ff00:42:8329"},
		{"с 1.10.10.10 и 10.10.10.10", "ip 1.10.10.10, ip 10.10.10.10"},
		{"MAC 00:1a:2b:3c:4d:5e", "device 00:1a:2b:3c:4d:5e"},
		{"Паспорт серия 45 07 № 123456, паспорт АА123456.", "passport 45 07 № 123456, passport АА123456"},
		{"кошелёк 0x52908400098527886E0F7030069857D2E4169EE7", "crypto 0x52908400098527886E0F7030069857D2E4169EE7"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "crypto bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"Сидели: 37U CP 12345 67890.", "coordinates 37U CP 12345 67890"},
		{"войсковая часть № 12345; полевая почта 54321", "unit войсковая часть № 12345, unit полевая почта 54321"},
		{"ул. Садовая, д. 5, кв. 3", "address ул. Садовая, д. 5, кв. 3"},
		{"вул. Шевченка, 12, и 14 Crown Street.", "address вул. Шевченка, 12, address 14 Crown Street."},
		{"машина А123ВС77 и АА1234ВС", "plate А123ВС77, plate АА1234ВС"},
		{"родился 12.05.1990; 3.04.1985 г.р.", "birth 12.05.1990, birth 3.04.1985"},
		{"vk.com/id12345, example.org", "handle vk.com/id12345, url example.org"},
		{"Потеряли 12 500 000 и 45 000 человек, версия 1.2.3.4.", ""},
	} {
		var got []string
		for _, s := range Identifiers(test.text) {
			got = append(got, s.Why+" "+test.text[s.Start:s.End])
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, strings.Join(got, ", "), test.want)
		}
	}
}

// An identifier made at random, with right check digits, is found with its exact
// ends wherever it stands.
func TestIdentifiersAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := func(n int) string { return rapid.StringMatching(fmt.Sprintf(`[0-9]{%d}`, n)).Draw(t, "digits") }
		var made, why string
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			made, why = completed("4"+digits(14), luhn), WhyCard
		case 1:
			made, why = "+380"+digits(9), WhyPhone
		case 2:
			made, why = rapid.StringMatching(`[a-z][a-z0-9]{2,8}`).Draw(t, "box")+"@example.org", WhyEmail
		case 3:
			body := rapid.StringMatching(`[A-Z]{4}[0-9]{14}`).Draw(t, "account")
			for n := 2; n < 99; n++ {
				if made = fmt.Sprintf("GB%02d%s", n, body); iban(made) > 0 {
					break
				}
			}
			why = WhyIBAN
		case 4:
			made, why = fmt.Sprintf("%d.%d.%d.%d", rapid.IntRange(1, 255).Draw(t, "a"), rapid.IntRange(0, 255).Draw(t, "b"), rapid.IntRange(0, 255).Draw(t, "c"), rapid.IntRange(0, 255).Draw(t, "d")), WhyIP
		case 5:
			d := digits(10)
			a := weigh(d, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10
			d += fmt.Sprint(a)
			made, why = d+fmt.Sprint(weigh(d, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10), WhyPersonal
			if strings.HasPrefix(made, "380") || strings.HasPrefix(made, "375") || made[0] == '0' {
				t.Skip("may be a telephone number as well")
			}
		}
		head := rapid.SampledFrom([]string{"", "Он дал ", "(", "see ", "Ночью писали: ", "نص "}).Draw(t, "before")
		tail := rapid.SampledFrom([]string{"", ".", ", потом ушёл", ") and left", "\nдальше", "; نص"}).Draw(t, "after")
		text := head + made + tail
		for _, s := range Identifiers(text) {
			if s == (Span{len(head), len(head) + len(made), why}) {
				return
			}
		}
		t.Fatalf("%s of %q not found: %v", why, text, Identifiers(text))
	})
}

// completed appends the digit with which d passes the check.
func completed(d string, check func(string) bool) string {
	for c := byte('0'); c <= '9'; c++ {
		if check(d + string(c)) {
			return d + string(c)
		}
	}
	return d
}

func FuzzSuspects(f *testing.F) {
	for _, s := range []string{"Кузьма Ходырев, +7 (912) 345-67-89", "a@b.cc 1.2.3.4 ул. Садовая, 5", "GB82WEST12345698765432", "48°07′24″", "\xff1@\xd9", "٠٥٠ محمد بن علي", "«Труд» 12 мая 1999", "::1 № (+", "İ 12 İİİ x45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, s := range Suspects(text, nil) {
			if s.Start < end || s.End <= s.Start || s.End > len(text) || s.Why == "" {
				t.Fatalf("%+v after %d in %q", s, end, text)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Fatalf("%+v cuts a character of %q", s, text)
			}
			end = s.End
		}
		SuspectKey(text)
	})
}
