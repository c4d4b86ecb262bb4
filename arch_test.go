package habeas_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// mayImport lists, for each package, the packages of this module it imports.
// Imports go down only. A package or an edge that is not here fails the test;
// so does a line that is no longer true.
var mayImport = map[string]string{
	".":                                    "appeal claim clean count crowd custody dossier factor fault foreign gate internal/backup internal/bucket internal/sandbox internal/store internal/view internal/whole ledger letter name paper picture receipt redact vault",
	"appeal":                               "internal/locale",
	"bag":                                  "",
	"bench":                                "",
	"claim":                                "fault ledger",
	"clean":                                "internal/pdf internal/sandbox",
	"cmd/habeas":                           ". appeal bag claim clean crowd custody fault foreign gate internal/anchor internal/backup internal/crash internal/demo internal/load internal/locale internal/mail internal/measure internal/oplog internal/portal internal/sandbox internal/store/postgres internal/web internal/whole ledger letter paper picture redact stamp vault",
	"cmd/habeas-verify":                    "custody",
	"cmd/verify-page":                      "",
	"cmd/verify-page/check":                "custody",
	"count":                                "",
	"crowd":                                "fault",
	"custody":                              "bag ledger stamp",
	"custody/custodytest":                  "bag custody ledger vault",
	"dossier":                              "claim crowd fault gate internal/locale name",
	"factor":                               "",
	"fault":                                "",
	"foreign":                              "bag internal/sandbox stamp",
	"gate":                                 "fault name",
	"internal/anchor":                      "custody fault internal/store internal/whole ledger stamp",
	"internal/backup":                      "fault internal/whole",
	"internal/bucket":                      "fault",
	"internal/bucket/s3test":               "",
	"internal/corpus":                      "name",
	"internal/crash":                       ". claim custody fault internal/demo internal/store ledger receipt vault",
	"internal/demo":                        ". claim ledger name vault",
	"internal/load":                        ". claim internal/corpus internal/measure internal/web ledger vault",
	"internal/locale":                      "fault",
	"internal/mail":                        "fault internal/locale",
	"internal/measure":                     "gate internal/corpus name",
	"internal/oplog":                       "",
	"internal/pdf":                         "",
	"internal/portal":                      ". claim fault internal/locale receipt vault",
	"internal/sandbox":                     "",
	"internal/store":                       "fault internal/bucket internal/store/postgres internal/whole ledger vault",
	"internal/store/postgres":              "",
	"internal/store/postgres/postgrestest": "",
	"internal/store/storetest":             "fault internal/store ledger vault",
	"internal/testkit":                     "internal/corpus",
	"internal/view":                        "claim fault internal/whole ledger",
	"internal/web":                         ". appeal claim crowd custody dossier factor fault gate internal/locale ledger letter name paper redact vault",
	"internal/whole":                       "",
	"ledger":                               "fault",
	"letter":                               "claim crowd dossier fault internal/locale internal/pdf ledger name",
	"name":                                 "fault",
	"paper":                                "fault vault",
	"picture":                              "clean internal/pdf internal/sandbox",
	"receipt":                              "fault vault",
	"redact":                               "clean internal/sandbox picture",
	"stamp":                                "",
	"stamp/stamptest":                      "",
	"vault":                                "claim fault ledger name",
}

// sizes are the budgets. Longer things need a reason here.
var sizes = budget{
	file: 500, function: 60, flat: 100,
	exported: 3,
	interfaces: map[string]string{
		"clean.order":            "little-endian and big-endian of encoding/binary, which has no name for both ways",
		"fault.Arg":              "a closed set: what a message may mention",
		"internal/store.querier": "a database or a transaction in it",
		"internal/view.querier":  "a database or a transaction in it",
		"ledger.Notice":          "a closed set: what a directory entry may say",
	},
	long: map[string]string{},
}

// mostModules is how many modules this one may import from.
const mostModules = 16

// doors are the methods of Desk that do not ask may, and why.
var doors = map[string]string{
	"Actor":         "makes one, out of a session",
	"CheckFiles":    "a clock calls it; it reads sealed bytes, and opens none",
	"CheckLog":      "likewise",
	"Condition":     "says how the office fares, and nothing of anybody or what is in it",
	"ChangeUses":    "who holds a receipt is nobody, and decides about what they told",
	"CheckForm":     "only compares what was sent with what FormToken gave",
	"Converse":      "who holds a receipt is nobody, and sees nothing that was sealed",
	"Close":         "for the process, not for a person",
	"ApplyBundle":   "who runs the installation calls it; it takes in what is sealed and signed, and opens none",
	"MakeBundle":    "likewise; it gives what is sealed to another installation of the office",
	"Installations": "says which others there are, and nothing of what is in them",
	"Answer":        "makes half a login whole",
	"Asked":         "says what half a login lacks",
	"Damage":        "says why nothing can be written, and opens nothing",
	"Drill":         "who holds two sheets is nobody yet; opens nothing but bytes made for it",
	"Expire":        "a clock calls it; it only takes away",
	"ErasedBy":      "a setting of the office, added to a day",
	"Enter":         "nobody is somebody before it",
	"Duty":          "a clock calls it; notes which node does a thing for all, and what that says",
	"FormKey":       "what strangers' forms are told by, which opens nothing",
	"Shared":        "says whether there is a shared database",
	"Follow":        "a clock calls it; reads what is in clear, and only takes away",
	"FormToken":     "binds a form to the session it was shown in, and opens nothing",
	"Join":          "who holds an invitation is nobody yet",
	"KeepDraft":     "must still work when the session has just ended; seals to its member",
	"Leave":         "ends one's own session, whatever its state",
	"Login":         "nobody is somebody before it",
	"MoveFiles":     "who runs the server calls it; it moves sealed bytes, and opens none",
	"Logout":        "ends the session of the token it is given, live or not",
	"Receive":       "who writes is nobody",
	"DeskRecipient": "a public key",
	"Outbox":        "age files that nobody here opens",
	"Unopened":      "a clock asks it; says nothing of what waits but that it does",
	"Waking":        "likewise",
	"Recover":       "who holds both sheets is nobody yet",
	"Remembers":     "says of a token that it is one, and opens nothing",
	"Renew":         "puts one token in the place of another, after a passphrase",
	"Root":          "the fingerprint that members compare",
	"TakeBack":      "who holds a receipt is nobody, and decides about what they told",
	"Taking":        "says whether letters can be taken, and opens nothing",
	"TakesFiles":    "likewise",
	"Upload":        "who writes is nobody",
	"WriteAgain":    "who holds a receipt is nobody",
	"Sweep":         "a clock calls it; it only takes away",
	"Verifiers":     "public keys",
}

func TestHouseRules(t *testing.T) {
	tr := repository(t)
	if len(tr.files) < 20 {
		t.Fatalf("parsed only %d files", len(tr.files))
	}
	for name, rule := range map[string]func() []string{
		"imports": func() []string { return tr.imports(mayImport) },
		"docs":    tr.documented,
		"sizes":   func() []string { return tr.within(sizes) },
		"modules": func() []string {
			return tr.modules(tr.texts["go.mod"], tr.texts["docs/decisions/0002-dependencies.md"], mostModules)
		},
		"state":  tr.still,
		"may":    func() []string { return tr.guarded(doors) },
		"silent": func() []string { return tr.silent(foreign(t)) },
	} {
		t.Run(name, func(t *testing.T) { report(t, rule()) })
	}
}

// repository parses the source tree this test stands in.
func repository(t *testing.T) *tree {
	t.Helper()
	tr, err := parseTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// foreign returns words of the machine the test runs on: where its sources,
// its homes and its temporary files are and whom it asks for modules. Whoever
// builds this learns none of them from the sources.
func foreign(t *testing.T) (words []string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	add := func(path string) {
		if path = filepath.Clean(path); path != "." && path != "/" && path != "/tmp" {
			words = append(words, path+"/")
		}
	}
	add(filepath.Dir(here))
	for _, name := range []string{"HOME", "GOPATH", "TMPDIR"} {
		add(os.Getenv(name))
	}
	for _, name := range []string{"GOPROXY", "HTTPS_PROXY", "HTTP_PROXY", "npm_config_registry", "PIP_INDEX_URL"} {
		for _, s := range strings.FieldsFunc(os.Getenv(name), func(r rune) bool { return r == ',' || r == '|' }) {
			if u, err := url.Parse(s); err == nil && u.Hostname() != "" && u.Hostname() != "proxy.golang.org" {
				words = append(words, u.Hostname())
			}
		}
	}
	return words
}

// good is a small tree that keeps all rules of TestRulesCanFail.
var good = map[string]string{
	"go.mod":                              "module habeas\nrequire (\n\texample.org/used v1.0.0\n\texample.org/used/sub v1.0.0 // indirect\n)\n",
	"docs/decisions/0002-dependencies.md": "# Dependencies\n\n## example.org/used\n\nFor a test.\n",
	"desk.go": `// Package habeas is small.
package habeas
import "habeas/fault"
// Desk is a desk.
type Desk struct{}
// Actor acts.
type Actor struct{}
func (d *Desk) may(by Actor, act int) error { return fault.New() }
// Do does.
func (d *Desk) Do(by Actor) error {
	if err := d.may(by, 1); err != nil { return err }
	return nil
}
// Same does too.
func (d *Desk) Same(by *Actor) error { return d.may(*by, 1) }
// Login is open.
func (d *Desk) Login() {}
`,
	"fault/fault.go": `// Package fault is smaller.
package fault
import "example.org/used/x"
// New returns nothing.
func New() error { return x.Nothing }
var table = map[string]int{"a": 1}
func look() int { n := table["a"]; n++; list := []int{}; list = append(list, n); return list[0] }
type one interface{ look() }
`,
	"fault/fault_test.go": "package fault\nvar Changing int\nfunc init() { Changing = 1 }\n",
}

// rules are those of TestHouseRules with smaller tables.
func (t *tree) rules() map[string]func() []string {
	return map[string]func() []string{
		"imports": func() []string { return t.imports(map[string]string{".": "fault", "fault": ""}) },
		"docs":    t.documented,
		"sizes": func() []string {
			return t.within(budget{file: 25, function: 5, flat: 8, exported: 1, long: map[string]string{},
				interfaces: map[string]string{"fault.one": "for a test"}})
		},
		"modules": func() []string {
			return t.modules(t.texts["go.mod"], t.texts["docs/decisions/0002-dependencies.md"], 1)
		},
		"state":  t.still,
		"may":    func() []string { return t.guarded(map[string]string{"Login": "open"}) },
		"silent": func() []string { return t.silent([]string{"/secret/place/"}) },
	}
}

// TestRulesCanFail breaks a good tree in one place and expects one complaint of
// one rule.
func TestRulesCanFail(t *testing.T) {
	const more = "\x00" // stands for what the good tree has in that file
	for _, tc := range []struct{ rule, file, text, want string }{
		{"", "", "", ""},
		{"imports", "fault/up.go", "package fault\nimport _ \"habeas\"\n", `"fault" may not import "."`},
		{"imports", "util/util.go", "// Package util is new.\npackage util\n", `package "util" is not in the table`},
		{"imports", "fault/fault.go", "", `the table lists "fault", which is gone`},
		{"imports", "desk.go", "// Package habeas is small.\npackage habeas\n", `"." no longer imports "fault"`},
		{"docs", "desk.go", "package habeas\n", `package "." says nothing`},
		{"docs", "more.go", "package habeas\nfunc Bare() {}\n", "more.go:2: Bare says nothing"},
		{"docs", "more.go", "package habeas\nfunc (d *Desk) bare() {}\ntype T int\n", "more.go:3: T says nothing"},
		{"docs", "more.go", "package habeas\nfunc (d *Desk) Bare(by Actor) error { return d.may(by, 1) }\n", "Bare says nothing"},
		{"docs", "more.go", "package habeas\nconst Max = 1\n", "Max says nothing"},
		{"sizes", "long.go", "package habeas\n" + strings.Repeat("\n", 25), "long.go has 26 lines"},
		{"sizes", "long_test.go", "package habeas\n" + strings.Repeat("\n", 25), "long_test.go has 26 lines"},
		{"sizes", "long.go", "package habeas\nfunc f() {" + strings.Repeat("\n", 5) + "}\n", "f has 6 lines"},
		{"sizes", "i.go", "package habeas\ntype two interface{}\n", "interface ..two, and nothing says why"},
		{"sizes", "fault/fault.go", "package fault\n", "interface fault.one is gone"},
		{"sizes", "i.go", "package habeas\ntype (One interface{}; Two interface{})\n", "2 exported interfaces, more than 1"},
		{"modules", "m.go", "package habeas\nimport _ \"example.org/used/sub\"\n", "2 modules, more than 1"},
		{"modules", "m.go", "package habeas\nimport _ \"example.org/used/sub\"\n", "example.org/used/sub is imported, and no decision"},
		{"modules", "m.go", "package habeas\nimport _ \"example.org/other\"\n", "example.org/other belongs to no module"},
		{"modules", "docs/decisions/0002-dependencies.md", more + "\n## example.org/gone\n", "example.org/gone, which is not in go.mod"},
		{"modules", "docs/decisions/0002-dependencies.md", "# Dependencies\n", "example.org/used is imported, and no decision"},
		{"state", "s.go", "package habeas\nfunc init() {}\n", "init function"},
		{"state", "fault/s.go", "package fault\nfunc change() { table[\"b\"] = 2 }\n", "table is changed"},
		{"state", "fault/s.go", "package fault\nfunc change() { table = nil }\n", "table is changed"},
		{"state", "fault/s.go", "package fault\nfunc change() { delete(table, \"a\") }\n", "table is changed"},
		{"state", "fault/s.go", "package fault\nvar n struct{ i int }\nfunc change() { n.i++ }\n", "n is changed"},
		{"may", "m.go", "package habeas\n// X x.\nfunc (d *Desk) X(by Actor) { _ = 1; d.may(by, 1) }\n", "X takes an actor, and its first"},
		{"may", "m.go", "package habeas\n// X x.\nfunc (d *Desk) X(by Actor) { if true { d.may(by, 1) } }\n", "X takes an actor, and its first"},
		{"may", "m.go", "package habeas\n// X x.\nfunc (d *Desk) X(by Actor) { var e Desk; e.may(by, 1) }\n", "X takes an actor, and its first"},
		{"may", "m.go", "package habeas\n// X x.\nfunc (d *Desk) X(by Actor) {}\n", "X takes an actor, and its first"},
		{"may", "m.go", "package habeas\n// X x.\nfunc (d *Desk) X() {}\n", "X takes no actor"},
		{"may", "desk.go", strings.Replace(good["desk.go"], "Login() {}", "Login(by Actor) error { return d.may(by, 1) }", 1), "Login asks may and is listed"},
		{"may", "desk.go", strings.Replace(good["desk.go"], "Login()", "Logon()", 1), "Login is listed as open and is gone"},
		{"may", "desk.go", "package habeas\n", "Desk has no methods"},
		{"silent", "README.md", "see /secret/place/x\n", "README.md:1: holds"},
		{"silent", "fault/testdata/x.txt", "\n/secret/place/x", "x.txt:2: holds"},
	} {
		files := fstest.MapFS{}
		for p, text := range good {
			files[p] = &fstest.MapFile{Data: []byte(text)}
		}
		if tc.file != "" {
			files[tc.file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(tc.text, more, good[tc.file]))}
		}
		if tc.text == "" {
			delete(files, tc.file)
		}
		tr, err := parseTree(fs.FS(files))
		if err != nil {
			t.Fatal(err)
		}
		for name, rule := range tr.rules() {
			got := strings.Join(rule(), "\n")
			switch {
			case name == tc.rule && !strings.Contains(got, tc.want):
				t.Errorf("%s with %q: got %q, want %q", name, tc.text, got, tc.want)
			case tc.rule == "" && got != "":
				t.Errorf("%s complains of a good tree: %s", name, got)
			}
		}
	}
}
