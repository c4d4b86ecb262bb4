// Package appeal reckons the terms that run when somebody writes to an authority:
// when an answer is owed, when a complaint may follow, and until when a family
// itself may still act.
//
// Law is data. A [Rule] is an entry of a file under rules/: what it rests on, what
// starts it, whose duty it is, how long it runs, how it is extended, what a
// forwarded letter does to it, what happens if it ends on a day nobody works, from
// when until when it holds, where it was read and by whom. Days nobody works are
// entries of the files under calendars/. Both say whether they are confirmed, and
// everything reckoned from what is not says so too.
//
// [Set.Reckon] is a pure function of a rule, the [Facts] and a day. Where something
// is not known it gives a range, never a guess: a letter that was received and
// perhaps not yet registered has an earliest and a latest last day. A year without a
// calendar makes the result open. A [Clock] keeps the version of the rule it was
// reckoned with, and its steps with the law of each.
//
// This is no legal advice, and neither is what it prints.
package appeal
