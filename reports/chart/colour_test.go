package chart

import (
	"math"
	"testing"
)

// How colours look is computed as in the literature:
//   - linear light and contrast: WCAG 2.2, "relative luminance" and "contrast ratio"
//   - colour blindness: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
//     Deficiency", IEEE TVCG 15 (2009), matrices of severity 1.0, which act on linear RGB
//   - distance: CIEDE2000 after Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", Color Res. Appl. 30 (2005)

type rgb [3]float64 // linear, 0..1

func linearRGB(hex uint32) (c rgb) {
	for i := range c {
		v := float64(hex>>(16-8*i)&255) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func (c rgb) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func contrast(a, b uint32) float64 {
	x, y := linearRGB(a).luminance(), linearRGB(b).luminance()
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

var visions = map[string][3]rgb{
	"full":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func (c rgb) seen(m [3]rgb) (out rgb) {
	for i := range out {
		v := m[i][0]*c[0] + m[i][1]*c[1] + m[i][2]*c[2]
		out[i] = math.Min(math.Max(v, 0), 1)
	}
	return out
}

// lab is CIE L*a*b* under D65.
func (c rgb) lab() [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func ciede2000(p, q [3]float64) float64 {
	rad, deg := math.Pi/180, 180/math.Pi
	c7 := math.Pow((math.Hypot(p[1], p[2])+math.Hypot(q[1], q[2]))/2, 7)
	g := 0.5 * (1 - math.Sqrt(c7/(c7+math.Pow(25, 7))))
	a1, a2 := p[1]*(1+g), q[1]*(1+g)
	c1, c2 := math.Hypot(a1, p[2]), math.Hypot(a2, q[2])
	hue := func(a, b float64) float64 {
		if a == 0 && b == 0 {
			return 0
		}
		return math.Mod(math.Atan2(b, a)*deg+360, 360)
	}
	h1, h2 := hue(a1, p[2]), hue(a2, q[2])
	dh, mh := h2-h1, (h1+h2)/2
	switch {
	case c1*c2 == 0:
		dh, mh = 0, h1+h2
	case math.Abs(h2-h1) > 180:
		if dh > 180 {
			dh -= 360
		} else {
			dh += 360
		}
		if h1+h2 < 360 {
			mh += 180
		} else {
			mh -= 180
		}
	}
	dl, dc, dH := q[0]-p[0], c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(dh/2*rad)
	ml, mc := (p[0]+q[0])/2, (c1+c2)/2
	t := 1 - 0.17*math.Cos((mh-30)*rad) + 0.24*math.Cos(2*mh*rad) + 0.32*math.Cos((3*mh+6)*rad) - 0.20*math.Cos((4*mh-63)*rad)
	turn := 30 * math.Exp(-math.Pow((mh-275)/25, 2))
	rc := 2 * math.Sqrt(math.Pow(mc, 7)/(math.Pow(mc, 7)+math.Pow(25, 7)))
	sl := 1 + 0.015*(ml-50)*(ml-50)/math.Sqrt(20+(ml-50)*(ml-50))
	sc, sh := 1+0.045*mc, 1+0.015*mc*t
	return math.Sqrt(dl*dl/sl/sl + dc*dc/sc/sc + dH*dH/sh/sh - math.Sin(2*turn*rad)*rc*dc/sc*dH/sh)
}

// The formula gives what its authors published for it (pairs 1, 7, 17 and 25 of their table).
func TestCIEDE2000(t *testing.T) {
	for _, c := range []struct {
		p, q [3]float64
		want float64
	}{
		{[3]float64{50, 2.6772, -79.7751}, [3]float64{50, 0, -82.7485}, 2.0425},
		{[3]float64{50, 0, 0}, [3]float64{50, -1, 2}, 2.3669},
		{[3]float64{50, 2.5, 0}, [3]float64{73, 25, -18}, 27.1492},
		{[3]float64{60.2574, -34.0099, 36.2677}, [3]float64{60.4626, -34.1751, 39.4387}, 1.2644},
	} {
		if got := ciede2000(c.p, c.q); math.Abs(got-c.want) > 5e-5 {
			t.Errorf("distance of %v and %v is %.4f, want %.4f", c.p, c.q, got, c.want)
		}
	}
}

// leastDistance is what any two lines that may stand in one chart must be apart. Two colours side by side differ noticeably from about
// 2.3; two lines of a chart must be told apart at a distance and by a label's colour, for which the literature on
// categorical palettes asks about 10.
var leastDistance = map[string]float64{"full": 15, "protanopia": 10, "deuteranopia": 10, "tritanopia": 10}

func TestColours(t *testing.T) {
	groups := map[string][]tone{"families": {toneWeiboStyle, toneTwitterStyle}} // those that stand in one chart
	for _, p := range []string{"sina_weibo", "tencent_weibo", "sohu_weibo", "netease_weibo", "twitter", "mastodon", "bluesky", "threads"} {
		groups["platforms"] = append(groups["platforms"], looks[p].line)
	}
	for _, l := range others {
		groups["others"] = append(groups["others"], l.line)
	}
	for _, theme := range []struct {
		name string
		of   func(shade) uint32
	}{{"light", func(s shade) uint32 { return s.light }}, {"dark", func(s shade) uint32 { return s.dark }}} {
		value := func(n tone) uint32 { return theme.of(shades[n]) }
		for vision, m := range visions {
			for group, members := range groups {
				least, pair := math.Inf(1), ""
				for i, a := range members {
					for _, b := range members[i+1:] {
						d := ciede2000(linearRGB(value(a)).seen(m).lab(), linearRGB(value(b)).seen(m).lab())
						if d < least {
							least, pair = d, shades[a].name+" and "+shades[b].name
						}
					}
				}
				t.Logf("%s, %s, %s: %.1f between %s", theme.name, group, vision, least, pair)
				if least < leastDistance[vision] {
					t.Errorf("%s, %s: %s are only %.1f apart, want %.0f", theme.name, vision, pair, least, leastDistance[vision])
				}
			}
		}
		paper := value(tonePaper)
		check := func(n tone, want float64) {
			if c := contrast(value(n), paper); c < want {
				t.Errorf("%s: --%s has %.2f:1 against the paper, want %.1f:1", theme.name, shades[n].name, c, want)
			}
		}
		for _, n := range []tone{toneInk, toneSoft, toneFaint} {
			check(n, 4.5)
		}
		for _, l := range looks {
			check(l.line, 3)
			check(l.text, 4.5)
		}
		for _, l := range others {
			check(l.line, 3)
			check(l.text, 4.5)
		}
		check(toneAxis, 3)
		check(toneAccent, 3)
		check(toneWarn, 3)
		check(quietLook.text, 4.5)
	}
}

// In a grey print colours are gone: the shapes of the points must differ.
func TestMarksDifferInGreyPrint(t *testing.T) {
	seen := map[marker]string{}
	for name, l := range looks {
		if name == "weibo_style" || name == "twitter_style" { // families are drawn with each other, not with platforms
			continue
		}
		if other, ok := seen[l.mark]; ok {
			t.Errorf("%s and %s have the same mark", name, other)
		}
		seen[l.mark] = name
	}
	if looks["weibo_style"].mark == looks["twitter_style"].mark {
		t.Error("the two families have the same mark")
	}
	grey := func(family string) float64 { return linearRGB(shades[looks[family].line].light).lab()[0] }
	t.Logf("lightness of the families: %.0f and %.0f", grey("weibo_style"), grey("twitter_style"))
	for i, l := range others {
		for _, m := range others[i+1:] {
			if l.mark == m.mark {
				t.Errorf("others: the mark %d is there twice", l.mark)
			}
		}
	}
}

// A platform looks the same in every chart, also one that the house does not know.
func TestLookIsStable(t *testing.T) {
	a, ok := lookOf("a_new_platform", "")
	if b, again := lookOf("a_new_platform", ""); !ok || !again || a != b {
		t.Errorf("an unknown platform looks like %v, then like %v", a, b)
	}
	if l := lookFor("twitter", "twitter_style", 5); l != looks["twitter"] {
		t.Errorf("twitter looks like %v, want its own look, whatever its place in the chart", l)
	}
}
