package claim

import "fmt"

// keyDays is how many characters of a [Date.Key] stand before its expression.
const keyDays = 32

// Key returns a text that sorts, byte by byte, as [Date.Compare] does, and from which
// [DateOfKey] makes the Date; "" for the zero Date.
func (d Date) Key() string {
	if d.IsZero() {
		return ""
	}
	const least = 1 << 63 // makes the sign sort
	return fmt.Sprintf("%016x%016x%s", uint64(d.sortDay())^least, uint64(d.Latest())^least, d.text)
}

// DateOfKey returns the Date that a key is of. The fault is that of [ParseDate].
func DateOfKey(key string) (Date, error) {
	if key == "" {
		return Date{}, nil
	}
	return ParseDate(key[min(keyDays, len(key)):])
}
