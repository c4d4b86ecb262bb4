// Package web is the members' pages: rendered here, whole without script, asking
// nothing of any other host.
//
// How a page is made:
//
//   - [Server.routes] names it: pattern, who may ask, the handler, and for a form
//     the page that shows it again.
//   - A handler parses, calls one method of the desk, and renders or redirects. It
//     returns an error and never writes one. What a POST returns as Invalid,
//     Withheld or Conflict brings its page back with the sentence on top and every
//     field as it was typed; a session that ended keeps the form for its member.
//   - A page is a struct that embeds [Frame] and a template page/<name>.html that
//     defines "title" (no cover names: titles stay in a browser's history) and
//     "main". Every word comes from {{.P.T "ui.…"}}. Templates page/part_*.html are
//     shared by all.
//   - It is rendered into a buffer by [Server.show], and only then sent.
//
// No log line holds a value of a URL, a name or an address.
package web
