package mail

import (
	"bytes"
	"crypto/x509"
	"io"
	"os"
	"slices"
	"strings"

	"habeas/fault"
)

// How much is read of a file.
const (
	mostPassword = 1 << 10
	mostCA       = 1 << 20
)

// usual are passwords that mail servers come with or that people try first.
var usual = []string{"", "admin", "changeme", "letmein", "mail", "pass", "password", "secret", "smtp", "test", "12345678", "123456789"}

// password reads the password of c's user. It is read anew for each connection,
// so that memory holds it no longer than that.
func (c Config) password() (string, error) {
	if (c.User == "") != (c.PasswordFile == "") || strings.ContainsFunc(c.User, isControl) {
		return "", fault.New(fault.Invalid, "mail.login_half")
	}
	if c.User == "" {
		return "", nil
	}
	b, mode, err := readFile(c.PasswordFile, mostPassword)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "mail.password_file")
	}
	if mode.Perm()&0o077 != 0 {
		return "", fault.New(fault.Invalid, "mail.password_open")
	}
	p := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if strings.ContainsFunc(p, isControl) {
		return "", fault.New(fault.Invalid, "mail.password_file")
	}
	name, _, _ := strings.Cut(c.User, "@")
	if low := strings.ToLower(p); slices.Contains(usual, low) || low == strings.ToLower(c.User) || low == strings.ToLower(name) {
		return "", fault.New(fault.Invalid, "mail.password_usual")
	}
	return p, nil
}

// isControl is true of what ends a line or a field of an SMTP login.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// roots reads the certificates to trust. Nil stands for the system's.
func (c Config) roots() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	b, _, err := readFile(c.CAFile, mostCA)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "mail.ca")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fault.New(fault.Invalid, "mail.ca")
	}
	return pool, nil
}

// readFile returns a regular file of at most most bytes and its mode, both of
// the same open file.
func readFile(path string, most int64) ([]byte, os.FileMode, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, 0, os.ErrInvalid
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, most)); err != nil {
		return nil, 0, err
	}
	return b.Bytes(), info.Mode(), nil
}
