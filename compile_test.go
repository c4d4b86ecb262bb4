package habeas_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refused are bodies of functions that must not compile, and what the compiler
// must say of each: so none fails for another reason, such as a wrong import.
var refused = map[string]struct{ imports, body, want string }{
	"uncleared draft to an exit": {
		`"habeas/gate"`, `exit := func(gate.Cleared) {}; exit(gate.Draft{})`,
		"cannot use gate.Draft{} (value of struct type gate.Draft) as gate.Cleared value in argument to exit",
	},
	"writing an uncleared draft": {
		`"habeas/gate"; "io"`, `gate.Draft{}.WriteTo(io.Discard)`,
		"gate.Draft{}.WriteTo undefined",
	},
	"converting a draft": {
		`"habeas/gate"`, `_ = gate.Cleared(gate.Draft{})`,
		"cannot convert gate.Draft{}",
	},
	"making a cleared document by hand": {
		`"habeas/gate"`, `_ = gate.Cleared{files: nil}`,
		"cannot refer to unexported field files in struct literal of type gate.Cleared",
	},
	"giving a cleared document files": {
		`"habeas/gate"`, `var c gate.Cleared; c.files = nil`,
		"c.files undefined",
	},
	"unsealed record to the store": {
		`"context"; "habeas/internal/store"; "habeas/ledger"; "golang.org/x/mod/sumdb/note"`,
		`var db *store.DB; var r ledger.Record; var s note.Signer; db.Append(context.Background(), []ledger.Sealed{r}, s)`,
		"cannot use r (variable of struct type ledger.Record) as ledger.Sealed value",
	},
	"plain entry to the store": {
		`"context"; "habeas/internal/store"; "habeas/ledger"; "golang.org/x/mod/sumdb/note"`,
		`var db *store.DB; var e []ledger.Entry; var s note.Signer; db.Append(context.Background(), e, s)`,
		"cannot use e (variable of type []ledger.Entry) as []ledger.Sealed value",
	},
	"sealing by hand": {
		`"habeas/ledger"`, `_ = ledger.Sealed{rec: ledger.Record{}}`,
		"cannot refer to unexported field rec in struct literal of type ledger.Sealed",
	},
	"free text as the key of a fault": {
		`"habeas/fault"; "os"`, `_ = fault.New(fault.Invalid, os.Args[0])`,
		"cannot use os.Args[0] (variable of type string) as fault.key value",
	},
	"free text as the key of a wrapped fault": {
		`"habeas/fault"; "os"`, `s := os.Args[0]; _ = fault.Wrap(nil, fault.Invalid, s)`,
		"cannot use s (variable of type string) as fault.key value",
	},
	"free text as a field": {
		`"habeas/fault"; "os"`, `_ = fault.Field(os.Args[0])`,
		"cannot use os.Args[0] (variable of type string) as fault.field value",
	},
	"free text as an argument of a fault": {
		`"habeas/fault"`, `_ = fault.New(fault.Invalid, "k", "text")`,
		`cannot use "text" (constant of type string) as fault.Arg value`,
	},
}

// allowed does what the refused do, rightly: if it does not compile, the others
// prove nothing.
const allowed = `package allowed

import (
	"context"
	"io"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/gate"
	"habeas/internal/store"
	"habeas/ledger"
)

func f(db *store.DB, c gate.Cleared, s []ledger.Sealed, signer note.Signer) error {
	exit := func(gate.Cleared) {}
	exit(c)
	exit(gate.Cleared{})
	if _, err := c.WriteTo(io.Discard); err != nil {
		return err
	}
	if _, err := db.Append(context.Background(), s, signer); err != nil {
		return err
	}
	err := fault.New(fault.Invalid, "k", fault.Field("title"), fault.Count(1))
	return fault.Wrap(err, fault.Internal, "k")
}
`

func TestRefusedPrograms(t *testing.T) {
	repository(t) // opens every source file, so that go test sees when one changes
	programs := map[string]string{"allowed": allowed}
	pkg := map[string]string{} // by name of the program
	for name, p := range refused {
		pkg[name] = fmt.Sprintf("refused%d", len(pkg))
		programs[pkg[name]] = "package p\nimport (" + p.imports + ")\nfunc f() {\n" + p.body + "\n}\n"
	}
	said := compile(t, programs)
	if got := said["allowed"]; got != "" {
		t.Fatalf("the right program does not compile:\n%s", got)
	}
	for name, p := range refused {
		got := said[pkg[name]]
		switch {
		case got == "":
			t.Errorf("%s: compiles", name)
		case !strings.Contains(got, p.want):
			t.Errorf("%s: the compiler says\n%s\nwant %q", name, got, p.want)
		case strings.Count(got, "\n") != 1:
			t.Errorf("%s: the compiler says more than one thing:\n%s", name, got)
		}
	}
}

// compile builds each program as a package that seems to stand in this module,
// and returns what the compiler says of it, "" if nothing.
func compile(t *testing.T, programs map[string]string) map[string]string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	const under = "internal/compiled"
	tmp, replace, args := t.TempDir(), map[string]string{}, []string{"build", "-overlay", "", "-gcflags=-e"}
	for name, source := range programs {
		file := filepath.Join(tmp, name+".go")
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(here, under, name, "p.go")] = file
		args = append(args, "./"+under+"/"+name)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	args[2] = filepath.Join(tmp, "overlay.json")
	if err := os.WriteFile(args[2], overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err == nil && len(programs) > 1 {
		t.Error("go build found nothing wrong")
	}
	said, name := map[string]string{}, ""
	for line := range strings.Lines(string(out)) {
		if at, ok := strings.CutPrefix(line, "# "+module+"/"+under+"/"); ok {
			name = strings.TrimSpace(at)
		} else if strings.HasPrefix(line, "# ") || name == "" {
			t.Fatalf("go build:\n%s", out)
		} else {
			said[name] += line
		}
	}
	return said
}
