package habeas

// CheckSite returns why no office can be made where cfg says, if so, and makes
// nothing: it is asked before anybody thinks of a passphrase. [Create] asks
// again.
func CheckSite(cfg Config) error { return checkPlace(cfg.filled()) }
