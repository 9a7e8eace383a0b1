package analysis

// LoadStats count what a load added to the warehouse.
type LoadStats struct {
	Files int
	Rows  int64
	Bytes int64
	// Unknown counts files of datasets that this program has no table for, by dataset. They stay in the lake.
	Unknown map[string]int
}
