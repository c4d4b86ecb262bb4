package custody_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"habeas/custody/custodytest"
)

// A bundle is a bag that bagit-python of the Library of Congress finds valid; with one
// byte changed it does not. The test is skipped if there is none; ./test installs one,
// or fails.
func TestPythonReadsBundles(t *testing.T) {
	at := os.Getenv("HABEAS_BAGIT")
	if at == "" {
		at = "python3"
	}
	if err := exec.Command(at, "-c", "import bagit").Run(); err != nil {
		t.Skip("bagit-python is not installed; ./test installs it")
	}
	dir := filepath.Join(t.TempDir(), "bundle")
	if err := os.CopyFS(dir, custodytest.NewParcel(t).Files); err != nil {
		t.Fatal(err)
	}
	validate := func() error {
		return exec.Command(at, "-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", dir).Run()
	}
	if err := validate(); err != nil {
		t.Error(err)
	}
	report := filepath.Join(dir, "custody", "report.html")
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(report, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if validate() == nil {
		t.Error("the report was changed, and the bundle is valid")
	}
}
