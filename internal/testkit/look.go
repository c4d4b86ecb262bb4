package testkit

import (
	"context"
	"strconv"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Dark says whether the reader asks for dark pages. It lasts until it is called
// again.
func (b *Browser) Dark(on bool) {
	b.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	b.do("colours", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

// Turn sets the direction of the page shown, "ltr" or "rtl", as the page of a
// language that is written so would.
func (b *Browser) Turn(dir string) {
	b.t.Helper()
	b.do("turn the page", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[any]("document.documentElement.dir = "+strconv.Quote(dir)))
		return err
	}))
}

// Links returns the paths that the links of the page lead to, without repeats,
// as they are written.
func (b *Browser) Links() []string {
	b.t.Helper()
	return ask(b, "links", chromedp.Evaluate[[]string](
		`[...new Set(Array.from(document.querySelectorAll("a[href]"), a => a.getAttribute("href")))]`))
}

// Focused returns the id of the element that has the focus, or its tag if it
// has none.
func (b *Browser) Focused() string {
	b.t.Helper()
	return ask(b, "focus", chromedp.Evaluate[string](
		`document.activeElement.id || document.activeElement.tagName`))
}
