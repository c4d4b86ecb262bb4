package ledger

import "time"

// An Entry is one thing somebody recorded: a claim about the world or an act of
// ours. It is plain: what the store holds is its sealed form, see [Seal].
//
// All fields but Number are covered by the author's signature.
type Entry struct {
	ID     ID        // random
	Stream ID        // the case, desk, circle or directory it belongs to
	Key    ID        // the sealing key it was (or is to be) sealed under; zero for a directory entry
	Kind   string    // what Body is, such as "claim"
	Author ID        // the holder who signed: a member, or the node
	Time   time.Time // when it was recorded, UTC, whole milliseconds (whole days in a directory entry)
	After  []ID      // the latest entries on the same subject that the author had seen
	Body   []byte    // JSON, as the kind says

	Number int64 // position in this installation's log, from 0; not signed, given by the store
}
