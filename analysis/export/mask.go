package export

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// ofPerson reports whether a column has ids of persons who only follow others and never chose to be looked at: follower,
// follower_key, follower_no, ... The warehouse has them as plain hashes, which who knows all ids can undo by trying.
func ofPerson(column string) bool {
	return column == "follower" || strings.HasPrefix(column, "follower_")
}

// leastKey is the length from which a key cannot be tried out: ids are few, so that a guessed key opens them all.
const leastKey = 16

// masker gives a mask that replaces ids of followers by the first 128 bits of their HMAC-SHA-256 in hexadecimal digits. One
// key gives the same pseudonym in all tables and exports, so that they can be joined; without one a key is drawn and
// forgotten, so that they can be joined within this export only. kept says which.
func masker(key []byte) (mask warehouse.Mask, kept bool, err error) {
	kept = len(key) > 0
	switch {
	case !kept:
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, false, err
		}
	case len(key) < leastKey:
		return nil, false, fmt.Errorf("the key for pseudonyms has %d bytes, want %d or more: openssl rand -hex 32 makes one", len(key), leastKey)
	}
	hash := func(id string) string {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(id))
		return hex.EncodeToString(h.Sum(nil)[:16])
	}
	return func(column string) func(string) string {
		if ofPerson(column) {
			return hash
		}
		return nil
	}, kept, nil
}
