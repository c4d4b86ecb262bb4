// Package bench measures what people wait for, from outside: requests to the
// server over an office of a given size. docs/benchmarks.md says how to repeat
// it.
package bench
