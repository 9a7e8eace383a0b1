package chart

// Probability draws curves of a probability (Y from 0 to 1) through time on an axis from 0 to 100 %. The first line is
// full and strong, those after it are dashed: they answer other questions about the same platforms. Labels may be as
// long as short sentences; Log and Format are not asked.
func Probability(o Options, series []Series) (*Figure, error) {
	o.Format, o.Log = Percent, false
	return lineChart("probability", o, series, false)
}

// probabilityStrokes tell curves of one colour apart: they answer different questions about the same platform.
var probabilityStrokes = []stroke{{width: 2.6}, {width: 2, dash: []float64{7, 3}}, {width: 2, dash: []float64{2, 3}}, {width: 1.4}}
