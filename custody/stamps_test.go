package custody_test

import (
	"testing"

	"habeas/custody"
	"habeas/custody/custodytest"
	"habeas/stamp"
	"habeas/stamp/stamptest"
)

func stamps(t *testing.T, a *stamptest.Authority) func([]byte) []byte {
	return func(over []byte) []byte {
		query, _, err := stamp.Request(over)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t, query, "")
		if err != nil {
			t.Fatal(err)
		}
		token, err := stamp.Answer(answer)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

// A token dates the whole bundle, if whoever checks trusts the authority; one by a
// stranger counts for nothing; one that is over something else breaks it.
func TestStampedBundle(t *testing.T) {
	known, other := stamptest.New(t, true, stamptest.Good()), stamptest.New(t, true, stamptest.Good())
	good := custodytest.NewParcel(t, stamps(t, known), stamps(t, other))
	alone := custody.Trust{Root: good.Trust.Root, Roots: known.Roots}
	if r := verify(t, good, alone); r.Verdict() != custody.Verified || len(r.Stamps) != 1 {
		t.Errorf("with one authority of two: %v %q", r.Verdict(), failures(r))
	}
	alone.Roots = stamptest.New(t, true, stamptest.Good()).Roots
	if r := verify(t, good, alone); r.Verdict() != custody.IntegrityOnly || len(r.Stamps) != 0 {
		t.Errorf("with a third: %v %q", r.Verdict(), failures(r))
	}
	alone.Roots = nil
	if r := verify(t, good, alone); r.Verdict() != custody.IntegrityOnly {
		t.Errorf("with none: %v %q", r.Verdict(), failures(r))
	}
	over := func([]byte) []byte { return stamps(t, known)([]byte("another checkpoint")) }
	wrong := custodytest.NewParcel(t, over)
	if r := verify(t, wrong, custody.Trust{Root: wrong.Trust.Root, Roots: known.Roots}); r.Verdict() != custody.Broken {
		t.Errorf("over another checkpoint: %v", r.Verdict())
	}
	noise := custodytest.NewParcel(t, func([]byte) []byte { return []byte("a token") })
	if r := verify(t, noise, custody.Trust{Root: noise.Trust.Root, Roots: known.Roots}); r.Verdict() != custody.Broken {
		t.Errorf("no token: %v", r.Verdict())
	}
}
