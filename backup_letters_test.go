package habeas_test

import (
	"testing"

	"habeas"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// Letters wait when the office is copied. One is taken back by who wrote it, one is
// closed, and one becomes a statement that is erased. The copy from before brings none
// of them back; one that still waits, and one that became a statement, it does.
func TestRestoreBringsNoLetterBack(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r, known := receipt.From(secret()), map[ledger.ID]bool{}
	send := func(r receipt.Receipt) ledger.ID {
		l := herLetter()
		l.Files = []*habeas.Upload{s.upload(herFile, photograph(20_000))}
		s.ok(s.Receive(ctx, r, l))
		q, _, err := s.Queue(ctx, s.as("vera"))
		s.ok(err)
		for _, one := range q {
			if !known[one.ID] {
				known[one.ID] = true
				return one.ID
			}
		}
		t.Fatal("the letter is not in the queue")
		return ledger.ID{}
	}
	send(r)
	closed, erased, filed := send(receipt.From(secret())), send(receipt.From(secret())), send(receipt.From(secret()))
	send(receipt.From(secret()))
	c := s.copies()
	s.backUp(c)
	old := c.at(t)

	own, _ := r.Confirm("en")
	s.ok(s.TakeBack(ctx, r, own))
	s.now = s.now.AddDate(0, 0, 8)
	s.ok(s.Expire(ctx))
	vera := s.as("vera")
	s.ok(s.CloseLetter(ctx, vera, closed, vault.NewText("")))
	id, st, err := s.FileLetter(ctx, vera, erased, filing(s.circle(vera)))
	s.ok(err)
	_, _, err = s.FileLetter(ctx, vera, filed, filing(s.circle(vera)))
	s.ok(err)
	_, err = s.Erase(ctx, vera, id, ledger.Withdrawn, pass("vera"), st)
	s.ok(err)

	got := s.restored(old.from(s))
	if got.Left < 6 || got.Files != 2 {
		t.Errorf("got %+v, want the keys of three letters and of their files left out", got)
	}
	s.openOlder(got)
	vera = s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	if len(q) != 2 {
		t.Errorf("got %d letters, want the one that was filed since and the one that waited", len(q))
	}
	for _, one := range q {
		if one.ID == closed || one.ID == erased {
			t.Error("a letter that was destroyed waits again")
		}
		_, err := s.OpenLetter(ctx, vera, one.ID)
		s.ok(err)
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() {
		t.Errorf("got proof %+v, want nothing left", proof)
	}
	s.sweep()
}
