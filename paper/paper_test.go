package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"habeas/fault"
	"habeas/vault"
)

func sample(t testing.TB, kind Kind) Sheet {
	t.Helper()
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(i*7 + 1)
	}
	seed, err := vault.SeedFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return Sheet{kind, [4]byte{0xde, 0xad, 0xbe, 0xef}, seed}
}

func key(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key()
	}
	return fmt.Sprint(err)
}

func group(err error) int {
	if e, ok := errors.AsType[*fault.Error](err); ok && len(e.Args()) == 1 {
		return int(e.Args()[0].(fault.Count))
	}
	return 0
}

// TestSheetIsWhatItWas pins what is on paper: sheets outlive every version.
func TestSheetIsWhatItWas(t *testing.T) {
	s := sample(t, First)
	if got := s.Text().Reveal(); len(got) != 16*5+15 || strings.Count(got, "\n") != 3 {
		t.Fatalf("got %q (%d), want 16 groups in four lines", got, len(got))
	}
	const pinned = "07FATVFQF90440QY5GXS4GNK74EA0A8X75AAQ338D9RQZGZW6BHPA91Q8N9RP2VV7XHECXTFDCZMCZ6V"
	got := strings.Join(strings.Fields(s.Text().Reveal()), "")
	if got != pinned || s.Check() != "D6V-KHV" {
		t.Errorf("got %s and %s, want %s", got, s.Check(), pinned)
	}
}

// TestSheetTypedByAPerson: in any letters and with any spaces it is the same sheet.
func TestSheetTypedByAPerson(t *testing.T) {
	s := sample(t, Pepper)
	text := s.Text().Reveal()
	for name, typed := range map[string]string{
		"as printed":  text,
		"small":       strings.ToLower(text),
		"one line":    strings.Join(strings.Fields(text), ""),
		"dashes":      strings.NewReplacer(" ", "-", "\n", " — ").Replace(text),
		"o for 0":     strings.ReplaceAll(text, "0", "o"),
		"l for 1":     strings.ReplaceAll(text, "1", "l"),
		"in Cyrillic": strings.NewReplacer("A", "А", "B", "в", "E", "Е", "K", "К", "M", "М", "H", "Н", "P", "Р", "C", "С", "T", "Т", "X", "Х", "Y", "У").Replace(text),
	} {
		got, err := Read(vault.NewText(typed))
		if err != nil || got.Kind != Pepper || got.Tag != s.Tag || !bytes.Equal(got.Secret.Bytes(), s.Secret.Bytes()) {
			t.Errorf("%s: got kind %d and %v", name, got.Kind, err)
		}
		if got.Secret.Bytes() != nil && !SameCheck(strings.ToLower(strings.ReplaceAll(s.Check(), "-", " ")), got.Check()) {
			t.Errorf("%s: the check code is another", name)
		}
	}
	if SameCheck("", s.Check()) || SameCheck(s.Check()+"0", s.Check()) || SameCheck("000-000", s.Check()) || SameCheck("", "") {
		t.Error("a wrong check code is taken for the right one")
	}
}

// TestMistakeIsLocated makes every single wrong sign and every two that changed
// places: each is found, in its group.
func TestMistakeIsLocated(t *testing.T) {
	s := sample(t, Second)
	flat := strings.Join(strings.Fields(s.Text().Reveal()), "")
	try := func(typed string, want int) {
		t.Helper()
		_, err := Read(vault.NewText(typed))
		if key(err) != "paper.group" || group(err) != want {
			t.Fatalf("%s: got %s in group %d, want it in group %d", typed, key(err), group(err), want)
		}
	}
	for i := range flat {
		for _, c := range alphabet {
			if byte(c) != flat[i] {
				try(flat[:i]+string(c)+flat[i+1:], i/5+1)
			}
		}
		for j := i + 1; j < (i/5+1)*5; j++ {
			if flat[i] != flat[j] {
				b := []byte(flat)
				b[i], b[j] = b[j], b[i]
				try(string(b), i/5+1)
			}
		}
	}
	for g := range 15 { // two groups in each other's place
		b := flat[:g*5] + flat[g*5+5:g*5+10] + flat[g*5:g*5+5] + flat[g*5+10:]
		try(b, g+1)
	}
	fields := strings.Fields(s.Text().Reveal())
	for g, short := range fields {
		typed := strings.Join(fields[:g], " ") + " " + short[:4] + " " + strings.Join(fields[g+1:], " ")
		_, err := Read(vault.NewText(typed))
		if key(err) != "paper.group_length" || group(err) != g+1 {
			t.Errorf("a sign missing in group %d: got %s in %d", g+1, key(err), group(err))
		}
	}
	for typed, want := range map[string]string{
		"": "paper.empty", "\n- ": "paper.empty", flat + flat: "paper.length", strings.Repeat("0", 2000): "paper.too_long",
		flat[:79] + "!": "paper.bad_sign", strings.Repeat("0", 80): "paper.group",
	} {
		if _, err := Read(vault.NewText(typed)); key(err) != want {
			t.Errorf("%.20q: got %s, want %s", typed, key(err), want)
		}
	}
}

func TestHalves(t *testing.T) {
	seed := sample(t, First).Secret
	tag := [4]byte{1, 2, 3, 4}
	a, b := Split(seed, First, tag)
	for _, pair := range [][2]Sheet{{a, b}, {b, a}} {
		if got, err := Join(pair[0], pair[1]); err != nil || !bytes.Equal(got.Bytes(), seed.Bytes()) {
			t.Errorf("two halves do not make the whole: %v", err)
		}
	}
	if bytes.Equal(a.Secret.Bytes(), seed.Bytes()) || bytes.Equal(b.Secret.Bytes(), seed.Bytes()) {
		t.Error("one half is the whole")
	}
	a2, b2 := Split(seed, First, [4]byte{5})
	c, d := Split(seed, SuccessionFirst, tag)
	for name, tc := range map[string]struct {
		x, y Sheet
		want string
	}{
		"twice the same":     {a, a, "paper.same_half"},
		"two first halves":   {a, a2, "paper.same_half"},
		"of two sets":        {a, b2, "paper.other_set"},
		"the pepper's":       {a, Sheet{Pepper, tag, seed}, "paper.pepper_not_half"},
		"of two kinds":       {a, d, "paper.other_set"},
		"second of another":  {b, c, "paper.other_set"},
		"succession, itself": {c, c, "paper.same_half"},
	} {
		if _, err := Join(tc.x, tc.y); key(err) != tc.want {
			t.Errorf("%s: got %s, want %s", name, key(err), tc.want)
		}
	}
	if _, err := Join(c, d); err != nil {
		t.Error(err)
	}
}

// TestSheetDoesNotPrint: whatever prints a sheet prints no secret.
func TestSheetDoesNotPrint(t *testing.T) {
	s := sample(t, First)
	for _, out := range []string{fmt.Sprintf("%v %+v %#v %x %d", s, s, s, s, s), fmt.Sprint(s.Text()), fmt.Sprint(Words(8))} {
		if strings.Contains(out, s.Text().Reveal()[:11]) || strings.Contains(out, fmt.Sprintf("%x", s.Secret.Bytes()[:8])) || strings.Contains(out, "1 8 15 22 29") {
			t.Errorf("got %q", out)
		}
	}
}

func TestWords(t *testing.T) {
	if n := len(list()); n < 6200 || n > 6320 {
		t.Errorf("got %d words", n)
	}
	for i, w := range list() {
		if i > 0 && list()[i-1] >= w {
			t.Fatalf("%s and %s are not in order, so words would not be known again", list()[i-1], w)
		}
	}
	seen := map[string]bool{}
	for range 200 {
		code := Words(CodeWords).Reveal()
		if len(strings.Fields(code)) != CodeWords || seen[code] {
			t.Fatalf("got %q", code)
		}
		seen[code] = true
		for _, w := range strings.Fields(code) {
			if !known(w) {
				t.Errorf("%s is not known", w)
			}
		}
		typed := " " + strings.ToUpper(strings.ReplaceAll(code, " ", "-\n")) + ". "
		if got := Plain(vault.NewText(typed)).Reveal(); got != code {
			t.Errorf("got %q, want %q", got, code)
		}
	}
	if known("nazi") || known("baba") || known("word") {
		t.Error("a word is known that should not be")
	}
}

func TestJudge(t *testing.T) {
	for _, tc := range []struct {
		pass string
		own  []string
		want Strength
	}{
		{"", nil, Weak},
		{"password", nil, Weak},
		{"P4$$w0rd2024!", nil, Weak},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", nil, Weak},
		{"qwertyuiop asdfghjkl zxcvbnm 1234567890", nil, Weak},
		{"12345678901234567890", nil, Weak},
		{"correct horse battery staple", nil, Weak},
		{"habeas corpus habeas corpus habeas corpus", nil, Weak},
		{"river river river river river", nil, Weak},
		{"йцукенгшщзхъфывапролдж", nil, Weak},
		{"vera lantern orchard", []string{"vera"}, Weak},
		{"lantern orchard seven zelenkova", []string{"Vera Zelenkova"}, Weak},
		{"lantern orchard seven rivers", []string{"vera"}, Fair},
		{"quiet harbour under lantern", nil, Fair},
		{"фонарь лодка берег медленно", nil, Fair},
		{"quiet harbour under lantern beside copper", nil, Good},
		{"kX9#mQ2v!Lp7", nil, Good},
		{"kX9#mQ2v!Lp7wZ4", nil, Strong},
		{"quiet harbour under lantern beside copper windows", nil, Strong},
	} {
		if got := Judge(vault.NewText(tc.pass), tc.own...); got != tc.want {
			t.Errorf("%q: got %s (%.1f bits), want %s", tc.pass, got.Word(), bits(tc.pass, tc.own), tc.want.Word())
		}
	}
	for range 50 {
		if offered := Words(PhraseWords); Judge(offered) != Strong {
			t.Errorf("an offered passphrase is only %s: %q", Judge(offered).Word(), offered.Reveal())
		}
	}
}

// FuzzRead: whatever is typed is a sheet that prints as it was read, or a fault
// with words.
func FuzzRead(f *testing.F) {
	s := sample(f, First)
	f.Add(s.Text().Reveal())
	f.Add(strings.ToLower(s.Text().Reveal()))
	f.Add("\xff\x00 OIlU Ж")
	f.Add(strings.Repeat("0", 80))
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := Read(vault.NewText(typed))
		if err != nil {
			if !strings.HasPrefix(key(err), "paper.") {
				t.Fatalf("got %v", err)
			}
			return
		}
		again, err := Read(got.Text())
		if err != nil || again.Text().Reveal() != got.Text().Reveal() {
			t.Fatalf("a sheet that was read is not the same when printed: %v", err)
		}
	})
}

// FuzzJudge: no passphrase takes long or breaks the measure.
func FuzzJudge(f *testing.F) {
	f.Add("quiet harbour", "vera")
	f.Add("\xff\xfe$@", "")
	f.Fuzz(func(t *testing.T, pass, own string) {
		if s := Judge(vault.NewText(pass), own); s > Strong {
			t.Fatal(s)
		}
		Plain(vault.NewText(pass))
	})
}
