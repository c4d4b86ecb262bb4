package bucket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// sign signs a request by AWS Signature Version 4, as the S3 API reference describes it
// under "Authenticating Requests (AWS Signature Version 4)". sum is the SHA-256 of the
// body in hexadecimal, which is signed too, so a server that keeps to the protocol
// refuses a body that was changed on its way.
//
// The path needs no escape, and the query is already written as it is signed: both are
// seen to where requests are made.
func sign(r *http.Request, c Config, sum string, now time.Time) {
	const algorithm = "AWS4-HMAC-SHA256"
	stamp := now.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	signed, headers := canonicalHeaders(r)
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, headers, signed, sum}, "\n")
	scope := stamp[:8] + "/" + c.Region + "/s3/aws4_request"
	hash := sha256.Sum256([]byte(canonical))
	key := []byte("AWS4" + c.Secret)
	for _, part := range []string{stamp[:8], c.Region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	signature := mac(key, strings.Join([]string{algorithm, stamp, scope, hex.EncodeToString(hash[:])}, "\n"))
	r.Header.Set("Authorization", algorithm+" Credential="+c.Key+"/"+scope+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(signature))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// canonicalHeaders returns the names of the headers that are signed, and their lines:
// all that we set, and the host.
func canonicalHeaders(r *http.Request) (names, lines string) {
	all := map[string]string{"host": r.Host}
	if all["host"] == "" {
		all["host"] = r.URL.Host
	}
	for name, values := range r.Header {
		all[strings.ToLower(name)] = strings.TrimSpace(strings.Join(values, ","))
	}
	sorted := make([]string, 0, len(all))
	for name := range all {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	var b strings.Builder
	for _, name := range sorted {
		b.WriteString(name + ":" + all[name] + "\n")
	}
	return strings.Join(sorted, ";"), b.String()
}

// queryOf writes a query as it is signed: sorted, and with %20 for a space.
func queryOf(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }
