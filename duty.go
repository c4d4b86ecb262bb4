package habeas

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"habeas/ledger"
)

// dutyHeld is for how long a node does something for all without having come again.
const dutyHeld = 3 * time.Minute

// onDuty is what nodes note of a duty, in clear.
type onDuty struct {
	Node  ledger.ID `json:"node"`
	Until int64     `json:"until"` // milliseconds since 1970, by that node's clock
	Kept  string    `json:"kept"`
}

// Shared reports whether the office is in a shared database, in which it may have several
// nodes.
func (d *Desk) Shared() bool { return d.db.Shared() }

// Duty runs do if this node is the one that does what is called name for all nodes: who
// came first, until it has not come for three minutes, or do has failed. do is given what
// it returned when it last ran, on whatever node, and "" the first time. That is kept in
// clear, in the database. mine is false if another node has the duty. No two run at the
// same time while their clocks agree to a minute or two and the database answers.
func (d *Desk) Duty(ctx context.Context, name string, do func(was string) (now string, err error)) (mine bool, err error) {
	leave, err := d.alone(ctx, new(sync.Mutex), "duty "+name)
	if err != nil {
		return false, err
	}
	defer leave()
	var was onDuty
	text, err := d.db.Note(ctx, "duty "+name)
	if err != nil {
		return false, err
	}
	if text != "" && json.Unmarshal([]byte(text), &was) != nil {
		was = onDuty{} // whoever wrote it wrote no more; something is done once too often
	}
	if was.Node != d.node.ID() && d.now().UnixMilli() < was.Until {
		return false, nil
	}
	kept, did := do(was.Kept)
	now := onDuty{Node: d.node.ID(), Until: d.now().Add(dutyHeld).UnixMilli(), Kept: kept}
	if did != nil {
		now.Until, now.Kept = 0, was.Kept // another may be luckier
	}
	b, err := json.Marshal(now)
	if err == nil {
		err = d.db.SetNote(ctx, "duty "+name, string(b))
	}
	return true, errors.Join(did, err)
}
