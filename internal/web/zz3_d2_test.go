package web

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"habeas/claim"
	"habeas/internal/demo"
)

func TestZZErr(t *testing.T) {
	o := demoOffice(t)
	for _, who := range []string{"vera", "ana", "ed"} {
		by, err := demo.Actor(t.Context(), o.desk, who)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := o.desk.Cases(t.Context(), by)
		t.Log(len(rows), err)
		for _, row := range rows {
			file, err := o.desk.Case(t.Context(), by, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			try := func(name string, h handler, path, key string, ref string) {
				r := httptest.NewRequest("GET", path, nil)
				r.SetPathValue("case", row.ID.String())
				r.SetPathValue(key, ref)
				w := httptest.NewRecorder()
				if err := h(w, r, by, &Form{}); err != nil {
					t.Error(who, name, path, err)
				}
				os.MkdirAll("/tmp/d2out", 0o755)
				os.WriteFile(filepath.Join("/tmp/d2out", who+"-"+row.ID.String()[:4]+"-"+name+url.QueryEscape(ref)+".html"), w.Body.Bytes(), 0o644)
			}
			for name, h := range map[string]handler{"case": o.web.casePage, "people": o.web.peoplePage, "history": o.web.historyPage, "names": o.web.namesPage, "new": o.web.newStatement, "dossiers": o.web.dossiersPage} {
				try(name, h, "/case", "x", "")
			}
			if who != "ana" {
				try("preview", o.web.dossiersPage, "/case?audience=public&in=en", "x", "")
			}
			for ref := range file.State.Persons {
				try("person", o.web.personPage, "/x", "person", bare(ref))
			}
			for _, st := range file.State.Statements {
				if who != "vera" && st.Newest().Version == 0 {
					continue
				}
				try("desk", o.web.deskPage, "/x", "statement", bare(st.Ref))
				try("take", o.web.deskPage, "/x?s=2", "statement", bare(st.Ref))
			}
			for _, c := range file.State.Claims {
				try("claim", o.web.claimPage, "/x", "entry", c.Entry.String())
			}
			for i, p := range file.State.Problems {
				t.Log("problem", i, p)
			}
			_ = claim.Live
		}
	}
}
