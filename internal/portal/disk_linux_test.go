package portal

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestDiskFailsForStrangers: who writes while the disk fails gets no receipt, keeps
// what they typed, and reads nothing of what ails the server.
func TestDiskFailsForStrangers(t *testing.T) {
	o := opened(t)
	digits, _, _ := o.letter("It came before the disk failed.")
	once := o.get("/en/write").hidden(onceField)
	testkit.ReplaceOpen(t, filepath.Join(o.dir, "data", "truth.db-wal"), testkit.FailsSyncing)
	const typed = "It came when the disk had failed."
	for range 2 {
		p := o.send("/en/write", onceField, once, textField, typed)
		if p.status != http.StatusServiceUnavailable || !strings.Contains(p.body, typed) || strings.Contains(p.body, "receipt is") {
			t.Fatalf("got %d, want 503 with what was typed, and no receipt", p.status)
		}
		if strings.Contains(p.body, "disk of the server") || !strings.Contains(p.body, "taken at the moment") {
			t.Errorf("a stranger reads what ails the server, or not that nothing is taken")
		}
	}
	if p := o.get("/en/write"); !strings.Contains(p.body, "taken at the moment") {
		t.Error("the form does not say that nothing is taken")
	}
	if p := o.get("/en/return"); p.status != 200 {
		t.Errorf("who comes back: got %d", p.status)
	}
	if digits == "" {
		t.Error("no receipt before the disk failed")
	}
}
