package habeas_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/internal/oplog"
)

// logged checks that every line of the log is a constant message with keys of the
// list, and that nothing but the package oplog makes a log that goes anywhere.
func (t *tree) logged(keys []string) (wrong []string) {
	calls := 0
	for f := range t.code {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "slog" && f.pkg != "internal/oplog" {
				wrong = append(wrong, t.attribute(sel.Sel.Name, call, keys)...)
				return true
			}
			if at, ok := messageAt(sel); ok {
				calls++
				wrong = append(wrong, t.message(call, at)...)
			}
			return true
		})
	}
	if calls == 0 {
		wrong = append(wrong, "nothing is logged: this rule checks nothing")
	}
	return sorted(wrong)
}

// attribute checks a call of a function of package slog.
func (t *tree) attribute(name string, call *ast.CallExpr, keys []string) []string {
	switch name {
	case "New": // of nothing, until whoever starts the program says otherwise
		if to, ok := call.Args[0].(*ast.SelectorExpr); ok && to.Sel.Name == "DiscardHandler" {
			return nil
		}
		return []string{fmt.Sprintf("%s: a log that does not come from oplog.New", t.at(call))}
	case "NewLogLogger", "StringValue": // the one for what servers say, the other how a text of a person masks itself
		return nil
	case "String", "Int", "Int64", "Any":
		if key, ok := constant(call.Args[0]); ok && slices.Contains(keys, key) && (name != "Any" || key == "at") {
			return nil
		}
		return []string{fmt.Sprintf("%s: a key that is not on the list of oplog", t.at(call))}
	}
	return []string{fmt.Sprintf("%s: slog.%s is not used here", t.at(call), name)}
}

// message checks that a message is a constant, and that what follows are attributes.
func (t *tree) message(call *ast.CallExpr, at int) (wrong []string) {
	if len(call.Args) <= at {
		return nil // a method of the same name
	}
	if _, ok := constant(call.Args[at]); !ok {
		wrong = append(wrong, fmt.Sprintf("%s: a message that is no constant", t.at(call)))
	}
	for _, a := range call.Args[at+1:] {
		if call.Ellipsis != token.NoPos {
			break // attributes that were made elsewhere
		}
		c, ok := a.(*ast.CallExpr)
		if ok {
			sel, isSel := c.Fun.(*ast.SelectorExpr)
			pkg, isIdent := ast.Expr(nil), false
			if isSel {
				pkg = sel.X
				_, isIdent = pkg.(*ast.Ident)
			}
			ok = isIdent && pkg.(*ast.Ident).Name == "slog"
		}
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s: what is logged is no attribute", t.at(a)))
		}
	}
	return wrong
}

// messageAt returns which argument of a method of a log is the message.
func messageAt(sel *ast.SelectorExpr) (at int, ok bool) {
	on := ""
	switch x := sel.X.(type) {
	case *ast.Ident:
		on = x.Name
	case *ast.SelectorExpr:
		on = x.Sel.Name
	}
	if !strings.EqualFold(on, "log") && !strings.EqualFold(on, "logger") {
		return 0, false
	}
	switch sel.Sel.Name {
	case "Debug", "Info", "Warn", "Error":
		return 0, true
	case "DebugContext", "InfoContext", "WarnContext", "ErrorContext":
		return 1, true
	case "LogAttrs", "Log":
		return 2, true
	}
	return 0, false
}

func constant(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func TestEveryLogLineIsOnTheList(t *testing.T) { report(t, repository(t).logged(oplog.Keys())) }

// TestLogRuleCanFail: each of these would let something of a person into the log.
func TestLogRuleCanFail(t *testing.T) {
	const good = `s.Log.LogAttrs(ctx, slog.LevelError, "request", slog.String("ref", x), slog.Any("at", y))`
	for bad, want := range map[string]string{
		good:                              "",
		`s.Log.Info("looked for " + who)`: "no constant",
		`log.Error(err.Error())`:          "no constant",
		`s.Log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("title", x))`: "not on the list",
		`s.Log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String(key, x))`:     "not on the list",
		`s.Log.LogAttrs(ctx, slog.LevelInfo, "request", slog.Any("ref", x))`:      "not on the list",
		`s.Log.LogAttrs(ctx, slog.LevelInfo, "request", slog.Group("ref", x))`:    "not used here",
		`s.Log.Info("request", "ref", x)`:                                         "no attribute",
		`d.cfg.Log.WarnContext(ctx, "request", attr(x))`:                          "no attribute",
		`log := slog.New(slog.NewTextHandler(w, nil))`:                            "does not come from oplog",
		`slog.Info("request")`: "not used here",
	} {
		src := "// Package x is small.\npackage x\nfunc f() {\n" + good + "\n" + bad + "\n}\n"
		tr, err := parseTree(fs.FS(fstest.MapFS{"x/x.go": &fstest.MapFile{Data: []byte(src)}}))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(tr.logged([]string{"at", "ref"}), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", bad, got, want)
		}
	}
}
