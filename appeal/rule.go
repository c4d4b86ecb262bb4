package appeal

// A Duty says who has to act before a term ends.
type Duty string

// Duties. A term that is ours and was missed cannot be repaired.
const (
	Theirs Duty = "theirs"
	Ours   Duty = "ours"
	Nobody Duty = "nobody" // a waiting time: what may follow is allowed only after it
)

// A Start is the event from which a term runs.
type Start string

// Starts. Rule.What says in words which event it is.
const (
	Sent       Start = "sent"       // the letter left, as its receipt shows
	Received   Start = "received"   // it reached whom it is for
	Registered Start = "registered" // it got a number there
	Known      Start = "known"      // somebody learned of something
	Happened   Start = "happened"   // something took place, such as a detention or a decision
)

// A Trust says how far what an entry states was read in its source.
type Trust string

// Trusts. Whatever is not Confirmed is marked wherever it is shown.
const (
	Confirmed   Trust = "yes"    // number and start were read in the source named
	Partly      Trust = "partly" // one element was not: Open says which
	Unconfirmed Trust = "no"     // general knowledge: a lawyer has to confirm it first
)

// An End says what becomes of a term whose last day is not worked.
type End string

// Ends.
const (
	Stays  End = "stays"  // it ends on that day all the same
	Next   End = "next"   // it ends with the next working day
	Unsaid End = "unsaid" // the law is silent or was not read: any day from that day to the next working day
)

// An Extension is a way in which a term gets longer.
type Extension struct {
	ID     string // unique in its rule
	Whole  bool   // Length is the whole term from its start, not what is added
	Length Length
	When   string // the condition, in words
	Law    string
}

// Forwarding is what happens to a term if the addressee sends the letter on.
type Forwarding string

// Forwardings.
const (
	RunsOn   Forwarding = "runs on"  // the law is silent: nothing changes for whom we wrote to
	Restarts Forwarding = "restarts" // the new addressee has a term of its own, from its own start
)

// A Channel is a way of sending that starts no clock from a day on.
type Channel struct {
	Name  string // as Facts.Channel
	Since Date
	Rule  string // the entry that says so
}

// An Opening is a term of ours that begins because of what became of one of theirs.
type Opening struct {
	Rule string // of ours
	On   Become
}

// Become is what became of a term of theirs.
type Become string

// Becomes.
const (
	WhenOverdue  Become = "overdue"  // silence: ours starts on the day after the last
	WhenAnswered Become = "answered" // ours starts on the day of the answer
)

// A Rule is one term of a law. Its texts are in English and are data: whoever shows
// a Rule shows them as they are.
type Rule struct {
	ID           string
	Version      int
	Jurisdiction string // ISO 3166 alpha-2, or UN, COE
	Addressee    string // kind of body
	Law          string
	Starts       Start
	What         string // which event starts it
	Duty         Duty
	Length       Length
	FirstDay     bool // the day of the start is the first day of the term
	End          End
	EndLaw       string
	Extensions   []Extension
	Forwarded    Forwarding
	ForwardRule  string // the entry with the days the addressee has to send it on
	Registration string // the entry with the days it has to register
	NoClock      []Channel
	Opens        []Opening
	Next         []string // ids of entries, or words, that follow if nothing comes
	From, To     Date     // days on which the start may lie; zero is open
	Source       string
	Checked      Date
	By           string
	Trust        Trust
	Open         []string // what was not confirmed, or has to be known beside it
	File         string   // where the entry stands
	Line         int
}

// holds says whether the entry was law on a day.
func (r *Rule) holds(d Date) bool {
	return (r.From.IsZero() || r.From.Compare(d) <= 0) && (r.To.IsZero() || d.Compare(r.To) <= 0)
}
