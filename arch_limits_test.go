package habeas_test

import (
	"fmt"
	"go/ast"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// limited checks that each HTTP server that is made has a limit for how long a header
// and an idle connection may take and how large a header may be, and that its own
// lines, which hold addresses, go nowhere; and that nobody serves without one.
func (t *tree) limited() (wrong []string) {
	servers := 0
	for f := range t.code {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && isPackage(sel.X, "http") &&
					(strings.HasPrefix(sel.Sel.Name, "ListenAndServe") || strings.HasPrefix(sel.Sel.Name, "Serve") && sel.Sel.Name != "ServeContent" && sel.Sel.Name != "ServeFileFS") {
					wrong = append(wrong, fmt.Sprintf("%s: http.%s has no limits", t.at(n), sel.Sel.Name))
				}
			case *ast.CompositeLit:
				if sel, ok := n.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Server" || !isPackage(sel.X, "http") {
					return true
				}
				servers++
				has := map[string]bool{}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if k, ok := kv.Key.(*ast.Ident); ok {
							has[k.Name] = true
						}
					}
				}
				has["ReadHeaderTimeout"] = has["ReadHeaderTimeout"] || has["ReadTimeout"]
				for _, k := range []string{"ReadHeaderTimeout", "IdleTimeout", "MaxHeaderBytes", "ErrorLog"} {
					if !has[k] {
						wrong = append(wrong, fmt.Sprintf("%s: a server without %s", t.at(n), k))
					}
				}
			}
			return true
		})
	}
	if servers == 0 {
		wrong = append(wrong, "no server is made: this rule checks nothing")
	}
	return sorted(wrong)
}

func isPackage(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func TestEveryServerHasLimits(t *testing.T) { report(t, repository(t).limited()) }

// TestLimitRuleCanFail: each of these is open to who sends slowly or much.
func TestLimitRuleCanFail(t *testing.T) {
	const good = "s := &http.Server{ReadTimeout: 1, IdleTimeout: 1, MaxHeaderBytes: 1, ErrorLog: l}"
	for bad, want := range map[string]string{
		good: "",
		"_ = http.Server{ReadTimeout: 1, MaxHeaderBytes: 1, ErrorLog: l}": "without IdleTimeout",
		"_ = &http.Server{}":                     "without ReadHeaderTimeout",
		"http.ListenAndServe(addr, h)":           "has no limits",
		"http.ServeTLS(listener, h, \"\", \"\")": "has no limits",
	} {
		src := "// Package x is small.\npackage x\nfunc f() {\n" + good + "\n" + bad + "\n}\n"
		tr, err := parseTree(fs.FS(fstest.MapFS{"x/x.go": &fstest.MapFile{Data: []byte(src)}}))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(tr.limited(), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", bad, got, want)
		}
	}
}
