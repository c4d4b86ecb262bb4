// Package factor is what a member has besides a passphrase: codes that change
// with the time (RFC 6238), recovery codes on paper, passkeys. It computes and
// checks; it keeps nothing and asks nobody for the time.
//
// A second factor guards a server that runs. Who has the disk, the pepper and
// the passphrase needs none.
package factor
