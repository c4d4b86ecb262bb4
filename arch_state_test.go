package habeas_test

import (
	"fmt"
	"go/ast"
	"go/token"
)

// still checks that nothing happens at start and that package variables are
// only set where they are declared.
func (t *tree) still() (wrong []string) {
	vars := map[string]map[string]bool{} // by package
	for f := range t.code {
		for _, d := range f.ast.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, s := range d.Specs {
					for _, n := range s.(*ast.ValueSpec).Names {
						if vars[f.pkg] == nil {
							vars[f.pkg] = map[string]bool{}
						}
						vars[f.pkg][n.Name] = true
					}
				}
			}
		}
	}
	for f := range t.code {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				wrong = append(wrong, fmt.Sprintf("%s: init function", t.at(fn)))
			}
			local := localNames(fn)
			for _, id := range changed(fn.Body) {
				if vars[f.pkg][id.Name] && !local[id.Name] {
					wrong = append(wrong, fmt.Sprintf("%s: package variable %s is changed", t.at(id), id.Name))
				}
			}
		}
	}
	return sorted(wrong)
}

// changed returns the variables that body assigns to, wholly or in part.
func changed(body ast.Node) (ids []*ast.Ident) {
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.Ident:
				ids = append(ids, x)
				return
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			default:
				return
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					add(e)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
				add(n.Args[0])
			}
		}
		return true
	})
	return ids
}

// localNames returns everything fn declares.
func localNames(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			names[id.Name] = true
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					add(e)
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key)
				add(n.Value)
			}
		}
		return true
	})
	return names
}
