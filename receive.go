package habeas

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// Limits of a statement. A longer text is split by whoever brings it.
const (
	MaxOriginal = 10 << 20 // bytes as received
	MaxPlain    = 2 << 20  // bytes of text in it
)

// A NewStatement is what somebody said or wrote, as it came.
type NewStatement struct {
	Source   claim.Ref
	Said     string // EDTF
	Received string // EDTF; empty is today
	Medium   string
	Lang     string
	Title    string     // name-free
	File     vault.Text // the name of the file it came in
	Raw      vault.Text // its bytes
	Batch    ledger.ID  // what it is brought in with; zero for one by itself
	Plain    bool       // it is text, whatever it looks like
	Thread   ledger.ID  // of the receipt it came under; zero for others
}

// AddStatement takes a statement in. The original is sealed at once under a
// source key of its own on the vault side; on the body side only what is known
// about it is written. Its words come there when it has been read, see
// [Desk.Settle].
func (d *Desk) AddStatement(ctx context.Context, by Actor, id CaseID, s NewStatement) (claim.Ref, error) {
	if err := d.may(by, record); err != nil {
		return "", err
	}
	return d.addStatement(ctx, by, id, s)
}

func (d *Desk) addStatement(ctx context.Context, by Actor, id CaseID, s NewStatement) (claim.Ref, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return "", err
	}
	if k.vault == nil {
		return "", fault.New(fault.Forbidden, "may.needs_vault")
	}
	original, err := readOriginal(s)
	if err != nil {
		return "", err
	}
	if err := d.nameFree(ctx, by, k.circle, s.Title); err != nil {
		return "", err
	}
	if s.Received == "" {
		s.Received = d.now().Format("2006-01-02")
	}
	bodyID, bodyWrap, bodyKey, err := newSource(k.body, id)
	if err != nil {
		return "", err
	}
	vaultID, vaultWrap, vaultKey, err := newSource(k.vault, id)
	if err != nil {
		return "", err
	}
	st := claim.Statement{
		Ref: claim.NewRef(claim.RefStatement), Source: s.Source, Said: s.Said, Received: s.Received,
		Medium: s.Medium, Lang: s.Lang, Title: s.Title, BodyKey: bodyID, VaultKey: vaultID, Batch: s.Batch, Thread: s.Thread,
	}
	if err := d.checkNew(ctx, by, k, &st, s.Source); err != nil {
		return "", err
	}
	original.Statement = st.Ref
	raw, err := original.Body()
	if err != nil {
		return "", err
	}
	if err := d.db.PutWraps(ctx, bodyWrap, vaultWrap); err != nil {
		return "", err
	}
	_, err = d.write(ctx, by, k.circle, id,
		draft{claim.KindStatement, st, bodyKey},
		draft{vault.KindOriginal, raw, vaultKey})
	return st.Ref, err
}

// readOriginal recognises what came and takes the text out of it. It refuses
// what is not text, saying where it stops being text.
func readOriginal(s NewStatement) (vault.Original, error) {
	raw := s.Raw.Reveal()
	if len(raw) > MaxOriginal {
		return vault.Original{}, fault.New(fault.Invalid, "statement.too_large", fault.Count(MaxOriginal>>20))
	}
	if strings.TrimSpace(raw) == "" {
		return vault.Original{}, fault.New(fault.Invalid, "statement.empty", fault.Field("text"))
	}
	for i, r := range raw {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(raw[i:]); n == 1 {
				return vault.Original{}, fault.New(fault.Invalid, "statement.not_utf8", fault.Count(i+1))
			}
		}
		if r == 0 {
			return vault.Original{}, fault.New(fault.Invalid, "statement.not_text", fault.Count(i+1))
		}
	}
	o := vault.Original{Media: "text/plain", File: s.File, Raw: s.Raw}
	plain := raw
	if !s.Plain && looksLikeHTML(raw) {
		o.Media, plain = "text/html", htmlText(raw)
	} else if strings.HasSuffix(strings.ToLower(s.File.Reveal()), ".md") {
		o.Media = "text/markdown"
	}
	plain = claim.Clean(plain)
	if len(plain) > MaxPlain {
		return vault.Original{}, fault.New(fault.Invalid, "statement.too_long", fault.Count(MaxPlain>>20))
	}
	if strings.TrimSpace(plain) == "" {
		return vault.Original{}, fault.New(fault.Invalid, "statement.empty", fault.Field("text"))
	}
	o.Plain = vault.NewText(plain)
	return o, nil
}

// looksLikeHTML reports whether text starts as a page does. The name of a file
// says nothing.
func looksLikeHTML(text string) bool {
	head := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(text[:min(len(text), 1024)], "\ufeff")))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html") ||
		strings.HasPrefix(head, "<?xml") && strings.Contains(head, "<html")
}

// htmlText returns the text of a page: what a reader would see, paragraph by
// paragraph, and nothing of scripts, styles, comments or attributes.
func htmlText(page string) string {
	var b bytes.Buffer
	z := html.NewTokenizer(strings.NewReader(page))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(b.String())
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			skip += unseen(name)
			b.WriteString(breakAt(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			skip = max(0, skip-unseen(name))
			b.WriteString(breakAt(name))
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			b.WriteString(breakAt(name))
		}
	}
}

func unseen(tag []byte) int {
	switch atom.Lookup(tag) {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Object, atom.Svg:
		return 1
	}
	return 0
}

func breakAt(tag []byte) string {
	switch atom.Lookup(tag) {
	case atom.P, atom.Div, atom.Li, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Blockquote, atom.Section, atom.Article, atom.Table, atom.Ul, atom.Ol, atom.Dt, atom.Dd, atom.Title:
		return "\n\n"
	case atom.Br:
		return "\n"
	case atom.Td, atom.Th:
		return " "
	}
	return ""
}

// tidy unescapes what the tokenizer left, joins white space and keeps at most one
// empty line between paragraphs.
func tidy(s string) string {
	var paras []string
	for _, p := range strings.Split(html.UnescapeString(s), "\n\n") {
		var lines []string
		for _, l := range strings.Split(p, "\n") {
			if l = strings.Join(strings.Fields(l), " "); l != "" {
				lines = append(lines, l)
			}
		}
		if len(lines) > 0 {
			paras = append(paras, strings.Join(lines, "\n"))
		}
	}
	return strings.Join(paras, "\n\n")
}

// write seals and appends entries to a stream of a circle, after what its view
// has seen, and brings the view up to date.
func (d *Desk) write(ctx context.Context, by Actor, c circleKeys, stream ledger.ID, drafts ...draft) ([]ledger.ID, error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, err
	}
	heads, err := cv.view.Heads(ctx, stream)
	if err != nil {
		return nil, err
	}
	ids, err := d.appendAll(ctx, by.me.Signer(), stream, heads[:min(len(heads), ledger.MaxAfter)], drafts)
	if err != nil {
		return nil, err
	}
	// It is written. What keeps the view behind is met again by who reads it next;
	// called a failure, it would be sent twice.
	if _, err := d.view(ctx, c); err != nil {
		d.cfg.Log.ErrorContext(ctx, "a view is behind")
	}
	return ids, nil
}

// digestOf returns the SHA-256 of b in hexadecimal.
func digestOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
