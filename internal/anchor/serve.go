package anchor

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"habeas/ledger"
)

// mostRequest is how many bytes a request may have: 63 hashes and a checkpoint
// with many signatures.
const mostRequest = 64 << 10

// ServeHTTP answers add-checkpoint (C2SP tlog-witness). It writes no log.
func (w *Witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Cache-Control", "no-store")
	if r.URL.Path != "/add-checkpoint" {
		http.NotFound(rw, r)
		return
	}
	if r.Method != http.MethodPost {
		rw.Header().Set("Allow", http.MethodPost)
		http.Error(rw, "only POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, mostRequest))
	if err != nil {
		http.Error(rw, "the request can't be read", http.StatusBadRequest)
		return
	}
	line, err := w.Cosign(body)
	if err == nil {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(line) // whoever asked asks again
		return
	}
	refused, ok := errors.AsType[*Refused](err)
	if !ok {
		http.Error(rw, "the witness can't sign now", http.StatusInternalServerError)
		return
	}
	code := status(refused)
	if code == http.StatusConflict {
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(code)
		fmt.Fprintf(rw, "%d\n", refused.Seen.Size)
		return
	}
	http.Error(rw, refused.Error(), code)
}

// status returns the code that C2SP tlog-witness gives a refusal.
func status(r *Refused) int {
	switch {
	case errors.Is(r.Err, ledger.ErrUnknownLog):
		return http.StatusNotFound
	case errors.Is(r.Err, ledger.ErrUnsigned):
		return http.StatusForbidden
	case errors.Is(r.Err, ledger.ErrOutOfStep), errors.Is(r.Err, ledger.ErrInconsistent) && r.Size == r.Seen.Size:
		return http.StatusConflict
	case errors.Is(r.Err, ledger.ErrInconsistent):
		return http.StatusUnprocessableEntity
	}
	return http.StatusBadRequest
}
