// Package letter writes letters to authorities and communications to the United
// Nations: from templates that a lawyer can change, filled with what a case may
// tell their reader, with the contents that the law demands as a list of what is
// there and what is missing.
//
// It decides nothing. What may be told is [claim.Outward]'s, how people are called
// is the caller's, and what is made here is a draft until package gate has let it
// out. Each sentence says whose word it is and carries the claims it rests on;
// dates stay as exact as they were given. What somebody typed stands in a letter
// as words: it can't become a field, a heading or markup.
package letter
