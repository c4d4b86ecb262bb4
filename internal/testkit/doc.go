// Package testkit holds what the tests of several packages share.
//
// [Sweep] looks for canaries, names that must not be seen, in every byte of
// files, pages and logs, however they are written. A [Visitor] walks through
// pages the way a browser without script does; a [Browser] is a real one.
//
// Everything here ends the test with a sentence when it cannot do its work. No
// check passes because there was nothing to check.
package testkit
