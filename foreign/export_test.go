package foreign

// Told reports whether reports can be what a task says.
func Told(all []Report) bool { return told(all) }
