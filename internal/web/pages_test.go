package web

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"habeas/fault"
	"habeas/internal/locale"
)

// pageStructs names the struct of every page.
var pageStructs = map[string]any{
	"login":     loginPage{},
	"error":     errorPage{},
	"kept":      keptPage{},
	"today":     todayPage{},
	"cases":     casesPage{},
	"case_new":  newCasePage{},
	"places":    placesPage{},
	"place":     placePage{},
	"place_new": newPlacePage{},
	"unit_new":  newUnitPage{},
	"search":    searchPage{},
	"help":      helpPage{},
	"lookup":    lookUpPage{},
	"members":   membersPage{},
	"access":    accessPage{},
	"circles":   circlesPage{},
	"sharing":   sharingPage{},
	"looks":     looksPage{},
	"audit":     auditPage{},
	"releases":  releasesPage{},
	"liaisons":  liaisonPage{},

	"join":     joinPage{},
	"joined":   joinedPage{},
	"invites":  invitesPage{},
	"code":     codePage{},
	"again":    againPage{},
	"recovery": recoveryPage{},
	"sheets":   sheetsPage{},
	"setup":    setupPage{},
	"made":     madePage{},

	"second":     secondPage{},
	"me":         mePage{},
	"me_step":    stepPage{},
	"me_confirm": confirmPage{},
	"me_codes":   stepPage{},
	"me_passkey": makePasskeyPage{},

	"case":          casePage{},
	"people":        peoplePage{},
	"person":        personPage{},
	"names":         namesPage{},
	"statement_new": newStatementPage{},
	"desk":          deskPage{},
	"claim_edit":    claimPage{},
	"bundle":        bundlePage{},
	"handover":      handoverPage{},
	"exhibits":      exhibitsPage{},
	"log":           logPage{},
	"appeals":       boardPage{},
	"appeal":        appealPage{},
	"appeal_new":    newAppealPage{},
	"appeal_rules":  rulesPage{},
	"appeal_erase":  numbersPage{},
	"appeals_table": countPage{},
	"appeals_out":   tableOutPage{},
	"case_appeals":  caseAppealsPage{},
	"draft":         draftPage{},
	"authority_new": newAuthorityPage{},
	"exhibit":       exhibitPage{},
	"exhibit_new":   newExhibitPage{},
	"derived":       derivedPage{},
	"derived_new":   newDerivedPage{},
	"redact":        redactPage{},
	"history":       historyPage{},
	"consent":       consentPage{},
	"settings":      settingsPage{},
	"retention":     retentionPage{},
	"dossiers":      dossiersPage{},
	"dossier":       dossierPage{},
	"erase":         erasePage{},
	"erased":        erasedPage{},
	"reseal":        resealPage{},

	"intake": queuePage{},
	"letter": letterPage{},
	"look":   lookPage{},
}

// TestPagesTakeTheirStructs runs every template with its struct, empty and with
// every field full: a template that names a field its struct lacks fails here
// and not in front of somebody.
func TestPagesTakeTheirStructs(t *testing.T) {
	all, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all {
		if pageStructs[name] == nil {
			t.Errorf("page %s has no struct in pageStructs", name)
		}
	}
	for name, zero := range pageStructs {
		set := all[name]
		if set == nil {
			t.Errorf("struct of page %s has no template", name)
			continue
		}
		for _, full := range []bool{false, true} {
			v := reflect.New(reflect.TypeOf(zero)).Elem()
			if full {
				fill(v, 0)
			}
			setFrame(v, "ru", full)
			if err := set.ExecuteTemplate(io.Discard, "layout", v.Interface()); err != nil {
				t.Errorf("%s (full: %v): %v", name, full, err)
			}
		}
	}
}

// setFrame gives every Frame and Part inside v what the server would.
func setFrame(v reflect.Value, lang string, full bool) {
	fr := Frame{P: locale.New(lang), Form: &Form{}}
	if full {
		fr.Member, fr.Token = "Somebody", "token"
		fr.Form = &Form{fault: fault.New(fault.Invalid, "claim.bad_date"), wrong: "title"}
	}
	// Fields of an embedded struct can be set even if its own name is not exported.
	var set func(v reflect.Value, embedded bool)
	set = func(v reflect.Value, embedded bool) {
		switch {
		case v.Type() == reflect.TypeFor[Frame]():
			v.Set(reflect.ValueOf(fr))
		case v.Type() == reflect.TypeFor[*locale.Printer]() && v.CanSet():
			v.Set(reflect.ValueOf(fr.P))
		case v.Type() == reflect.TypeFor[Part]():
			v.Set(reflect.ValueOf(fr.In("form")))
		case v.Kind() == reflect.Pointer && !v.IsNil():
			set(v.Elem(), embedded)
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				set(v.Index(i), false)
			}
		case v.Kind() == reflect.Struct && (v.CanSet() || embedded):
			for i := range v.NumField() {
				set(v.Field(i), v.Type().Field(i).Anonymous)
			}
		}
	}
	set(v, false)
}

// fill sets every settable field of v to something.
func fill(v reflect.Value, depth int) {
	if !v.CanSet() && v.Kind() != reflect.Struct || depth > 8 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("words <b>&\"'")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(2)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(2)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct && v.Type() != reflect.TypeFor[*locale.Printer]() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth+1)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() && v.CanSet() {
			v.Set(reflect.ValueOf(time.Date(2022, 12, 20, 10, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				fill(v.Field(i), depth+1)
			}
		}
	}
}

var wordKey = regexp.MustCompile(`\b([TN]) "([a-z][a-zA-Z0-9_.-]*)"|\b\.?([TN])\("([a-z][a-zA-Z0-9_.-]*)"[,)]`)

// TestEveryWordExists looks for every key that a template or a page names.
func TestEveryWordExists(t *testing.T) {
	found := 0
	p := locale.New(locale.Default)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") && !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range wordKey.FindAllStringSubmatch(string(b), -1) {
			kind, key := m[1]+m[3], m[2]+m[4]
			if !strings.Contains(key, ".") {
				continue
			}
			found++
			if kind == "N" {
				key += ".other"
			}
			if !p.Has(key) {
				t.Errorf("%s: no words for %q", path, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 100 {
		t.Fatalf("found only %d keys", found)
	}
}

// TestPagesAreQuiet looks for what no page may hold: styles and scripts of its
// own, other hosts, and words that are not from the catalogue.
func TestPagesAreQuiet(t *testing.T) {
	files, err := filepath.Glob("page/*.html")
	if err != nil || len(files) < 10 {
		t.Fatalf("got %d templates, %v", len(files), err)
	}
	never := regexp.MustCompile(`(?i)\sstyle=|<style|<script>|\son[a-z]+=|https?://|javascript:|hx-on|target=`)
	action := regexp.MustCompile(`\{\{[^}]*\}\}`)
	attribute := regexp.MustCompile(`[a-z-]+="[^"]*"`) // some stand in templates of their own
	tag := regexp.MustCompile(`(?s)<[^>]*>`)
	word := regexp.MustCompile(`\p{L}{3,}`)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// One link leaves a form half filled in, and says that it opens beside it.
		quiet := strings.Replace(string(b), `<a href="{{.New}}" target="_blank" rel="noopener">`, "", 1)
		if m := never.FindString(quiet); m != "" {
			t.Errorf("%s holds %q", file, m)
		}
		text := tag.ReplaceAllString(attribute.ReplaceAllString(action.ReplaceAllString(string(b), ""), ""), "")
		if m := word.FindString(text); m != "" {
			t.Errorf("%s holds the word %q, which is in no catalogue", file, m)
		}
	}
}
