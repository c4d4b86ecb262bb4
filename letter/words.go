package letter

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"habeas/fault"
)

//go:embed words/*.txt
var wordFiles embed.FS

// wordsOf returns the words of a language by key.
func wordsOf(lang string) (map[string]string, bool) {
	w, ok := allWords()[lang]
	return w, ok
}

var allWords = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range Langs() {
		text, err := wordFiles.ReadFile("words/" + lang + ".txt")
		if err == nil {
			all[lang], err = readWords(string(text))
		}
		if err != nil {
			panic("letter: words of " + lang + ": " + err.Error()) // the files are part of the program
		}
	}
	return all
})

// readWords reads lines "key = words"; those that begin with # are for who writes
// them.
func readWords(text string) (map[string]string, error) {
	words := map[string]string{}
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		key, value, ok := strings.Cut(l, " = ")
		if _, twice := words[key]; !ok || twice {
			return nil, fmt.Errorf("line %d", i+1)
		}
		if _, bad := readParts(value); bad.code != "" {
			return nil, fmt.Errorf("line %d: %s", i+1, bad.code)
		}
		words[key] = value
	}
	if len(words) == 0 {
		return nil, errors.New("none")
	}
	return words, nil
}

func errLang() error { return fault.New(fault.Invalid, "letter.bad_language") }
