package mail

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"habeas/fault"
	"habeas/internal/locale"
)

// A Security says how a connection to the mail server is protected.
type Security string

// How to speak to the mail server. The zero Security is STARTTLS.
const (
	STARTTLS Security = "starttls" // begin in clear, and say nothing before TLS
	TLS      Security = "tls"      // TLS from the first byte
	None     Security = "none"     // in clear, to this machine alone
)

// Hours are those of a day in which daily mail may go, as minutes after
// midnight: From is the first, To the one after the last. The zero Hours are the
// whole day.
type Hours struct{ From, To int }

// Config is what an office sets about its mail. Check says whether it is safe.
type Config struct {
	Server       string // host:port; None wants a loopback address, not a name
	Security     Security
	From         string
	User         string // "" if the server wants no login
	PasswordFile string // holds the password in its first line; the password itself is nowhere else
	CAFile       string // PEM certificates to trust instead of the system's

	Everyday []string // who is woken by what is urgent, and daily
	Everyone []string // who is woken by what those left unopened

	Lang   string // of subject and sentence
	Waking Hours

	NoDaily     bool // no daily mail; what is urgent and what stays unopened is still told
	After       int  // hours after which something unopened goes to everyone; 0 is 24
	UrgentAfter int  // the same for what is urgent; 0 is 4
}

// What Check allows at most, and what it takes for granted.
const (
	mostHours      = 30 * 24
	mostRecipients = 100
	dayMinutes     = 24 * 60

	usualAfter       = 24
	usualUrgentAfter = 4
)

// Check returns a fault for the first thing in c that is wrong or unsafe. It
// reads the password and certificate files and connects to nothing.
func (c Config) Check() error {
	_, err := NewSender(c)
	return err
}

// check is Check without the files.
func (c Config) check() error {
	if err := c.checkServer(); err != nil {
		return err
	}
	if err := c.checkPeople(); err != nil {
		return err
	}
	if !hasWords(c.Lang) {
		return fault.New(fault.Invalid, "mail.lang")
	}
	if h := c.Waking; h != (Hours{}) && (h.From < 0 || h.To > dayMinutes || h.From >= h.To) {
		return fault.New(fault.Invalid, "mail.waking")
	}
	for _, n := range []int{c.After, c.UrgentAfter} {
		if n < 0 || n > mostHours {
			return fault.New(fault.Invalid, "mail.after", fault.Count(mostHours))
		}
	}
	return nil
}

// hasWords reports whether there are words for mail in lang itself, and not only
// in the language that stands in for it.
func hasWords(lang string) bool {
	p := locale.New(lang)
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	return p.Lang() == base && p.Has("mail.subject") && p.Has("mail.body")
}

func (c Config) checkServer() error {
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "mail.server")
	}
	ip, err := netip.ParseAddr(host)
	if n, perr := strconv.ParseUint(port, 10, 16); perr != nil || n == 0 || (err != nil && !domain.MatchString(host)) {
		return fault.New(fault.Invalid, "mail.server")
	}
	switch c.Security {
	case "", STARTTLS, TLS:
		return nil
	case None:
		// A name is refused even if it is localhost: whoever answers for names
		// would choose where it goes.
		if err == nil && ip.IsLoopback() {
			return nil
		}
		return fault.New(fault.Invalid, "mail.clear")
	}
	return fault.New(fault.Invalid, "mail.security")
}

func (c Config) checkPeople() error {
	if !isAddress(c.From) {
		return fault.New(fault.Invalid, "mail.from")
	}
	if len(c.Everyday) == 0 || len(c.Everyone) == 0 {
		return fault.New(fault.Invalid, "mail.nobody")
	}
	for _, list := range [][]string{c.Everyday, c.Everyone} {
		if len(list) > mostRecipients {
			return fault.New(fault.Invalid, "mail.many", fault.Count(mostRecipients))
		}
		if err := checkRecipients(list); err != nil {
			return err
		}
	}
	return nil
}

func checkRecipients(list []string) error {
	for i, a := range list {
		if !isAddress(a) {
			return fault.New(fault.Invalid, "mail.recipient", fault.Count(i+1))
		}
	}
	return nil
}

// Recipients returns whom mail of kind k goes to, each once. Everyone includes
// those of every day.
func (c Config) Recipients(k Kind) []string {
	switch k {
	case Daily, Urgent:
		return once(c.Everyday)
	case Everyone:
		return once(c.Everyday, c.Everyone)
	}
	return nil
}

// Waker returns the scheduler that c describes. Nothing of it is checked here.
func (c Config) Waker() Waker {
	return Waker{
		waking:      c.Waking.orWhole(),
		daily:       !c.NoDaily,
		after:       hours(c.After, usualAfter),
		urgentAfter: hours(c.UrgentAfter, usualUrgentAfter),
		draw:        random,
	}
}

func (h Hours) orWhole() Hours {
	if h == (Hours{}) {
		return Hours{0, dayMinutes}
	}
	return h
}

func hours(n, usual int) time.Duration {
	if n == 0 {
		n = usual
	}
	return time.Duration(n) * time.Hour
}
