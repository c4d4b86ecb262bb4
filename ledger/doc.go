// Package ledger defines the entry, the only thing Habeas stores as truth, and
// the log that all entries are leaves of.
//
// An [Entry] is what somebody recorded. Its author signs it and it is sealed,
// in one step, by [Seal]; the result is a [Sealed], the only thing a store
// takes. What comes back from a store, or from anybody else, is a [Record]:
// bytes that nobody vouches for. [Open] takes the seal off and gives an
// [Opened]; [Opened.Verify] checks the author's signature and gives the Entry
// back.
//
// A few entries are not sealed, because a server that holds no keys must read
// them: the public keys of holders and who was given access to what. They hold
// no free text, see [Directory].
//
// Records are leaves of a Merkle tree (RFC 6962). Its size and root, signed by
// the node, are a checkpoint (C2SP tlog-checkpoint). So nobody can change,
// drop, reorder or back-date a record without contradicting a checkpoint that
// somebody else may hold.
//
// The bytes are described in docs/format-ledger.md, well enough to write
// another implementation, and pinned by testdata/vectors. They must never
// change for entries that were written: if a vector test fails, mend the code.
package ledger
