package habeas_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// module is this module's path.
const module = "habeas"

// A tree is the source of a module. Rules are functions over it that return
// what is wrong, one sentence each.
//
// The tree is parsed here. A test that asks "go list" instead is answered from
// go test's cache after an edit in another package, because the cache sees only
// the files the test process opens.
type tree struct {
	set   *token.FileSet
	files []goFile
	texts map[string]string // every text file, by path
}

type goFile struct {
	path, pkg string // pkg is the directory
	test      bool
	ast       *ast.File
	lines     int
}

func parseTree(fsys fs.FS) (*tree, error) {
	t := &tree{set: token.NewFileSet(), texts: map[string]string{}}
	return t, fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || p == "data" || p == "shots") {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		src, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		if !utf8.Valid(src) || strings.ContainsRune(string(src), 0) {
			return nil
		}
		t.texts[p] = string(src)
		if !strings.HasSuffix(p, ".go") || strings.Contains("/"+p, "/testdata/") {
			return nil
		}
		f, err := parser.ParseFile(t.set, p, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.files = append(t.files, goFile{p, path.Dir(p), strings.HasSuffix(p, "_test.go"), f, strings.Count(string(src), "\n")})
		return nil
	})
}

// code gives the files that are not tests.
func (t *tree) code(yield func(goFile) bool) {
	for _, f := range t.files {
		if !f.test && !yield(f) {
			return
		}
	}
}

func (t *tree) at(n ast.Node) string {
	p := t.set.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// imports checks that each package imports what the table says, no more and no
// less. Tests may import anything.
func (t *tree) imports(table map[string]string) (wrong []string) {
	got := map[string]map[string]bool{}
	for f := range t.code {
		if got[f.pkg] == nil {
			got[f.pkg] = map[string]bool{}
		}
		for _, spec := range f.ast.Imports {
			if own, ok := ownPackage(spec); ok {
				got[f.pkg][own] = true
			}
		}
	}
	for pkg := range got {
		if _, ok := table[pkg]; !ok {
			wrong = append(wrong, fmt.Sprintf("package %q is not in the table", pkg))
		}
	}
	for pkg, list := range table {
		allowed := strings.Fields(list)
		if got[pkg] == nil {
			wrong = append(wrong, fmt.Sprintf("the table lists %q, which is gone", pkg))
			continue
		}
		for imp := range got[pkg] {
			if !slices.Contains(allowed, imp) {
				wrong = append(wrong, fmt.Sprintf("%q may not import %q", pkg, imp))
			}
		}
		for _, imp := range allowed {
			if !got[pkg][imp] {
				wrong = append(wrong, fmt.Sprintf("%q no longer imports %q: shorten the table", pkg, imp))
			}
		}
	}
	return sorted(wrong)
}

func ownPackage(spec *ast.ImportSpec) (pkg string, own bool) {
	imp := strings.Trim(spec.Path.Value, `"`)
	if imp == module {
		return ".", true
	}
	return strings.CutPrefix(imp, module+"/")
}

// documented checks that packages and everything exported say what they are.
func (t *tree) documented() (wrong []string) {
	has := map[string]bool{}
	for f := range t.code {
		has[f.pkg] = has[f.pkg] || f.ast.Doc != nil
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d))) {
					wrong = append(wrong, fmt.Sprintf("%s: %s says nothing of itself", t.at(d), d.Name.Name))
				}
			case *ast.GenDecl:
				wrong = append(wrong, t.undocumented(d)...)
			}
		}
	}
	for pkg, ok := range has {
		if !ok {
			wrong = append(wrong, fmt.Sprintf("package %q says nothing of itself", pkg))
		}
	}
	return sorted(wrong)
}

func (t *tree) undocumented(d *ast.GenDecl) (wrong []string) {
	for _, s := range d.Specs {
		var names []*ast.Ident
		documented := d.Doc != nil
		switch s := s.(type) {
		case *ast.TypeSpec:
			names, documented = []*ast.Ident{s.Name}, documented || s.Doc != nil || s.Comment != nil
		case *ast.ValueSpec:
			names, documented = s.Names, documented || s.Doc != nil || s.Comment != nil
		}
		for _, n := range names {
			if n.IsExported() && !documented {
				wrong = append(wrong, fmt.Sprintf("%s: %s says nothing of itself", t.at(n), n.Name))
			}
		}
	}
	return wrong
}

// receiver returns the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if list, ok := typ.(*ast.IndexExpr); ok {
		typ = list.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// A budget is how large things may get. What is longer is named with a reason.
type budget struct {
	file, function, flat int               // lines
	exported             int               // interfaces in the tree that others can name
	interfaces           map[string]string // "pkg.Name" of every interface, and why; tests aside
	long                 map[string]string // flat functions ("pkg.Name") and table files (path), and why
}

// within checks sizes. A name in b.long that is not long is wrong too.
func (t *tree) within(b budget) (wrong []string) {
	used := map[string]bool{}
	exported := []string{}
	for _, f := range t.files {
		if f.lines > b.file && b.long[f.path] == "" {
			wrong = append(wrong, fmt.Sprintf("%s has %d lines, more than %d", f.path, f.lines, b.file))
		}
		used[f.path] = f.lines > b.file
		if f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				lines := t.set.Position(n.End()).Line - t.set.Position(n.Pos()).Line + 1
				name, most := f.pkg+"."+n.Name.Name, b.function
				if b.long[name] != "" {
					used[name] = lines > b.function
					most = b.flat
				}
				if lines > most {
					wrong = append(wrong, fmt.Sprintf("%s: %s has %d lines, more than %d", t.at(n), name, lines, most))
				}
			case *ast.TypeSpec:
				if _, ok := n.Type.(*ast.InterfaceType); !ok {
					return true
				}
				name := f.pkg + "." + n.Name.Name
				used[name] = true
				if b.interfaces[name] == "" {
					wrong = append(wrong, fmt.Sprintf("%s: interface %s, and nothing says why", t.at(n), name))
				}
				if n.Name.IsExported() {
					exported = append(exported, name)
				}
			}
			return true
		})
	}
	for name := range b.long {
		if !used[name] {
			wrong = append(wrong, fmt.Sprintf("%s is not long (any more): shorten the list", name))
		}
	}
	for name := range b.interfaces {
		if !used[name] {
			wrong = append(wrong, fmt.Sprintf("interface %s is gone: shorten the list", name))
		}
	}
	if len(exported) > b.exported {
		wrong = append(wrong, fmt.Sprintf("%d exported interfaces, more than %d: %s", len(exported), b.exported, strings.Join(exported, ", ")))
	}
	return sorted(wrong)
}

// modules checks that the modules whose packages are imported anywhere, tests
// included, are no more than most, and that each has its paragraph, a heading
// with its path, in the decision on dependencies; and each heading its line in
// go.mod.
func (t *tree) modules(goMod, decision string, most int) (wrong []string) {
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^\s*(?:require )?(\S+\.\S+) v\S+`).FindAllStringSubmatch(goMod, -1) {
		known = append(known, m[1])
	}
	used := map[string]bool{}
	for _, f := range t.files {
		for _, spec := range f.ast.Imports {
			imp := strings.Trim(spec.Path.Value, `"`)
			best := ""
			for _, m := range known {
				if (imp == m || strings.HasPrefix(imp, m+"/")) && len(m) > len(best) {
					best = m
				}
			}
			if best != "" {
				used[best] = true
			} else if _, own := ownPackage(spec); !own && strings.Contains(strings.Split(imp, "/")[0], ".") {
				wrong = append(wrong, fmt.Sprintf("%s: %s belongs to no module in go.mod", f.path, imp))
			}
		}
	}
	if len(used) > most {
		wrong = append(wrong, fmt.Sprintf("%d modules, more than %d: %s", len(used), most, strings.Join(sorted(slices.Collect(maps.Keys(used))), ", ")))
	}
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (\S+\.\S+/\S+)$`).FindAllStringSubmatch(decision, -1) {
		headings[m[1]] = true
		if !slices.Contains(known, m[1]) {
			wrong = append(wrong, fmt.Sprintf("the decision on dependencies speaks of %s, which is not in go.mod", m[1]))
		}
	}
	for m := range used {
		if !headings[m] {
			wrong = append(wrong, fmt.Sprintf("%s is imported, and no decision says why", m))
		}
	}
	return sorted(wrong)
}

// guarded checks that every exported method of Desk in the root takes an Actor
// and asks may before anything else, or is one of doors, which says why not.
func (t *tree) guarded(doors map[string]string) (wrong []string) {
	found, methods := map[string]bool{}, 0
	for f := range t.code {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.pkg != "." || fn.Recv == nil || receiver(fn) != "Desk" || !fn.Name.IsExported() {
				continue
			}
			methods++
			name := fn.Name.Name
			found[name] = true
			switch asks := takesActor(fn) && asksFirst(fn); {
			case asks && doors[name] != "":
				wrong = append(wrong, fmt.Sprintf("%s: %s asks may and is listed as open", t.at(fn), name))
			case !asks && doors[name] == "" && takesActor(fn):
				wrong = append(wrong, fmt.Sprintf("%s: %s takes an actor, and its first statement does not ask may", t.at(fn), name))
			case !asks && doors[name] == "":
				wrong = append(wrong, fmt.Sprintf("%s: %s takes no actor, and nothing says why", t.at(fn), name))
			}
		}
	}
	for name := range doors {
		if !found[name] {
			wrong = append(wrong, fmt.Sprintf("%s is listed as open and is gone", name))
		}
	}
	if methods == 0 {
		wrong = append(wrong, "Desk has no methods: this rule checks nothing")
	}
	return sorted(wrong)
}

func takesActor(fn *ast.FuncDecl) bool {
	return slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
		typ := p.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		id, ok := typ.(*ast.Ident)
		return ok && id.Name == "Actor"
	})
}

// asksFirst reports whether fn begins with a call of may on its receiver: alone,
// in what an if statement tests, or in what is returned or assigned.
func asksFirst(fn *ast.FuncDecl) bool {
	if fn.Body == nil || len(fn.Body.List) == 0 || len(fn.Recv.List[0].Names) == 0 {
		return false
	}
	d, asks := fn.Recv.List[0].Names[0].Name, false
	first := ast.Node(fn.Body.List[0])
	if s, ok := first.(*ast.IfStmt); ok {
		if first = s.Init; s.Init == nil {
			first = s.Cond
		}
	}
	ast.Inspect(first, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "may" {
				id, ok := sel.X.(*ast.Ident)
				asks = asks || ok && id.Name == d
			}
		}
		return true
	})
	return asks
}

// silent checks that no word stands in any text file.
func (t *tree) silent(words []string) (wrong []string) {
	for p, text := range t.texts {
		for _, w := range words {
			if i := strings.Index(text, w); i >= 0 {
				wrong = append(wrong, fmt.Sprintf("%s:%d: holds %q", p, strings.Count(text[:i], "\n")+1, w))
			}
		}
	}
	return sorted(wrong)
}

func sorted[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return list
}

func report(t *testing.T, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Error(w)
	}
}
