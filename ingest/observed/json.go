package observed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Count is a count as JSON has it: a number, a text such as "117.3万", or nothing. It keeps the JSON as it stands.
type Count struct{ raw []byte }

// UnmarshalJSON implements json.Unmarshaler. It takes any value; [Count.Reading] judges it.
func (c *Count) UnmarshalJSON(raw []byte) error {
	c.raw = append(c.raw[:0], raw...)
	return nil
}

// Known reports whether the answer says anything: not where the field is missing, null, "" or "--", which never mean 0.
func (c Count) Known() bool {
	switch strings.Trim(strings.TrimSpace(string(c.raw)), `"`) {
	case "", "null", "-", "--":
		return false
	}
	return true
}

// Text is the count as it was served, without quotation marks.
func (c Count) Text() string {
	var s string
	if json.Unmarshal(c.raw, &s) == nil {
		return s
	}
	return string(c.raw)
}

// Int is the whole number, -1 where there is none, or where the count is only a rounded one.
func (c Count) Int() int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(c.Text(), ",", ""), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Reading is the count as a reading of a kind. A number is exact, as is a text of digits; a text such as 117.3万 is as
// exact as it is written. ok is false where nothing is known.
func (c Count) Reading(kind ingest.Kind, opt ingest.ParseOptions) (r ingest.Reading, ok bool, err error) {
	if !c.Known() {
		return r, false, nil
	}
	text := c.Text()
	switch c.raw[0] {
	case '{', '[', 't', 'f':
		return r, false, fmt.Errorf("%s: %s is no count", kind, short(c.raw))
	}
	r, err = ingest.ParseCount(text, kind, opt)
	if err != nil {
		return r, false, fmt.Errorf("%s: %w", kind, err)
	}
	return r, true, nil
}

// A Text is a JSON text or number, as the ids of some platforms are now one and now the other. Digits of numbers are kept
// as they stand, so that no id passes a float. null and a missing field are "".
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(raw []byte) error {
	switch {
	case bytes.Equal(raw, []byte("null")):
		*t = ""
		return nil
	case len(raw) > 0 && (raw[0] >= '0' && raw[0] <= '9' || raw[0] == '-'):
		*t = Text(raw)
		return nil
	case len(raw) > 0 && raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = Text(s)
		return nil
	}
	return fmt.Errorf("%s, want a text or a number", short(raw))
}

// Decode reads one JSON value and refuses what follows it: two answers in one, or a cut one, are no answer.
func Decode(raw []byte, v any) error {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return errors.New("the answer is empty")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("the answer is not the JSON that was expected: %w", err)
	}
	return nil
}

// short is the beginning of an answer for an error text.
func short(raw []byte) string {
	const most = 40
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "..."
	}
	return strings.ToValidUTF8(string(raw), "")
}
