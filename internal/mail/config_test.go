package mail

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestConfigRefuses(t *testing.T) {
	login := func(text string) func(*testing.T, *Config) {
		return func(t *testing.T, c *Config) { c.User, c.PasswordFile = "someone@example.org", passwordFile(t, text) }
	}
	server := func(addr string, s Security) func(*testing.T, *Config) {
		return func(_ *testing.T, c *Config) { c.Server, c.Security = addr, s }
	}
	for name, tc := range map[string]struct {
		change func(*testing.T, *Config)
		want   string
	}{
		"nothing":             {func(*testing.T, *Config) {}, ""},
		"no server":           {server("", ""), "mail.server"},
		"no port":             {server("mail.example.org", ""), "mail.server"},
		"port 0":              {server("mail.example.org:0", ""), "mail.server"},
		"port too high":       {server("mail.example.org:65536", ""), "mail.server"},
		"a named port":        {server("mail.example.org:smtp", ""), "mail.server"},
		"no host":             {server(":25", ""), "mail.server"},
		"line break in host":  {server("mail\r\n:25", ""), "mail.server"},
		"odd security":        {server("mail.example.org:25", "ssl"), "mail.security"},
		"security in capital": {server("mail.example.org:25", "None"), "mail.security"},
		"IPv6":                {server("[2001:db8::1]:587", STARTTLS), ""},
		"clear to here":       {server("127.0.0.1:25", None), ""},
		"clear to here, IPv6": {server("[::1]:25", None), ""},
		"clear to a name":     {server("localhost:25", None), "mail.clear"},
		"clear to another":    {server("mail.example.org:25", None), "mail.clear"},
		"clear to a network":  {server("192.168.0.1:25", None), "mail.clear"},
		"clear to metadata":   {server("169.254.169.254:25", None), "mail.clear"},
		"clear to all":        {server("0.0.0.0:25", None), "mail.clear"},
		"nobody every day":    {func(_ *testing.T, c *Config) { c.Everyday = nil }, "mail.nobody"},
		"nobody at all":       {func(_ *testing.T, c *Config) { c.Everyone = nil }, "mail.nobody"},
		"a crowd": {func(_ *testing.T, c *Config) {
			c.Everyone = slices.Repeat([]string{"a@b"}, mostRecipients+1)
		}, "mail.many"},
		"no language":         {func(_ *testing.T, c *Config) { c.Lang = "" }, "mail.lang"},
		"a strange language":  {func(_ *testing.T, c *Config) { c.Lang = "tlh" }, "mail.lang"},
		"a regional language": {func(_ *testing.T, c *Config) { c.Lang = "es-MX" }, ""},
		"hours":               {func(_ *testing.T, c *Config) { c.Waking = Hours{8 * 60, 20 * 60} }, ""},
		"hours over midnight": {func(_ *testing.T, c *Config) { c.Waking = Hours{20 * 60, 8 * 60} }, "mail.waking"},
		"hours before day":    {func(_ *testing.T, c *Config) { c.Waking = Hours{-1, 60} }, "mail.waking"},
		"hours after day":     {func(_ *testing.T, c *Config) { c.Waking = Hours{0, dayMinutes + 1} }, "mail.waking"},
		"after less than 0":   {func(_ *testing.T, c *Config) { c.After = -1 }, "mail.after"},
		"after a year":        {func(_ *testing.T, c *Config) { c.UrgentAfter = 24 * 365 }, "mail.after"},
		"user, no password":   {func(_ *testing.T, c *Config) { c.User = "someone" }, "mail.login_half"},
		"password, no user":   {func(_ *testing.T, c *Config) { c.PasswordFile = "x" }, "mail.login_half"},
		"user of two lines": {func(t *testing.T, c *Config) {
			c.User, c.PasswordFile = "a\r\nb", passwordFile(t, "fine-one")
		}, "mail.login_half"},
		"a good password":     {login("fine-one\r\n"), ""},
		"a lost password":     {func(_ *testing.T, c *Config) { c.User, c.PasswordFile = "a", "/nowhere" }, "mail.password_file"},
		"a folder":            {func(t *testing.T, c *Config) { c.User, c.PasswordFile = "a", t.TempDir() }, "mail.password_file"},
		"a long password":     {login(strings.Repeat("x", mostPassword+1)), "mail.password_file"},
		"two passwords":       {login("one\ntwo\n"), "mail.password_file"},
		"no password":         {login("\n"), "mail.password_usual"},
		"the usual password":  {login("ChangeMe\n"), "mail.password_usual"},
		"the user's name":     {login("someone\n"), "mail.password_usual"},
		"the whole user name": {login("Someone@example.org"), "mail.password_usual"},
		"an open password": {func(t *testing.T, c *Config) {
			c.User, c.PasswordFile = "a", passwordFile(t, "fine-one")
			write(t, c.PasswordFile, "fine-one", 0o640)
		}, "mail.password_open"},
		"lost certificates":  {func(_ *testing.T, c *Config) { c.CAFile = "/nowhere" }, "mail.ca"},
		"empty certificates": {func(t *testing.T, c *Config) { c.CAFile = passwordFile(t, "-----BEGIN CERTIFICATE-----\n") }, "mail.ca"},
		"huge certificates":  {func(t *testing.T, c *Config) { c.CAFile = passwordFile(t, strings.Repeat("\n", mostCA+1)) }, "mail.ca"},
	} {
		t.Run(name, func(t *testing.T) {
			c := good("mail.example.org:587", "")
			tc.change(t, &c)
			if got := keyOf(c.Check()); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestFilesAreFollowed shows that a link to a file with a narrow mode is fine:
// secrets are often mounted so.
func TestFilesAreFollowed(t *testing.T) {
	c := good("mail.example.org:587", "")
	c.User, c.PasswordFile = "a", filepath.Join(t.TempDir(), "link")
	link(t, passwordFile(t, "fine-one"), c.PasswordFile)
	if err := c.Check(); err != nil {
		t.Errorf("got %q", keyOf(err))
	}
}

func TestRecipients(t *testing.T) {
	c := Config{Everyday: []string{"a@x", "b@x", "A@x"}, Everyone: []string{"c@x", "b@X"}}
	for k, want := range map[Kind]string{Nothing: "", Daily: "a@x b@x", Urgent: "a@x b@x", Everyone: "a@x b@x c@x"} {
		if got := strings.Join(c.Recipients(k), " "); got != want {
			t.Errorf("%d: got %q, want %q", k, got, want)
		}
	}
	if Daily.Urgent() || !Urgent.Urgent() || !Everyone.Urgent() {
		t.Error("daily mail is urgent, or urgent mail is not")
	}
}
