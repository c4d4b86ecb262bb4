package mail

import (
	"regexp"
	"strings"
)

// These are the addresses mail is sent from and to: plain ASCII, without a
// display name, quotes or comments. They have no byte that could end a line of
// SMTP or of a header, or begin another address.
const (
	mostAddress = 254 // RFC 5321, 4.5.3.1.3, without the angle brackets
	mostLocal   = 64
)

var (
	local  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	domain = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)
)

// isAddress reports whether mail may be sent from or to s. Domains in other
// scripts must be written in their ASCII form.
func isAddress(s string) bool {
	if len(s) > mostAddress {
		return false
	}
	l, d, ok := strings.Cut(s, "@")
	return ok && len(l) <= mostLocal && local.MatchString(l) && domain.MatchString(d)
}

// domainOf returns what follows the @ of an address.
func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// once returns lists joined, each address once and in its first place.
func once(lists ...[]string) (out []string) {
	seen := map[string]bool{}
	for _, list := range lists {
		for _, a := range list {
			if k := strings.ToLower(a); !seen[k] {
				seen[k] = true
				out = append(out, a)
			}
		}
	}
	return out
}
