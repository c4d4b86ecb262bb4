package mail

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"habeas/fault"
)

// mostTold is how many things a state remembers. Urgent ones beyond it are told
// again after each [Gap] until some are opened: noisy, but never silent.
const mostTold = 1 << 16

// mostState is how long an encoded state can be.
const mostState = mostTold*(2*len(ID{})+3) + 256

const dayForm = time.DateOnly

// A State is what a [Waker] must remember when the process ends. It is a value:
// nothing changes one that was handed out. The zero State is that of an office
// that never sent mail.
//
// Stored, it shows on which day the process last ran, at which minute that day's
// mail was or would have been sent, and the IDs of unopened things of which a
// mail was sent because they were urgent or late. It holds no other time: when
// an urgent thing was told is forgotten with the process.
type State struct {
	day    string // that minute was drawn for
	minute int    // of the day
	done   bool   // the day's mail was decided on, whether or not there was one

	told  map[ID]bool // unopened things that were told; true if everyone was
	woken time.Time   // last time of an urgent mail; not stored
}

func dayOf(t time.Time) string { return t.Format(dayForm) }

// Equal reports whether s and o are stored as the same.
func (s State) Equal(o State) bool {
	return s.day == o.day && s.minute == o.minute && s.done == o.done && maps.Equal(s.told, o.told)
}

// still returns s without what is no longer unopened, with a map of its own.
func (s State) still(unopened []Waiting) State {
	told := map[ID]bool{}
	for _, u := range unopened {
		if everyone, ok := s.told[u.ID]; ok {
			told[u.ID] = everyone
		}
	}
	s.told = told
	return s
}

func (s *State) tell(id ID, everyone bool) {
	if _, ok := s.told[id]; ok || len(s.told) < mostTold {
		s.told[id] = everyone
	}
}

// stored is how a state is written.
type stored struct {
	V        int      `json:"v"`
	Day      string   `json:"day"`
	Minute   int      `json:"minute"`
	Done     bool     `json:"done"`
	Told     []string `json:"told"`     // in order
	Everyone []string `json:"everyone"` // in order; none is in told too
}

// Encode returns s as JSON. Equal states have equal bytes.
func (s State) Encode() []byte {
	out := stored{V: 1, Day: s.day, Minute: s.minute, Done: s.done, Told: []string{}, Everyone: []string{}}
	for _, id := range slices.SortedFunc(maps.Keys(s.told), func(a, b ID) int { return bytes.Compare(a[:], b[:]) }) {
		list := &out.Told
		if s.told[id] {
			list = &out.Everyone
		}
		*list = append(*list, hex.EncodeToString(id[:]))
	}
	b, _ := json.Marshal(out) // nothing in it can fail
	return b
}

// DecodeState reads what Encode wrote, and nothing else. Its fault is
// mail.state; an office that then goes on with the zero State gets at most one
// mail too many of each kind.
func DecodeState(b []byte) (State, error) {
	if len(b) > mostState {
		return State{}, fault.New(fault.Damaged, "mail.state")
	}
	var in stored
	if err := json.Unmarshal(b, &in); err != nil {
		return State{}, fault.Wrap(err, fault.Damaged, "mail.state")
	}
	s := State{day: in.Day, minute: in.Minute, done: in.Done, told: map[ID]bool{}}
	good := s.isDay() && s.read(in.Told, false) && s.read(in.Everyone, true)
	// To write it again shows what remains: another version, another order, a
	// thing or a field named twice, anything that Encode does not write.
	if !good || !bytes.Equal(s.Encode(), b) {
		return State{}, fault.New(fault.Damaged, "mail.state")
	}
	return s, nil
}

// isDay reports whether s has a day, or none, and a minute of one.
func (s State) isDay() bool {
	_, err := time.Parse(dayForm, s.day)
	return (err == nil || s.day == "") && s.minute >= 0 && s.minute < dayMinutes
}

// read adds ids to what s remembers and reports whether they are IDs.
func (s State) read(ids []string, everyone bool) bool {
	for _, text := range ids {
		b, err := hex.DecodeString(text)
		if err != nil || len(b) != len(ID{}) || len(s.told) == mostTold {
			return false
		}
		s.told[ID(b)] = everyone
	}
	return true
}
