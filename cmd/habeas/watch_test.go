package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas/internal/anchor"
	"habeas/ledger"
	"habeas/stamp/stamptest"
)

// What keepers are shown of the log: who signed it last, and that a witness refuses,
// also after a restart.
func TestWatch(t *testing.T) {
	ctx := context.Background()
	authority := stamptest.New(t, true, stamptest.Good())
	stamps := httptest.NewServer(authority.Handler(t))
	defer stamps.Close()
	pl, key := witnessed(t)
	office, partner := filepath.Join(pl.dir, "office"), filepath.Join(pl.dir, "partner")
	w, err := anchor.OpenWitness(partner)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(w)
	defer srv.Close()
	v, err := ledger.Cosignatures(key)
	if err != nil {
		t.Fatal(err)
	}
	flags := anchorFlags{Witness: []string{srv.URL + "=" + key}, Authority: []string{stamps.URL}, Roots: filepath.Join(authority.Dir, "root.pem")}
	if (anchorFlags{}).watch(office) != nil {
		t.Error("nobody is asked, and somebody is watched")
	}
	got, err := flags.watch(office)(ctx)
	if err != nil || got.Size == 0 || len(got.Witnesses) != 1 || got.Witnesses[0].Size != 0 || len(got.Authorities) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	before := filepath.Join(t.TempDir(), "copy")
	if err := errors.Join(os.CopyFS(before, os.DirFS(office)), os.Chmod(before, 0o700)); err != nil {
		t.Fatal(err)
	}
	pl.write("statement.txt", "They came in the evening.", 0o600)
	pl.must(0, "import", "statement.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	all, err := flags.askers(office, anchor.Client())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if err := a.ask(ctx); err != nil {
			t.Fatal(a.what, err)
		}
	}
	got, err = flags.watch(office)(ctx)
	if err != nil || got.Witnesses[0].Size != got.Size || got.Witnesses[0].Name != "partner.example" || got.Authorities[0].Until.Before(time.Now()) || got.Refused() {
		t.Fatalf("got %+v, %v", got, err)
	}
	// Yesterday's whole directory is put back: only the witness knows.
	_, err = anchor.AskWitness(ctx, anchor.Client(), before, srv.URL, v)
	if _, rolled := errors.AsType[*anchor.RolledBack](err); !rolled {
		t.Fatalf("an older log: %v", err)
	}
	got, err = flags.watch(before)(ctx)
	if err != nil || !got.Refused() || got.Witnesses[0].Seen <= got.Size {
		t.Errorf("got %+v, %v", got, err)
	}
}
