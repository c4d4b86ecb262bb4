package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func writable(dir string) bool { return unix.Access(dir, unix.W_OK) == nil }

// unfit are file systems on which what is acknowledged may not be there after the
// power was cut, or on which two processes do not see each other's locks.
var unfit = map[int64]string{
	unix.TMPFS_MAGIC: "memory (tmpfs)", unix.RAMFS_MAGIC: "memory (ramfs)",
	unix.NFS_SUPER_MAGIC: "a network (NFS)", unix.SMB_SUPER_MAGIC: "a network (SMB)", unix.CIFS_SUPER_MAGIC: "a network (CIFS)", unix.SMB2_SUPER_MAGIC: "a network (SMB)",
	unix.OVERLAYFS_SUPER_MAGIC: "a layer of a container (overlay)",
}

// disk looks at the file system of the data: what it is, what is left of it, and
// whether it takes a file and says that it is there for good.
func (d *doctor) disk() {
	var st unix.Statfs_t
	if err := unix.Statfs(d.Dir, &st); err != nil {
		d.say("disk", bad, "The disk of the data can't be asked: "+err.Error()+".", "")
		return
	}
	kind, isUnfit := unfit[int64(st.Type)]
	d.whether("disk", !isUnfit, "The data is on a file system of a disk.", bad, "The data is kept in "+kind+".", "move it to a disk of this machine")
	free := int64(st.Bavail) * int64(st.Bsize)
	left := fmt.Sprintf("%d MB of the disk are left", free>>20)
	switch {
	case free < 64<<20:
		d.say("space", bad, left+": no letter and nothing of members is taken.", "make room; the server goes on by itself then")
	case free < 512<<20:
		d.say("space", warn, left+": text is taken, and files are not.", "make room; the server goes on by itself then")
	default:
		d.say("space", good, left+".", "")
	}
	d.whether("files", st.Files == 0 || st.Ffree > 10_000, "There is room for more files.",
		bad, fmt.Sprintf("The disk has room for %d more files, whatever their size.", st.Ffree), "remove small files, or move the data to a file system with more inodes")
	err := probe(d.Dir)
	d.whether("fsync", err == nil, "A file that is written is reported to be on the disk.", bad, "A file can't be written to the disk for good.", "look at dmesg; a disk that fails is replaced, not repaired")
}

// probe writes a file that is synced, with its directory, and removes it.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	to, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer to.Close()
	return to.Sync()
}

// clock looks whether the time of the machine can be right: factors of members and
// the days of letters hang on it.
func (d *doctor) clock() {
	var newest time.Time
	for _, name := range []string{"truth.db", "truth.db-wal", "keys.db", "checked.json"} {
		if info, err := os.Stat(filepath.Join(d.Dir, name)); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	d.whether("time", !newest.After(d.now.Add(time.Minute)), "The clock is not behind what was written last.",
		bad, "The clock is behind: something was written at "+newest.UTC().Format(time.RFC3339)+".", "set it right before anybody logs in; days of letters and statements are taken from it")
	var t unix.Timex
	code, err := unix.Adjtimex(&t)
	d.whether("timekeeping", err == nil && code != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, "Something keeps the clock right.",
		warn, "Nothing keeps the clock right, as far as the kernel knows.", "run systemd-timesyncd or chrony; second factors need the time to half a minute")
}

// machine looks at what can bring keys from memory to a disk, and at limits.
func (d *doctor) machine() {
	plain := plainSwap()
	d.whether("swap", len(plain) == 0, "Memory is not written to a disk in clear.", warn, "Memory may be written in clear to "+strings.Join(plain, ", ")+".",
		"swapoff -a, or encrypt it with a new key at each start; the unit in deploy/ keeps the server out of it with MemorySwapMax=0")
	pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
	dump := strings.TrimSpace(string(pattern))
	d.whether("dumps", !strings.HasPrefix(dump, "|") || strings.Contains(dump, "systemd-coredump"), "A program that crashes leaves no memory on the disk, once its limit says so.",
		warn, "The memory of a program that crashes is given to another, whatever its limit.", "sysctl kernel.core_pattern=core")
	d.whether("crash", os.Getenv("GOTRACEBACK") != "crash", "The server does not ask for a dump when it crashes.", bad, "GOTRACEBACK=crash asks for a dump, which holds keys.", "unset it")
	var files unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files)
	d.whether("descriptors", err == nil && files.Max >= 4096, "Enough files can be open at once.", warn, fmt.Sprintf("Only %d files can be open at once.", files.Max), "LimitNOFILE=16384 in the unit")
}

// plainSwap returns where memory is swapped to without encryption, as far as the
// system tells. Compressed memory is no disk.
func plainSwap() (plain []string) {
	list, err := os.ReadFile("/proc/swaps")
	if err != nil {
		return nil
	}
	for i, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		fields := strings.Fields(line)
		if i == 0 || len(fields) == 0 || strings.HasPrefix(fields[0], "/dev/zram") {
			continue
		}
		uuid, err := os.ReadFile(filepath.Join("/sys/class/block", filepath.Base(fields[0]), "dm/uuid"))
		if err != nil || !strings.HasPrefix(string(uuid), "CRYPT-") {
			plain = append(plain, fields[0])
		}
	}
	return plain
}
