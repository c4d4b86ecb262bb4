package habeas

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// Limits of what somebody who does not log in sends at once.
const (
	MaxLetter  = 256 << 10 // bytes of text, answers and all
	MaxUpload  = 64 << 20  // bytes of one file
	MaxUploads = 20        // files
)

// Questions returns what the portal may ask beside the free text, in order; an
// office leaves out what it does not want to ask. Each is the end of a key of the
// catalogue, "portal.ask.".
func Questions() []string {
	return []string{"who", "since", "last", "where", "holder", "tried", "reach"}
}

// A Letter is what somebody who does not log in sends.
type Letter struct {
	Lang    string // of the pages it was written on
	Text    vault.Text
	Answers []Answered
	Uses    []claim.Use // whom it may be shown to, besides the office
	Delay   int         // days from a withdrawal until the keys are destroyed: 0, 7 or 30
	Urgent  bool        // somebody is in danger in the next days
	Files   []*Upload   // closed
	Refused int         // files that were not taken
}

// Answered is what was written beside one of [Questions].
type Answered struct {
	Question string
	Text     vault.Text
}

// Kinds of what arrives.
const (
	LetterFirst = "letter"     // what a receipt was given for
	LetterMore  = "more"       // what its holder wrote later
	LetterUses  = "uses"       // other readers may see it from now on
	LetterStop  = "withdrawal" // nobody may
)

// wireLetter is what is sealed of a letter: an age file on the desk's side, so that
// an offline desk opens it with nothing else.
type wireLetter struct {
	Kind    string      `json:"kind"`
	Thread  ledger.ID   `json:"thread"`
	Look    []byte      `json:"look"`   // with Public and Sign, what Thread is made of
	Public  []byte      `json:"public"` // of the receipt: what is written to its holder is sealed to it
	Sign    []byte      `json:"sign"`   // of the receipt: what it wrote is signed with it
	Number  int         `json:"number"` // of a wish: a later one has a larger
	Day     string      `json:"day"`
	Lang    string      `json:"lang,omitempty"`
	Text    string      `json:"text,omitempty"`
	Answers []wireAsked `json:"answers,omitempty"`
	Uses    []claim.Use `json:"uses,omitempty"`
	Delay   int         `json:"delay"`
	Urgent  bool        `json:"urgent,omitempty"`
	Pressed bool        `json:"pressed,omitempty"` // withdrawn with the pressure word
	Files   []wireFile  `json:"files,omitempty"`
	Refused int         `json:"refused,omitempty"`
	Leaf    ledger.ID   `json:"leaf"` // the entry that says it was received, and what opens it
	LeafKey []byte      `json:"leaf_key"`
}

// signedLetter is a letter with the signature of its receipt, so that nobody writes one
// who only has the public keys of the office.
type signedLetter struct {
	Letter    json.RawMessage `json:"letter"`
	Signature []byte          `json:"signature"`
}

// signedAs returns what a receipt signs of a letter.
func signedAs(item ledger.ID, letter []byte) []byte {
	return slices.Concat([]byte("habeas letter v1\n"), item[:], letter)
}

type wireAsked struct {
	Question string `json:"question"`
	Text     string `json:"text"`
}

type wireFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Blob   string `json:"blob"` // hash of the sealed bytes
}

// kindReceived is an entry by which the node says that a letter came. It is opened
// with what stands in the letter.
const kindReceived = "received"

// received is its body.
type received struct {
	Item   ledger.ID `json:"item"`
	Sealed string    `json:"sealed"` // SHA-256 of the letter as it is stored
	Blobs  []string  `json:"blobs,omitempty"`
}

// receiptKeys are what a receipt opens.
type receiptKeys struct {
	look   [32]byte
	holder *vault.Holder
	public ledger.Holder
	thread ledger.ID
}

// lookOf returns what a thread is found by. It is a hash of what the receipt gives,
// so that whoever has the table of threads cannot come back with it.
func (d *Desk) lookOf(r receipt.Receipt) [32]byte {
	return sha256.Sum256(d.fromReceipt(r, "habeas receipt look-up v1"))
}

func (d *Desk) fromReceipt(r receipt.Receipt, label string) []byte {
	secret := r.Bytes()
	b, err := hkdf.Key(sha256.New, secret[:], d.root[:], label, 32)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return b
}

func (d *Desk) receiptKeys(r receipt.Receipt) (k receiptKeys, err error) {
	seed, err := vault.SeedFrom(d.fromReceipt(r, "habeas receipt holder v1"))
	if err != nil {
		return k, err
	}
	if k.holder, err = vault.NewHolder(seed); err != nil {
		return k, err
	}
	k.look, k.public = d.lookOf(r), k.holder.Public(ledger.UseDesk)
	k.thread = threadID(k.look[:], k.public.Encrypt, k.public.Sign)
	return k, nil
}

// threadID binds the keys of a receipt to what it is found by: who puts another key
// in the table does not get the messages, and cannot write under the receipt.
func threadID(look, public, sign []byte) ledger.ID {
	h := sha256.Sum256(slices.Concat([]byte("habeas thread v1\n"), look, public, sign))
	return ledger.ID(h[:16])
}

// dayNumber returns the day of a moment, counted since 1970, in UTC.
func dayNumber(t time.Time) int { return int(t.UTC().Unix() / (24 * 60 * 60)) }

// dayAt returns the beginning of a day so counted.
func dayAt(n int) time.Time { return time.Unix(int64(n)*24*60*60, 0).UTC() }

// Taking returns nil if letters can be taken now, or the fault for which not.
func (d *Desk) Taking() error {
	if !d.mayWrite() {
		return fault.New(fault.Busy, "intake.closed")
	}
	if !d.roomForText() {
		return fault.New(fault.Busy, "intake.closed")
	}
	_, err := d.desk(context.Background())
	return err
}

// Receive takes a letter in, sealed to the desk key of the week, under a new
// receipt. When it returns nil, the letter is on the disk. Sent again under the
// same receipt, it is taken for the same one, and the second is dropped.
func (d *Desk) Receive(ctx context.Context, r receipt.Receipt, l Letter) error {
	if r.IsZero() {
		return errors.New("habeas: a letter without a receipt")
	}
	if l.empty() {
		return fault.New(fault.Invalid, "intake.empty", fault.Field("text"))
	}
	k, err := d.receiptKeys(r)
	if err != nil {
		return err
	}
	state, err := sealState(k, threadState{Uses: l.Uses, Delay: l.Delay})
	if err != nil {
		return err
	}
	t := &store.Thread{ID: k.thread, Look: k.look, Public: k.public.Encrypt, State: state}
	item := d.itemID(r, "letter", [16]byte{})
	return d.arrive(ctx, k, item, store.Arrival{New: t}, l.wire(LetterFirst), l.Files)
}

// empty reports whether nothing was written or attached.
func (l Letter) empty() bool {
	return blank(l.Text) && len(l.Files) == 0 && !slices.ContainsFunc(l.Answers, func(a Answered) bool { return !blank(a.Text) })
}

func blank(t vault.Text) bool { return len(bytes.TrimSpace([]byte(t.Reveal()))) == 0 }

func (l Letter) wire(kind string) wireLetter {
	w := wireLetter{Kind: kind, Lang: l.Lang, Text: textOf(l.Text), Uses: l.Uses, Delay: l.Delay, Urgent: l.Urgent, Refused: l.Refused}
	for _, a := range l.Answers {
		if !blank(a.Text) {
			w.Answers = append(w.Answers, wireAsked{a.Question, textOf(a.Text)})
		}
	}
	for _, f := range l.Files {
		w.Files = append(w.Files, wireFile{Name: f.name.Reveal(), Size: f.seal.Size(), SHA256: hexSum(f.seal.Sum()), Blob: f.kept})
	}
	return w
}

// textOf returns what was written as text that can be filed, whatever it was.
func textOf(t vault.Text) string {
	return strings.ReplaceAll(strings.ToValidUTF8(t.Reveal(), "\ufffd"), "\x00", "\ufffd")
}

// itemID returns what a letter is called in the inbox: the same for the same one
// sent again.
func (d *Desk) itemID(r receipt.Receipt, kind string, once [16]byte) ledger.ID {
	return ledger.ID(d.fromReceipt(r, "habeas item v1 "+kind+string(once[:]))[:16])
}

// arrive seals a letter and writes it.
func (d *Desk) arrive(ctx context.Context, k receiptKeys, item ledger.ID, a store.Arrival, l wireLetter, files []*Upload) error {
	if !d.roomForText() {
		return fault.New(fault.Busy, "intake.closed")
	}
	if err := d.catchUp(ctx); err != nil {
		return err
	}
	desk, err := d.desk(ctx)
	if err != nil {
		return err
	}
	now := d.now()
	leaf := make([]byte, 32)
	rand.Read(leaf)
	l.Thread, l.Look, l.Public, l.Sign, l.Day = k.thread, k.look[:], k.public.Encrypt, k.public.Sign, now.Format(time.DateOnly)
	l.Leaf, l.LeafKey = ledger.NewID(), leaf
	box, header, err := sealLetter(k, desk, item, l)
	if err != nil {
		return err
	}
	a.Item = store.Item{ID: item, Thread: k.thread, Day: dayNumber(now), Urgent: l.Urgent, Desk: desk.ID, Key: ledger.NewID(), Box: box}
	a.Wraps = []vault.Wrap{{Key: a.Item.Key, Stream: d.deskStream(), Holder: desk.ID, Box: header}}
	for _, f := range files {
		if held, err := d.deskHeld(ctx, f.desk.ID); err != nil || len(held) == 0 && !d.offline(f.desk.ID) {
			return errors.Join(err, fault.New(fault.Busy, "intake.closed")) // nobody could open it any more
		}
		a.Wraps = append(a.Wraps, vault.Wrap{Key: store.BlobKey(f.kept), Stream: d.deskStream(), Holder: f.desk.ID, Box: f.seal.Header()})
		a.Blobs = append(a.Blobs, f.kept)
	}
	if a.Leaf, err = d.leaf(l, a); err != nil {
		return err
	}
	defer d.letGo()
	twice, err := d.db.Receive(a, d.signer)
	for _, f := range files {
		f.taken = !twice // also after an error: the letter may be there
	}
	if err == nil && !twice {
		if d.cfg.Arrived != nil {
			d.cfg.Arrived(l.Urgent)
		}
	}
	return err
}

// sealLetter signs a letter with its receipt and seals it to a desk.
func sealLetter(k receiptKeys, desk ledger.Holder, item ledger.ID, l wireLetter) (box, header []byte, err error) {
	letter, err := json.Marshal(l)
	if err != nil {
		return nil, nil, err
	}
	defer clear(letter)
	signed := signedAs(item, letter)
	defer clear(signed)
	text, err := json.Marshal(signedLetter{letter, ed25519.Sign(k.holder.Signer().Key, signed)})
	if err != nil {
		return nil, nil, err
	}
	defer clear(text)
	var b bytes.Buffer
	w, err := vault.SealFile(&b, desk)
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, nil, err
	}
	err = w.Close()
	return b.Bytes(), w.Header(), err
}

// letGoAfter is how long what a letter leaves in memory is left there.
const letGoAfter = 5 * time.Second

// letGo gives memory that is not used any more back to the system, which forgets what
// was in it. How much that leaves is in docs/threats.md.
func (d *Desk) letGo() {
	if d.lettingGo.CompareAndSwap(false, true) {
		time.AfterFunc(letGoAfter, func() {
			d.lettingGo.Store(false)
			runtime.GC() // twice, for what pools keep from one to the next
			debug.FreeOSMemory()
		})
	}
}

// leaf seals the entry that says what came.
func (d *Desk) leaf(l wireLetter, a store.Arrival) (ledger.Sealed, error) {
	body, err := json.Marshal(received{Item: a.Item.ID, Sealed: hexSum(sha256.Sum256(a.Item.Box)), Blobs: a.Blobs})
	if err != nil {
		return ledger.Sealed{}, err
	}
	e := ledger.Entry{ID: l.Leaf, Stream: d.deskStream(), Kind: kindReceived, Time: d.now().Truncate(24 * time.Hour), Body: body}
	return ledger.Seal(&e, d.node.Signer(), leafKey(a.Item.ID, l.LeafKey))
}

// leafKey returns what seals the entry about an item.
func leafKey(item ledger.ID, secret []byte) ledger.Key {
	return ledger.NewKey(ledger.KeyID(item, ledger.ID{}), secret)
}

func hexSum(sum [32]byte) string { return hex.EncodeToString(sum[:]) }

// threadState is what a source chose, sealed so that the receipt opens it.
type threadState struct {
	Uses  []claim.Use `json:"uses,omitempty"`
	Delay int         `json:"delay"`
	Count int         `json:"count,omitempty"` // of wishes so far
	Gone  int         `json:"gone,omitempty"`  // day from which the receipt opens nothing, after a withdrawal
}

func stateInfo(thread ledger.ID) string { return "habeas thread state v1\n" + thread.String() }

func sealState(k receiptKeys, s threadState) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return vault.SealNote(k.public.Encrypt, stateInfo(k.thread), b)
}
