package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A bytesFlag is an amount of memory on the command line or in the configuration, such as 512MiB, 4GB or 4G.
type bytesFlag int64

var byteUnits = []struct {
	suffix string
	bytes  float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"b", 1}, {"", 1},
}

// UnmarshalText reads a number with or without a unit.
func (b *bytesFlag) UnmarshalText(text []byte) error {
	s := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(string(text)), " ", ""))
	for _, u := range byteUnits {
		number, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 && n*u.bytes < math.MaxInt64/2 {
			*b = bytesFlag(n * u.bytes)
			return nil
		}
		break
	}
	return fmt.Errorf("want an amount of memory such as 4GiB or 512MB, got %q", text)
}
