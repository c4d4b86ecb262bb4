package habeas

import (
	"slices"

	"habeas/fault"
	"habeas/ledger"
)

// An act is something a member may or may not do.
type act uint8

const (
	read       act = iota // what one's circles hold
	own                   // one's own sessions, forms, passphrase and second factors
	lockAll               // lock everybody out
	openCase              // open a case in one's circle
	record                // persons, sources, statements, claims
	describe              // places and units of the office
	lookNames             // identities, where one also holds the vault
	compose               // make a dossier
	approve               // approve somebody else's dossier
	release               // let an approved dossier out
	manage                // members and circles
	audit                 // what members did
	reseal                // take an overlooked name out of a text, likewise
	erase                 // destroy what a statement said, where one also holds the vault
	suspend               // stop a member, oneself too, and call one back
	share                 // a case with another circle
	takeIn                // what arrives without a login
	appeals               // letters to authorities, and what becomes of them
	markShared            // have others' releases looked through for a circle's names
	tabulate              // letters: how many, to whom, and what became of them
)

// roles says which roles may do an act. A member also needs the keys: what this
// table allows, the keys may still refuse.
var roles = map[act][]ledger.Role{
	read:      {ledger.Caseworker, ledger.Analyst, ledger.Editor, ledger.Keeper},
	own:       {ledger.Caseworker, ledger.Analyst, ledger.Editor, ledger.Intake, ledger.Keeper, ledger.Auditor},
	lockAll:   {ledger.Caseworker, ledger.Analyst, ledger.Editor, ledger.Intake, ledger.Keeper, ledger.Auditor},
	openCase:  {ledger.Caseworker, ledger.Intake},
	record:    {ledger.Caseworker, ledger.Analyst},
	describe:  {ledger.Caseworker, ledger.Analyst},
	lookNames: {ledger.Caseworker},
	compose:   {ledger.Caseworker, ledger.Editor},
	approve:   {ledger.Caseworker, ledger.Editor},
	release:   {ledger.Editor},
	manage:    {ledger.Keeper},
	reseal:    {ledger.Caseworker},
	erase:     {ledger.Caseworker},
	audit:     {ledger.Keeper, ledger.Auditor},
	suspend:   ledger.Roles(),
	share:     {ledger.Caseworker},
	takeIn:    {ledger.Intake},
	appeals:   {ledger.Caseworker},

	markShared: {ledger.Caseworker, ledger.Keeper},
	tabulate:   {ledger.Caseworker, ledger.Analyst, ledger.Editor},
}

// may is the first line of everything an actor can do: it fails unless one of
// their roles allows it and their session has not ended meanwhile.
func (d *Desk) may(by Actor, a act) error {
	d.mu.Lock()
	live := by.session != nil && by.session.sealed != nil
	d.mu.Unlock()
	if !live {
		return fault.New(fault.Locked, "session.ended")
	}
	if !allowed(by.roles, a) {
		return fault.New(fault.Forbidden, "may.not")
	}
	return nil
}

func allowed(has []ledger.Role, a act) bool {
	return slices.ContainsFunc(roles[a], func(r ledger.Role) bool { return slices.Contains(has, r) })
}

// might reports whether a member's roles allow an act: asked of what is read in
// the ledger, which any member with the keys can write to.
func (d *Desk) might(member ledger.ID, a act) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, ok := d.dir.Holder(member)
	return ok && allowed(h.Roles, a)
}
