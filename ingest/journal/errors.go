package journal

import "fmt"

// A DamageError says that bytes which had been acknowledged are no longer what was written.
type DamageError struct {
	Segment string // path of the file
	Offset  int64  // of the first record that cannot be read
	Reason  string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("journal segment %s is damaged at byte %d: %s; restore the file from a copy, or move the whole journal aside and collect again",
		e.Segment, e.Offset, e.Reason)
}

// A VersionError says that a segment was written by a program that knows a newer format.
type VersionError struct {
	Segment string
	Version uint32
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("journal segment %s has format version %d, this program reads version %d; use a newer overtake",
		e.Segment, e.Version, version)
}

// A Torn is what a crash left of records that were never acknowledged.
type Torn struct {
	Segment string // path of the segment that was cut
	Offset  int64  // where it was cut
	Bytes   int64  // how much was cut
	Kept    string // path of the file that keeps the cut bytes
}

func (t Torn) String() string {
	return fmt.Sprintf("%d bytes of an unfinished record at the end of %s were cut and kept in %s", t.Bytes, t.Segment, t.Kept)
}
