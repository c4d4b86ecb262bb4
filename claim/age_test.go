package claim

import (
	"testing"

	"habeas/fault"
)

// A birthday would tell who somebody is: on the side without names a claim has the
// year alone.
func TestAgesAndYearsOfBirth(t *testing.T) {
	for _, test := range []struct {
		predicate string
		value     Value
		ok        bool
	}{
		{Born, Value{Date: "1990"}, true},
		{Born, Value{Date: "1990~"}, true},
		{Born, Value{Date: "1990-05-03"}, false},
		{Born, Value{Date: "1990-05"}, false},
		{Born, Value{Date: "1990-21"}, false},
		{Born, Value{Date: "199X"}, false},
		{Born, Value{Date: "1990/1991"}, false},
		{Born, Value{Date: "the third"}, false},
		{Born, Value{N: 34}, false},
		{Age, Value{N: 34}, true},
		{Age, Value{N: 120}, true},
		{Age, Value{N: 121}, false},
		{Age, Value{N: 0}, false},
		{Age, Value{N: -4}, false},
		{Age, Value{Date: "1990"}, false},
	} {
		c := Claim{Statement: "t:aaaaaaaaaaaaaaaa", Version: 1, End: 3, Subject: "p:aaaaaaaaaaaaaaaa", Predicate: test.predicate, Value: test.value, Stance: Asserts, Basis: "witnessed"}
		if err := Check(&c); (err == nil) != test.ok || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s %+v: got %v", test.predicate, test.value, err)
		}
	}
}
