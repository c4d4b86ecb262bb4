package store

// Placeholders is for tests.
var Placeholders = positions
