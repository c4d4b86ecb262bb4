package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
)

// hundredPages is a reply as an authority writes it, of about 300 kB: paragraphs of an
// office, and at its end one sentence that tells something. All of it is invented.
func hundredPages(size int) string {
	var b strings.Builder
	for i := 1; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%d. По результатам рассмотрения обращения сообщаем, что доводы проверены в установленном порядке, и оснований для принятия мер не установлено. Копии документов приобщены к материалам.\n\n", i)
	}
	return b.String() + "В декабре он был передан в другую часть."
}

// TestHundredPages: a long reply is recorded where a short one is, stands in full where
// it is read, and can be marked and settled there.
func TestHundredPages(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	at := appealPath(file.ID, file.State.Appeals[0].Ref)
	text := hundredPages(300 << 10)
	v.Get(at).Want(200).Submit("form[action="+at+"/reply]", url.Values{
		"answer": {"denial"}, "impact": {"unknown"}, "on": {"2022-12-20"}, "title": {"a reply of a hundred pages"}, "text": {text}, "lang": {"ru"},
	}).Want(200).Has("denies holding")
	vera := o.actor("vera")
	f, err := o.desk.Case(t.Context(), vera, file.ID)
	o.ok(err)
	var st claim.Ref
	for _, s := range f.State.Statements {
		if s.Title == "a reply of a hundred pages" {
			st = s.Ref
		}
	}
	if st == "" {
		t.Fatal("the reply is no statement")
	}
	page := v.Get(casePath(file.ID) + "/statement/" + bare(st)).Want(200)
	if n := strings.Count(string(page.Body), "приобщены к материалам"); n != strings.Count(text, "приобщены к материалам") {
		t.Errorf("%d paragraphs stand on the page", n)
	}
	page.Has("В декабре он был передан в другую часть.")
	o.ok(o.desk.Settle(t.Context(), vera, file.ID, st))
	f, err = o.desk.Case(t.Context(), vera, file.ID)
	o.ok(err)
	v.Get(casePath(file.ID) + "/statement/" + bare(st)).Want(200).Has("В декабре он был передан в другую часть.")

	// What is too long even for that is refused, and it is said what to do.
	long := v.Get(at).Want(200).Submit("form[action="+at+"/reply]", url.Values{
		"answer": {"denial"}, "impact": {"unknown"}, "on": {"2022-12-20"}, "title": {"too long"}, "text": {strings.Repeat("a b\n", habeas.MaxPlain/4+1)},
	}).Want(422)
	long.Has("split it and send the parts")
}
