package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/locale"
	"habeas/ledger"
	"habeas/vault"
)

// handoverCommand hands over exhibits, in the steps and by the rules of the pages.
type handoverCommand struct {
	Propose handoverProposeCommand `cmd:"" help:"Say what would go, what would stay and why, and all that a stranger would read; and propose it, once every question has an answer. The server must be stopped."`
	Approve handoverApproveCommand `cmd:"" help:"Look at what another member proposed, and approve it. The server must be stopped."`
	Release handoverReleaseCommand `cmd:"" help:"Let out what was approved: each file is checked, and its history says who gets it. The server must be stopped."`
	Take    handoverTakeCommand    `cmd:"" help:"Write the bundle of what was released. The server must be stopped."`
}

// handoverFlags say in which case, and who asks. Names are shown to them meanwhile:
// a file can show as much.
type handoverFlags struct {
	Dir    string `arg:"" help:"The data directory."`
	Handle string `required:"" help:"Who does it: a member who may see the names of the case."`
	Case   string `required:"" placeholder:"ID" help:"The case."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	secretFlag
}

// inCase logs the member in and has names shown to them.
func (c handoverFlags) inCase(ctx context.Context, p *program, do func(d *habeas.Desk, by habeas.Actor, id habeas.CaseID, pass vault.Text) error) error {
	p.harden()
	id, err := ledger.ParseID(c.Case)
	if err != nil {
		return err
	}
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, pass vault.Text) error {
		if err := d.Reveal(ctx, by, id, "handing over exhibits", pass); err != nil {
			return err
		}
		return do(d, by, id, pass)
	})
}

type handoverProposeCommand struct {
	handoverFlags
	Exhibit   []string          `required:"" placeholder:"REF" help:"What goes: x:…/original, x:…/safe for its safe copy, or a file made of it, such as x:…/redaction-1; may be repeated."`
	Audience  string            `required:"" help:"For whom, as consents have it: court, lawyer, un, …"`
	Partner   string            `help:"Which partner, if it is for one."`
	To        string            `required:"" help:"Who gets it, in words without names."`
	Recipient []string          `sep:"none" placeholder:"KEY" help:"A public key of theirs, age1… or a line of an SSH key; may be repeated. Without one the bundle is not encrypted."`
	Answer    map[string]string `mapsep:"none" placeholder:"KEY=WHY" help:"Why something may leave that only people can tell; may be repeated."`
}

// Run shows what would be handed over, and proposes it.
func (c *handoverProposeCommand) Run(ctx context.Context, p *program) error {
	opt := habeas.HandoverOptions{Audience: c.Audience, Partner: c.Partner, To: c.To, Keys: c.Recipient}
	for _, s := range c.Exhibit {
		it, err := habeas.ParseHanded(s)
		if err != nil {
			return err
		}
		opt.Items = append(opt.Items, it)
	}
	for key, why := range c.Answer {
		opt.Answers = append(opt.Answers, habeas.HandedAnswer{Key: key, Reason: why})
	}
	return c.inCase(ctx, p, func(d *habeas.Desk, by habeas.Actor, id habeas.CaseID, _ vault.Text) error {
		h, err := d.PreviewHandover(ctx, by, id, opt)
		if err != nil {
			return err
		}
		p.sayHandover(h)
		if !h.Ready {
			return refuse("nothing was proposed", "leave out what stays, and answer each question with --answer KEY=WHY")
		}
		ref, err := d.ProposeHandover(ctx, by, id, opt)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "\nproposed %s: another member has to look at it and approve it\n", ref)
		return err
	})
}

// sayHandover writes what goes, what stays and why, and what a stranger will read.
func (p *program) sayHandover(h *habeas.Handover) {
	words := locale.New("en")
	for _, f := range h.Files {
		state := "goes"
		if f.Why != "" {
			state = "STAYS: " + words.T("handover.why."+f.Why)
		}
		fmt.Fprintf(p.out, "%s  %s  %d bytes  %s\n", f.HandedItem, f.SHA256, f.Size, state)
	}
	fmt.Fprintf(p.out, "\nto: %s\n", custody.Printable(h.To))
	for _, key := range h.Keys {
		fmt.Fprintf(p.out, "encrypted to: %s\n", key)
	}
	if len(h.Keys) == 0 {
		fmt.Fprintln(p.out, words.T("ui.handover.plain"))
	}
	fmt.Fprintf(p.out, "\n%s:\n", words.T("ui.handover.texts"))
	for _, t := range h.Texts {
		fmt.Fprintf(p.out, "  %s  %s %s: %s\n", t.Exhibit, t.Act, t.Field, custody.Printable(t.Words))
	}
	fmt.Fprintf(p.out, "\n%s:\n", words.T("ui.handover.questions"))
	for _, q := range h.Questions {
		about := string(q.Exhibit)
		if q.Which != "" {
			about += "/" + q.Which
		}
		fmt.Fprintf(p.out, "  %s  %s  %s %s%s", q.Key, about, q.About, custody.Printable(q.Words), q.Person)
		for _, u := range q.Unread {
			fmt.Fprintf(p.out, " (%s)", words.T("gate.unreadable."+string(u.Reason)))
		}
		if q.Reason != "" {
			fmt.Fprintf(p.out, ": %s", custody.Printable(q.Reason))
		}
		fmt.Fprintln(p.out)
	}
}

type handoverApproveCommand struct {
	handoverFlags
	Bundle string   `arg:"" help:"What was proposed, d:…"`
	Reason string   `required:"" help:"Who else knows that this happened, and what they can do; without names."`
	Accept []string `placeholder:"KEY" help:"A question whose answer you agree with; may be repeated."`
}

// Run shows what was proposed, and approves it.
func (c *handoverApproveCommand) Run(ctx context.Context, p *program) error {
	ref, err := claim.ParseRef(c.Bundle)
	if err != nil {
		return err
	}
	return c.inCase(ctx, p, func(d *habeas.Desk, by habeas.Actor, id habeas.CaseID, _ vault.Text) error {
		h, _, err := d.Handover(ctx, by, id, ref)
		if err != nil {
			return err
		}
		p.sayHandover(h)
		if err := d.ApproveHandover(ctx, by, id, ref, c.Reason, c.Accept...); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "\napproved %s: an editor may release it\n", ref)
		return err
	})
}

type handoverReleaseCommand struct {
	handoverFlags
	Bundle string `arg:"" help:"What was approved, d:…"`
}

// Run releases it.
func (c *handoverReleaseCommand) Run(ctx context.Context, p *program) error {
	ref, err := claim.ParseRef(c.Bundle)
	if err != nil {
		return err
	}
	return c.inCase(ctx, p, func(d *habeas.Desk, by habeas.Actor, id habeas.CaseID, pass vault.Text) error {
		if err := d.ReleaseHandover(ctx, by, id, ref, pass); err != nil {
			return err
		}
		h, _, err := d.Handover(ctx, by, id, ref)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "released %s\n", ref)
		if h.Seen.Witnesses+h.Seen.Stamps == 0 {
			fmt.Fprintln(p.out, locale.New("en").T("ui.handover.unseen"))
		}
		return nil
	})
}

type handoverTakeCommand struct {
	handoverFlags
	Bundle string `arg:"" help:"What was released, d:…"`
	Out    string `required:"" placeholder:"FILE" help:"Where to write it: a file that is not there yet."`
}

// Run writes the bundle. What was written of one that could not be finished is
// removed.
func (c *handoverTakeCommand) Run(ctx context.Context, p *program) error {
	ref, err := claim.ParseRef(c.Bundle)
	if err != nil {
		return err
	}
	return c.inCase(ctx, p, func(d *habeas.Desk, by habeas.Actor, id habeas.CaseID, pass vault.Text) error {
		f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return refuse(c.Out+" is there already", "choose another name")
		}
		if err != nil {
			return err
		}
		parcel, err := d.TakeHandover(ctx, by, id, ref, pass)
		var n int64
		if err == nil {
			n, err = parcel.WriteTo(f)
		}
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(c.Out))
		}
		state := "not encrypted"
		if strings.HasSuffix(parcel.Name, ".age") {
			state = "encrypted with age"
		}
		_, err = fmt.Fprintf(p.out, "%s  %d bytes, %s, of the log with %d entries; witnesses: %d, time stamps: %d\n", c.Out, n, state, parcel.Seen.Size, parcel.Seen.Witnesses, parcel.Seen.Stamps)
		return err
	})
}
