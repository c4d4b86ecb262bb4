package web

import (
	"path/filepath"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/vault"
)

// demoOffice is an office with the demo's two cases in it.
func demoOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2022, 12, 21, 10, 0, 0, 0, time.UTC), log: &safeBuffer{}}
	cfg := habeas.Config{Dir: filepath.Join(t.TempDir(), "data"), Cost: vault.Cost{Time: 1, Memory: 64}, Now: o.clock}
	var err error
	if o.desk, err = demo.Create(t.Context(), cfg, func(string) {}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.desk.Close() })
	o.open()
	return o
}
