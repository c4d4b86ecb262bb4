package vault

import (
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"

	"habeas/fault"
)

// mostRecipients is how many keys a file is encrypted to at most.
const mostRecipients = 20

// Recipients reads public keys of people outside, as stock age takes them: age1… and
// age1pq…, or a line of a public SSH key (ssh-ed25519, ssh-rsa). It returns them as
// they are to be kept, without the comment of an SSH key, which names somebody. Words
// that are no such key are the fault "handover.key". A file is either for keys that
// a quantum computer can't break, or for others: age mixes none.
func Recipients(keys []string) (kept []string, to []age.Recipient, err error) {
	quantum := 0
	for _, key := range keys {
		fields := strings.Fields(key)
		if len(fields) == 0 {
			continue
		}
		bad := fault.New(fault.Invalid, "handover.key", fault.Field("keys"))
		var r age.Recipient
		short := fields[0]
		switch {
		case strings.HasPrefix(short, "ssh-") && len(fields) > 1:
			short += " " + fields[1]
			r, err = agessh.ParseRecipient(short)
		case len(fields) > 1:
			return nil, nil, bad
		default:
			var all []age.Recipient
			if all, err = age.ParseRecipients(strings.NewReader(short)); err == nil && len(all) == 1 {
				r = all[0]
			}
			if strings.HasPrefix(short, "age1pq1") {
				quantum++
			}
		}
		if err != nil || r == nil {
			return nil, nil, bad
		}
		kept, to = append(kept, short), append(to, r)
	}
	if len(to) > mostRecipients || quantum > 0 && quantum < len(to) {
		return nil, nil, fault.New(fault.Invalid, "handover.keys", fault.Field("keys"), fault.Count(mostRecipients))
	}
	return kept, to, nil
}
