package redact

import (
	"context"
	"os"
)

func document(ctx context.Context, out, in *os.File, p Plan) (*Report, error) {
	return nil, ErrFormat
}
