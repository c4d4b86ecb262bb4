//go:build unix

package habeas

import "golang.org/x/sys/unix"

// freeDisk returns how many bytes whoever this is can still write where dir is.
func freeDisk(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
