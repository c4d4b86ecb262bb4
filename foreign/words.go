package foreign

// Words are what a check is called, or says, by a key that never changes; String
// returns them in English.
type Words string

// String returns the words in English; of a key that is not known, the key.
func (w Words) String() string {
	if s, ok := english[w]; ok {
		return s
	}
	return string(w)
}

// What is checked.
const (
	waczWhole   Words = "wacz_whole"
	waczSigned  Words = "wacz_signed"
	waczStamped Words = "wacz_stamped"
	bagWhole    Words = "bag_whole"
	proofOf     Words = "proof_of"
	pgpBeside   Words = "pgp"
	otsBeside   Words = "ots"
	stampBeside Words = "stamp"
	listWhole   Words = "list_whole"
	listStamped Words = "list_stamped"
	otherFiles  Words = "other_files"
	otherProof  Words = "other_proof"
	allTold     Words = "all_told"
)

// What a check that came out well does not show.
const (
	notPages      Words = "not_pages"
	notOwner      Words = "not_owner"
	notClock      Words = "not_clock"
	notFitted     Words = "not_fitted"
	notPacker     Words = "not_packer"
	notPackerWeak Words = "not_packer_weak"
	notPhone      Words = "not_phone"
	notKey        Words = "not_key"
	notChain      Words = "not_chain"
	notListed     Words = "not_listed"
)

// Why a check failed, or shows nothing.
const (
	whyUnsigned Words = "why_unsigned"
	whyRoots    Words = "why_roots"
	whyStranger Words = "why_stranger"
	whyNone     Words = "why_none"
	whyMissing  Words = "why_missing"
	whyChanged  Words = "why_changed"
	whyUnlisted Words = "why_unlisted"
	whyBroken   Words = "why_broken"
	whyWrong    Words = "why_wrong"
	whyKind     Words = "why_kind"
	whyNoKey    Words = "why_no_key"
	whyOtherKey Words = "why_other_key"
	whyOld      Words = "why_old"
	whyExpired  Words = "why_expired"
	whyRevoked  Words = "why_revoked"
	whyUnbound  Words = "why_unbound"
	whyPending  Words = "why_pending"
	whyHeader   Words = "why_header"
	whyNoHeader Words = "why_no_header"
	whyLarge    Words = "why_large"
	whyLong     Words = "why_long"
)

var english = map[Words]string{
	waczWhole:   "the archive is as it was made",
	waczSigned:  "whoever recorded it signed the list",
	waczStamped: "an authority stamped the signature",
	bagWhole:    "the files are those that were packed",
	proofOf:     "a proof is of the file beside it",
	pgpBeside:   "an OpenPGP signature is of the file beside it",
	otsBeside:   "an OpenTimestamps proof is of the file beside it",
	stampBeside: "a time stamp is of the file beside it",
	listWhole:   "the files are those of the list of digests",
	listStamped: "an authority stamped the list of digests",
	otherFiles:  "no file lies there that nothing speaks of",
	otherProof:  "a proof of another kind",
	allTold:     "all that was found stands here",

	notPages:      "that the pages looked so to everybody",
	notOwner:      "that the key belongs to whom it says, or that the time is right",
	notClock:      "that the clock of the authority was right",
	notFitted:     "when the archive was there: for a signature that was stamped another key can be reckoned, under which it fits another archive; ask whoever recorded it whether the key is theirs",
	notPacker:     "who packed them, and when",
	notPackerWeak: "who packed them, and when; the digests are old ones, for which another file can be made",
	notPhone:      "that what the proof says of place, time and device is so: it is what the telephone noted",
	notKey:        "whose key it is: it came with the files, a telephone makes its own, and so can anybody; only that one key signed, not when or where",
	notChain:      "that the headers you gave are those of the chain that others see",
	notListed:     "who made the list, and when",

	whyUnsigned: "there is no signature",
	whyRoots:    "no root of an authority was given",
	whyStranger: "no root that was given vouches for the authority",
	whyNone:     "it has no proof beside it",
	whyMissing:  "the file it is of is not there, or was changed",
	whyChanged:  "it is not as it was",
	whyUnlisted: "it is not in the list",
	whyBroken:   "it can't be read",
	whyWrong:    "the signature is wrong",
	whyKind:     "it is of a kind that is not checked here",
	whyNoKey:    "no public key lies beside it, and none is fetched; check it with gpg and a key that you know",
	whyOtherKey: "it was made with another key than lies beside it",
	whyOld:      "it uses an old digest or a short key, and is not believed",
	whyExpired:  "it was made when the key was not valid, or is not valid any more, and is not believed",
	whyRevoked:  "the key was revoked, and is not believed",
	whyUnbound:  "the key is not one that its owner's first key lets sign, and is not believed",
	whyPending:  "a calendar has it, and no block yet; ots upgrade may get the rest",
	whyHeader:   "the header of that Bitcoin block is not here, so the time isn't checked; use ots",
	whyNoHeader: "no header of a Bitcoin block that was given has it",
	whyLarge:    "it is too large to be opened here; check it by itself",
	whyLong:     "so many lines were left out; habeas proofs shows all",
}

// All returns the keys of all words, so that they can be had in other languages.
func All() (keys []Words) {
	for k := range english {
		keys = append(keys, k)
	}
	return keys
}
