// Package vault holds the keys, and seals who people are.
//
// One kind of key: a [Holder] is made of a [Seed] of 32 bytes, from which an
// encryption key (MLKEM768-X25519) and a signing key (Ed25519) are derived. One
// way to give access: a [Wrap], which seals 32 bytes to a holder's public key.
// One way to take it away: to delete wraps.
//
//	passphrase ─► member ─► circle.body  ─► case.body  ─► source.body  ─► name-free work
//	                     └► circle.vault ─► case.vault ─► source.vault ─► originals, identities
//
// A circle is two holders, so that somebody may belong to it for its name-free
// side only: such a member opens no original and no name, whatever the server
// does. Each statement brings two source keys, one a side; destroying them is
// what erases it. An entry's key is made of a source key and of the seed of the
// case's generation, so a member who was removed opens nothing written later.
//
// Text from the vault is a [Text], which prints and encodes as a mask wherever
// it goes; [Text.Reveal] is the one way to the words.
package vault
