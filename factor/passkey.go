package factor

// A Passkey is the public half of a key in a device.
type Passkey struct {
	ID     []byte `json:"id"`
	Public []byte `json:"public"`
	Host   string `json:"host"` // it is for this name of the server, and no other
	Count  uint32 `json:"count"`
}
