package habeas

import (
	"context"

	"habeas/factor"
	"habeas/fault"
	"habeas/vault"
)

// An Asking is what half a login lacks.
type Asking struct {
	Code     bool   // a code of an app
	Recovery bool   // or of the paper
	Options  string // for a passkey, as a browser takes it; "" if there is none for this site
}

// Asked returns what a ticket is to be answered with.
func (d *Desk) Asked(ctx context.Context, ticket string, at Site) (Asking, error) {
	_, me, err := d.openHalf(ticket)
	if err != nil {
		return Asking{}, err
	}
	all, err := d.boxes(ctx, me)
	if err != nil {
		return Asking{}, err
	}
	_, _, code := all.has(factor.KindCode)
	_, _, paper := all.has(factor.KindRecovery)
	return Asking{Code: code, Recovery: paper}, nil
}

func (d *Desk) answeredByKey(context.Context, *vault.Holder, half, boxes, Answer) error {
	return fault.New(fault.Invalid, "login.code", fault.Field("code"))
}
