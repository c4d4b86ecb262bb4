// Package habeas is the desk: the case file for people who are unlawfully
// detained or missing, and for those who search for them.
//
// A [Desk] is one office's casework. Whoever uses it logs in and gets a token;
// [Desk.Actor] turns the token into an [Actor], who is an argument of
// everything that follows. The order in which things happen, and who may do
// them, is here and nowhere else.
//
// Read the files in this order:
//
//	desk.go     what a desk is made of; opening and closing
//	door.go     who comes in: passphrase, second factor, known browsers
//	session.go  who is there: lock, the seed under the cookie
//	keys.go     which keys an actor holds, from member to source
//	circlekeys.go  and those that a circle has one of
//	may.go      who may do what: one table
//	nodes.go    how several servers of one office know of each other
//	newnode.go  and how one more is added
//	follow.go   how views follow the ledger
//	receive.go  a statement comes in: original and keys
//	intake.go   a letter comes in from somebody who does not log in
//	upload.go   and a file with it
//	converse.go they come back with a receipt
//	deskkey.go  what it is sealed to while nobody is there
//	triage.go   somebody who takes in reads it
//	filing.go   and it becomes a statement
//	outbox.go   or goes to a machine where it is read
//	reading.go  it is read: names become references
//	settle.go   and the working text is settled
//	record.go   persons, sources, claims; corrected, withdrawn, undone
//	names.go    identities, and looking at them
//	lookup.go   whose name this is, by cover names
//	budget.go   how often, and who agreed to more
//	audit.go    what colleagues must be able to see, without content
//	read.go     cases, places, search, today
//	exhibit.go  files that were given, and what happens to them
//	pieces.go   one that comes in pieces
//	handling.go looked at, taken, checked, handed on
//	derived.go  what is made of one: safe copies, translations
//	shown.go    and how it is shown
//	mark.go     what is hard to see
//	redaction.go what is taken out of one for good
//	proofs.go   what others put into one to prove it
//	handover.go a bundle of them for somebody outside: what goes
//	handask.go  what only people can decide of that
//	handout.go  proposed, approved, released
//	handparcel.go and packed
//	appeals.go  letters to authorities, and what leads from them to a family
//	appealsteps.go what becomes of them
//	appealclock.go their terms, and the board
//	appealcases.go those of all cases
//	appealrisk.go  whether whom we write to is said to have done it
//	appealletter.go what goes with them
//	appealcount.go how many there are, and what became of them
//	appealtable.go what of that may leave
//	appealout.go and how it does
//	drafting.go and how a letter is written
//	waking.go   who is woken for a term while everything is locked
//	consent.go  what those who spoke agreed to
//	release.go  a dossier is made, checked, approved and let out
//	erase.go    a statement is erased: what goes, and who says so
//	forget.go   how that is done, finished, and done again
//	letterlist.go and that no older copy brings a letter back
//	reseal.go   a name that was overlooked is taken out of a text
//	create.go   a new office
//	site.go     where it may be kept
//	invite.go   somebody comes in
//	again.go    somebody lost their passphrase
//	members.go  somebody is suspended, called back, removed
//	circles.go  who belongs together, and who can open what
//	share.go    a case for another circle, and back
//	liaison.go  one person in two circles
//	renew.go    new keys, when somebody has the old ones who must not
//	sheets.go   what is on paper
//	recovery.go and what it is for
//	seen.go     what this machine has seen of the log
//	verify.go   whether what is stored is what was recorded
//	prove.go    whether what was erased is gone
//	backup.go   copies of all there is
//	restore.go  and how an office is put back from them
//	migrate.go  or moved to another store
package habeas
