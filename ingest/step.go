package ingest

import "math"

// significantDigits is how many leading digits of a declared figure are always taken as meant.
const significantDigits = 2

// fullDigits is from how many digits on nobody rounds: a figure that shows them is the whole count.
const fullDigits = 6

// InferSteps returns the step of each figure that one source prints for one metric, judged from trailing zeros. The
// figures are given as printed, digits with at most one point.
//
// A source that prints 129000000, 131000000 and 140000000 evidently rounds to the million: the step is the smallest
// power of ten that divides all of the group. Where its figures differ much in size (300000, 2000000, 65000000), a figure
// is also taken to have no more significant digits than the longest of the group, two here.
//
// Three things limit it. At least two significant digits of each figure stay exact, so that 100000000 alone has a step of
// ten million. Zeros at the end of a single figure are chance and no evidence where there is only one of them, or where
// six or more digits stand before them, so that 1342770 alone and 12345600 alone are full counts. A step is never below
// the place of the last printed digit.
//
// One figure that ends in another digit makes the whole group exact (step 1): a list of follower counts is printed in
// full or not at all.
func InferSteps(figures []string) ([]float64, error) {
	parsed := make([]decimal, len(figures))
	zeros, n := math.MaxInt, 0 // smallest power of ten over the n figures that are not zero
	lead := 0                  // power of ten of the last of them
	digits := significantDigits
	for i, text := range figures {
		d, err := parseDecimal(text)
		if err != nil {
			return nil, err
		}
		parsed[i] = d
		if d.coef != 0 {
			zeros = min(zeros, d.reduced().exp)
			lead = d.lead()
			digits = max(digits, lead-d.reduced().exp+1)
			n++
		}
	}
	if n == 0 || n == 1 && (zeros < 2 || lead-zeros+1 >= fullDigits) {
		zeros = min(zeros, 0)
	}
	steps := make([]float64, len(figures))
	for i, d := range parsed {
		exp := d.exp
		if d.coef != 0 && zeros > 0 {
			exp = max(exp, min(d.lead()-significantDigits+1, max(zeros, d.lead()-digits+1)))
		}
		steps[i] = math.Pow10(exp)
	}
	return steps, nil
}
