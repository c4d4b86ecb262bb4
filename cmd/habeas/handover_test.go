package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// toHandOver prepares the demo: an exhibit of a statement that a court may have with
// names, an editor who holds the vault, and everybody's passphrases in files.
func toHandOver(t *testing.T, pl *place) (root, id string, told claim.Ref) {
	t.Helper()
	pl.start("demo", "--dir", "office", "--listen", "127.0.0.1:0").stop()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := habeas.Open(habeas.Config{Dir: filepath.Join(pl.dir, "office"), Cost: vault.Cost{Time: 1, Memory: 64}})
	ok(err)
	defer d.Close()
	vera, err := demo.Actor(ctx, d, "vera")
	ok(err)
	rows, err := d.Cases(ctx, vera)
	ok(err)
	for _, row := range rows {
		if !strings.Contains(row.Title, "basement") {
			continue
		}
		f, err := d.Case(ctx, vera, row.ID)
		ok(err)
		told, id = f.State.Statements[0].Ref, row.ID.String()
		use := []claim.Use{{To: "court", Named: claim.NamedName, Place: "exact"}}
		ok(d.Consent(ctx, vera, row.ID, claim.Consent{Statement: told, Giver: claim.GivenBySource, Uses: use}))
		ok(d.Consent(ctx, vera, row.ID, claim.Consent{Statement: told, Giver: claim.GivenByFamily, Person: f.State.Case.Affected, Uses: use}))
		noor := habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText(passphrase), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}
		ok(d.AddMember(ctx, vera, noor, f.Circle.ID, true))
	}
	pl.write("noor", passphrase, 0o600)
	for _, m := range demo.Members() {
		pl.write(m.Handle, m.Passphrase, 0o600)
	}
	return d.Root().String(), id, told
}

// TestHandoverCommand: a file is added, proposed, approved, released and taken, each
// by who may; a court opens it with an age key or an SSH key, and checks it with a
// program that knows nothing of the office.
func TestHandoverCommand(t *testing.T) {
	pl := newPlace(t)
	root, id, told := toHandOver(t, pl)
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	pl.write("mine.key", mine.String()+"\n", 0o600)
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "a clerk, invented")
	line, errPub := ssh.NewPublicKey(pub)
	if err != nil || errPub != nil {
		t.Fatal(err, errPub)
	}
	pl.write("id_ed25519", string(pem.EncodeToMemory(block)), 0o600)
	clerk := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line))) + " Mstyslava@court.example"

	pl.write("call.bin", "sound\x00\x01\x02", 0o600)
	out, _ := pl.must(0, "exhibit", "add", "office", "call.bin", "--handle", "vera", "--passphrase-file", "vera", "--case", id, "--statement", string(told))
	exhibit := regexp.MustCompile(`x:\w{16}`).FindString(out)
	as := func(who, step string, more ...string) []string {
		return append([]string{"exhibit", "handover", step, "office", "--handle", who, "--passphrase-file", who, "--case", id}, more...)
	}
	ask := as("vera", "propose", "--exhibit", exhibit+"/original", "--audience", "court", "--to", "the registry of the court", "--recipient", mine.Recipient().String(), "--recipient", clerk)
	out, errs := pl.must(2, ask...)
	if !strings.Contains(out, "goes") || !strings.Contains(out, "call.bin") || !strings.Contains(errs, "nothing was proposed") || strings.Contains(out, "Mstyslava") {
		t.Errorf("got %s%s", out, errs)
	}
	keys := regexp.MustCompile(`(?m)^  ([0-9a-f]{24})  `).FindAllStringSubmatch(out, -1)
	accept := []string{}
	for _, k := range keys {
		ask, accept = append(ask, "--answer", k[1]+"=two of us heard all of it; it is sound, and says no name"), append(accept, "--accept", k[1])
	}
	out, _ = pl.must(0, ask...)
	bundle := regexp.MustCompile(`proposed (d:\w{16})`).FindStringSubmatch(out)
	if bundle == nil || len(keys) == 0 {
		t.Fatalf("got %s", out)
	}
	said := append([]string{bundle[1], "--reason", "the court alone, which they can't reach"}, accept...)
	pl.must(2, as("vera", "approve", said...)...)
	pl.must(2, as("noor", "release", bundle[1])...)
	pl.must(0, as("omar", "approve", said...)...)
	pl.must(2, as("noor", "take", bundle[1], "--out", "early.zip.age")...)
	if out, _ := pl.must(0, as("noor", "release", bundle[1])...); !strings.Contains(out, "No witness has signed") {
		t.Errorf("got %s", out)
	}
	if out, _ := pl.must(0, as("noor", "take", bundle[1], "--out", "given.zip.age")...); !strings.Contains(out, "encrypted with age") {
		t.Errorf("got %s", out)
	}
	for _, identity := range []string{"mine.key", "id_ed25519"} {
		if out, _ := pl.must(0, "verify", "given.zip.age", "--root", root, "--identity", identity); !strings.HasPrefix(out, "INTEGRITY ONLY\n") || !strings.Contains(out, "the registry of the court") {
			t.Errorf("with %s: got %s", identity, out)
		}
	}
	if _, err := os.Stat(filepath.Join(pl.dir, "early.zip.age")); err == nil {
		t.Error("what was not released was written")
	}
	sealed, err := os.ReadFile(filepath.Join(pl.dir, "given.zip.age"))
	if err != nil {
		t.Fatal(err)
	}
	testkit.Sweep(t, append(demo.Canaries(), "call.bin"), nil, map[string][]byte{"given": sealed}, nil)
	pl.must(0, "verify", "office", "--handle", "vera", "--passphrase-file", "vera")
	binaryVerifies(t, pl, root, as("noor", "take", bundle[1]), mine)
}

// binaryVerifies opens a bundle and checks it with the small program for outsiders.
func binaryVerifies(t *testing.T, pl *place, root string, take []string, key *age.X25519Identity) {
	t.Helper()
	pl.must(0, append(take, "--out", "again.zip.age")...)
	in, err := os.Open(filepath.Join(pl.dir, "again.zip.age"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	plain, err := age.Decrypt(in, key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(pl.dir, "again.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.ReadFrom(plain); err != nil || out.Close() != nil {
		t.Fatal(err)
	}
	file := filepath.Join(pl.dir, "habeas-verify")
	build := exec.Command("go", "build", "-trimpath", "-o", file, "../habeas-verify")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	b, err := exec.Command(file, "--root", root, out.Name()).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(b), "INTEGRITY ONLY\n") || strings.Contains(string(b), "FAILED") {
		t.Errorf("%v: got %s", err, b)
	}
	broken, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(broken), "sound\x00\x01\x02")
	if i < 0 {
		t.Fatal("the file is not in the bundle")
	}
	broken[i] ^= 1
	if err := os.WriteFile(out.Name(), broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(file, "--root", root, out.Name()).CombinedOutput(); err == nil || !strings.HasPrefix(string(b), "BROKEN\n") {
		t.Errorf("%v: a changed file: got %s", err, b)
	}
}
