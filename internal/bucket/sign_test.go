package bucket

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The examples of the S3 API reference, "Signature Calculations for the Authorization
// Header", with the key that stands there.
func TestSignatures(t *testing.T) {
	c := Config{Key: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region: "us-east-1"}
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, e := range []struct {
		path   string
		query  url.Values
		header string
		want   string
	}{
		{"/test.txt", nil, "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"/", url.Values{"lifecycle": {""}}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"/", url.Values{"prefix": {"J"}, "max-keys": {"2"}}, "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		r, err := http.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com"+e.path+"?"+queryOf(e.query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if e.header != "" {
			r.Header.Set("Range", e.header)
		}
		sign(r, c, textSection("").sum, now)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+e.want) {
			t.Errorf("%s?%s: got %s, want signature %s", e.path, queryOf(e.query), got, e.want)
		}
	}
	if got := queryOf(url.Values{"prefix": {"a b+c/d~"}}); got != "prefix=a%20b%2Bc%2Fd~" {
		t.Errorf("got %s", got)
	}
}
