package testkit

import (
	"context"
	"embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed testdata/axe/axe.min.js
var axe embed.FS

// patience bounds one step in the browser. It is far more than any step takes:
// a step that meets it has failed.
const patience = time.Minute

// A Browser is one tab of a headless Chromium with a profile of its own. Its
// methods end the test when they fail. Selectors are CSS and name the first
// element that matches; methods wait until it is there.
//
// A Browser writes down what the page complained of and where it called, see
// [Browser.Complaints].
type Browser struct {
	t      testing.TB
	ctx    context.Context
	script bool

	late atomic.Bool // a step took longer than patience, and the browser was ended

	mu         sync.Mutex
	host       string // of the first page opened
	complaints []string
}

// NewBrowser starts a browser that ends with the test, with script switched on
// or off. The program is $CHROMIUM or else chromium on the PATH. Without one the
// test fails; it is skipped only if HABEAS_NO_BROWSER=1 is set.
func NewBrowser(t testing.TB, script bool) *Browser {
	t.Helper()
	if os.Getenv("HABEAS_NO_BROWSER") == "1" {
		t.Skip("HABEAS_NO_BROWSER=1: nothing was tried in a browser")
	}
	program, err := chromium()
	if err != nil {
		t.Fatalf("%v; install chromium, name it in $CHROMIUM, or set HABEAS_NO_BROWSER=1", err)
	}
	b := &Browser{t: t, script: script}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // the tests run as root in containers, and open only their own pages
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.WindowSize(1280, 900),
	)
	// Not the context of the test, which ends before its cleanups: the browser
	// is asked to close and waited for.
	ctx, cancel := chromedp.NewContext(context.Background(),
		chromedp.WithAllocatorOptions(opts...), chromedp.WithListener(b.listen))
	t.Cleanup(func() {
		if !b.late.Load() {
			chromedp.Cancel(ctx)
		}
		cancel()
	})
	b.ctx = ctx
	b.do("start "+program,
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{})
			return err
		}),
		scripting(script))
	return b
}

// scripting switches script in pages on or off. It does not make a page run
// what it did not run when it was loaded.
func scripting(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

func chromium() (string, error) {
	if name := os.Getenv("CHROMIUM"); name != "" {
		return exec.LookPath(name)
	}
	return exec.LookPath("chromium")
}

// listen collects complaints. It runs on the goroutine that reads the
// browser's messages, so it only appends.
func (b *Browser) listen(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if o := ev.ExceptionDetails.Exception; o != nil {
			text += " " + o.Description
		}
		b.complain("script: " + text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "assert" {
			b.complain("console: " + consoleText(ev.Args))
		}
	case *log.EventEntryAdded:
		// A page may well answer 4xx: the test looks at the page.
		if ev.Entry.Level == "error" && ev.Entry.Source != "network" {
			b.complain(string(ev.Entry.Source) + ": " + ev.Entry.Text)
		}
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details; d != nil && d.ContentSecurityPolicyIssueDetails != nil {
			b.complain("content security policy: " + d.ContentSecurityPolicyIssueDetails.ViolatedDirective +
				" forbids " + d.ContentSecurityPolicyIssueDetails.BlockedURL)
		}
	case *network.EventRequestWillBeSent:
		b.request(ev.Request.URL)
	}
}

func consoleText(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, strings.TrimSpace(string(a.Value)+" "+a.Description))
	}
	return strings.Join(words, " ")
}

func (b *Browser) request(to string) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" {
		return
	}
	b.mu.Lock()
	host := b.host
	b.mu.Unlock()
	if u.Host != host {
		b.complain("request to another host: " + to)
	}
}

func (b *Browser) complain(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, what)
}

// Complaints returns what the browser has complained of so far: errors of
// scripts, things the content security policy stopped, requests to any host but
// that of the first page. A good page causes none.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.complaints...)
}

// do runs steps, each no longer than patience.
func (b *Browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, step := range steps {
		ask(b, what, step)
	}
}

// ask runs one step and returns its value.
func ask[T any](b *Browser, what string, step chromedp.Action[T]) T {
	b.t.Helper()
	// The first step starts the browser, which ends with the context of that
	// step; so time is kept beside the context and not in it.
	late := time.AfterFunc(patience, func() {
		b.late.Store(true)
		chromedp.Cancel(b.ctx)
	})
	defer late.Stop()
	v, err := chromedp.Run(b.ctx, step)
	if err != nil {
		b.t.Fatalf("browser: %s: %v", what, err)
	}
	return v
}

// Open goes to address and waits until the page is loaded. The host of the
// first page opened is the only one that later pages may call.
func (b *Browser) Open(address string) {
	b.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	b.mu.Lock()
	if b.host == "" {
		b.host = u.Host
	}
	b.mu.Unlock()
	b.do("open "+address, chromedp.Navigate(address))
}

// Address returns the address of the page shown.
func (b *Browser) Address() string {
	b.t.Helper()
	return ask(b, "address", chromedp.Location())
}

// Fill replaces what a field of one line holds by typing text into it; for longer
// ones see [Browser.Set].
func (b *Browser) Fill(selector, text string) {
	b.t.Helper()
	sel := chromedp.CSS(selector)
	b.do("fill "+selector, chromedp.Clear(sel), chromedp.SendKeys(sel, text))
}

// Set gives a field its value without typing: for select boxes and dates.
func (b *Browser) Set(selector, value string) {
	b.t.Helper()
	b.do("set "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
}

// Attach chooses files for a file field. The paths are absolute.
func (b *Browser) Attach(selector string, paths ...string) {
	b.t.Helper()
	b.do("attach to "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
}

// Press types keys where the focus is. See package chromedp/kb for the keys
// that are not letters.
func (b *Browser) Press(keys string) {
	b.t.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// Click clicks and does not wait: use it for what changes the page in place,
// and then [Browser.Wait] for the change.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Unfold opens what is folded behind a summary, by the keyboard: see [Browser.Follow].
func (b *Browser) Unfold(summary string) {
	b.t.Helper()
	b.focus(summary)
	b.Press(kb.Enter)
}

// Follow presses Enter on a link or a button that leads to another page and waits
// until that page is loaded. It does not click: a page that is still being laid
// out may move under the pointer, and the click goes beside the button. For the
// same reason it does not wait for an event, and presses once more if nothing has
// come of it for long: a form is taken once.
func (b *Browser) Follow(selector string) {
	b.t.Helper()
	b.Wait(selector)
	ask(b, "leave a mark", chromedp.Evaluate[int]("window.left = 1"))
	begun := time.Now()
	for pressed := 0; ; time.Sleep(20 * time.Millisecond) {
		waited := time.Since(begun)
		if pressed == 0 || pressed == 1 && waited > patience/3 {
			b.focus(selector)
			ask(b, "press "+selector, chromedp.KeyEvent(kb.Enter))
			pressed++
		}
		// While the pages change there is none to ask.
		loaded, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("document.readyState == 'complete' && !window.left"))
		if err == nil && loaded {
			return
		}
		if waited > patience {
			b.t.Fatalf("browser: follow %s: nothing came of it; %v\n%s", selector, err, stacks())
		}
	}
}

// stacks returns what this process is doing, its server included.
func stacks() string {
	buf := make([]byte, 1<<16)
	return string(buf[:goruntime.Stack(buf, true)])
}

// focus puts the focus on an element. While a page is being laid out, what is on it
// already may not take the focus yet.
func (b *Browser) focus(selector string) {
	b.t.Helper()
	b.Wait(selector)
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, err := chromedp.Run(b.ctx, chromedp.Focus(chromedp.CSS(selector)))
		if err == nil {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("browser: focus %s: %v", selector, err)
		}
	}
}

// Wait waits until something that matches is visible.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	b.do("wait for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Text returns the visible text of an element.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return ask(b, "text of "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// Value returns what a field holds.
func (b *Browser) Value(selector string) string {
	b.t.Helper()
	return ask(b, "value of "+selector, chromedp.Value(chromedp.CSS(selector)))
}

// HTML returns the page as it stands now, after any script.
func (b *Browser) HTML() string {
	b.t.Helper()
	return ask(b, "html", chromedp.OuterHTML(chromedp.CSS("html")))
}

// Resize sets the size of the window in CSS pixels.
func (b *Browser) Resize(width, height int) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(int64(width), int64(height)))
}

// Wide reports by how many CSS pixels the page is wider than the window. A page
// that must not scroll sideways returns 0.
func (b *Browser) Wide() int {
	b.t.Helper()
	return ask(b, "width", chromedp.Evaluate[int](
		"Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"))
}

// Shot writes a picture of the whole page, a PNG, and makes the directory for
// it.
func (b *Browser) Shot(path string) {
	b.t.Helper()
	png := ask(b, "picture", chromedp.FullScreenshot(100))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// axeRun runs the rules of WCAG 2.2 AA and what came before it, and says how
// many rules passed, so that a page on which nothing ran is noticed.
const axeRun = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => ({
	passed: r.passes.length,
	broken: r.violations.flatMap(v => v.nodes.map(n =>
		v.id + " (" + v.impact + "): " + v.help + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200)))
}))`

// Axe runs axe-core on the page shown, with the rules of WCAG 2.2 AA, and
// returns what it found in words: rule, severity, what to do, where. It works
// under a strict content security policy and with the page's own script off.
func (b *Browser) Axe() []string {
	b.t.Helper()
	source, err := axe.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		b.t.Fatal(err)
	}
	// Promises do not settle in a page whose script is off.
	b.do("let axe run", scripting(true))
	defer b.do("switch script back", scripting(b.script))
	ask(b, "load axe", chromedp.Evaluate[any](string(source)+";0"))
	r := ask(b, "axe", chromedp.Evaluate[struct {
		Passed int      `json:"passed"`
		Broken []string `json:"broken"`
	}](axeRun, chromedp.EvalAwaitPromise))
	if r.Passed == 0 {
		return append(r.Broken, fmt.Sprintf("axe: no rule applied to %s", b.Address()))
	}
	return r.Broken
}
