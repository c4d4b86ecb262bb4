// Package backup keeps copies of an office in two places, one for what was recorded
// and one for keys, so that keys can be thrown away sooner.
//
// Every file but one is an age file, encrypted to keys whose other half is not on the
// machine: what makes copies can't read them. So what was copied already is noted
// beside the office, in [Notes]. A file is written under another name, flushed and
// renamed; one that is there is never changed. Each run ends with a file that names
// what belongs to it, and is signed: until that is written, there was no run.
//
// The package knows files, sums and signatures. What is in the files, and what a
// restore makes of it, is decided above.
package backup
