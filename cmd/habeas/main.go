// Command habeas keeps the case files of people who are unlawfully detained or
// missing: it serves an office to its members, and checks and moves what an
// office holds.
//
// Each command is one file, named for it. A flag, an environment variable that
// begins with HABEAS_ and a key of the file given with --config have the same
// name; a flag wins over the environment, and that over the file. A name nobody
// knows is an error wherever it stands. No passphrase is ever an argument or in
// the environment.
//
// The exit code is 0 if all went well, 1 if something was found, held back or
// does not verify, and 2 if the command could not be carried out.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"habeas"
	"habeas/internal/sandbox"
	"habeas/vault"
)

// commands is what can be asked of habeas.
type commands struct {
	Config string `placeholder:"FILE" help:"Read flags from this file: a JSON object of flag names."`
	Bucket string `placeholder:"FILE" help:"The file that names a bucket for sealed files and holds its key; DIR.bucket unless it is somewhere else."`

	Demo     demoCommand     `cmd:"" help:"Try it: a throw-away office with two invented cases."`
	Init     initCommand     `cmd:"" help:"Make a new office."`
	Serve    serveCommand    `cmd:"" help:"Serve an office to its members."`
	Member   memberCommand   `cmd:"" help:"Invite members, and list them."`
	Node     nodeCommand     `cmd:"" help:"More servers of one office."`
	Field    fieldCommand    `cmd:"" help:"Installations of an office in the field, such as a laptop."`
	Bundle   bundleCommand   `cmd:"" help:"Move what is recorded between installations of an office, by file."`
	Recovery recoveryCommand `cmd:"" help:"Recovery sheets: use them, try them, or write the pepper anew."`
	Import   importCommand   `cmd:"" help:"Take files in as statements of a case."`
	Exhibit  exhibitCommand  `cmd:"" help:"Files that were given with statements."`
	Desk     deskCommand     `cmd:"" help:"An offline desk: what arrives is read on a machine the server never was."`
	Seal     sealCommand     `cmd:"" help:"Seal files to an office before sending them, without any office here."`
	Doctor   doctorCommand   `cmd:"" help:"Look whether an office and its machine are as they should be."`
	Verify   verifyCommand   `cmd:"" help:"Check that nothing recorded was changed or lost."`
	Fsck     fsckCommand     `cmd:"" help:"Name what is damaged, and what is still whole."`
	Erase    eraseCommand    `cmd:"" help:"Prove that what was erased is gone, or undo an import."`
	Backup   backupCommand   `cmd:"" help:"Copy an office, encrypted, beside a running server; try whether copies can be put back."`
	Restore  putBackCommand  `cmd:"" help:"Put an office back from copies."`
	Migrate  migrateCommand  `cmd:"" help:"Copy an office into another store. The server must be stopped."`
	Blobs    blobsCommand    `cmd:"" help:"Where sealed files are: move them into a bucket, or out of it."`
	Rebuild  rebuildCommand  `cmd:"" help:"Fold the views of one's circles anew."`
	Gate     gateCommand     `cmd:"" help:"Look for names in texts, without any office."`
	Bench    benchCommand    `cmd:"" help:"Measure this program on data that you have."`
	Clean    cleanCommand    `cmd:"" help:"Make files anew from what they show, without any office."`
	Proofs   proofsCommand   `cmd:"" help:"Check what others put beside files to prove where they come from."`
	Clock    clockCommand    `cmd:"" help:"Reckon when an answer is owed, or until when a family may act, without any office."`
	Letters  lettersCommand  `cmd:"" help:"Templates for letters to authorities, without any office."`
	Redact   redactCommand   `cmd:"" help:"Take parts out of a picture, a PDF, a film or sound for good."`
	Schema   schemaCommand   `cmd:"" help:"Print the SQL that makes the tables of a shared database, for whoever owns that."`
	Version  versionCommand  `cmd:"" help:"Say which build this is."`

	Checkpoint checkpointCommand `cmd:"" help:"The state of the log, signed: show it to witnesses, and keep what they sign."`
	Witness    witnessCommand    `cmd:"" help:"Be a witness: sign that the log of an office only grew, without any office."`
	Stamp      stampCommand      `cmd:"" help:"Have an authority sign when it saw the log (RFC 3161)."`
}

// A program is one run of the command.
type program struct {
	in       io.Reader
	out, err io.Writer
	cost     vault.Cost // of new passphrases; zero is the default
	bucket   string     // the file of --bucket, or ""
}

func main() {
	sandbox.Main(tasks())
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	os.Exit(p.run(os.Args[1:]))
}

// run carries out one command and returns its exit code.
func (p *program) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &commands{}
	parser, err := kong.New(c,
		kong.Name("habeas"),
		kong.Description("The case file for people unlawfully detained or missing, and for those who search for them."),
		kong.DefaultEnvars(envPrefix),
		kong.Writers(p.out, p.err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return p.report(ctx, err)
	}
	if err := checkEnvironment(parser.Model, os.Environ()); err != nil {
		return p.report(ctx, err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return p.report(ctx, misused(err))
	}
	p.bucket = c.Bucket
	k.BindTo(ctx, (*context.Context)(nil))
	return p.report(ctx, k.Run(p))
}

// config returns where the office in dir is. pepper may be empty: then it is
// beside dir.
func (p *program) config(dir, pepper string) habeas.Config {
	return habeas.Config{Dir: dir, Pepper: pepper, Bucket: p.bucket, Cost: p.cost}
}
