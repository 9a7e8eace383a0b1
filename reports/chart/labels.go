package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// An endLabel names a line at its end.
type endLabel struct {
	y    float64 // where it belongs
	at   float64 // where it stands, after spread
	text string
	tail string
	tone tone
	from float64 // x where its line ends
	rank float64 // the higher, the rather it is kept
	id   int     // tells labels of one panel apart
	key  string  // of the series that it names
}

// spread moves labels apart so that none overlaps another, each as near to its place as can be, within lo..hi. Where
// there is no room for all, those of the lowest rank go; their number is returned.
func spread(labels []endLabel, lo, hi, pitch float64) (kept []endLabel, lost int) {
	room := int((hi-lo)/pitch) + 1
	kept = slices.Clone(labels)
	if len(kept) > room {
		slices.SortStableFunc(kept, func(a, b endLabel) int { return int(math.Copysign(1, b.rank-a.rank)) })
		lost = len(kept) - room
		kept = kept[:max(room, 0)]
	}
	slices.SortStableFunc(kept, func(a, b endLabel) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	// Groups of labels that touch are centred on the mean of their places, and merged while they touch.
	type block struct {
		from, to int // labels from..to-1
		y        float64
	}
	var blocks []block
	for i, l := range kept {
		blocks = append(blocks, block{i, i + 1, min(max(l.y, lo), hi)})
		for len(blocks) > 1 {
			b, a := blocks[len(blocks)-1], blocks[len(blocks)-2]
			if a.y+float64(a.to-a.from)*pitch <= b.y {
				break
			}
			sum := 0.0
			for j := a.from; j < b.to; j++ {
				sum += kept[j].y - float64(j-a.from)*pitch
			}
			y := sum / float64(b.to-a.from)
			y = min(max(y, lo), hi-float64(b.to-a.from-1)*pitch)
			blocks = append(blocks[:len(blocks)-2], block{a.from, b.to, y})
		}
	}
	for _, b := range blocks {
		for j := b.from; j < b.to; j++ {
			kept[j].at = b.y + float64(j-b.from)*pitch
		}
	}
	return kept, lost
}

// A sideLabel names a line at its end within the data, with a leader where it stands further away.
type sideLabel struct {
	words
	leader []vg.Point
	key    string
}

// beside seats the label at the end of its line, at x, y within d, where nothing is drawn.
func (l endLabel) beside(k *clutter, d box, x, y float64) (sideLabel, bool) {
	w := words{s: cut(l.text, d.w()*0.55, labelSize, true), size: labelSize, bold: true, tone: l.tone, tail: l.tail, tailTone: toneSoft, halo: true}
	if w.width()*reserve > d.w()*0.5 {
		w.tail = ""
	}
	at := func(dx, dy float64, a anchor) words {
		v := w
		v.x, v.y, v.anchor = x+dx, y+dy-labelSize*0.34, a
		return v
	}
	const up = labelSize * 1.1
	if v, ok := k.firstFree(at(8, 0, atStart), at(8, 0.7*up, atStart), at(8, -0.7*up, atStart), at(0, up, atMiddle), at(4, up, atEnd), at(-8, 0, atEnd),
		at(0, -up, atMiddle), at(4, -up, atEnd), at(-8, 0.7*up, atEnd), at(-8, -0.7*up, atEnd)); ok {
		return sideLabel{words: v, key: l.key}, true
	}
	for _, crossing := range []bool{false, true} { // a short leader across a line is better than a long one
		for far := 24.0; far <= 72; far += 12 {
			for _, dy := range []float64{far, -far} {
				start := math.Copysign(8, dy)
				if !crossing && !k.free(box{x, y + math.Min(start, dy), x, y + math.Max(start, dy)}) {
					continue
				}
				if v, ok := k.firstFree(at(6, dy, atStart), at(-6, dy, atEnd)); ok {
					foot := math.Copysign(labelSize*0.6, -dy)
					return sideLabel{v, []vg.Point{pt(x, y+math.Copysign(5, dy)), pt(x, y+dy+foot)}, l.key}, true
				}
			}
		}
	}
	return sideLabel{}, false
}

// paintSideLabels writes labels within the data.
func (c *canvas) paintSideLabels(labels []sideLabel) {
	for _, l := range labels {
		c.open(endGroup(l.key))
		if l.leader != nil {
			c.line(faded(l.tone, 0.6), 0.8, nil, l.leader...)
		}
		c.words(l.words)
		c.shut()
	}
}

// paintEndLabels writes labels right of x, with a leader where one had to move.
func (c *canvas) paintEndLabels(labels []endLabel, x float64) {
	for _, l := range labels {
		start := x + 8
		c.open(endGroup(l.key))
		if math.Abs(l.at-l.y) > 5 || x-l.from > 12 {
			c.line(faded(l.tone, 0.45), 0.8, nil, pt(l.from+4, l.y), pt(x+1, l.at), pt(x+6, l.at))
		}
		c.words(words{x: start, y: l.at - labelSize*0.34, s: l.text, size: labelSize, bold: true, tone: l.tone, tail: l.tail, tailTone: toneSoft, halo: true})
		c.shut()
	}
}

func endGroup(key string) group { return group{class: "end", attrs: []string{"data-key", key}} }
