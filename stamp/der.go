package stamp

import (
	"bytes"
	"encoding/asn1"
)

// deepest is how deep values may lie in each other; a chain of certificates
// needs 15 or so.
const deepest = 40

// canonical refuses what is not DER (X.690, section 10): lengths in the fewest
// bytes, none indefinite, strings in one piece, TRUE as 0xff, sets in order, and
// nothing after the end.
func canonical(der []byte) error {
	rest, err := value(der, 0)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return refuse("bytes after the end")
	}
	return nil
}

// value checks the value at the beginning of b and returns what follows it.
func value(b []byte, depth int) ([]byte, error) {
	bad := refuse("not canonical DER")
	if len(b) < 2 || depth > deepest || b[0]&0x1f == 0x1f { // no tag above 30 is used
		return nil, bad
	}
	class, constructed, tag := b[0]>>6, b[0]&0x20 != 0, int(b[0]&0x1f)
	n, at := int(b[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 4 || len(b) < 2+size || b[2] == 0 {
			return nil, bad
		}
		n, at = 0, 2+size
		for _, c := range b[2:at] {
			n = n<<8 | int(c)
		}
		if n < 0x80 {
			return nil, bad
		}
	}
	if n > len(b)-at {
		return nil, bad
	}
	body, rest := b[at:at+n], b[at+n:]
	if class == asn1.ClassUniversal && !primitive(tag, constructed, body) {
		return nil, bad
	}
	var last []byte
	for inner := body; constructed && len(inner) > 0; {
		next, err := value(inner, depth+1)
		if err != nil {
			return nil, err
		}
		one := inner[:len(inner)-len(next)]
		if class == asn1.ClassUniversal && tag == asn1.TagSet && bytes.Compare(last, one) > 0 {
			return nil, bad
		}
		last, inner = one, next
	}
	return rest, nil
}

// primitive checks a value of the universal class.
func primitive(tag int, constructed bool, body []byte) bool {
	if constructed != (tag == asn1.TagSequence || tag == asn1.TagSet) {
		return false
	}
	switch tag {
	case 0:
		return false
	case asn1.TagBoolean:
		return len(body) == 1 && (body[0] == 0 || body[0] == 0xff)
	case asn1.TagNull:
		return len(body) == 0
	case asn1.TagInteger, asn1.TagEnum:
		return len(body) == 1 || len(body) > 1 && !(body[0] == 0 && body[1] < 0x80) && !(body[0] == 0xff && body[1] >= 0x80)
	case asn1.TagBitString:
		return len(body) == 1 && body[0] == 0 || len(body) > 1 && body[0] < 8 && body[len(body)-1]&(1<<body[0]-1) == 0
	}
	return true
}
