package claim

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"habeas/ledger"
)

// TestFormsReadAsJSON compares how forms are read with how package json reads them, also
// where somebody wrote a body by hand.
func TestFormsReadAsJSON(t *testing.T) {
	person, id := NewRef(RefPerson), ledger.NewID()
	sound, err := json.Marshal(Forms{Person: person, Detail: id, Circle: id, Hashes: []byte(strings.Repeat("hash of a form", 40))})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := cutHashes(sound); !ok {
		t.Error("what this program writes is not read in the quick way")
	}
	p := `"person":"` + string(person) + `"`
	for _, body := range []string{
		string(sound),
		`{` + p + `,"hashes":"AAEC"}`,
		`{"hashes":"AAEC",` + p + `}`,
		`{` + p + `,"hashes":""}`,
		`{` + p + `,"hashes":null}`,
		`{` + p + `,"hashes": "AAEC"}`,
		`{` + p + `,"hashes":"AAEC","hashes":"AwQF"}`,
		`{` + p + `,"hashes":"AAEC","hashes":""}`,
		`{` + p + `,"hashes":"AAEC","hashes":null}`,
		`{` + p + `,"hashes":"AAEC","HASHES":"AwQF"}`,
		`{` + p + `,"hashes":"AAEC","haſhes":"AwQF"}`,
		`{` + p + `,"hashes":"AAEC","ha\u0073hes":"AwQF"}`,
		`{` + p + `,"hashes":"AA==","hashes":"AwQF"}`,
		`{` + p + `,"hashes":"AwQF","haſhes":"AA=="}`,
		`{` + p + `,"hashes":"AwQF","ha\u0073hes":"AA=="}`,
		`{` + p + `,"hashes":"AwQF","Hashes":"AA=="}`,
		`{` + p + `,"a\"hashes":"AAEC"}`,
		`{` + p + `,"a,\"hashes\":\"AAEC\"":1}`,
		`{` + p + `,"in":{"hashes":"AAEC"}}`,
		`{` + p + `,"in":[{"a":1,"hashes":"AAEC"}]}`,
		`{` + p + `,"hashes":"AA\u0045C"}`,
		"{" + p + `,"hashes":"AA` + "\n" + `EC"}`,
		`{` + p + `,"hashes":"AAE"}`,
		`{` + p + `,"hashes":"AAEC`,
		`{` + p + `,"hashes":"AAEC"`,
		`{` + p + `,"hashes":"AAEC"} x`,
		`{` + p + `}`,
		`[]`, ``, `null`,
	} {
		var want, got Forms
		wantErr, gotErr := json.Unmarshal([]byte(body), &want), unmarshal([]byte(body), &got)
		if (wantErr == nil) != (gotErr == nil) || wantErr == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nread as %+v, %v\nby json %+v, %v", body, got, gotErr, want, wantErr)
		}
	}
}
