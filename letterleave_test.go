package habeas_test

import (
	"os"
	"path/filepath"
	"testing"

	"habeas"
	"habeas/receipt"
)

// The process is killed while a letter is being taken out of the inbox: before its keys
// are destroyed, or after. When the office is opened again it is in no queue, what opened
// it is gone and so is its file; another letter is as it was.
func TestLetterThatWasLeaving(t *testing.T) {
	for name, gone := range map[string]bool{"before its keys": false, "after them": true} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			ctx := s.Context()
			s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
			vera := s.as("vera")
			stays := s.first(vera).ID
			l := herLetter()
			l.Files = []*habeas.Upload{s.upload(herFile, photograph(20_000))}
			s.ok(s.Receive(ctx, receipt.From(secret()), l))
			q, _, err := s.Queue(ctx, vera)
			s.ok(err)
			leaves := q[0].ID
			if leaves == stays {
				leaves = q[1].ID
			}
			keys := s.rows("truth.db", `select key from inbox where id = ?`, leaves[:])
			s.ok(s.Close())

			s.change("truth.db", `update inbox set box = x'' where id = ?1`, leaves[:])
			if gone {
				s.change("keys.db", `delete from wrap where key = ?1`, keys[0])
			}
			s.Desk, err = habeas.Open(s.config())
			s.ok(err)

			if q, _, err = s.Queue(ctx, s.as("vera")); err != nil || len(q) != 1 || q[0].ID != stays {
				t.Errorf("got %d letters, %v, want the one that stays", len(q), err)
			}
			if _, err := s.OpenLetter(ctx, s.as("vera"), stays); err != nil {
				t.Errorf("the letter that stays: %v", err)
			}
			if left := s.rows("keys.db", `select key from wrap where key = ?`, keys[0]); len(left) > 0 {
				t.Error("what opens the letter is still there")
			}
			if files, err := os.ReadDir(filepath.Join(s.config().Dir, "blobs")); err != nil || len(files) > 0 {
				t.Errorf("got %d files, %v, want none", len(files), err)
			}
		})
	}
}
