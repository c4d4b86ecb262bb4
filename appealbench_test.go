package habeas

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"habeas/claim"
)

// BulkAppeals writes n cases with a person and ten letters each, to thirty bodies: one in
// three was answered, one in ten sent on, and the rest waits or is overdue.
func BulkAppeals(tb testing.TB, d *Desk, by Actor, n int) {
	tb.Helper()
	kinds := []string{"request", "complaint", "crime-report", "ombudsman"}
	var bodies []claim.Ref
	for i := range 30 {
		ref, err := d.AddAuthority(tb.Context(), by, claim.Unit{Label: fmt.Sprintf("body number %d", i), Kind: "prosecutor"}, claim.Authority{Jurisdiction: []string{"RU", "UA", "TR"}[i%3]})
		if err != nil {
			tb.Fatal(err)
		}
		bodies = append(bodies, ref)
	}
	day := func(ago int) string { return time.Now().UTC().AddDate(0, 0, -ago).Format(isoDay) }
	for i := range n {
		id, err := d.OpenCase(tb.Context(), by, circleOf(by).id, NewCase{Title: fmt.Sprintf("Case %d", i), About: "person"})
		if err != nil {
			tb.Fatal(err)
		}
		k, err := d.caseKeys(tb.Context(), by, id)
		if err != nil {
			tb.Fatal(err)
		}
		own := k.body.Key()
		p := claim.Person{Ref: claim.NewRef(claim.RefPerson), Cover: coverNames[i%len(coverNames)], Protection: claim.Protected}
		drafts := []draft{{claim.KindPerson, p, own}}
		for j := range 10 {
			a := claim.Appeal{
				Ref: claim.NewRef(claim.RefAppeal), Title: "where is he held", Kind: kinds[j%len(kinds)], Authority: bodies[(i+j)%len(bodies)],
				Rules: []claim.RuleVersion{{ID: "RU-APPEAL-REPLY", Version: 1}}, About: []claim.Ref{p.Ref},
			}
			drafts = append(drafts, draft{claim.KindAppeal, a, own}, draft{claim.KindStep, claim.Step{Appeal: a.Ref, What: claim.StepSent, On: day(60 + i%600), By: "post"}, own},
				draft{claim.KindStep, claim.Step{Appeal: a.Ref, What: claim.StepRegistered, On: day(57 + i%600)}, own})
			switch {
			case j%3 == 0:
				drafts = append(drafts, draft{claim.KindStep, claim.Step{Appeal: a.Ref, What: claim.StepAnswered, On: day(20 + i%600), Answer: "explanation"}, own})
			case j == 5:
				drafts = append(drafts, draft{claim.KindStep, claim.Step{Appeal: a.Ref, What: claim.StepForwarded, On: day(50 + i%600)}, own})
			}
		}
		if err := d.append(tb.Context(), by.me.Signer(), id, nil, drafts...); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkAppeals is 10,000 letters in 1,000 cases: what a member waits for who opens
// the board for the first time, then it, Today, the table, and what of it may leave.
func BenchmarkAppeals(b *testing.B) {
	d, by := office(b)
	BulkAppeals(b, d, by, 1000)
	if _, err := d.view(b.Context(), circleOf(by)); err != nil {
		b.Fatal(err)
	}
	opt := TableOptions{Circle: circleOf(by).id, Lang: "en", Bodies: true}
	for _, m := range []struct {
		name string
		do   func() error
	}{
		{"board-first", func() error { d.circles[circleOf(by).id].appeals = nil; _, err := d.Board(b.Context(), by); return err }},
		{"board", func() error { _, err := d.Board(b.Context(), by); return err }},
		{"today", func() error { _, err := d.Today(b.Context(), by, 0); return err }},
		{"table", func() error { _, err := d.CountAppeals(b.Context(), by, AppealQuery{By: ByAuthority}); return err }},
		{"outward", func() error { _, err := d.PreviewTable(b.Context(), by, opt); return err }},
	} {
		b.Run(m.name, func(b *testing.B) {
			before := ProcessorTime(b)
			for b.Loop() {
				if err := m.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((ProcessorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// ProcessorTime returns how long the processors have worked for this process: other
// work beside it does not count.
func ProcessorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
