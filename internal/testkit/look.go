package testkit

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/browser"
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

// Saves makes the browser keep what it downloads in dir, and returns what
// clicking on each of the links or buttons downloads, by the name it is given.
// Set it up before the page with the links is opened.
func (b *Browser) Saves(dir string) func(selectors ...string) map[string][]byte {
	b.t.Helper()
	b.do("keep downloads", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: dir})
		return err
	}))
	return func(selectors ...string) map[string][]byte {
		b.t.Helper()
		for i, s := range selectors {
			b.Click(s)
			b.saved(dir, i+1)
		}
		got := map[string][]byte{}
		for _, name := range b.saved(dir, len(selectors)) {
			bytes, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				b.t.Fatal(err)
			}
			got[name] = bytes
		}
		return got
	}
}

// saved waits until n files are whole in dir, and returns their names.
func (b *Browser) saved(dir string, n int) []string {
	b.t.Helper()
	for range 600 {
		files, err := os.ReadDir(dir)
		if err != nil {
			b.t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			if filepath.Ext(f.Name()) != ".crdownload" && f.Name()[0] != '.' {
				names = append(names, f.Name())
			}
		}
		if len(names) == n && len(files) == n {
			return names
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("browser: %d files were not downloaded", n)
	return nil
}

// Drag presses the mouse on an element, moves it and lets it go. Places are in
// thousandths of the width and height of the element, from its top left corner.
func (b *Browser) Drag(selector string, fromX, fromY, toX, toY float64) {
	b.t.Helper()
	b.Wait(selector)
	place := chromedp.Evaluate[[]float64](
		`(e => { e.scrollIntoView({block: "center", behavior: "instant"}); const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })(document.querySelector(` + strconv.Quote(selector) + `))`)
	r := ask(b, "place of "+selector, place)
	for still := 0; still < 3; time.Sleep(50 * time.Millisecond) { // it may be on its way from an earlier step
		was := r
		if r = ask(b, "place of "+selector, place); slices.Equal(was, r) {
			still++
		} else {
			still = 0
		}
	}
	at := func(x, y float64) (float64, float64) { return r[0] + r[2]*x/1000, r[1] + r[3]*y/1000 }
	x0, y0 := at(fromX, fromY)
	x1, y1 := at(toX, toY)
	b.do("drag on "+selector,
		chromedp.MouseEvent(chromedp.MousePressed, x0, y0, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, (x0+x1)/2, (y0+y1)/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, x1, y1, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, x1, y1, chromedp.ButtonLeft))
}

// Shift types keys while Shift is held.
func (b *Browser) Shift(keys string) {
	b.t.Helper()
	b.do("press keys with Shift", chromedp.KeyEvent(keys, chromedp.KeyModifiers(chromedp.ModifierShift)))
}

// Plays plays a film from a moment, in seconds, and reports whether it went on from
// there without sound.
func (b *Browser) Plays(selector string, from float64) bool {
	b.t.Helper()
	b.Wait(selector)
	return ask(b, "play "+selector, chromedp.Evaluate[bool](`(async v => {
		v.load();
		await new Promise((ok, no) => { v.onloadedmetadata = ok; v.onerror = no; v.play().catch(no) });
		v.currentTime = `+strconv.FormatFloat(from, 'f', -1, 64)+`;
		await new Promise((ok, no) => { v.ontimeupdate = () => { if (v.currentTime > `+strconv.FormatFloat(from, 'f', -1, 64)+`) ok() }; v.onerror = no; setTimeout(no, 20000) });
		v.pause();
		return v.muted;
	})(document.querySelector(`+strconv.Quote(selector)+`)).catch(() => false)`, chromedp.EvalAwaitPromise))
}
