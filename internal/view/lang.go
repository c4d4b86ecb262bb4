package view

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lang is a set of languages that a text may be in.
type lang uint8

const (
	ru lang = 1 << iota
	uk
	en
	es
	fr
	ar
	anyLang = ru | uk | en | es | fr | ar
)

// The languages of each script, and letters that only one of them has.
const (
	cyrillic      = ru | uk
	latin         = en | es | fr
	onlyRussian   = "ыэъ"
	onlyUkrainian = "іїєґ"
	onlySpanish   = "ñ¿¡áíóú"
	onlyFrench    = "çœèêàûîôâùëï"
)

// commonWords are words that are frequent in one of the languages that share a
// script, and rare or absent in the others. None of them tells a case from
// another, so a query leaves them out where it has other words.
var commonWords = map[lang]string{
	ru: "и не что как его был была было были это этот она они мы вы все еще уже только после перед если или для при без под над из от до по на со во же ли бы чтобы который которая которые когда где потом меня мне ему ей их нас нам вас вам с в к о а но",
	uk: "і й та не що як його був була було були це цей вона вони ми ви все ще вже тільки після перед якщо або для при без під над із зі від до по на у в з щоб який яка які коли де потім мене мені йому їй їх нас нам вас вам але чи",
	en: "the and of to in is was were that he she it they we you his her their with for on at by from this which had has have not be been are as but or an who when where after before would could said them him a i",
	es: "el la los las de del y en que se un una unos unas por para con no es era fue fueron su sus lo al le les como pero o este esta donde cuando después antes había han ha ellos ellas me nos",
	fr: "le la les de des du et en que qui un une ne pas est était sont ont il elle ils elles nous vous par pour avec dans sur au aux ce cette ces son sa ses leur leurs mais ou où quand après avant a je se plus été",
	ar: "في من على إلى عن ان أن و التي الذي هذا هذه كان كانت لم لا ما هو هي هم قد بعد قبل مع كل او أو ثم",
}

// guess returns the languages that words of a text are in: for each script one,
// if the common words and the letters say so; otherwise those of that script in
// otherwise.
func (t *tokenizer) guess(text []word, otherwise lang) lang {
	var votes [6]int
	for _, w := range text {
		in := t.common[w.text]
		only := lettersOf(w.text)
		for i := range votes {
			if l := lang(1 << i); in&l != 0 {
				votes[i]++
			} else if only == l {
				votes[i] += 2
			}
		}
	}
	return best(votes, cyrillic, otherwise) | best(votes, latin, otherwise) | ar
}

// best returns the language of a script with most votes, or what otherwise has
// of it if none leads.
func best(votes [6]int, script, otherwise lang) lang {
	var lead lang
	most, second := 0, 0
	for i, n := range votes {
		switch {
		case script&(1<<i) == 0:
		case n > most:
			lead, second, most = 1<<i, most, n
		case n > second:
			second = n
		}
	}
	if most > second {
		return lead
	}
	return otherwise & script
}

// lettersOf returns the one language a word must be in by its letters, or 0.
func lettersOf(w string) lang {
	if isASCII(w) {
		return 0
	}
	for _, one := range []struct {
		letters string
		l       lang
	}{{onlyRussian, ru}, {onlyUkrainian, uk}, {onlySpanish, es}, {onlyFrench, fr}} {
		if strings.ContainsAny(w, one.letters) {
			return one.l
		}
	}
	return 0
}

// candidates returns the languages a word is stemmed for: those of its script
// that the text may be in, or the one its letters say.
func candidates(w string, in lang) []lang {
	r, _ := utf8.DecodeRuneInString(w)
	var script lang
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		script = cyrillic
	case unicode.Is(unicode.Latin, r):
		script = latin
	case unicode.Is(unicode.Arabic, r):
		return []lang{ar}
	}
	if l := lettersOf(w); l&cyrillic != 0 {
		return []lang{l}
	}
	if in &= script; in == 0 {
		in = script
	}
	var all []lang
	for l := ru; l <= ar; l <<= 1 {
		if in&l != 0 {
			all = append(all, l)
		}
	}
	return all
}
