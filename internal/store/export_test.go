package store

// Placeholders is for tests.
var Placeholders = q

// SweepBucket is for tests.
var SweepBucket = (*DB).sweepBucket
