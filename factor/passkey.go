package factor

import (
	"encoding/json"
	"errors"
	"net"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// A Passkey is the public half of a key in a device.
type Passkey struct {
	ID     []byte `json:"id"`
	Public []byte `json:"public"`
	Host   string `json:"host"` // it is for this name of the server, and no other
	Count  uint32 `json:"count"`
	Backup bool   `json:"backup"` // its maker may copy it to other devices; never changes
}

// A Site is how a browser has reached the server: by which name, and the origin
// that stands in what it signs.
type Site struct{ Host, Origin string }

// HoldsPasskeys reports whether browsers make passkeys for a site: they want a name,
// and an address is none.
func (s Site) HoldsPasskeys() bool { return s.Host != "" && net.ParseIP(s.Host) == nil }

// A keyring is a member as the library wants to see one. The device is told
// neither who they are nor what this is.
type keyring struct {
	user []byte
	keys []Passkey
}

// WebAuthnID implements [webauthn.User].
func (k keyring) WebAuthnID() []byte { return k.user }

// WebAuthnName implements [webauthn.User].
func (k keyring) WebAuthnName() string { return "office" }

// WebAuthnDisplayName implements [webauthn.User].
func (k keyring) WebAuthnDisplayName() string { return "office" }

// WebAuthnCredentials implements [webauthn.User].
func (k keyring) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, p := range k.keys {
		all = append(all, webauthn.Credential{
			ID: p.ID, PublicKey: p.Public,
			Flags:         webauthn.CredentialFlags{BackupEligible: p.Backup},
			Authenticator: webauthn.Authenticator{SignCount: p.Count},
		})
	}
	return all
}

func library(at Site) (*webauthn.WebAuthn, error) {
	if !at.HoldsPasskeys() {
		return nil, errors.New("factor: no passkeys for an address")
	}
	return webauthn.New(&webauthn.Config{
		RPID: at.Host, RPDisplayName: "office", RPOrigins: []string{at.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// Not in a list that whoever opens the device can read.
			ResidentKey:      protocol.ResidentKeyRequirementDiscouraged,
			UserVerification: protocol.VerificationPreferred,
		},
	})
}

// NewPasskey asks a browser for a new passkey. user is what the device knows its
// owner by; have are those there are. It returns what the browser is given, and
// what is kept until it answers, once.
func NewPasskey(at Site, user []byte, have []Passkey) (options string, kept []byte, err error) {
	w, err := library(at)
	if err != nil {
		return "", nil, err
	}
	who := keyring{user, at.keys(have)}
	var known []protocol.CredentialDescriptor
	for _, c := range who.WebAuthnCredentials() {
		known = append(known, c.Descriptor())
	}
	asked, session, err := w.BeginRegistration(who, webauthn.WithExclusions(known))
	if err != nil {
		return "", nil, err
	}
	return encode(asked, session)
}

// keys returns those keys that are for the site.
func (s Site) keys(all []Passkey) (mine []Passkey) {
	for _, k := range all {
		if k.Host == s.Host {
			mine = append(mine, k)
		}
	}
	return mine
}

func encode(asked any, session *webauthn.SessionData) (options string, kept []byte, err error) {
	o, err := json.Marshal(asked)
	if err != nil {
		return "", nil, err
	}
	kept, err = json.Marshal(session)
	return string(o), kept, err
}

// MadePasskey reads what a browser answered to NewPasskey.
func MadePasskey(at Site, user, kept, answer []byte) (Passkey, error) {
	w, err := library(at)
	if err != nil {
		return Passkey{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return Passkey{}, err
	}
	if session.RelyingPartyID != at.Host {
		return Passkey{}, errors.New("factor: asked under another name")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, err
	}
	c, err := w.CreateCredential(keyring{user: user}, session, parsed)
	if err != nil {
		return Passkey{}, err
	}
	return Passkey{ID: c.ID, Public: c.PublicKey, Host: at.Host, Count: c.Authenticator.SignCount, Backup: c.Flags.BackupEligible}, nil
}

// AskPasskey asks a browser for one of the keys that are for the site. If there is
// none, options is "".
func AskPasskey(at Site, user []byte, have []Passkey) (options string, kept []byte, err error) {
	mine := at.keys(have)
	if len(mine) == 0 || !at.HoldsPasskeys() {
		return "", nil, nil
	}
	w, err := library(at)
	if err != nil {
		return "", nil, err
	}
	asked, session, err := w.BeginLogin(keyring{user, mine}, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return "", nil, err
	}
	return encode(asked, session)
}

// UsedPasskey reads what a browser answered to AskPasskey, and returns the key that
// signed, with its new count. A key whose count did not grow was copied, and is
// refused.
func UsedPasskey(at Site, user []byte, have []Passkey, kept, answer []byte) (Passkey, error) {
	w, err := library(at)
	if err != nil {
		return Passkey{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return Passkey{}, err
	}
	if session.RelyingPartyID != at.Host || len(session.AllowedCredentialIDs) == 0 {
		return Passkey{}, errors.New("factor: asked under another name")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Passkey{}, err
	}
	c, err := w.ValidateLogin(keyring{user, at.keys(have)}, session, parsed)
	if err != nil {
		return Passkey{}, err
	}
	if c.Authenticator.CloneWarning {
		return Passkey{}, errors.New("factor: the count of a passkey went back")
	}
	return Passkey{ID: c.ID, Public: c.PublicKey, Host: at.Host, Count: c.Authenticator.SignCount, Backup: c.Flags.BackupEligible}, nil
}
