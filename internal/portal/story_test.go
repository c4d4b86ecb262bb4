package portal

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAMotherWritesAndComesBack(t *testing.T) {
	o := opened(t)
	once := o.get("/en/write").hidden(onceField)
	photos := []sentFile{{"one.jpg", strings.Repeat("a", 100_000)}, {"two.jpg", "b"}, {"", ""}}
	p := o.attach("/en/write", photos, onceField, once, textField, "He was taken on the road.", "ask.since", "July",
		urgentField, "yes", useField, "court", useField, "un", namedField, "none", placeField, "country", delayField, "30")
	o.says(p, "en", "portal.receipt.taken")
	digits := p.digits()
	shown := regexp.MustCompile(`<li><bdi translate="no">([^<0-9]+)</bdi></li>`).FindAllStringSubmatch(p.body, -1)
	if len(digits) != digitsLen || len(shown) != 8 {
		t.Fatalf("the receipt has digits %q and %d words", digits, len(shown))
	}
	var typed []string
	for _, w := range shown {
		typed = append(typed, strings.ToUpper(w[1]))
	}

	for _, receipt := range []string{digits, strings.ReplaceAll(digits, " ", ""), strings.Join(typed, "  ")} {
		p = o.back(receipt)
		o.says(p, "en", "portal.talk.unopened")
	}
	for _, want := range []string{`value="court" checked`, `value="un" checked`, `value="none" checked`, `value="country" checked`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the conversation does not show %s", want)
		}
	}
	if strings.Contains(p.body, "on the road") {
		t.Error("the conversation shows the letter")
	}

	ticket, once := p.hidden(ticketField), p.hidden(onceField)
	p = o.attach("/en/reply", photos[:1], ticketField, ticket, onceField, once, textField, "She called.", urgentField, "no")
	o.says(p, "en", "portal.done.reply")
	again := o.attach("/en/reply", photos[:1], ticketField, ticket, onceField, once, textField, "She called.", urgentField, "no")
	o.says(again, "en", "portal.done.reply")
	if n := strings.Count(again.body, words(t, "en")["portal.talk.unopened"]); n != 2 {
		t.Errorf("%d letters after a reply that was sent twice, want 2", n)
	}

	p = o.send("/en/uses", ticketField, p.hidden(ticketField), useField, "lawyer", namedField, "cover", placeField, "region")
	o.says(p, "en", "portal.done.uses")
	o.says(p, "en", "portal.talk.held")
	if !strings.Contains(p.body, `value="lawyer" checked`) || strings.Contains(p.body, `value="court" checked`) {
		t.Error("the change is not shown")
	}
}

func TestTheSameFormTwiceIsOneLetter(t *testing.T) {
	o := opened(t)
	once := o.get("/en/write").hidden(onceField)
	photo := []sentFile{{"one.jpg", "a"}}
	first := o.attach("/en/write", photo, onceField, once, textField, "x")
	second := o.attach("/en/write", photo, onceField, once, textField, "x")
	if first.body != second.body || first.digits() == "" {
		t.Error("the same form sent twice shows two different pages")
	}
	if n := strings.Count(o.back(first.digits()).body, words(t, "en")["portal.talk.unopened"]); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
	for what, other := range map[string]page{
		"other words":     o.attach("/en/write", photo, onceField, once, textField, "y"),
		"another file":    o.attach("/en/write", []sentFile{{"one.jpg", "b"}}, onceField, once, textField, "x"),
		"another name":    o.attach("/en/write", []sentFile{{"two.jpg", "a"}}, onceField, once, textField, "x"),
		"no file":         o.attach("/en/write", nil, onceField, once, textField, "x"),
		"another form":    o.attach("/en/write", photo, onceField, o.get("/en/write").hidden(onceField), textField, "x"),
		"an answer moved": o.attach("/en/write", photo, onceField, once, "ask.who", "x"),
	} {
		if other.digits() == first.digits() || other.digits() == "" {
			t.Errorf("%s: receipt %q, the first was %q", what, other.digits(), first.digits())
		}
	}
}

func TestWithdrawalShowsTheSameForBothWords(t *testing.T) {
	o := opened(t)
	strip := regexp.MustCompile(`value="[^"]*"|<!--.*-->`)
	for _, delay := range []string{"0", "7", "30"} {
		digits, own, _ := o.letter("x", delayField, delay)
		p := o.back(digits)
		wrong := o.send("/en/withdraw", ticketField, p.hidden(ticketField), wordField, "nonsense")
		o.says(wrong, "en", "portal.fault.intake.wrong_word")
		if !strings.Contains(wrong.body, `href="#f-word"`) {
			t.Error("the summary does not lead to the field")
		}
		freely := o.send("/en/withdraw", ticketField, p.hidden(ticketField), wordField, own)
		o.says(freely, "en", "portal.done.withdraw")
		after := o.back(digits)
		o.stopped(t, freely, p.hidden(ticketField), delay == "0")
		if delay != "0" {
			o.says(after, "en", "portal.done.withdraw")
			o.stopped(t, after, p.hidden(ticketField), false)
		}

		first := digits
		digits, _, pressure := o.letter("x", delayField, delay)
		p = o.back(digits)
		forced := o.send("/en/withdraw", ticketField, p.hidden(ticketField), wordField, pressure)
		if strip.ReplaceAllString(freely.body, "") != strip.ReplaceAllString(forced.body, "") || freely.status != forced.status || len(freely.body) != len(forced.body) {
			t.Errorf("delay %s: the two words show different pages", delay)
		}
		then := o.back(digits)
		mask := func(s string) string {
			return strings.NewReplacer(first, "", digits, "").Replace(strip.ReplaceAllString(s, ""))
		}
		if mask(after.body) != mask(then.body) || after.status != then.status || len(after.body) != len(then.body) {
			t.Errorf("delay %s: who comes back sees which word it was", delay)
		}
	}
}

// stopped checks that a conversation after a withdrawal offers no other wish, and that
// one which is sent all the same is refused; gone says that the receipt opens nothing.
func (o *office) stopped(t *testing.T, p page, ticket string, gone bool) {
	t.Helper()
	for _, act := range []string{"/uses", "/withdraw"} {
		if strings.Contains(p.body, `action="/en`+act) {
			t.Errorf("a conversation that was withdrawn offers %s", act)
		}
	}
	again := o.send("/en/uses", ticketField, ticket, useField, "press", namedField, "none", placeField, "town")
	if gone {
		o.says(again, "en", "portal.fault.intake.no_receipt")
		return
	}
	o.says(again, "en", "portal.fault.intake.stopped")
	if again.status != http.StatusConflict || strings.Contains(again.body, `action="/en/uses"`) {
		t.Errorf("status %d for other uses after a withdrawal, or they are offered again", again.status)
	}
}

func TestNothingTypedIsLost(t *testing.T) {
	o := opened(t)
	p := o.send("/ru/write", onceField, "made by another process", textField, "<b>\"text\"</b>", "ask.where", "where & how",
		urgentField, "yes", useField, "press", namedField, "none", placeField, "town", delayField, "30")
	o.says(p, "ru", "portal.fault.again")
	for _, want := range []string{"\n&lt;b&gt;&#34;text&#34;&lt;/b&gt;</textarea>", "\nwhere &amp; how</textarea>", `value="yes" checked`,
		`value="press" checked`, `value="none" checked`, `value="town" checked`, `value="30" checked`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the form came back without %q", want)
		}
	}
	p = o.send("/ru/write", onceField, p.hidden(onceField), textField, "text")
	o.says(p, "ru", "portal.receipt.taken")

	empty := o.send("/en/write", onceField, o.get("/en/write").hidden(onceField), textField, " \n", useField, "press")
	o.says(empty, "en", "portal.fault.empty")
	if empty.status != http.StatusUnprocessableEntity || !strings.Contains(empty.body, `value="press" checked`) || !strings.Contains(empty.body, `href="#f-text"`) {
		t.Error("an empty letter does not come back as it was")
	}

	c := o.back(p.digits())
	ticket := c.hidden(ticketField)
	o.later(ticketTime + time.Second)
	late := o.send("/en/reply", ticketField, ticket, onceField, c.hidden(onceField), textField, "what I know now")
	o.says(late, "en", "portal.fault.expired")
	if !strings.Contains(late.body, "\nwhat I know now</textarea>") {
		t.Error("what was written is lost with the ticket")
	}
	c = o.send("/en/return", receiptField, p.digits(), textField, "what I know now")
	if !strings.Contains(c.body, "\nwhat I know now</textarea>") || c.hidden(ticketField) == "" {
		t.Error("what was written does not follow into the conversation")
	}
}

func TestWrongReceiptsLookTheSame(t *testing.T) {
	o := opened(t)
	gone, own, _ := o.letter("x", delayField, "0")
	o.says(o.send("/en/withdraw", ticketField, o.back(gone).hidden(ticketField), wordField, own), "en", "portal.done.withdraw")
	here, _, _ := o.letter("x")
	right := o.back(here)
	var first string
	for what, typed := range map[string]string{
		"destroyed": gone, "one digit off": flip(here), "no receipt": "some words", "nothing": "", "long": strings.Repeat("1234 ", 2000),
	} {
		p := o.back(typed)
		o.says(p, "en", "portal.fault.intake.no_receipt")
		if p.status != right.status || len(p.body) != len(right.body) {
			t.Errorf("%s: status %d and %d bytes; of a right one %d and %d", what, p.status, len(p.body), right.status, len(right.body))
		}
		masked := strings.Join(strings.Fields(strings.ReplaceAll(p.bare(), strings.TrimSpace(typed), "")), " ")
		if first == "" {
			first = masked
		}
		if masked != first && typed != "" {
			t.Errorf("%s: another page than the other wrong ones", what)
		}
	}
}

// flip returns a receipt with another last digit.
func flip(digits string) string {
	last := digits[len(digits)-1]
	return digits[:len(digits)-1] + string('0'+(last-'0'+1)%10)
}

func TestLogsSayNothing(t *testing.T) {
	o := opened(t)
	o.logs.Reset()
	r := o.request("GET", "/ar/write?q=typed", nil)
	r.Header.Set("User-Agent", "Strange/1.0")
	r.Header.Set("Accept-Language", "ar")
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	o.do(r)
	digits, _, _ := o.letter("what was typed")
	o.back(digits)
	o.back("a wrong receipt")
	for _, word := range []string{"typed", "Strange", "203.0.113.9", "127.0.0.1", digits, "wrong", `"ar"`, "/ar", "no_receipt"} {
		if strings.Contains(o.logs.String(), word) {
			t.Errorf("the log holds %q: %s", word, o.logs.String())
		}
	}
	if !strings.Contains(o.logs.String(), "POST /{lang}/return") {
		t.Error("the log has no routes")
	}
}
