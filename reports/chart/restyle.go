package chart

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A restyler rewrites what vgsvg wrote. vgsvg's language is small: <g transform>, </g>, <path d style>, <text>, <image>.
// Colours become custom properties, styles become classes, paths are turned upright (vgsvg's y grows upwards) and
// written with relative coordinates in tenths of a pixel, texts get their anchors, groups their names.
type restyler struct {
	surface *svgSurface
	id      string
	out     bytes.Buffer
	classes map[string]string // css -> class name
	order   []string          // css by class
	paths   int
	texts   int
	groups  int

	lastClass string // of the path just written, "" if something came after
	lastPath  int    // where in out its data end
	lastX     int    // where its pen stands, in tenths
	lastY     int
}

func (r *restyler) rewrite(doc []byte) []byte {
	depth := 0
	for {
		i := bytes.IndexByte(doc, '<')
		if i < 0 {
			return r.out.Bytes()
		}
		doc = doc[i:]
		end := bytes.IndexByte(doc, '>')
		tag := doc[:end+1]
		doc = doc[end+1:]
		switch {
		case bytes.HasPrefix(tag, []byte("<path")):
			r.path(tag)
		case bytes.HasPrefix(tag, []byte("<text")):
			r.text(r.surface.texts[r.texts])
			r.texts++
		case bytes.HasPrefix(tag, []byte("<image")):
			r.image(tag)
		case bytes.HasPrefix(tag, []byte("<g ")):
			if depth > 0 { // the outermost turns the page upright; so do we
				r.group(r.surface.groups[r.groups])
				r.groups++
			}
			depth++
		case bytes.HasPrefix(tag, []byte("</g")):
			if depth--; depth > 0 {
				r.out.WriteString("</g>")
				r.lastClass = ""
			}
		}
	}
}

// attr reads one attribute of a tag.
func attr(tag []byte, name string) string {
	i := bytes.Index(tag, []byte(name+`="`))
	if i < 0 {
		return ""
	}
	v := tag[i+len(name)+2:]
	return string(v[:bytes.IndexByte(v, '"')])
}

func (r *restyler) class(css string) string {
	c, ok := r.classes[css]
	if !ok {
		c = className(len(r.order))
		r.classes[css] = c
		r.order = append(r.order, css)
	}
	return c
}

func (r *restyler) group(g group) {
	fmt.Fprintf(&r.out, `<g class="%s"`, escape(g.class))
	for i := 0; i+1 < len(g.attrs); i += 2 {
		fmt.Fprintf(&r.out, ` %s="%s"`, g.attrs[i], escape(clean(g.attrs[i+1])))
	}
	r.out.WriteString(">")
	r.lastClass = ""
}

// path writes a path; one that follows another of the same opaque style is appended to it.
func (r *restyler) path(tag []byte) {
	css, opaque := restyle(attr(tag, "style"))
	class := r.class(css)
	tip, tipped := r.surface.tips[r.paths]
	r.paths++
	d := pathData{height: round10(r.surface.height)}
	if class == r.lastClass && opaque && !tipped {
		d.x, d.y = r.lastX, r.lastY
		d.started = true
		r.out.Truncate(r.lastPath)
	} else {
		fmt.Fprintf(&r.out, `<path class="%s" d="`, class)
	}
	d.rewrite(attr(tag, "d"))
	r.out.Write(d.out)
	r.lastPath = r.out.Len()
	r.lastX, r.lastY, r.lastClass = d.x, d.y, class
	if tipped {
		fmt.Fprintf(&r.out, `"><title>%s</title></path>`, escape(clean(tip)))
		r.lastClass = ""
		return
	}
	r.out.WriteString(`"/>`)
}

// restyle turns vgsvg's style into the house's CSS and tells whether it is opaque.
func restyle(style string) (css string, opaque bool) {
	var out []string
	opaque = true
	for _, decl := range strings.Split(style, ";") {
		key, val, _ := strings.Cut(decl, ":")
		switch {
		case (key == "fill" || key == "stroke") && len(val) == 7 && strings.HasSuffix(val, "01"):
			code, _ := strconv.ParseUint(val[1:5], 16, 16)
			out = append(out, tone(code>>8).declare(key))
			if a := int(code & 0xff); a < 100 {
				opaque = false
				out = append(out, fmt.Sprintf("%s-opacity:%s", key, strconv.FormatFloat(float64(a)/100, 'g', -1, 64)))
			}
		case key == "stroke-width" || key == "stroke-dasharray" || key == "stroke-dashoffset":
			out = append(out, decl)
		}
	}
	return strings.Join(out, ";"), opaque
}

func (r *restyler) text(w words) {
	css := fmt.Sprintf("font-size:%spx;%s", tenths(round10(w.size)), w.tone.declare("fill"))
	if w.bold {
		css += ";font-weight:700"
	}
	switch w.anchor {
	case atMiddle:
		css += ";text-anchor:middle"
	case atEnd:
		css += ";text-anchor:end"
	}
	if w.halo {
		css += ";paint-order:stroke;stroke-width:3px;stroke-linejoin:round;" + tonePaper.declare("stroke")
	}
	x, y := tenths(round10(w.x)), tenths(round10(r.surface.height-w.y))
	fmt.Fprintf(&r.out, `<text class="%s" x="%s" y="%s"`, r.class(css), x, y)
	if w.up {
		fmt.Fprintf(&r.out, ` transform="rotate(-90 %s %s)"`, x, y)
	}
	r.out.WriteString(">" + escape(isolate(narrow(w.s))))
	if w.tail != "" {
		fmt.Fprintf(&r.out, `<tspan class="%s">%s</tspan>`, r.class("font-weight:400;"+w.tailTone.declare("fill")), escape(isolate(narrow(w.tail))))
	}
	r.out.WriteString("</text>")
	r.lastClass = ""
}

// image writes a picture of cells, which must stay sharp when enlarged.
func (r *restyler) image(tag []byte) {
	num := func(name string) float64 { v, _ := strconv.ParseFloat(attr(tag, name), 64); return v }
	y := r.surface.height + num("y") // vgsvg gives the upper edge as -y from the bottom
	fmt.Fprintf(&r.out, `<image x="%s" y="%s" width="%s" height="%s" style="image-rendering:pixelated" preserveAspectRatio="none" href="%s"/>`,
		tenths(round10(num("x"))), tenths(round10(y)), tenths(round10(num("width"))), tenths(round10(num("height"))),
		strings.Replace(attr(tag, "xlink:href"), "image/jpg", "image/png", 1))
	r.lastClass = ""
}
