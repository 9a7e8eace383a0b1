package chart

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// encodePNG writes a picture with a palette: a chart is flat areas and the soft edges of a few colours, so the 256
// commonest stand for all without a visible difference, and a third of the bytes are to be packed. It writes the four
// chunks that this needs itself, as image/png would pack them by compress/zlib, at twice the time.
func encodePNG(w io.Writer, img *image.RGBA) error {
	p := paletted(img)
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(p.Rect.Dx()))
	head = binary.BigEndian.AppendUint32(head, uint32(p.Rect.Dy()))
	chunk(&out, "IHDR", append(head, 8, 3, 0, 0, 0)) // 8 bits of a palette, usual compression and filters, not interlaced
	palette := make([]byte, 0, 3*len(p.Palette))
	for _, c := range p.Palette {
		v := c.(color.RGBA)
		palette = append(palette, v.R, v.G, v.B)
	}
	chunk(&out, "PLTE", palette)
	data, err := pack(p)
	if err != nil {
		return err
	}
	chunk(&out, "IDAT", data)
	chunk(&out, "IEND", nil)
	_, err = w.Write(out.Bytes())
	return err
}

// chunk writes one chunk: its length, kind, data, and the checksum of the last two.
func chunk(out *bytes.Buffer, kind string, data []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(data)))
	out.Write(n[:])
	start := out.Len()
	out.WriteString(kind)
	out.Write(data)
	binary.BigEndian.PutUint32(n[:], crc32.ChecksumIEEE(out.Bytes()[start:]))
	out.Write(n[:])
}

// packers keeps compressors, whose tables are larger than most pictures.
var packers = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		panic("chart: " + err.Error()) // the level is one that the package names
	}
	return z
}}

// pack compresses the rows, each after a zero: no filter, which suits palettes best.
func pack(p *image.Paletted) ([]byte, error) {
	z := packers.Get().(*zlib.Writer)
	defer packers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	row := make([]byte, 1+p.Rect.Dx())
	for y := range p.Rect.Dy() {
		copy(row[1:], p.Pix[y*p.Stride:])
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
