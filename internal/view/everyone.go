package view

import "context"

// Everyone returns the persons of all cases of the circle.
func (v *View) Everyone(ctx context.Context) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person order by stream, ref`, nil, personRow)
}
