package chart

import "strconv"

// A pathData rewrites the data of one path of vgsvg: M, L, A, Q, C with absolute coordinates and commas, and Z.
type pathData struct {
	out      []byte
	height   int // of the figure, in tenths
	x, y     int // where the pen stands, y downwards, in tenths
	x0, y0   int // where the subpath began
	started  bool
	lastVerb byte
}

func (p *pathData) rewrite(d string) {
	for i := 0; i < len(d); {
		verb := d[i]
		i++
		j := i
		for j < len(d) && (d[j] < 'A' || d[j] > 'Z') {
			j++
		}
		p.step(verb, numbers(d[i:j]))
		i = j
	}
}

// numbers reads what stands between two letters.
func numbers(s string) []float64 {
	out := make([]float64, 0, 8)
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] != ',' && s[j] != ' ' {
			j++
		}
		if v, err := strconv.ParseFloat(s[i:j], 64); err == nil {
			out = append(out, v)
		}
		i = j + 1
	}
	return out
}

func (p *pathData) step(verb byte, n []float64) {
	switch verb {
	case 'M':
		x, y := p.at(n[0], n[1])
		if p.started {
			p.verb('m', x-p.x, y-p.y)
		} else {
			p.verb('M', x, y)
			p.started = true
		}
		p.x, p.y, p.x0, p.y0 = x, y, x, y
	case 'L':
		x, y := p.at(n[0], n[1])
		switch dx, dy := x-p.x, y-p.y; {
		case dx == 0 && dy == 0:
		case dy == 0:
			p.verb('h', dx)
		case dx == 0:
			p.verb('v', dy)
		default:
			p.verb('l', dx, dy)
		}
		p.x, p.y = x, y
	case 'A': // rx, ry, rotation, large, sweep, x, y; upside down, a sweep goes the other way
		x, y := p.at(n[5], n[6])
		p.verb('a', round10(n[0]), round10(n[1]), 0, int(n[3])*10, (1-int(n[4]))*10, x-p.x, y-p.y)
		p.x, p.y = x, y
	case 'Q', 'C':
		args := make([]int, 0, 6)
		var x, y int
		for k := 0; k+1 < len(n); k += 2 {
			x, y = p.at(n[k], n[k+1])
			args = append(args, x-p.x, y-p.y)
		}
		p.verb(verb-'A'+'a', args...)
		p.x, p.y = x, y
	case 'Z':
		p.out = append(p.out, 'z')
		p.lastVerb = 'z'
		p.x, p.y = p.x0, p.y0
	}
}

func (p *pathData) at(x, y float64) (int, int) { return round10(x), p.height - round10(y) }

// verb writes a command with its arguments; the same command twice in a row needs its letter only once.
func (p *pathData) verb(v byte, args ...int) {
	if v != p.lastVerb || v == 'm' || v == 'M' {
		p.out = append(p.out, v)
		p.lastVerb = v
	} else if args[0] >= 0 {
		p.out = append(p.out, ' ')
	}
	for i, a := range args {
		if i > 0 && a >= 0 {
			p.out = append(p.out, ' ')
		}
		p.out = appendTenths(p.out, a)
	}
}
