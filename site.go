package habeas

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"habeas/fault"
	"habeas/internal/store"
)

// CheckSite refuses a place where an office must not be made: a data directory
// that is in use, a pepper inside it or one that is there already. It makes
// nothing: it is asked before anybody thinks of a passphrase, and [Create] asks
// again.
func CheckSite(cfg Config) error {
	cfg = cfg.filled()
	if entries, err := os.ReadDir(cfg.Dir); err == nil && len(entries) > 0 {
		return fault.New(fault.Conflict, "create.not_empty")
	}
	if _, err := os.Lstat(cfg.Pepper); err == nil {
		return fault.New(fault.Conflict, "create.pepper_exists")
	}
	if err := checkOwner(cfg.Dir); err != nil {
		return err
	}
	return outside(cfg.Dir, cfg.Pepper)
}

// ReadDatabase reads a file that says where a shared database is, for
// [Config.Database]: its first line is the URL, which may hold a password, so nobody else
// on this machine may read it. Lines below may say for how many days the database holds
// what was deleted in it: see [store.ParseDatabase].
func ReadDatabase(path string) (string, error) { return store.ReadDatabase(path) }

// checkHouse refuses to open an office that is kept unsafely: what stands for
// others to read, belongs to somebody else, or has the pepper beside the data.
func checkHouse(cfg Config) error {
	for _, path := range []string{cfg.Dir, filepath.Join(cfg.Dir, identityFile), filepath.Join(cfg.Dir, nodeFile), filepath.Join(cfg.Dir, "truth.db"), filepath.Join(cfg.Dir, "keys.db"), filepath.Join(cfg.Dir, "database")} {
		if err := checkOwner(path); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // whoever reads it says what is missing
		}
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			return fault.Wrap(&os.PathError{Op: "open", Path: path, Err: os.ErrPermission}, fault.Forbidden, "site.data_open")
		}
	}
	if err := checkOwner(cfg.Pepper); err != nil {
		return err
	}
	if info, err := os.Stat(cfg.Pepper); err == nil && info.Mode().Perm()&0o077 != 0 {
		return fault.Wrap(&os.PathError{Op: "open", Path: cfg.Pepper, Err: os.ErrPermission}, fault.Forbidden, "site.pepper_open")
	}
	return outside(cfg.Dir, cfg.Pepper)
}

// checkOwner refuses a file of another user: they could change it at any time.
// What does not exist has no owner.
func checkOwner(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // whoever reads it says what is wrong
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return fault.Wrap(&os.PathError{Op: "open", Path: path, Err: os.ErrPermission}, fault.Forbidden, "site.other_owner")
	}
	return nil
}

// outside refuses a pepper in the data directory, whatever links say.
func outside(dir, pepper string) error {
	in, err := contains(dir, pepper)
	if err == nil && in {
		err = fault.New(fault.Invalid, "create.pepper_inside")
	}
	return err
}

// CheckBackups refuses a place for backups that whoever takes the data or the
// pepper takes too: inside the data directory, around it, or with the pepper in
// it. The data directory's own disk is no place either, but that is not always
// seen: see [SameDisk].
func CheckBackups(cfg Config, backups string) error {
	cfg = cfg.filled()
	inside, err := contains(cfg.Dir, backups)
	if err != nil {
		return err
	}
	around, err := contains(backups, cfg.Dir)
	if err != nil {
		return err
	}
	pepper, err := contains(backups, cfg.Pepper)
	if err != nil {
		return err
	}
	switch {
	case inside:
		return fault.New(fault.Invalid, "site.backups_inside")
	case pepper:
		return fault.New(fault.Invalid, "site.backups_pepper")
	case around || sameDir(filepath.Dir(filepath.Clean(cfg.Dir)), filepath.Dir(filepath.Clean(backups))):
		return fault.New(fault.Invalid, "site.backups_beside")
	}
	return nil
}

func sameDir(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// SameDisk reports whether two paths are on one file system, as far as the
// system tells.
func SameDisk(a, b string) bool {
	device := func(path string) (uint64, bool) {
		info, err := os.Stat(existing(path))
		if err != nil {
			return 0, false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(st.Dev), true
	}
	x, ok := device(a)
	y, ok2 := device(b)
	return ok && ok2 && x == y
}

// contains reports whether path is dir or in it, after links were followed. Neither
// has to exist.
func contains(dir, path string) (bool, error) {
	d, err := real(dir)
	if err != nil {
		return false, err
	}
	p, err := real(path)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(d, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../"), nil
}

// real returns an absolute path without links; of what does not exist yet, the
// part that does.
func real(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	there := existing(abs)
	resolved, err := filepath.EvalSymlinks(there)
	if err != nil {
		return "", err
	}
	rest, err := filepath.Rel(there, abs)
	return filepath.Join(resolved, rest), err
}

// existing returns the longest part of a path that exists.
func existing(path string) string {
	for {
		if _, err := os.Lstat(path); err == nil {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}
