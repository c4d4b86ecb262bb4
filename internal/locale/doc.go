// Package locale holds the words people read: sentences, plurals, dates, terms
// of the vocabularies and what a fault says, in each language, with the
// direction it is written in.
//
// The words are flat JSON files, key to sentence, named <part>_<language>.json
// and merged for each language. Placeholders are {0}, {1}, …; a plural is a group
// of keys that end in the CLDR forms .one, .few, .many, .other. All are
// complete, and a test keeps them so; a reader of another language gets English.
//
// A Printer is a value of one page or document. There is no current language.
package locale
