package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"habeas/fault"
	"habeas/vault"
)

// langs has one language of each kind: of each script, and that nobody wrote down.
var langs = []string{"en", "es", "ru", "uk", "fr", "ar", ""}

func sample() Receipt { return From(sha256.Sum256([]byte("a receipt"))) }

func same(a, b Receipt) bool { return !a.IsZero() && !b.IsZero() && a.Bytes() == b.Bytes() }

func refused(err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	return ok && e.Kind() == fault.Invalid && e.Key() == "receipt.unreadable" &&
		len(e.Args()) == 1 && fault.FieldName(e.Args()[0]) == "receipt"
}

// wrote returns the receipt that eight words make.
func wrote(t *testing.T, text string) Receipt {
	t.Helper()
	r, err := Read(vault.NewText(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func in(lang string) []string {
	var all []string
	for n := range size {
		all = append(all, word(n, lang))
	}
	return all
}

// TestListsAreWhatTheyWere pins the words: receipts outlive every version. If this
// fails, change the code, not the hash.
func TestListsAreWhatTheyWere(t *testing.T) {
	for _, tc := range []struct{ lang, hash string }{
		{"en", "626c58902a8024ea640560f19f9956630b045c68b549c139edceb854b827d6f2"},
		{"es", "626c58902a8024ea640560f19f9956630b045c68b549c139edceb854b827d6f2"},
		{"ru", "3996e22b11c2ef61d7b7dde45f05f028a6a5adc1063a863628df44434b3594f5"},
		{"uk", "3996e22b11c2ef61d7b7dde45f05f028a6a5adc1063a863628df44434b3594f5"},
	} {
		h := sha256.Sum256([]byte(strings.Join(in(tc.lang), "\n")))
		if got := hex.EncodeToString(h[:]); got != tc.hash {
			t.Errorf("%s: got %s, want %s", tc.lang, got, tc.hash)
		}
	}
	const pinned = "jero kipu mari biho yuba gihu lora doli\n" + "жеро кипу мари бихо чуба гиху лора доли\n" + "0393 3851 9909 3674 9428 1642 3709 9588"
	if got := sample().Words("en").Reveal() + "\n" + sample().Words("uk").Reveal() + "\n" + sample().Digits().Reveal(); got != pinned {
		t.Errorf("got another receipt:\n%s", got)
	}
	own, pressure := sample().Confirm("en")
	if got := own.Reveal() + " " + pressure.Reveal(); got != "lenu vuyi" {
		t.Errorf("got other words to confirm: %s", got)
	}
}

func TestLists(t *testing.T) {
	if len(list()) != size || !slices.IsSorted(list()) || len(slices.Compact(slices.Clone(list()))) != size {
		t.Fatalf("the list has %d words, or they are not sorted, or not all different", len(list()))
	}
	for _, lang := range langs {
		letters := latin
		if lang == "ru" || lang == "uk" {
			letters = cyrillic
		}
		for n, w := range in(lang) {
			if len([]rune(w)) != 4 || strings.Trim(w, letters) != "" {
				t.Fatalf("%s: %s is not four letters of the script", lang, w)
			}
			if got, ok := which(w); !ok || got != n {
				t.Fatalf("%s: %s is read as %d, want %d", lang, w, got, n)
			}
		}
	}
	if a, b := []rune(latin), []rune(cyrillic); len(a) != len(b) {
		t.Errorf("%d Latin letters for %d Cyrillic", len(a), len(b))
	}
	for _, w := range strings.Fields("zhina mama мама дада doda_ ydda йака хуйо ёжик чена1 bado_ bad бад bados") {
		if _, ok := which(w); ok {
			t.Errorf("%s is a word", w)
		}
	}
}

// TestNobodyReadsThisToAStranger has its own list of what must not be there, in
// each script as people write it.
func TestNobodyReadsThisToAStranger(t *testing.T) {
	const never = `nazi rape nega nego niga nigo homo fago dike kike paki yido puta puto pute puti pedo pede
		kona kono kulo teta pito pija paja joto jode joda pene bite dupa jebe jebi fuki fuka faku foda
		nato gaza sida zulo zeta kapo huja huje huju huya huyu yebu yeba yebi mudi mude
		хуже хули хуле хера херу хери жопа жопу жопе жида жиду жиди пида пиде пидо пиди педи педо пиза
		писа писи сука суки суке суку суко сучи суча муда муде муди мудо хачи хача нахе наху похе поху
		гово гаво сере сери соси сосу зека зеки зона шизо сизо зига зиги факи факу фига фиги негр
		гада дура буча пута путе пули пуля мука муки ката кати кату горе беда раша`
	for _, w := range strings.Fields(never) {
		if _, ok := find(w); ok {
			t.Errorf("%s is a word", w)
		}
	}
	for _, w := range strings.Fields(exchange(stems+" "+unwanted, cyrillic, latin)) {
		for _, other := range list() {
			if strings.HasPrefix(other, w) {
				t.Errorf("%s is a word", other)
			}
		}
		if len(w) != 3 && len(w) != 4 || strings.Trim(w, latin) != "" {
			t.Errorf("%s is unwanted and could not be made", w)
		}
	}
}

// TestRoundTrip: in every language and in digits, however it is typed, a receipt
// is read as the one it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := From([32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")))
		a := strings.Fields(r.Words("en").Reveal())
		b := strings.Fields(r.Words("ru").Reveal())
		if len(a) != words || len(b) != words || len(r.Digits().Reveal()) != digits+words-1 {
			t.Fatalf("got %d and %d words, and %s", len(a), len(b), r.Digits())
		}
		between := rapid.SampledFrom([]string{" ", "  ", "\n", "\r\n", "\t", ", ", ",", "-", " — ", ". ", ".", "; ", "/", "\u00a0", "\u200f ", "", "\u200b"})
		var typed strings.Builder
		for i := range words {
			if rapid.Bool().Draw(t, "numbered") {
				fmt.Fprintf(&typed, "\n%d%s", i+1, rapid.SampledFrom([]string{".", ") ", ": ", " ", ""}).Draw(t, "numbering"))
			}
			w := rapid.SampledFrom([]string{a[i], b[i]}).Draw(t, "script")
			switch rapid.IntRange(0, 3).Draw(t, "case") {
			case 1:
				w = strings.ToUpper(w)
			case 2:
				first := w[:len(w)/4]
				w = strings.ToUpper(first) + strings.TrimPrefix(w, first)
			}
			typed.WriteString(w + between.Draw(t, "between"))
			if i < words-1 {
				typed.WriteString(rapid.SampledFrom([]string{"", " "}).Draw(t, "space"))
			}
		}
		for _, text := range []string{typed.String(), r.Digits().Reveal(), strings.ReplaceAll(r.Digits().Reveal(), " ", between.Draw(t, "between digits"))} {
			if got, err := Read(vault.NewText(text)); err != nil || !same(got, r) {
				t.Fatalf("%q: got %v, or another receipt than %v", text, err, a)
			}
		}
	})
}

// TestKeyboardInTheOtherLayout types every receipt on the wrong keyboard.
func TestKeyboardInTheOtherLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := From([32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")))
		lang := rapid.SampledFrom([]string{"en", "ru"}).Draw(t, "lang")
		from, to := cyrillicKeys, latinKeys
		if lang == "en" {
			from, to = latinKeys, cyrillicKeys
			if rapid.Bool().Draw(t, "Ukrainian") {
				to = strings.NewReplacer("ы", "і", "ъ", "ї", "э", "є").Replace(to)
			}
		}
		text := exchange(r.Words(lang).Reveal(), from, to)
		if rapid.Bool().Draw(t, "large") {
			text = strings.ToUpper(text)
		}
		if got, err := Read(vault.NewText(text)); err != nil || !same(got, r) {
			t.Fatalf("%q: got %v, or another receipt", text, err)
		}
	})
}

func TestTypedByAPerson(t *testing.T) {
	const text, cyr = "bado gule hoti kame lopu nesa pabi rako", "бадо гуле хоти каме лопу неса паби рако"
	r := wrote(t, text)
	for name, typed := range map[string]string{
		"Cyrillic":             cyr,
		"large":                strings.ToUpper(cyr),
		"as a sentence":        "Bado, gule, hoti, kame — lopu, nesa, pabi, rako.",
		"numbered":             "1. bado\n2. gule\n3. hoti\n4. kame\n5. lopu\n6. nesa\n7. pabi\n8. rako\n",
		"numbered, in a line":  "1) bado 2) gule 3)hoti 4)kame 5 lopu 6: nesa 7 - pabi (8) rako",
		"numbered in Arabic":   "١. bado\n٢. gule\n٣. hoti\n٤. kame\n٥. lopu\n٦. nesa\n٧. pabi\n٨. rako",
		"numbered in Persian":  "۱) bado ۲) gule ۳) hoti ۴) kame ۵) lopu ۶) nesa ۷) pabi ۸) rako",
		"partly numbered":      "bado gule hoti kame\n5. lopu nesa pabi rako",
		"together":             "badogulehotikamelopunesapabirako",
		"two and two":          "badogule hotikame lopunesa пабирако",
		"mixed lists":          "bado гуле hoti каме lopu неса pabi рако",
		"full-width":           "ｂａｄｏ　ｇｕｌｅ　ｈｏｔｉ　ｋａｍｅ　ｌｏｐｕ　ｎｅｓａ　ｐａｂｉ　ｒａｋｏ",
		"with stress":          "ба́до гу́ле хо́ти ка́ме ло́пу не́са па́би ра́ко",
		"with accents":         "bádo gülé hōtì kamë lópú ñesa pâbi råko",
		"dots that got there":  "бадо гулё хоти каме лопу неса паби рако",
		"invisible signs":      "\ufeff\u200ebado gule\u200f hoti ka\u00adme lopu\u2060 nesa pabi rako",
		"Latin a, e, o":        "бaдo гулe хoти кaмe лoпу нecа пaби рако",
		"Cyrillic а, о, р":     "bаdо gulе hоti kаmе lорu nеsа раbi rаkо",
		"Latin x, m, t, y":     "бадо гyле xoти кaмe лoпy неса паби рако",
		"large look-alikes":    "БAДO ГУЛE ХOTИ КAМE ЛOПУ НEСA ПAБИ РАКО",
		"on a Latin keyboard":  ",flj uekt [jnb rfvt kjge ytcf gf,b hfrj",
		"on a Russian one":     "ифвщ пгду рщеш лфьу дщзг туыф зфиш кфлщ",
		"on a Ukrainian one":   "ИФВЩ ПГДУ РЩЕШ ЛФЬУ ДЩЗГ ТУІФ ЗФИШ КФЛЩ",
		"a comma on that":      "ифвщ, пгду, рщеш, лфьу, дщзг, туыф, зфиш, кфлщ.",
		"one word there":       "bado gule hoti kame lopu nesa зфиш rako",
		"one word with commas": "bado,gule,hoti,kame,lopu,nesa,зфиш,rako",
		"one Cyrillic word":    "бадо гуле [jnb каме лопу неса паби рако",
		"numbered on that":     "1/ ,flj 2/ uekt 3/ [jnb 4/ rfvt 5/ kjge 6/ ytcf 7/ gf,b 8/ hfrj",
	} {
		if got, err := Read(vault.NewText(typed)); err != nil || !same(got, r) {
			t.Errorf("%s: got %v, or another receipt", name, err)
		}
	}
	s := sample()
	d := s.Digits().Reveal()
	for name, zero := range map[string]rune{"Arabic": '٠', "Persian": '۰', "full-width": '０'} {
		typed := strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return c - '0' + zero
			}
			return c
		}, d)
		for _, typed := range []string{typed, strings.ReplaceAll(typed, " ", ""), strings.ReplaceAll(typed, " ", " - "), typed + "."} {
			if got, err := Read(vault.NewText(typed)); err != nil || !same(got, s) {
				t.Errorf("digits, %s: got %v, or another receipt", name, err)
			}
		}
	}
}

// TestNeverGuesses: what is not certainly a receipt is refused, always with the
// same fault.
func TestNeverGuesses(t *testing.T) {
	const seven = "bado gule hoti kame lopu nesa pabi "
	end := bound().String()
	last := new(big.Int).Sub(bound(), big.NewInt(1)).String()
	for name, typed := range map[string]string{
		"nothing":                 "",
		"signs":                   " ,.-\n",
		"seven words":             seven,
		"nine words":              seven + "rako zuwa",
		"a fifth letter":          seven + "rakos",
		"a letter less":           seven + "rak",
		"letters apart":           seven + "ra ko",
		"a letter that went over": "badog ule hoti kame lopu nesa pabi rako",
		"a word like one":         seven + "rakc",
		"a doubled syllable":      seven + "rara",
		"an unwanted word":        seven + "суки",
		"a word with a Latin ch":  seven + "chako",
		"two that it could be":    seven + "pока", // рока and пока
		"another alphabet":        seven + "ρακο",
		"words and digits":        seven + "1234",
		"another place":           "1. bado 3. gule 2. hoti kame lopu nesa pabi rako",
		"a ninth place":           seven + "rako 9",
		"31 digits":               strings.Repeat("1", 31),
		"33 digits":               strings.Repeat("0", 33),
		"the first that is none":  end,
		"nines":                   strings.Repeat("9", 32),
		"digits and a letter":     strings.Repeat("0", 31) + "o",
		"other digits":            strings.Repeat("०", 32),
		"too long":                seven + "rako" + strings.Repeat(" ", most),
		"a sign that is many":     strings.Repeat("\ufdfa", most/3),
		"bytes":                   "\xff\xfe",
	} {
		if r, err := Read(vault.NewText(typed)); !refused(err) || !r.IsZero() {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if len(end) != digits || len(last) != digits {
		t.Fatalf("the bound has %d digits", len(end))
	}
	for typed, want := range map[string]string{last: strings.Repeat(word(size-1, "en")+" ", 8), strings.Repeat("0", 32): strings.Repeat(word(0, "en")+" ", 8)} {
		if got := wrote(t, typed).Words("en").Reveal(); got != strings.TrimSpace(want) {
			t.Errorf("%s: got %s", typed, got)
		}
	}
}

// TestFrom: 32 bytes are reduced, not cut.
func TestFrom(t *testing.T) {
	var secret [32]byte
	bound().FillBytes(secret[:])
	if r := From(secret); r.IsZero() || r.Bytes() != [16]byte{} || strings.Trim(r.Digits().Reveal(), "0 ") != "" {
		t.Error("the bound is not nought")
	}
	secret[31]++
	if r := From(secret); r.Bytes() != [16]byte{15: 1} || !strings.HasSuffix(r.Digits().Reveal(), " 0001") {
		t.Error("one more than the bound is not one, most significant byte first")
	}
	secret[0] = 0x80
	if same(From(secret), From([32]byte{31: secret[31]})) {
		t.Error("the first byte does not count")
	}
}

func TestConfirm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := From([32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")))
		lang := rapid.SampledFrom(langs).Draw(t, "lang")
		own, pressure := r.Confirm(lang)
		all := append(strings.Fields(r.Words(lang).Reveal()), own.Reveal(), pressure.Reveal())
		slices.Sort(all[:8])
		if slices.Contains(all[:9], all[9]) || slices.Contains(all[:8], all[8]) {
			t.Fatalf("%q: a word to confirm is there twice", all)
		}
		for _, other := range langs {
			own, pressure := r.Confirm(other)
			for i, w := range []string{own.Reveal(), pressure.Reveal()} {
				for _, typed := range []string{w, strings.ToUpper(w), " 1) " + w + ".\n", exchange(w, cyrillicKeys, latinKeys), exchange(w, latinKeys, cyrillicKeys)} {
					isOwn, isPressure := r.Confirms(vault.NewText(typed))
					if isOwn != (i == 0) || isPressure != (i == 1) {
						t.Fatalf("%q: got %v and %v", typed, isOwn, isPressure)
					}
				}
			}
		}
		for _, typed := range append(all[:8:8], "", "zzzz", own.Reveal()+" "+pressure.Reveal(), own.Reveal()+own.Reveal(), own.Reveal()[:3], own.Reveal()+"a", r.Digits().Reveal(), own.Reveal()+strings.Repeat(" ", most), strings.Repeat("\ufdfa", most/3)) {
			if own, pressure := r.Confirms(vault.NewText(typed)); own || pressure {
				t.Fatalf("%q confirms", typed)
			}
		}
	})
}

// TestConfirmOnAnotherKeyboard: of this receipt a word, дуру, has the keys of lehe, which
// was drawn for pressure: nobody is taken for pressed who types a word of the receipt.
func TestConfirmOnAnotherKeyboard(t *testing.T) {
	r := From([32]byte{0x2, 0x6d, 0xc5, 0x1, 0x1, 0xc9, 0xff, 0x48, 0x0, 0x5e, 0xe2, 0xe, 0x9, 0x2, 0x24, 0xbe, 0x8, 0x0, 0x9d, 0x16, 0xde, 0x1, 0xa, 0x23, 0xff, 0x23, 0x10, 0xff, 0x2, 0x5, 0x0, 0xed})
	if !slices.Contains(strings.Fields(r.Words("ru").Reveal()), "дуру") {
		t.Fatal("the receipt has other words")
	}
	if own, pressure := r.Confirms(vault.NewText("дуру")); own || pressure {
		t.Error("a word of the receipt confirms")
	}
}

// TestNoReceipt: the zero Receipt gives nothing away and makes no key.
func TestNoReceipt(t *testing.T) {
	var r Receipt
	own, pressure := r.Confirm("en")
	yes, pressed := r.Confirms(own)
	if !r.IsZero() || sample().IsZero() || !r.Words("en").Empty() || !r.Digits().Empty() || !own.Empty() || !pressure.Empty() || yes || pressed {
		t.Error("no receipt is one")
	}
	defer func() {
		if recover() == nil {
			t.Error("no receipt has bytes")
		}
	}()
	r.Bytes()
}

// TestDoesNotPrint: a receipt does not come out in a log line or a page.
func TestDoesNotPrint(t *testing.T) {
	r := From([32]byte{20: 0xab, 21: 0xab, 22: 0xab, 23: 0xab, 24: 0xab, 25: 0xab, 26: 0xab, 27: 0xab, 28: 0xab, 29: 0xab, 30: 0xab, 31: 0xab})
	type holds struct {
		Receipt Receipt
		own     Receipt
		of      []Receipt
		at      *Receipt
	}
	h := holds{r, r, []Receipt{r}, &r}
	b := r.Bytes()
	secrets := append(strings.Fields(r.Words("en").Reveal() + " " + r.Words("uk").Reveal() + " " + r.Digits().Reveal())[1:], string(b[8:]), "abab", "ABAB", "171 171", "q6ur", "253 253")
	secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == "0000" })
	silent := func(how, got string) {
		t.Helper()
		for _, s := range secrets {
			if len(s) > 4 && strings.Contains(got, s) || strings.Contains(strings.ToLower(got), "abab") {
				t.Errorf("%s prints %s", how, got)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%o", "%b", "%c", "%U", "%e", "%t", "%p"} {
		for _, x := range []any{r, &r, h, &h, []Receipt{r}, map[string]Receipt{"r": r}, r.Words("en"), r.Digits()} {
			silent(verb, fmt.Sprintf(verb, x))
		}
	}
	for _, x := range []any{r, &r, h, []Receipt{r}} {
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		silent("JSON", string(text))
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "r", x)
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "r", x)
		silent("slog", log.String())
	}
}

// FuzzRead: whatever is typed is a receipt that prints and reads back as the same,
// or the fault.
func FuzzRead(f *testing.F) {
	r := sample()
	for _, s := range []string{r.Words("en").Reveal(), r.Words("ru").Reveal(), r.Digits().Reveal(),
		",flj uekt [jnb rfvt kjge ytcf gf,b hfrj", "ифвщ пгду рщеш лфьу дщзг туыф зфиш кфлщ", "1. bado 2) gule", "\ufdfa", "İ", "ё`'ґ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		r, err := Read(vault.NewText(typed))
		if err != nil {
			if !refused(err) || !r.IsZero() {
				t.Fatalf("got %v", err)
			}
			return
		}
		for _, text := range []vault.Text{r.Words("en"), r.Words("ru"), r.Digits()} {
			if got, err := Read(text); err != nil || !same(got, r) {
				t.Fatalf("%q is read as another: %v", text.Reveal(), err)
			}
		}
		if own, pressure := r.Confirms(vault.NewText(typed)); own || pressure {
			t.Fatal("a receipt confirms itself")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	r := sample()
	for name, text := range map[string]string{
		"latin": r.Words("en").Reveal(), "cyrillic": r.Words("ru").Reveal(), "digits": r.Digits().Reveal(),
		"layout": ",flj uekt [jnb rfvt kjge ytcf gf,b hfrj", "worst": strings.Repeat("б,", most/3),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Read(vault.NewText(text))
			}
		})
	}
}
