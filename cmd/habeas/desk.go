package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"habeas"
	"habeas/internal/locale"
	"habeas/ledger"
	"habeas/vault"
)

// deskCommand is about a desk whose key is on a machine that the server never was.
type deskCommand struct {
	New    deskNewCommand    `cmd:"" help:"On a machine of its own: make the key pair of an offline desk."`
	Use    deskUseCommand    `cmd:"" help:"Seal what arrives to an offline desk from now on. The server must be stopped."`
	Outbox deskOutboxCommand `cmd:"" help:"Copy what waits for the offline desk, as age files. The server may run."`
	Read   deskReadCommand   `cmd:"" help:"On the machine of the offline desk: write letters out as texts and files. Stock age opens them, too."`
}

type deskNewCommand struct {
	Out string `arg:"" help:"Where to write OUT.key, which stays there, and OUT.pub, which goes to the office."`
}

// offlineDesk is what OUT.pub holds.
type offlineDesk struct {
	Encrypt []byte `json:"encrypt"`
	Sign    []byte `json:"sign"`
}

// Run makes a key pair. The key is an age identity; nothing else is needed to open
// what is sealed to it.
func (c *deskNewCommand) Run(p *program) error {
	p.harden()
	h, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return err
	}
	public := h.Public(ledger.UseDesk)
	b, err := json.Marshal(offlineDesk{public.Encrypt, public.Sign})
	if err != nil {
		return err
	}
	key := "# The key of an offline desk. Whoever has it reads what was sent.\n# Open a letter with: age -d -i " + filepath.Base(c.Out) + ".key LETTER.age\n" + h.Age().Reveal() + "\n"
	if err := errors.Join(writeNew(c.Out+".key", key, 0o600), writeNew(c.Out+".pub", string(b)+"\n", 0o644)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Keep %s.key on this machine, and a copy on paper or a second disk: without it\nnobody reads what was sealed to it. Take %s.pub to the office, and say\n\n  habeas desk use DIR --pub %s.pub\n\nThe desk is %s; compare it there.\n", c.Out, c.Out, filepath.Base(c.Out), public.ID)
	return err
}

// writeNew writes a file that must not be there yet.
func writeNew(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, os.ErrExist) {
		return refuse(path+" is there already", "choose another name: a key that is written over is lost")
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Sync(), f.Close())
}

type deskUseCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pub    string `required:"" placeholder:"FILE" help:"The .pub file that habeas desk new wrote."`
	Weeks  int    `default:"8" help:"For how many weeks, with this one; at most 53."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Handle string `required:"" help:"Who says so: a member with the role intake."`
	secretFlag
}

// Run publishes the key as what arrives is sealed to.
func (c *deskUseCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	b, err := os.ReadFile(c.Pub)
	if err != nil {
		return err
	}
	var pub offlineDesk
	if err := json.Unmarshal(b, &pub); err != nil {
		return refuse(c.Pub+" is no key of an offline desk", "take the .pub file that habeas desk new wrote")
	}
	if c.Weeks < 1 || c.Weeks > 53 {
		return refuse("an offline desk is for 1 to 53 weeks", "say --weeks 8, and again before they are over")
	}
	h := ledger.Holder{ID: ledger.HolderID(pub.Encrypt, pub.Sign), Encrypt: pub.Encrypt, Sign: pub.Sign}
	return p.loggedIn(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, token string) error {
		by, err := d.Actor(ctx, token)
		if err != nil {
			return err
		}
		if err := d.UseOfflineDesk(ctx, by, h, c.Weeks); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "For %d weeks, what arrives is sealed to desk %s. Nobody who logs in here can open it.\n", c.Weeks, h.ID)
		return err
	})
}

type deskOutboxCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Out    string `arg:"" help:"An empty directory, such as a stick to be carried over."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
}

// Run copies what waits. It stays in the inbox until a member says that it was taken.
func (c *deskOutboxCommand) Run(ctx context.Context, p *program) error {
	if !isEmpty(c.Out) {
		return refuse(c.Out+" is not empty", "name a directory that is, or is not there yet")
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	d, err := habeas.OpenReadOnly(p.config(c.Dir, c.Pepper))
	if err != nil {
		return err
	}
	n := 0
	for out, err := range d.Outbox(ctx) {
		if err == nil {
			err = copyOut(filepath.Join(c.Out, out.Name), out.Age)
		}
		if err != nil {
			return errors.Join(err, d.Close())
		}
		n++
	}
	_, err = fmt.Fprintf(p.out, "%d files. When the other machine has them, remove the letters on the page Letters.\n", n)
	return errors.Join(err, d.Close())
}

func copyOut(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Sync(), f.Close())
}

type deskReadCommand struct {
	Box string `arg:"" help:"The directory that habeas desk outbox filled."`
	Out string `arg:"" help:"An empty directory, for LETTER.txt and LETTER-1, LETTER-2, …, as habeas import takes them."`
	Own string `required:"" placeholder:"FILE" help:"The .key file that habeas desk new wrote."`
}

// Run writes out every letter of the box.
func (c *deskReadCommand) Run(p *program) error {
	p.harden()
	if !isEmpty(c.Out) {
		return refuse(c.Out+" is not empty", "name a directory that is, or is not there yet")
	}
	key, err := os.Open(c.Own)
	if err != nil {
		return err
	}
	own, err := age.ParseIdentities(key)
	if err := errors.Join(err, key.Close()); err != nil {
		return refuse(c.Own+" is no key of an offline desk", "take the .key file that habeas desk new wrote")
	}
	letters, err := filepath.Glob(filepath.Join(c.Box, strings.Repeat("[0-9a-f]", 32)+".age"))
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		return refuse("there are no letters in "+c.Box, "name the directory that habeas desk outbox filled")
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	for _, path := range letters {
		if err := c.one(p, own, path); err != nil {
			return err
		}
	}
	return nil
}

// one writes one letter and its files.
func (c *deskReadCommand) one(p *program, own []age.Identity, path string) error {
	b, err := openAge(path, own)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".age")
	item, err := ledger.ParseID(name)
	if err != nil {
		return err
	}
	l, err := habeas.ReadLetter(item, b)
	if err != nil {
		return err
	}
	w := locale.New(l.Lang)
	text := l.Plain(func(q string) string { return w.T("portal.ask." + q) }).Reveal()
	if err := writeNew(filepath.Join(c.Out, name+".txt"), text+"\n", 0o600); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s  %s, %d files\n", name+".txt", l.Kind, len(l.Files))
	for i, f := range l.Files {
		b, err := openAge(filepath.Join(c.Box, name+"-"+f.Blob+".age"), own)
		if err != nil {
			return err
		}
		if int64(len(b)) < f.Size {
			return refuse("a file of "+name+" is cut off", "copy the box again")
		}
		if err := writeNew(filepath.Join(c.Out, fmt.Sprintf("%s-%d", name, i+1)), string(b[:f.Size]), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// openAge returns what is in an age file.
func openAge(path string, own []age.Identity) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := age.Decrypt(f, own...)
	if err != nil {
		return nil, refuse(filepath.Base(path)+" is not sealed to this key, or damaged", "take the key of the desk it was sealed to")
	}
	return io.ReadAll(r)
}

type sealCommand struct {
	To    string   `required:"" placeholder:"FILE" help:"The office's key for this week: the page where one writes offers it."`
	Paths []string `arg:"" name:"file" help:"The files. Each is sealed into FILE.age beside it, and stays."`
}

// Run seals files before they are sent, so that a server somebody else has taken
// over never sees them.
func (c *sealCommand) Run(p *program) error {
	b, err := os.Open(c.To)
	if err != nil {
		return err
	}
	to, err := age.ParseRecipients(io.LimitReader(b, 64<<10))
	if err := errors.Join(err, b.Close()); err != nil || len(to) != 1 {
		return refuse(c.To+" holds no key to seal to", "save the file that the page offers, and name it with --to")
	}
	for _, path := range c.Paths {
		if err := sealFile(path, to[0]); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s.age\n", path)
	}
	return nil
}

func sealFile(path string, to age.Recipient) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(path+".age", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return refuse(path+".age is there already", "move it away first")
	}
	if err != nil {
		return err
	}
	w, err := age.Encrypt(out, to)
	if err == nil {
		if _, err = io.Copy(w, from); err == nil {
			err = w.Close()
		}
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".age"))
	}
	return nil
}
