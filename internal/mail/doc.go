// Package mail wakes the people of an office with mail that says nothing.
//
// Every message an office sends is the same: the same headers in the same
// order, the same sentence, the same size, whatever it was sent for. It has no
// link, count, code or kind, and names neither product nor organisation. Only
// its date, cut to the minute, its random Message-ID and its recipient differ.
// What happened is for the desk to say, after a login.
//
// # What mail tells an observer
//
// The mail server, the recipients' providers and whoever reads their boxes, or
// the line, learn:
//
//   - the recipients' addresses, which name intake members unless the office
//     makes addresses for this alone, and the server's network address, which
//     the first relay writes into the message unless it is told not to;
//   - when an urgent report came, to the minute, because its mail goes at once,
//     and that it was still unopened some hours later, if everyone is then woken;
//   - from the daily mail only that something was unopened at that minute, so
//     that it came in the last day or has waited for longer, or that a day
//     had come which was drawn at random before a term, and nobody has looked. The minute is drawn
//     at random for each day before anything is known of that day, and what
//     comes after it waits for the next day's: it tells nothing of when
//     something came, how much, or of what kind;
//   - from a daily mail that goes to everyone, that something has waited for
//     longer than the office set. It goes at the day's minute too, and not when
//     the time is over, because that would tell when the thing came.
//
// Days on which there is nothing have no mail: that too is seen. An office for
// which the hour of an urgent report is itself a danger should use no mail.
//
// # Failing
//
// A [Sender] speaks to the configured server only and prefers sending nothing to
// sending in clear. Its errors are faults with a cause: no fault holds an address
// or what a server answered, and of the cause only the type may be logged.
package mail
