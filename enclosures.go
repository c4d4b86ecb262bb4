package habeas

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/letter"
)

// Enclosable returns the exhibits of a case, in the order they came, that a letter to
// an audience may list as enclosures: those of statements that may be used for it, and
// of which nothing stays inside.
func (d *Desk) Enclosable(ctx context.Context, by Actor, id CaseID, audience string) (all []*ExhibitFile, err error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	files, err := d.Handable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	told := d.outward(state, rendered{Audience: audience})
	for _, x := range files {
		if mayEnclose(state, told, x.Statement) {
			all = append(all, x)
		}
	}
	return all, nil
}

// mayEnclose reports whether a file that was given with a statement may be listed for
// a reader: its safe copy could be handed to them, as far as consent goes.
func mayEnclose(state *claim.State, told claim.Outward, st claim.Ref) bool {
	a := allowedFor(told, st)
	return a.Used && a.Out == 0 && a.Why == "" && a.Named != claim.NamedNone && a.Place == "exact" && state.Inside(st) == ""
}

// ExhibitCode returns what an exhibit is called where its name may not stand: on pages
// and in letters.
func ExhibitCode(ref claim.Ref) string {
	if len(ref) < 8 {
		return ""
	}
	return strings.ToUpper(string(ref)[2:8])
}

// restOn has what is made rest on a statement, even if no claim of it is told.
func (r *rendered) restOn(a claim.Allowance) {
	if !slices.Contains(r.RestsOn, a.Statement) {
		r.RestsOn = append(r.RestsOn, a.Statement)
		r.As = append(r.As, claim.Allowance{Statement: a.Statement, Named: a.Named, Place: a.Place})
	}
}

// mostCounted is how large a file may be whose pages are counted for a letter.
const mostCounted = 8 << 20

// exhibits returns the chosen exhibits as a letter lists them, and has it rest on
// their statements: it is stopped and destroyed with them.
func (d *Desk) exhibits(ctx context.Context, k caseKeys, r *rendered, state *claim.State, told claim.Outward) (all []letter.Exhibit, err error) {
	chosen := r.Letter.typed.Exhibits
	if len(chosen) == 0 {
		return nil, nil
	}
	files, err := d.keptFiles(ctx, k, state.Statements...)
	if err != nil {
		return nil, err
	}
	for _, ref := range chosen {
		i := slices.IndexFunc(files, func(f *keptFile) bool { return f.record != nil && f.Exhibit == ref })
		if i < 0 || !mayEnclose(state, told, files[i].Statement) {
			return nil, fault.New(fault.Withheld, "letter.not_enclosed", fault.Field("exhibits"))
		}
		f := files[i]
		r.restOn(allowedFor(told, f.Statement))
		x := letter.Exhibit{Code: ExhibitCode(ref), Media: f.record.Media}
		if f.safe != nil {
			x.Media = cmp.Or(f.safe.Media, x.Media)
			if f.safe.Media == gate.MediaOf(".pdf") && f.safe.Size <= mostCounted {
				b, err := d.wholeOf(*f.safe)
				if err != nil {
					return nil, err
				}
				x.Pages = letter.Pages(b)
			}
		}
		all = append(all, x)
	}
	return all, nil
}
