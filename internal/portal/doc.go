// Package portal is the pages of an office that anybody may read and write on:
// what to know before writing, the form, the receipt, and the conversation that
// a receipt opens.
//
// They have no script, no cookie and no address that says anything: what is typed
// travels in the bodies of POST requests alone, and what has to be remembered
// between two of them stands in the page itself, sealed under a key that lives as
// long as the process. Nothing that is sent is put on a disk in clear: text is
// held in memory while its request lasts, and files go straight into seals.
//
// Whoever writes is never refused for how often others write: they wait, and
// after most of a minute their form comes back filled.
package portal
