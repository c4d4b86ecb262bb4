package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/internal/anchor"
	"habeas/internal/demo"
	"habeas/internal/store"
	"habeas/ledger"
)

// A scene is something during which the power is cut.
type scene struct {
	part    int                                                                    // of 10 cuts
	prepare func(t *testing.T, m *memory)                                          // before; nothing is recorded
	play    func(ctx context.Context, dir string, seed uint64, tell *teller) error // in a process of its own, which is recorded
	after   func(t *testing.T, m *memory, said map[Kind]Said)                      // looks at what is left; said are the last of each kind that were done
}

// Kinds that only scenes have.
const (
	restore Kind = "putting the office back"
	migrate Kind = "moving the office"
	bundle  Kind = "taking in a bundle"
	cosign  Kind = "signing as a witness"
	follow  Kind = "beginning to follow a log"
	shown   Kind = "keeping what a witness signed"
	tried   Kind = "noting a rehearsal"
)

func scenes() map[string]scene {
	return map[string]scene{
		"a day":     {6, ownKey, playDay, afterDay},
		"restore":   {1, copied, playRestore, afterRestore},
		"migrate":   {1, withFiles, playMigrate, afterMigrate},
		"a bundle":  {1, withBundle, playBundle, afterBundle},
		"a witness": {1, nothing, playWitness, afterWitness},
	}
}

// play is what the process of a scene does.
func play(dir string, name Kind, seed uint64) error {
	return scenes()[string(name)].play(context.Background(), dir, seed, &teller{to: os.Stdout})
}

// playDay does each thing once.
func playDay(ctx context.Context, dir string, seed uint64, tell *teller) error {
	w := &worker{ctx: ctx, dir: dir, tell: tell, rng: rand.New(rand.NewPCG(seed, 0))}
	if err := w.begin(); err != nil {
		return err
	}
	kinds := Kinds()
	w.rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, k := range kinds {
		if err := w.one(k); err != nil {
			return err
		}
	}
	return w.end()
}

// secret is the key that opens the copies. It lies beside, where no office would have it.
const secret = "secret"

func ownKey(t *testing.T, m *memory) {
	key, err := age.GenerateX25519Identity()
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(m.dir, opens), []byte(key.Recipient().String()), 0o600),
			os.WriteFile(filepath.Join(m.dir, secret), []byte(key.String()), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// takeKey takes the key away from beside an office.
func takeKey(t *testing.T, m *memory) age.Identity {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, secret))
	if err != nil {
		t.Fatal(err)
	}
	key, err := age.ParseX25519Identity(string(b))
	if err := errors.Join(err, os.Remove(filepath.Join(m.dir, secret))); err != nil {
		t.Fatal(err)
	}
	return key
}

func afterDay(t *testing.T, m *memory, said map[Kind]Said) {
	key := takeKey(t, m)
	m.check(t.Context())
	if _, ok := said[Backup]; ok && !m.restored(t.Context(), key) {
		m.flaw("an office that was copied can't be put back")
	}
}

// withFiles has an office do something first.
func withFiles(t *testing.T, m *memory) {
	for _, k := range []Kind{Exhibit, Record, Letter} {
		if !once(t, m, k, 0) {
			t.Fatal("nothing was prepared")
		}
	}
}

// copied copies an office, and loses it.
func copied(t *testing.T, m *memory) {
	ownKey(t, m)
	withFiles(t, m)
	if !once(t, m, Backup, 0) {
		t.Fatal("nothing was prepared")
	}
	if err := os.RemoveAll(config(m.dir).Dir); err != nil {
		t.Fatal(err)
	}
}

func putBack(ctx context.Context, dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, secret))
	if err != nil {
		return err
	}
	key, err := age.ParseX25519Identity(string(b))
	if err != nil {
		return err
	}
	_, err = habeas.Restore(ctx, config(dir).Dir, habeas.RestorePlan{Data: filepath.Join(dir, copies, dataDir), Keys: filepath.Join(dir, spare, "keys"),
		With: []age.Identity{key}, Pepper: habeas.PepperBeside(config(dir).Dir), NoList: true})
	return err
}

func playRestore(ctx context.Context, dir string, _ uint64, tell *teller) error {
	if err := putBack(ctx, dir); err != nil {
		return err
	}
	return tell.say(Said{What: restore, Done: true})
}

// unmade reports whether nothing is in a directory that was to be made; if it was said to
// be made, that is wrong.
func (m *memory) unmade(dir string, said bool) bool {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return false
	}
	if said {
		m.flaw("%s is not there, and was said to be", filepath.Base(dir))
	}
	return true
}

func afterRestore(t *testing.T, m *memory, said map[Kind]Said) {
	_, done := said[restore]
	if m.unmade(config(m.dir).Dir, done) {
		m.ok("the office can't be put back afterwards", putBack(t.Context(), m.dir))
	}
	takeKey(t, m)
	m.check(t.Context())
}

// moved is where an office is moved to.
func moved(dir string) habeas.Config {
	cfg := config(dir)
	cfg.Dir = filepath.Join(dir, "moved")
	return cfg
}

func playMigrate(ctx context.Context, dir string, _ uint64, tell *teller) error {
	if _, _, err := habeas.Migrate(ctx, config(dir), moved(dir)); err != nil {
		return err
	}
	return tell.say(Said{What: migrate, Done: true})
}

func afterMigrate(t *testing.T, m *memory, said map[Kind]Said) {
	_, done := said[migrate]
	if m.unmade(moved(m.dir).Dir, done) {
		_, _, err := habeas.Migrate(t.Context(), config(m.dir), moved(m.dir))
		m.ok("the office can't be moved afterwards", err)
	}
	// Only one of the two goes on.
	if err := errors.Join(os.RemoveAll(config(m.dir).Dir), os.Rename(moved(m.dir).Dir, config(m.dir).Dir)); err != nil {
		t.Fatal(err)
	}
	m.check(t.Context())
}

// Where an installation in the field is, and what it is brought.
func field(dir string) string   { return filepath.Join(dir, "field") }
func brought(dir string) string { return filepath.Join(dir, "brought.bundle") }

// withBundle makes an installation in the field, and a bundle of what came in since.
func withBundle(t *testing.T, m *memory) {
	ctx := t.Context()
	atDesk := func(do func(*habeas.Desk, habeas.Actor) error) {
		t.Helper()
		d, err := habeas.Open(config(m.dir))
		if err != nil {
			t.Fatal(err)
		}
		vera, err := demo.Actor(ctx, d, "vera")
		if err == nil {
			err = do(d, vera)
		}
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(field(m.dir), 0o700); err != nil {
		t.Fatal(err)
	}
	atDesk(func(d *habeas.Desk, vera habeas.Actor) error {
		_, err := d.AddField(ctx, vera, words("vera"), config(field(m.dir)), habeas.FieldPlan{Members: []habeas.FieldMember{{Handle: "vera", Pass: words("vera")}}})
		return err
	})
	withFiles(t, m)
	atDesk(func(d *habeas.Desk, _ habeas.Actor) error {
		_, err := d.MakeBundle(ctx, ledger.ID{}, brought(m.dir), false)
		return err
	})
}

func applied(ctx context.Context, dir string) (done *habeas.BundleApplied, err error) {
	d, err := habeas.Open(config(field(dir)))
	if err != nil {
		return nil, err
	}
	done, err = d.ApplyBundle(ctx, brought(dir))
	return done, errors.Join(err, d.Close())
}

func playBundle(ctx context.Context, dir string, _ uint64, tell *teller) error {
	if _, err := applied(ctx, dir); err != nil {
		return err
	}
	return tell.say(Said{What: bundle, Done: true})
}

func afterBundle(t *testing.T, m *memory, said map[Kind]Said) {
	there := newMemory(field(m.dir))
	defer func() { m.flaws = append(m.flaws, there.flaws...) }()
	there.asItLies(t.Context(), true)
	done, err := applied(t.Context(), m.dir)
	if !there.ok("the bundle can't be taken in afterwards", err) {
		return
	}
	if _, ok := said[bundle]; ok && done.Entries+done.Wraps+done.Files > 0 {
		there.flaw("of a bundle that was taken in this was missing: %+v", *done)
	}
	there.asItLies(t.Context(), false)
	d, err := habeas.Open(config(there.dir))
	if !there.ok("the installation does not open", err) {
		return
	}
	vera, err := demo.Actor(t.Context(), d, "vera")
	if there.ok("nobody can log in", err) {
		there.said = slices.DeleteFunc(slices.Clone(m.said), func(s Said) bool { return s.What == Letter }) // they wait in the office
		there.recent = len(there.said)
		there.cases(t.Context(), d, vera)
	}
	there.ok("the installation does not close", d.Close())
}

// rounds is how often a witness signs.
const rounds = 4

func witnessIn(dir string) string { return filepath.Join(dir, "witness") }

// playWitness lets the log grow, and has a witness sign it.
func playWitness(ctx context.Context, dir string, seed uint64, tell *teller) error {
	w := &worker{ctx: ctx, dir: dir, tell: tell, rng: rand.New(rand.NewPCG(seed, 0))}
	if err := w.begin(); err != nil {
		return err
	}
	_, keys, err := habeas.LogKeys(config(dir).Dir)
	if err != nil {
		return err
	}
	witness, err := anchor.NewWitness(witnessIn(dir), "witness.example/w")
	if err == nil {
		_, err = witness.Follow(keys[0])
	}
	if err == nil {
		err = tell.say(Said{What: follow, Done: true})
	}
	for n := 0; n < rounds && err == nil; n++ {
		err = w.one(Record)
		if err == nil {
			err = w.witnessed(witness, n)
		}
	}
	return errors.Join(err, w.end())
}

func (w *worker) witnessed(witness *anchor.Witness, n int) error {
	data := config(w.dir).Dir
	seen, err := seenBy(witness)
	if err != nil {
		return err
	}
	b, err := anchor.Request(w.ctx, data, seen)
	if err != nil {
		return err
	}
	line, err := witness.Cosign(b)
	if err != nil {
		return err
	}
	if seen, err = seenBy(witness); err != nil {
		return err
	}
	if err := w.tell.say(Said{What: cosign, Done: true, Size: seen}); err != nil {
		return err
	}
	known, err := ledger.Cosignatures(witness.Key())
	if err != nil {
		return err
	}
	size, err := anchor.Accept(data, line, known)
	if err != nil {
		return err
	}
	if err := w.tell.say(Said{What: shown, Done: true, Size: size}); err != nil {
		return err
	}
	return errors.Join(habeas.NoteRehearsal(data, rehearsed(n), rehearsed(n)), w.tell.say(Said{What: tried, Done: true, Lane: n}))
}

// seenBy returns how much of the one log that a witness follows it saw.
func seenBy(w *anchor.Witness) (size int64, err error) {
	logs, err := w.Logs()
	for _, f := range logs {
		size = f.Seen.Size
	}
	return size, err
}

func rehearsed(n int) time.Time { return time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC) }

func afterWitness(t *testing.T, m *memory, said map[Kind]Said) {
	witness, err := anchor.OpenWitness(witnessIn(m.dir))
	if _, ok := said[follow]; ok && m.ok("the witness does not open", err) {
		seen, err := seenBy(witness)
		if m.ok("what a witness saw", err) && seen < said[cosign].Size {
			m.flaw("a witness that signed %d entries saw %d", said[cosign].Size, seen)
		}
	}
	data := config(m.dir).Dir
	there := map[int64]int{}
	for a, err := range store.AnchorsIn(data).All() {
		if m.ok("what others signed can't be read", err) {
			there[a.Size] = len(a.Cosignatures)
		}
	}
	if at, ok := said[shown]; ok && there[at.Size] != 1 {
		m.flaw("what a witness signed of %d entries is gone", at.Size)
	}
	status, err := habeas.ReadBackupStatus(data)
	if at, ok := said[tried]; m.ok("when a copy was tried", err) && ok && status.Rehearsed.Before(rehearsed(at.Lane)) {
		m.flaw("that a copy was tried is forgotten")
	}
	os.RemoveAll(witnessIn(m.dir))
	m.check(t.Context())
}

func nothing(*testing.T, *memory) {}
