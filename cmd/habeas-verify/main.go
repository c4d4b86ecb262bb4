// Command habeas-verify checks a bundle that an office handed over: whether a byte
// was changed, whether its entries are in the log of that office and say what is
// shown, and who else saw that log. It needs no server, no account and no network,
// and writes nothing.
//
//	habeas-verify [--root FINGERPRINT] [--witness KEY]... [--least N] [--roots PEM] [--json] BUNDLE
//
// The exit code is 0 if nothing is wrong (VERIFIED or INTEGRITY ONLY: what was not
// asked for is not missed), 1 if something is (BROKEN), and 2 if it could not be
// tried. Whoever needs VERIFIED reads the first line, or "verdict" with --json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"habeas/custody"
)

const usage = `usage: habeas-verify [flags] BUNDLE

BUNDLE is a directory or a .zip. Nothing is sent anywhere, and nothing is written.

  --root FINGERPRINT  the office's, as it was told to you by another way
  --witness KEY       the key of a witness; may be repeated
  --least N           how many of these must have signed; all, unless it is said
  --roots FILE        certificates of time-stamping authorities, PEM
  --json              a report for programs

exit status: 0 nothing is wrong, 1 something is, 2 it could not be tried
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run checks what args name and returns the exit code.
func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("habeas-verify", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() { fmt.Fprint(errs, usage) }
	var witnesses []string
	root, least, pem, asJSON := flags.String("root", "", ""), flags.Int("least", 0, ""), flags.String("roots", "", ""), flags.Bool("json", false, "")
	flags.Func("witness", "", func(s string) error { witnesses = append(witnesses, s); return nil })
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() != 1:
		flags.Usage()
		return 2
	}
	broken, err := verify(flags.Arg(0), *root, witnesses, *least, *pem, *asJSON, out)
	switch {
	case err != nil:
		fmt.Fprintf(errs, "habeas-verify: error: %v\n", err)
		return 2
	case broken:
		return 1
	}
	return 0
}

func verify(path, root string, witnesses []string, least int, pem string, asJSON bool, out io.Writer) (broken bool, err error) {
	var roots []byte
	if pem != "" {
		if roots, err = os.ReadFile(pem); err != nil {
			return false, err
		}
		if len(roots) == 0 {
			return false, errors.New("--roots names an empty file")
		}
	}
	trust, err := custody.ReadTrust(root, witnesses, least, roots)
	if err != nil {
		return false, err
	}
	fsys, closer, err := custody.Open(path)
	if err != nil {
		return false, err
	}
	defer closer.Close()
	return custody.Check(context.Background(), fsys, trust, asJSON, out, nil)
}
