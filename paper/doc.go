// Package paper is for secrets that leave the machine in somebody's hand or
// head: sheets that are printed and typed back ([Sheet]), codes and passphrases
// made of words that can be said over a telephone ([Words]), and how hard a
// passphrase is to guess ([Judge]).
//
// Nothing here is kept. What is secret comes in and goes out as [vault.Text] or
// [vault.Seed], which print as a mask.
package paper
