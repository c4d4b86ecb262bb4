package habeas

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"

	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// theRows returns what a whole bundle of an installation holds, without its end.
func theRows(t testing.TB, from *Desk) (rows []store.Row) {
	t.Helper()
	p, err := from.peer(ledger.ID{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := from.pack(t.Context(), p, knowing{})
	if err != nil {
		t.Fatal(err)
	}
	to, _ := from.dir.Holder(p.Node)
	seed := vault.NewSeed() // somebody whom it can be opened by here
	h, err := vault.NewHolder(seed)
	if err != nil {
		t.Fatal(err)
	}
	opens := h.Public(ledger.UseNode)
	opens.ID = to.ID
	var sealed bytes.Buffer
	if err := from.writeBundle(t.Context(), &sealed, opens, out, &BundleMade{}); err != nil {
		t.Fatal(err)
	}
	identity, err := age.ParseHybridIdentity(h.Age().Reveal())
	if err != nil {
		t.Fatal(err)
	}
	in, err := age.Decrypt(&sealed, identity)
	if err != nil {
		t.Fatal(err)
	}
	for r := store.NewRowReader(in); ; {
		row, err := r.Read()
		if err == io.EOF || err == nil && row.Table == "end" {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// rearranged does to rows what four bytes each say, again and again.
func rearranged(rows []store.Row, how []byte) []store.Row {
	rows = slices.Clone(rows)
	for ; len(how) >= 4 && len(rows) > 1; how = how[4:] {
		i, j := int(how[1])%len(rows), int(how[2])%len(rows)
		r := store.Row{Table: rows[i].Table, Values: slices.Clone(rows[i].Values)}
		if len(r.Values) == 0 {
			continue
		}
		at, from := int(how[3])%len(r.Values), rows[j].Values
		b, _ := r.Values[at].([]byte)
		b = bytes.Clone(b)
		switch how[0] % 9 {
		case 0:
			rows = slices.Delete(rows, i, i+1)
			continue
		case 1:
			rows = slices.Insert(rows, j, r)
			continue
		case 2:
			rows[i], rows[j] = rows[j], rows[i]
			continue
		case 3: // one bit
			if len(b) > 0 {
				b[int(how[2])%len(b)] ^= 1 << (how[3] % 8)
			}
			r.Values[at] = b
		case 4: // what another row has there
			if at < len(from) {
				r.Values[at] = from[at]
			}
		case 5: // an ID out of another record
			if other, ok := from[min(at, len(from)-1)].([]byte); ok && len(b) >= 64 && len(other) >= 64 {
				copy(b[1+16*(how[3]%3):], other[1+16*(how[3]%3):][:16])
			}
			r.Values[at] = b
		case 6:
			r.Values[at] = b[:len(b)/2]
		case 7:
			r.Table = rows[j].Table
		case 8:
			r.Values[at] = int64(how[3]) - 100
		}
		rows[i] = r
	}
	return rows
}

// sealedAs writes rows as the installation whose key an attacker has would.
func sealedAs(t testing.TB, by *vault.Holder, to ledger.Holder, rows []store.Row, path string) {
	t.Helper()
	_, recipients, err := vault.Recipients([]string{vault.AgeRecipient(to)})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	sealed, err := age.Encrypt(&b, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	w, err := newBundleWriter(sealed)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		w.row(r.Table, r.Values...)
	}
	if err := w.end(by.Signer().Key); err != nil {
		return // rows that can't be written
	}
	if err := sealed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rowsOfKeys returns the rows of keys, and fails if one of a circle or a case is somebody's
// to whom nobody gave it.
func rowsOfKeys(t testing.TB, d *Desk) map[ledger.ID]string {
	t.Helper()
	dir, _, err := d.wholeDirectory(t.Context(), nil)
	if err != nil {
		t.Fatalf("the directory can't be read: %v", err)
	}
	snap, err := d.db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	all := map[ledger.ID]string{}
	for row, err := range snap.Keys(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if w, ok := wrapFrom(row); ok {
			all[wrapMark(w)] = string(w.Box)
			if _, holder := dir.Holder(w.Key); holder && !dir.Granted(w.Key, w.Holder) {
				t.Errorf("key %s is there for %s, to whom nobody gave it", w.Key, w.Holder)
			}
		}
	}
	for _, h := range dir.Find(isSide(ledger.UseMember, ledger.UseRecovery, ledger.UseNode, ledger.UseField)) {
		all[h.ID] = string(h.Use)
		for _, r := range h.Roles {
			all[ledger.KeyID(h.ID, ledger.ID([]byte(string(r) + "                ")[:16]))] = string(r)
		}
	}
	return all
}

// A bundle of a real one's rows, sealed to the office by somebody who has no key of it, is
// not taken in; nor one that says that it is for somebody else, or of another office.
func TestAttackBundleOfAStranger(t *testing.T) {
	office, field := inTheField(t)
	rows := theRows(t, field)
	stranger, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.bundle")
	for _, tc := range []struct {
		what   string
		by     *vault.Holder
		column int // of the first row, which is another's; 0 for none
		good   bool
	}{
		{"by a stranger", stranger, 0, false}, {"of another office", field.node, 1, false}, {"said to be of another installation", field.node, 2, false},
		{"for another installation", field.node, 3, false}, {"as it is", field.node, 0, true},
	} {
		changed := slices.Clone(rows)
		if tc.column > 0 {
			changed[0].Values = slices.Clone(rows[0].Values)
			changed[0].Values[tc.column] = idBytes(ledger.NewID())
		}
		sealedAs(t, tc.by, office.node.Public(ledger.UseNode), changed, path)
		if _, err := office.ApplyBundle(t.Context(), path); (err == nil) != tc.good {
			t.Errorf("%s: got error %v", tc.what, err)
		}
	}
}

// Whoever has the key of a laptop makes bundles out of the parts of a real one, in any
// other order and with any change, and signs and seals them as it does. Nobody becomes a
// member or gets a role by it, no key is replaced, taken or given to anybody, a bundle that
// is refused leaves the log as it was, and the log verifies.
func FuzzSealedBundle(f *testing.F) {
	office, field := inTheField(f)
	rows := theRows(f, field)
	node := office.node.Public(ledger.UseNode)
	known, err := office.Verifiers()
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "a.bundle")
	was := rowsOfKeys(f, office)
	f.Add([]byte{})
	for op := range byte(9) {
		for _, at := range []byte{0, 3, 9, 17, 30} {
			f.Add([]byte{op, at, at + 5, 1, op, at + 2, at + 1, 3})
		}
	}
	f.Fuzz(func(t *testing.T, how []byte) {
		sealedAs(t, field.node, node, rearranged(rows, how), path)
		before, err := office.db.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, failed := office.ApplyBundle(t.Context(), path)
		after, err := office.db.Size(t.Context())
		if err != nil || failed != nil && after != before {
			t.Errorf("refused (%v), and the log has %d entries, want %d", failed, after, before)
		}
		if _, err := office.db.Verify(t.Context(), known, nil); err != nil {
			t.Errorf("the log does not verify: %v", err)
		}
		now := rowsOfKeys(t, office)
		for id, v := range was {
			if now[id] != v {
				t.Errorf("a key or a member of the office was replaced or taken: %s", id)
			}
		}
		for id, v := range now {
			if _, there := was[id]; !there && (v == string(ledger.UseMember) || v == string(ledger.Keeper)) {
				t.Errorf("somebody is a %s who was not", v)
			}
		}
	})
}
