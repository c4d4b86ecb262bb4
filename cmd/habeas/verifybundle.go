package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"habeas/custody"
)

// bundleFlags are what whoever checks knows from elsewhere.
type bundleFlags struct {
	Root     string   `placeholder:"FINGERPRINT" help:"The office's fingerprint, as it was told to you by another way."`
	Witness  []string `placeholder:"KEY" help:"The key of a witness; may be repeated."`
	Least    int      `placeholder:"N" help:"How many of these must have signed; all, unless it is said."`
	Roots    string   `placeholder:"FILE" help:"Certificates of time-stamping authorities, PEM."`
	Identity string   `placeholder:"FILE" help:"Of a bundle that was encrypted with age: the file with your key. It is decrypted in memory."`
	JSON     bool     `name:"json" help:"Of a bundle: a report for programs."`
}

// trust reads what is known. A witness may be named as serve has it, URL=KEY.
func (f bundleFlags) trust() (custody.Trust, error) {
	var roots []byte
	if f.Roots != "" {
		var err error
		if roots, err = os.ReadFile(f.Roots); err != nil {
			return custody.Trust{}, err
		}
		if len(roots) == 0 {
			return custody.Trust{}, refuse("--roots names an empty file")
		}
	}
	var keys []string
	for _, w := range f.Witness {
		keys = append(keys, witnessKey(w))
	}
	t, err := custody.ReadTrust(f.Root, keys, f.Least, roots)
	if err != nil {
		return t, refuse(err.Error())
	}
	return t, nil
}

// witnessKey returns the key in URL=KEY, as serve takes it, or KEY.
func witnessKey(s string) string {
	if before, after, ok := strings.Cut(s, "="); ok && strings.Contains(before, "://") {
		return after
	}
	return s
}

// isBundle reports whether path is a file, or a directory with a bag and no office.
func isBundle(path string) bool {
	about, err := os.Stat(path)
	if err != nil || !about.IsDir() {
		return err == nil
	}
	_, office := os.Lstat(filepath.Join(path, "truth.db"))
	_, declared := os.Lstat(filepath.Join(path, "bagit.txt"))
	return declared == nil && errors.Is(office, os.ErrNotExist)
}

// check checks the bundle at path, without any office.
func (f bundleFlags) check(ctx context.Context, p *program, path string) error {
	trust, err := f.trust()
	if err != nil {
		return err
	}
	fsys, closer, err := f.open(path)
	if errors.Is(err, custody.ErrNotABundle) {
		return refuse(err.Error(), "name the key of a bundle that was encrypted with --identity")
	}
	if err != nil {
		return err
	}
	defer closer.Close()
	broken, err := custody.Check(ctx, fsys, trust, f.JSON, p.out, nil)
	if err == nil && broken {
		return found("the bundle is broken", "the lines that begin with FAILED say where")
	}
	return err
}

func (f bundleFlags) open(path string) (fs.FS, io.Closer, error) {
	if f.Identity == "" {
		return custody.Open(path)
	}
	identities, err := readIdentities(f.Identity)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	about, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	plain, size, err := age.DecryptReaderAt(file, about.Size(), identities...)
	if err != nil {
		file.Close()
		return nil, nil, refuse("the bundle is not encrypted with age to that key, or not whole")
	}
	fsys, err := custody.OpenArchive(plain, size)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return fsys, file, nil
}

// readIdentities reads a file of age keys, or one SSH key that has no passphrase.
func readIdentities(path string) ([]age.Identity, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(b)
	if bytes.Contains(b, []byte("PRIVATE KEY-----")) {
		one, err := agessh.ParseIdentity(b)
		if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
			return nil, refuse("--identity is an SSH key with a passphrase", "decrypt the bundle with age -d first, or take the passphrase off a copy of the key with ssh-keygen -p")
		}
		if err != nil {
			return nil, refuse("--identity is not an SSH key that age knows", "age takes ssh-ed25519 and ssh-rsa")
		}
		return []age.Identity{one}, nil
	}
	all, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil {
		return nil, refuse("--identity is not a file of age keys", "it has a line that begins with AGE-SECRET-KEY-, or is the file of an SSH key")
	}
	return all, nil
}
