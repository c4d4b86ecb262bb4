package locale

import (
	"time"

	"habeas/fault"
)

// Fault returns what a fault says: what happened, what was kept, what to do
// next. A fault that has no words of its own gets those of its kind.
//
// Its arguments are {0}, {1}, … in their order. Where the words have plural
// forms, the first [fault.Count] chooses.
func (p *Printer) Fault(e *fault.Error) string {
	key := "fault." + e.Key()
	args, n, counted := p.faultArgs(e)
	if counted && p.Has(key+".other") {
		form := key + "." + p.form(n)
		if !p.Has(form) {
			form = key + ".other"
		}
		return p.T(form, args...)
	}
	if !p.Has(key) {
		return p.T("fault.kind." + kindWord(e.Kind()))
	}
	return p.T(key, args...)
}

func (p *Printer) faultArgs(e *fault.Error) (args []any, n int, counted bool) {
	for _, a := range e.Args() {
		switch a := a.(type) {
		case fault.Count:
			if !counted {
				n, counted = int(a), true
			}
			args = append(args, int(a))
		case fault.Day:
			args = append(args, p.Day(time.Time(a)))
		default:
			args = append(args, p.T("field."+fault.FieldName(a)))
		}
	}
	return args, n, counted
}

func kindWord(k fault.Kind) string {
	switch k {
	case fault.Invalid:
		return "invalid"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return "conflict"
	case fault.Forbidden:
		return "forbidden"
	case fault.Locked:
		return "locked"
	case fault.Withheld:
		return "withheld"
	case fault.Damaged:
		return "damaged"
	case fault.Busy:
		return "busy"
	}
	return "internal"
}
