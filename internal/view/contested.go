package view

import "habeas/claim"

// contested returns how many findings of a case are contested.
func contested(*claim.State) int { return 0 }
