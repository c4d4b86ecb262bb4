package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas"
)

// Languages returns the languages that there are words for, the default first.
func Languages() []string { return []string{"en", "ru", "uk", "es", "fr", "ar"} }

// Settings are what an office says about its pages. All of it is optional. Maps
// are by language, from [Languages]; a reader whose language is missing gets
// English, or else whatever there is.
type Settings struct {
	Name      map[string]string `json:"name"`      // of the organisation
	Guidance  map[string]string `json:"guidance"`  // paragraphs of plain text, in the place of our own
	Looked    map[string]string `json:"looked"`    // a sentence: how often people look at what came
	LookDays  int               `json:"look_days"` // the same in days, for languages that Looked lacks; 0 is not said
	Questions []string          `json:"questions"` // of [habeas.Questions]; null asks all, [] none
	Languages []string          `json:"languages"` // in the order to show them; null offers all
	Clearnet  string            `json:"clearnet"`  // host names to show
	Onion     string            `json:"onion"`
	Leave     string            `json:"leave"` // where the link to leave goes: an https address, or a path; "" is "/"
}

const (
	maxSettings = 1 << 20
	maxGuidance = 20 << 10 // so that pages stay of one size
)

// ReadSettings reads settings from a file of JSON. What is wrong with it is said
// in the error.
func ReadSettings(path string) (Settings, error) {
	f, err := os.Open(path)
	if err != nil {
		return Settings{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	if err != nil {
		return Settings{}, err
	}
	s, err := parseSettings(b)
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func parseSettings(b []byte) (s Settings, err error) {
	if len(b) > maxSettings {
		return s, fmt.Errorf("longer than %d bytes", maxSettings)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Settings{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return Settings{}, fmt.Errorf("something follows the settings")
	}
	if err := s.check(); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// check says what makes no sense.
func (s Settings) check() error {
	for _, m := range []struct {
		name  string
		words map[string]string
		most  int
	}{{"name", s.Name, 200}, {"guidance", s.Guidance, maxGuidance}, {"looked", s.Looked, 500}} {
		for lang, words := range m.words {
			switch {
			case !slices.Contains(Languages(), lang):
				return fmt.Errorf("%s: there are no pages in %q, only in %s", m.name, lang, strings.Join(Languages(), ", "))
			case strings.TrimSpace(words) == "":
				return fmt.Errorf("%s: nothing is said in %q; leave it out", m.name, lang)
			case len(words) > m.most || !utf8.ValidString(words):
				return fmt.Errorf("%s: %q has more than %d bytes, or is not UTF-8", m.name, lang, m.most)
			}
		}
	}
	if s.LookDays < 0 || s.LookDays > 31 {
		return fmt.Errorf("look_days: %d is not from 0 to 31", s.LookDays)
	}
	if err := each("questions", s.Questions, habeas.Questions()); err != nil {
		return err
	}
	if s.Languages != nil && len(s.Languages) == 0 {
		return fmt.Errorf("languages: none is offered; leave it out to offer all")
	}
	if err := each("languages", s.Languages, Languages()); err != nil {
		return err
	}
	if s.Onion != "" && (hostName(s.Onion) == "" || !strings.HasSuffix(hostName(s.Onion), ".onion")) {
		return fmt.Errorf("onion: %q is not the name of an onion service, such as abc….onion", s.Onion)
	}
	if s.Clearnet != "" && hostName(s.Clearnet) == "" {
		return fmt.Errorf("clearnet: %q is not a host name, such as write.example.org", s.Clearnet)
	}
	if u, err := url.Parse(s.Leave); err != nil || u.Scheme != "https" && s.Leave != "" && s.Leave != ownPath(s.Leave) || u.Scheme == "https" && u.Host == "" {
		return fmt.Errorf("leave: %q is neither an https address nor a path of these pages", s.Leave)
	}
	return nil
}

// each fails if one of list is not among known, or is there twice.
func each(name string, list, known []string) error {
	for i, v := range list {
		if !slices.Contains(known, v) {
			return fmt.Errorf("%s: %q is none of %s", name, v, strings.Join(known, ", "))
		}
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s: %q is there twice", name, v)
		}
	}
	return nil
}

// langs returns the languages offered.
func (s Settings) langs() []string {
	if s.Languages == nil {
		return Languages()
	}
	return s.Languages
}

// questions returns what is asked beside the free text.
func (s Settings) questions() []string {
	if s.Questions == nil {
		return habeas.Questions()
	}
	return s.Questions
}

// leave returns where the link to leave goes.
func (s Settings) leave() string {
	if s.Leave == "" {
		return "/"
	}
	return s.Leave
}

// wordsIn returns the words for a language and the language they are in; "" if there
// are none.
func wordsIn(words map[string]string, lang string) (text, of string) {
	for _, l := range append([]string{lang}, Languages()...) {
		if words[l] != "" {
			return words[l], l
		}
	}
	return "", ""
}
