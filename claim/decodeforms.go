package claim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"unicode"
)

// The value of hashes in a body as this program writes it, and what stands for it while
// the rest is read.
var (
	hashesKey = []byte(`"hashes":"`)
	standIn   = []byte(`AA==`)
)

// unmarshal reads a body. Forms are most of the bytes of a case, in one long string that
// package json goes through four times: that string is read apart, once.
func unmarshal(body []byte, v any) error {
	forms, ok := v.(*Forms)
	if ok {
		if rest, hashes, ok := cutHashes(body); ok {
			if err := json.Unmarshal(rest, forms); err == nil && bytes.Equal(forms.Hashes, []byte{0}) {
				forms.Hashes = hashes
				return nil
			}
			*forms = Forms{}
		}
	}
	return json.Unmarshal(body, v)
}

// cutHashes returns a body with the hashes replaced by a stand-in, and what they are. It
// declines where it cannot be sure that package json would read the same.
func cutHashes(body []byte) (rest, hashes []byte, ok bool) {
	at := bytes.Index(body, hashesKey)
	if at < 1 || body[at-1] != ',' && body[at-1] != '{' { // otherwise its quotation mark may be part of a string
		return nil, nil, false
	}
	at += len(hashesKey)
	n := bytes.IndexByte(body[at:], '"')
	if n < 0 || bytes.ContainsAny(body[at:at+n], "\\\r\n") {
		return nil, nil, false
	}
	hashes = make([]byte, base64.StdEncoding.DecodedLen(n))
	m, err := base64.StdEncoding.Decode(hashes, body[at:at+n])
	if err != nil {
		return nil, nil, false
	}
	rest = append(append(bytes.Clone(body[:at]), standIn...), body[at+n:]...)
	again := bytes.Count(bytes.ToLower(rest), []byte("hashes")) > 1 || bytes.ContainsFunc(rest, func(r rune) bool { return r == '\\' || r > unicode.MaxASCII })
	return rest, hashes[:m], !again // under another spelling of the name, maybe; the last would count
}
