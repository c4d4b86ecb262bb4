package web
import ("testing";"habeas";"habeas/vault";"habeas/internal/demo";"habeas/internal/testkit";"path/filepath";"time")
func TestZZDemo(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := &office{t: t, now: time.Date(2022, 12, 21, 10, 0, 0, 0, time.UTC), log: &safeBuffer{}}
	cfg := habeas.Config{Dir: filepath.Join(t.TempDir(), "data"), Cost: vault.Cost{Time: 1, Memory: 64}, Now: o.clock}
	var err error
	o.desk, err = demo.Create(t.Context(), cfg, func(string){})
	if err != nil { t.Fatal(err) }
	t.Cleanup(func(){o.desk.Close()})
	o.open()
	b.Resize(1280, 900)
	b.Open(o.http.URL + "/login")
	m := demo.Members()[0]
	b.Fill("#handle", m.Handle)
	b.Fill("#pass", m.Passphrase)
	b.Press("\r")
	b.Wait("nav.words")
	for _, p := range []string{"/", "/cases", "/places"} {
		b.Open(o.http.URL + p)
		b.Wait("h1")
		o.look(b, "demo"+filepath.Base(p))
	}
	b.Follow("tbody th a")
	o.look(b, "demo-place")
	b.Open(o.http.URL + "/search")
	b.Fill("#q", "подвал")
	b.Press("\r")
	b.Wait("#found")
	o.look(b, "demo-found")
	b.Open(o.http.URL + "/cases")
	b.Follow("tbody th a")
	o.look(b, "demo-case")
	t.Log(b.Complaints())
}
