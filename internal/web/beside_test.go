package web

import (
	"net/http/httptest"
	"testing"
)

// TestBeside walks through a list of 45 lines, 20 on a page, by the links to the pages
// beside, there and back.
func TestBeside(t *testing.T) {
	const lines, most = 45, 20
	path, pages := "/cases", 0
	var back []string
	for path != "" {
		from := fromOf(httptest.NewRequest("GET", path, nil))
		if from != pages*most {
			t.Fatalf("%s begins at %d", path, from)
		}
		later, earlier := beside("/cases", from, most, from+most < lines)
		back = append(back, later)
		path = earlier
		pages++
	}
	if pages != 3 || back[0] != "" || back[1] != "/cases?from=0" || back[2] != "/cases?from=20" {
		t.Errorf("%d pages, back by %q", pages, back)
	}
	for _, from := range []string{"-5", "x", "", "99999999999999999999"} {
		if got := fromOf(httptest.NewRequest("GET", "/cases?from="+from, nil)); got < 0 || got > 1<<30 {
			t.Errorf("from %q is %d", from, got)
		}
	}
}
