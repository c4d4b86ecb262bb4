package habeas

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/crowd"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// Config says where a desk's things are.
type Config struct {
	Dir    string     // the data directory
	Pepper string     // the pepper file, outside Dir and its backups
	Bucket string     // the file that names a bucket for sealed files; empty is [BucketBeside] Dir, if there is one
	Cost   vault.Cost // of new logins; zero is vault.DefaultCost

	OnSite bool // a command beside the data: second factors, which guard nothing there, are not asked for

	Database string // a shared database, as a file says it (see [ReadDatabase]); empty if Dir says it, or the office is in Dir

	Invented bool // nothing in this office is real: it is filled to be measured, see [Desk.Fill]

	KeyBackups time.Duration // how long backups of keys are kept; zero is 30 days

	MaxFiles int64             // bytes of files that are kept; zero is 20 GiB
	Arrived  func(urgent bool) // is told of each letter that comes in; may be nil

	Roots []byte // certificates of time-stamping authorities that are believed, PEM; may be nil

	Watch func(context.Context) (LogWatch, error) // says who signed the log; nil if nobody is asked

	Templates string // a folder of templates for letters, see [Desk.Templates]; "" for none

	Population *crowd.Table // the strength of a population, to weigh descriptions by; may be nil

	Log *slog.Logger     // nil discards; no line holds a name, a word or an address
	Now func() time.Time // nil is time.Now
}

// A Desk is one office's casework. Its methods may be called concurrently.
// Until somebody logs in it holds no key that opens anything: it can verify,
// and it can say who it is.
type Desk struct {
	cfg     Config
	db      *store.DB
	writer  bool // whether this desk writes, or looks on beside a running server
	pepper  vault.Pepper
	node    *vault.Holder // signs checkpoints; opens nothing
	nothing []byte        // a note that no receipt opens
	signer  note.Signer
	root    ledger.ID // the first keeper
	self    ledger.ID // the node that the directory of data is of

	inside  lane  // passphrases of members in session, and of browsers known to be theirs
	outside lane  // of everybody else
	knocks  tally // wrong ones

	factorMu  sync.Mutex          // held while a second factor is checked; before mu
	lastSteps map[ledger.ID]int64 // of the apps that make codes, see useCode

	wishing   sync.Mutex   // held while a source changes what may be done, from what holds to what is to hold; before all others
	triage    sync.Mutex   // held while a letter leaves the inbox, so that two do not file it twice; before all others
	looking   sync.Mutex   // held while a look at names is counted and recorded; before all others
	proposing sync.Mutex   // held while a dossier is made and put before a second member; before all others
	holding   sync.Mutex   // held while a release is looked through for other circles' names, and counted; before all others
	marking   sync.Mutex   // held while what is looked for there is made anew; before all others but holding
	telling   sync.RWMutex // held for reading while gates are told of names, for writing while that is copied; after marking, before the rest

	releasing sync.Mutex // held while it is written that something left, once; before custodial
	custodial sync.Mutex // held while an event of an exhibit is written after the one before it; before all others but copying
	copying   sync.Mutex // held while a file is made anew: it takes much memory; before all others
	glimpsing sync.Mutex // held while a picture is made small: likewise; before all others

	reading  sync.Mutex // held while all sealed files are read
	moving   sync.Mutex // held while a bundle of another installation is taken in; before all others
	checking sync.Mutex // held while the log is checked

	finishing sync.Mutex         // held while erasures are finished; before all others
	sealing   sync.RWMutex       // held for writing while an erasure is announced, for reading while entries are appended; before the rest
	spent     map[ledger.ID]bool // sealing keys that were destroyed; guarded by mu

	renewing sync.Mutex   // held while all that is due is renewed; before handMu
	handMu   sync.Mutex   // held while keys of circles and cases change hands; before the others
	viewMu   sync.RWMutex // held for reading while a view is opened, for writing while one is put in another's place; before mu

	tending sync.WaitGroup // keys being renewed

	keyMu sync.Mutex // held while the key of a view is looked for and made; before mu

	catching sync.Mutex                // held while what other nodes wrote is taken in; before viewMu
	followed atomic.Pointer[time.Time] // when the database of all nodes last answered, zero if it doesn't; nil before it was asked
	caught   atomic.Int64              // how much of the log was read for that
	heard    int64                     // number of what other nodes told last; of Open, and then of Follow
	own      map[ledger.ID]bool        // entries in clear that this node wrote and did not come across yet; guarded by mu

	lettingGo atomic.Bool // memory is about to be given back

	letters templateBook

	mu       sync.Mutex // guards what follows
	atDesk   deskOf
	progress [2]int // cases with new keys, of those that were due
	dir      *ledger.Directory
	handed   int                  // how often dir has changed
	cases    map[ledger.ID]bool   // streams of cases whose directory entries were read
	openers  map[CaseID]ledger.ID // who opened them
	sessions map[[32]byte]*session
	halves   map[[32]byte]*half        // logins that lack a second factor
	uploads  map[string]*openUpload    // files on their way in pieces
	circles  map[ledger.ID]*circleView // open views, by circle
	tries    map[ledger.ID]tried       // by member
	indexed  map[ledger.ID]tip         // by key, the newest entry of a shared index that was seen
	erasings map[int64]*erasing        // by number; public, checked against the directory
	trusted  map[ledger.ID]trust       // by circle, of the views that were dropped

	aside int // files in anchors that no node of this office signed

	sighting  sync.Mutex // held while it is kept what this machine has seen
	sighted   int64      // size of the log that it keeps; guarded by sighting
	unsighted bool       // it can't be kept; guarded by sighting

	files      FilesCheck // the last check of the sealed files
	logCheck   LogCheck   // the last check of the log
	unfinished bool       // an erasure was announced and is not done
	retry      time.Time  // not to be tried again before
}

// identity is habeas.json: what the installation is, in clear.
type identity struct {
	Format int       `json:"format"`
	Root   ledger.ID `json:"root"` // fingerprint of the first keeper
	Node   ledger.ID `json:"node"`
}

const (
	identityFile = "habeas.json"
	nodeFile     = "node.key"
	viewsDir     = "views"
	format       = 1
)

// Open opens the desk for reading and writing. A second process that does so with the
// same data directory, or a copy of it on whatever machine, fails with the fault
// "store.in_use". If that had it and died, Open waits some seconds until that is sure.
// Each node of a shared database has a directory of its own, see [Desk.AddNode].
func Open(cfg Config) (*Desk, error) { return open(cfg, store.ReadWrite) }

// OpenReadOnly opens the desk beside a running server. What it would write
// fails.
func OpenReadOnly(cfg Config) (*Desk, error) { return open(cfg, store.ReadOnly) }

func open(cfg Config, mode store.Mode) (*Desk, error) {
	cfg = cfg.filled()
	if err := checkHouse(cfg); err != nil {
		return nil, err
	}
	id, err := readIdentity(cfg.Dir)
	if err != nil {
		return nil, err
	}
	d := &Desk{
		cfg: cfg, root: id.Root, writer: mode == store.ReadWrite,
		inside: newLane(), outside: newLane(), lastSteps: map[ledger.ID]int64{}, halves: map[[32]byte]*half{},
		cases: map[ledger.ID]bool{}, openers: map[CaseID]ledger.ID{}, sessions: map[[32]byte]*session{}, circles: map[ledger.ID]*circleView{},
		tries: map[ledger.ID]tried{}, indexed: map[ledger.ID]tip{}, spent: map[ledger.ID]bool{}, own: map[ledger.ID]bool{}, trusted: map[ledger.ID]trust{},
	}
	if d.pepper, err = readPepper(cfg.Pepper); err != nil {
		return nil, err
	}
	if err := d.readNode(); err != nil {
		return nil, err
	}
	d.self = id.Node
	if d.db, err = store.OpenAt(cfg.place(), mode); err != nil {
		return nil, err
	}
	if err := d.takeUp(context.Background()); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	d.templates() // so that what is wrong with them is logged at once
	if mode == store.ReadWrite && d.db.Damage() == nil {
		d.unfinished = true
		d.tryToFinish()
	}
	d.keepSeen(context.Background())
	return d, nil
}

// takeUp reads what the store has, compares it with what others hold of it, and does what
// was left undone. Each step stands on those before it.
func (d *Desk) takeUp(ctx context.Context) error {
	err := errors.Join(d.sweepLeft(), d.useBucket())
	if err == nil {
		// Each node has a key, a directory and views of its own, and there is one desk of it.
		err = d.db.Hold(ctx, "desk "+d.node.ID().String())
	}
	if err == nil {
		err = errors.Join(d.joinNodes(), d.readDirectory())
	}
	if err == nil {
		d.signer, err = ledger.NoteSigner(d.origin(), d.node.Signer().Key)
	}
	if err != nil {
		return err
	}
	d.db.TellAs(d.signer)
	err = d.checkAnchors()
	if err == nil && d.db.Damage() == nil {
		err = d.checkSeen(ctx)
	}
	if err == nil && d.writer && d.db.Damage() != nil {
		err = d.destroyAgain(ctx)
	}
	if err == nil && d.mayWrite() {
		err = errors.Join(d.joinLists(ctx), d.stopAll(ctx))
	}
	return err
}

func (cfg Config) filled() Config {
	if cfg.Cost == (vault.Cost{}) {
		cfg.Cost = vault.DefaultCost
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Pepper == "" {
		cfg.Pepper = PepperBeside(cfg.Dir)
	}
	return cfg
}

// place returns where the log and the keys are.
func (cfg Config) place() store.Place { return store.Place{Dir: cfg.Dir, Database: cfg.Database} }

// PepperBeside returns where the pepper is kept unless somebody says otherwise:
// beside the data directory, never in it.
func PepperBeside(dir string) string { return filepath.Clean(dir) + ".pepper" }

// Close locks everybody out and closes the desk.
func (d *Desk) Close() error {
	err := d.endSessions(func(*session, time.Time) bool { return true })
	d.tending.Wait()
	d.keepSeen(context.Background())
	return errors.Join(err, d.leaveNodes(), d.db.Close())
}

// Root returns the fingerprint of the first keeper, to be compared with what
// was written down when the office was set up.
func (d *Desk) Root() ledger.ID { return d.root }

// mayWrite reports whether this desk can write at all.
func (d *Desk) mayWrite() bool { return d.writer && d.db.Damage() == nil }

func (d *Desk) now() time.Time { return d.cfg.Now().UTC() }

func readIdentity(dir string) (id identity, err error) {
	b, err := os.ReadFile(filepath.Join(dir, identityFile))
	if errors.Is(err, os.ErrNotExist) {
		return id, fault.Wrap(err, fault.NotFound, "store.none")
	}
	if err != nil {
		return id, err
	}
	if err := json.Unmarshal(b, &id); err != nil || id.Format != format || id.Root.IsZero() {
		return id, fault.Wrap(err, fault.Damaged, "store.bad_identity")
	}
	return id, nil
}

func readPepper(path string) (p vault.Pepper, err error) {
	b, err := readSecret(path)
	if err != nil {
		return p, fault.Wrap(err, fault.NotFound, "store.no_pepper")
	}
	return vault.PepperFrom(b)
}

func (d *Desk) readNode() error {
	b, err := readSecret(filepath.Join(d.cfg.Dir, nodeFile))
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "store.no_node_key")
	}
	seed, err := vault.SeedFrom(b)
	if err != nil {
		return err
	}
	if d.node, err = vault.NewHolder(seed); err != nil {
		return err
	}
	if d.nothing, err = vault.SealNote(d.node.Public(ledger.UseNode).Encrypt, "nothing", make([]byte, 256)); err != nil {
		return err
	}
	return nil
}

// readSecret reads a file of 64 hexadecimal digits that only its owner may read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("habeas: others may read a secret file")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != 32 {
		return nil, errors.New("habeas: a secret file does not hold 64 hexadecimal digits")
	}
	return b, nil
}

func writeSecret(path string, secret []byte) error {
	return writeNew(path, []byte(hex.EncodeToString(secret)+"\n"))
}

// writeNew writes a file that is not there. When it returns, the file is on disk,
// and so is its name.
func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close(), whole.SyncDir(filepath.Dir(path)))
}
