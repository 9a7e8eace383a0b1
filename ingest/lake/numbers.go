package lake

import (
	"context"
	"fmt"

	"github.com/overtake-analytics/overtake/ingest"
)

// numbers are the account numbers of one platform: dense from 0, in the order in which the journal first names the
// accounts.
type numbers struct {
	of    map[string]uint32 // by native id
	fresh []string          // those given since the last commit, in order
}

// loadNumbers reads the numbers that earlier commits gave, once per open lake.
func (lk *Lake) loadNumbers(ctx context.Context) error {
	if lk.numbers != nil {
		return nil
	}
	all := map[ingest.Platform]*numbers{}
	for _, m := range lk.manifests {
		for _, f := range m.Numbers {
			platform, err := platformOf(f.Path)
			if err != nil {
				return err
			}
			if all[platform] == nil {
				all[platform] = &numbers{of: map[string]uint32{}}
			}
			if err := lk.addNumbers(ctx, f, all[platform]); err != nil {
				return err
			}
		}
	}
	for platform, n := range lk.lastAccounts() {
		if all[platform] == nil || len(all[platform].of) != int(n) {
			return fmt.Errorf("lake %s has given %d account numbers of %s but holds others; run \"overtake rebuild\"", lk.dir, n, platform)
		}
	}
	lk.numbers = all
	return nil
}

// addNumbers adds the pairs of one file and checks that they go on where the earlier ones end.
func (lk *Lake) addNumbers(ctx context.Context, f File, n *numbers) error {
	data, err := lk.readFile(f)
	if err != nil {
		return err
	}
	bad := ""
	err = readNumbers(ctx, data, func(no uint32, id string) {
		if _, taken := n.of[id]; taken || int(no) != len(n.of) {
			bad = fmt.Sprintf("account %q has number %d, want %d and no other", id, no, len(n.of))
			return
		}
		n.of[id] = no
	})
	if err == nil && bad != "" {
		err = &FileError{Path: lk.path(f.Path), Reason: bad}
	}
	return err
}

func (lk *Lake) lastAccounts() map[ingest.Platform]uint32 {
	if n := len(lk.manifests); n > 0 {
		return lk.manifests[n-1].Accounts
	}
	return nil
}

// number returns the account's number, and whether it was given just now.
func (lk *Lake) number(platform ingest.Platform, nativeID string) (no uint32, fresh bool, err error) {
	n := lk.numbers[platform]
	if n == nil {
		n = &numbers{of: map[string]uint32{}}
		lk.numbers[platform] = n
	}
	if no, ok := n.of[nativeID]; ok {
		return no, false, nil
	}
	if len(n.of) == maxAccounts {
		return 0, false, fmt.Errorf("platform %s has more than %d accounts", platform, maxAccounts)
	}
	no = uint32(len(n.of))
	n.of[nativeID] = no
	n.fresh = append(n.fresh, nativeID)
	return no, true, nil
}

const maxAccounts = 1<<32 - 1
