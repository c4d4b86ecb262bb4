package vault

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	texttemplate "text/template"
)

const word = "Rostyslav"

// wantNone fails t if the word is in got, in any form that a way out may give it.
func wantNone(t *testing.T, how, got string) {
	t.Helper()
	for _, form := range []string{
		word, strings.ToUpper(word), fmt.Sprintf("%x", word), fmt.Sprintf("%X", word),
		strings.Trim(fmt.Sprint([]byte(word)), "[]"), "Um9zdHlzbGF2",
	} {
		if strings.Contains(got, form) {
			t.Errorf("%s lets it out: %s", how, got)
		}
	}
}

type around struct {
	Shown  Text
	hidden Text
	Ptr    *Text
	ptr    *Text
	Any    any
	any    any
	List   []Text
	list   []Text
	Map    map[string]Text
	keys   map[Text]Text
	deep   struct{ deeper [1]Text }
	Part   Part
	detail Detail
	err    error
}

func wrapped() around {
	x := NewText(word)
	a := around{
		Shown: x, hidden: x, Ptr: &x, ptr: &x, Any: x, any: &x, List: []Text{x}, list: []Text{x},
		Map: map[string]Text{"name": x}, keys: map[Text]Text{x: x}, Part: Part{"given", x},
		detail: Detail{Names: [][]Part{{{"given", x}}}, Contacts: []Labelled{{x, x, x}}},
		err:    fmt.Errorf("read %v: %w", x, errors.New(x.String())),
	}
	a.deep.deeper[0] = x
	return a
}

func TestTextIsMaskedByFmt(t *testing.T) {
	x, a := NewText(word), wrapped()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%p", "%T", "%w", "%20s", "%-20.3v", "%!"} {
		for how, v := range map[string]any{
			"the text": x, "a pointer": &x, "a list": []Text{x}, "what is around it": a, "a pointer to that": &a,
			"a reflected value": reflect.ValueOf(a), "its hidden field": reflect.ValueOf(a).Field(1),
			"a reading": Original{File: x, Raw: x, Plain: x}, "an error": a.err, "a zero text": Text{},
		} {
			wantNone(t, verb+" of "+how, fmt.Sprintf(verb, v))
		}
	}
	if got, want := fmt.Sprintf("%v %s %d %q", x, x, x, x), strings.Repeat(mask+" ", 3)+mask; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := fmt.Sprint(x) + fmt.Sprintln(x) + x.String(); strings.Count(got, mask) != 3 {
		t.Errorf("got %q", got)
	}
	wantNone(t, "a wrapped error", fmt.Errorf("open %v: %w", x, wrapped().err).Error())
	wantNone(t, "joined errors", errors.Join(wrapped().err, fmt.Errorf("%s", x)).Error())
}

func TestTextIsMaskedInLogs(t *testing.T) {
	x, a := NewText(word), wrapped()
	for name, handler := range map[string]func(b *bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		log := slog.New(handler(&b))
		log.Info("one", "text", x, "pointer", &x, "around", a, "pointer to around", &a, "list", []Text{x}, "map", a.Map, "err", a.err)
		log.With("text", x).WithGroup("group").Info(x.String(), slog.Any("any", x), slog.Group("g", "text", x))
		wantNone(t, name, b.String())
		if strings.Count(b.String(), mask) < 4 {
			t.Errorf("%s: no masks in %s", name, b.String())
		}
	}
}

func TestTextIsMaskedInTemplates(t *testing.T) {
	x := NewText(word)
	data := map[string]any{"T": x, "P": &x, "A": wrapped(), "L": []Text{x}, "M": map[string]Text{"k": x}}
	for _, what := range []string{".T", ".P", ".A", ".L", ".M", ".A.Shown", ".A.Map.name", ".A.Part.Text", `printf "%s" .T`, `printf "%x" .T`, `print .T`, `html .T`, `js .T`, `urlquery .T`, `len .L`, `index .L 0`, `.T.String`} {
		for place, page := range map[string]string{
			"text":       "<p>{{X}}</p>",
			"attribute":  `<a title="{{X}}">`,
			"unquoted":   `<a title={{X}}>`,
			"URL":        `<a href="{{X}}">`,
			"query":      `<a href="/?q={{X}}">`,
			"script":     `<script>var x = {{X}};</script>`,
			"string":     `<script>var x = "{{X}}";</script>`,
			"handler":    `<a onclick="f({{X}})">`,
			"style":      `<p style="color: {{X}}">`,
			"style rule": `<style>p { color: {{X}} }</style>`,
			"JSON":       `<script type="application/json">{{X}}</script>`,
			"comment":    `<!-- {{X}} -->`,
		} {
			page = strings.ReplaceAll(page, "X", what)
			var b strings.Builder
			if tmpl, err := template.New("").Parse(page); err != nil {
				t.Fatal(err)
			} else if err := tmpl.Execute(&b, data); err != nil {
				wantNone(t, place+": the error", err.Error())
			}
			if tmpl, err := texttemplate.New("").Parse(page); err != nil {
				t.Fatal(err)
			} else if err := tmpl.Execute(&b, data); err != nil {
				wantNone(t, place+": the error", err.Error())
			}
			wantNone(t, what+" in "+place, b.String())
		}
	}
}

func TestTextIsNotEncoded(t *testing.T) {
	x := NewText(word)
	a := wrapped()
	for how, v := range map[string]any{
		"itself": x, "a pointer": &x, "a list": []Text{x}, "a value": map[string]Text{"k": x}, "a key": map[Text]int{x: 1},
		"a field": struct{ T Text }{x}, "a part": Part{"given", x}, "a detail": Detail{Birth: x}, "an original": Original{Raw: x},
		"what is around it": a,
	} {
		b, err := json.Marshal(v)
		if err == nil {
			t.Errorf("%s was encoded as JSON: %s", how, b)
		}
		wantNone(t, how+" as JSON", string(b)+fmt.Sprint(err))
		b, err = xml.Marshal(v)
		if err == nil {
			t.Errorf("%s was encoded as XML: %s", how, b)
		}
		wantNone(t, how+" as XML", string(b)+fmt.Sprint(err))
		var w bytes.Buffer
		err = gob.NewEncoder(&w).Encode(v)
		if err == nil {
			t.Errorf("%s was encoded as gob", how)
		}
		wantNone(t, how+" as gob", w.String()+fmt.Sprint(err))
	}
	for how, f := range map[string]func() ([]byte, error){"text": x.MarshalText, "binary": x.MarshalBinary} {
		if b, err := f(); err == nil || b != nil {
			t.Errorf("%s: got %q and %v", how, b, err)
		}
	}
	hidden, err := json.Marshal(struct{ hidden Text }{x})
	if err != nil || string(hidden) != "{}" {
		t.Errorf("got %s and %v", hidden, err)
	}
}

func TestTextInPanics(t *testing.T) {
	defer func() { wantNone(t, "a panic", fmt.Sprint(recover())) }()
	panic(fmt.Sprintf("%v %s", wrapped(), NewText(word)))
}

func TestReveal(t *testing.T) {
	if got := NewText(word).Reveal(); got != word {
		t.Errorf("got %q, want %q", got, word)
	}
	if got := (Text{}).Reveal(); got != "" || !(Text{}).Empty() || !NewText("").Empty() || NewText(" ").Empty() {
		t.Errorf("got %q from a zero text", got)
	}
}

// Keys do not print either, wherever they stand.
func TestKeysDoNotPrint(t *testing.T) {
	raw := bytes.Repeat([]byte(word+"!"), 4)[:32]
	seed, err := SeedFrom(raw)
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHolder(seed)
	if err != nil {
		t.Fatal(err)
	}
	sign := h.Signer().Key
	decrypt, err := (*h.decrypt).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	none := func(how, got string) {
		t.Helper()
		wantNone(t, how, got)
		for _, secret := range [][]byte{sign[:8], decrypt[:8], sign[8:16]} {
			for _, form := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprint(secret), "[]")} {
				if strings.Contains(got, form) {
					t.Errorf("%s lets a derived key out: %s", how, got)
				}
			}
		}
	}
	type holds struct {
		Seed   Seed
		seed   Seed
		Holder *Holder
		holder *Holder
		value  Holder
		Pepper Pepper
		pepper Pepper
	}
	all := holds{seed, seed, h, h, *h, Pepper{seed}, Pepper{seed}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%t", "%e"} {
		for how, v := range map[string]any{
			"a seed": seed, "a pointer to a seed": &seed, "a holder": h, "a holder's value": *h, "a pepper": all.Pepper,
			"a pointer to a pepper": &all.Pepper, "what holds them": all, "a pointer to that": &all, "a signer": h.Signer(),
		} {
			none(verb+" of "+how, fmt.Sprintf(verb, v))
		}
	}
	for how, v := range map[string]any{"a seed": seed, "a holder": h, "a pepper": all.Pepper, "what holds them": all, "a signer": h.Signer()} {
		b, err := json.Marshal(v)
		none(how+" as JSON", string(b)+fmt.Sprint(err))
		var text bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&text, nil)).Info("", "v", v)
		none(how+" in a log", text.String())
	}
}
