package testkit

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"habeas/internal/corpus"
)

// News reads Russian news with the people in it (factRuEval-2016) from data, the
// folder of shared data, or skips the test if they are not there.
func News(t testing.TB, data string) []corpus.Text {
	t.Helper()
	out, err := corpus.News(filepath.Join(data, "names/factrueval-dev"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no factRuEval below " + data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
