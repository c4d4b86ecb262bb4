package store

// Placeholders is for tests.
var Placeholders = q

// Layer is for tests.
const Layer = layer
