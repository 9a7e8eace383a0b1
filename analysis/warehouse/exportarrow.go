package warehouse

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
)

// An arrowWriter writes an Arrow IPC file batch by batch. The format is small enough to write down here: the driver's own
// Arrow support would link a second version of the Arrow library into the program.
// https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
type arrowWriter struct {
	columns []exportColumn
	w       io.Writer
	at      int64 // bytes written
	batch   []arrowColumn
	rows    int
	blocks  []arrowBlock
}

// arrowBatchRows bounds the memory of a batch; arrowBatchBytes bounds the text of one column of it, whose offsets are
// of 32 bits.
const (
	arrowBatchRows  = 1 << 16
	arrowBatchBytes = 1 << 28
)

// An arrowColumn is one column of the batch being filled.
type arrowColumn struct {
	valid   []byte // bitmap
	nulls   int
	offsets []byte // of texts, int32
	values  []byte
}

// An arrowBlock says where a batch stands in the file.
type arrowBlock struct {
	offset, body int64
	meta         int32
}

var arrowMagic = []byte("ARROW1")

func newArrowWriter(columns []exportColumn, w io.Writer) (*arrowWriter, error) {
	a := &arrowWriter{columns: columns, w: w}
	if err := a.put(append(bytes.Clone(arrowMagic), 0, 0)); err != nil {
		return nil, err
	}
	a.reset()
	b := flatbuffers.NewBuilder(1024)
	_, err := a.message(finishMessage(b, headerSchema, arrowSchema(b, columns), 0), nil)
	return a, err
}

func (a *arrowWriter) put(p []byte) error {
	n, err := a.w.Write(p)
	a.at += int64(n)
	return err
}

func (a *arrowWriter) reset() {
	a.batch = make([]arrowColumn, len(a.columns))
	a.rows = 0
	for i, c := range a.columns {
		if c.kind == textValue {
			a.batch[i].offsets = make([]byte, 4)
		}
	}
}

func (a *arrowWriter) write(row []any) error {
	full := false
	for i, v := range row {
		c := &a.batch[i]
		c.add(a.columns[i].kind, a.rows, v)
		full = full || len(c.values) >= arrowBatchBytes
	}
	if a.rows++; a.rows == arrowBatchRows || full {
		return a.flush()
	}
	return nil
}

// add appends one value; a null takes the place of a zero.
func (c *arrowColumn) add(kind valueKind, row int, v any) {
	if row%8 == 0 {
		c.valid = append(c.valid, 0)
		if kind == boolValue {
			c.values = append(c.values, 0)
		}
	}
	if v == nil {
		c.nulls++
	} else {
		c.valid[row/8] |= 1 << (row % 8)
	}
	switch kind {
	case textValue:
		s, _ := v.(string)
		c.values = append(c.values, s...)
		c.offsets = binary.LittleEndian.AppendUint32(c.offsets, uint32(len(c.values)))
	case intValue:
		n, _ := v.(int64)
		c.values = binary.LittleEndian.AppendUint64(c.values, uint64(n))
	case doubleValue:
		f, _ := v.(float64)
		c.values = binary.LittleEndian.AppendUint64(c.values, math.Float64bits(f))
	case boolValue:
		if is, _ := v.(bool); is {
			c.values[row/8] |= 1 << (row % 8)
		}
	case dateValue:
		var days int32
		if t, ok := v.(time.Time); ok {
			days = int32(math.Floor(float64(t.Unix()) / 86400))
		}
		c.values = binary.LittleEndian.AppendUint32(c.values, uint32(days))
	case instantValue:
		var us int64
		if t, ok := v.(time.Time); ok {
			us = t.UnixMicro()
		}
		c.values = binary.LittleEndian.AppendUint64(c.values, uint64(us))
	}
}

// flush writes the batch: a message whose body is the columns' buffers, each padded to 8 bytes.
func (a *arrowWriter) flush() error {
	var body []byte
	var buffers, nodes [][2]int64
	buffer := func(p []byte) {
		buffers = append(buffers, [2]int64{int64(len(body)), int64(len(p))})
		body = append(body, p...)
		body = append(body, make([]byte, pad8(len(body)))...)
	}
	for i, c := range a.batch {
		nodes = append(nodes, [2]int64{int64(a.rows), int64(c.nulls)})
		buffer(c.valid)
		if a.columns[i].kind == textValue {
			buffer(c.offsets)
		}
		buffer(c.values)
	}
	b := flatbuffers.NewBuilder(1024)
	buffersAt := arrowStructs(b, buffers)
	nodesAt := arrowStructs(b, nodes)
	b.StartObject(4)
	b.PrependInt64Slot(0, int64(a.rows), 0)
	b.PrependUOffsetTSlot(1, nodesAt, 0)
	b.PrependUOffsetTSlot(2, buffersAt, 0)
	block, err := a.message(finishMessage(b, headerRecordBatch, b.EndObject(), int64(len(body))), body)
	a.blocks = append(a.blocks, block)
	a.reset()
	return err
}

// message writes metadata, with its length before it, and body.
func (a *arrowWriter) message(meta, body []byte) (arrowBlock, error) {
	meta = append(meta, make([]byte, pad8(len(meta)))...)
	block := arrowBlock{offset: a.at, meta: int32(8 + len(meta)), body: int64(len(body))}
	head := binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, uint32(len(meta)))
	for _, p := range [][]byte{head, meta, body} {
		if err := a.put(p); err != nil {
			return block, err
		}
	}
	return block, nil
}

// close writes what waits, the end of the stream, and the footer that finds the batches.
func (a *arrowWriter) close() error {
	if a.rows > 0 {
		if err := a.flush(); err != nil {
			return err
		}
	}
	footer := arrowFooter(a.columns, a.blocks)
	end := []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}
	end = append(end, footer...)
	end = binary.LittleEndian.AppendUint32(end, uint32(len(footer)))
	return a.put(append(end, arrowMagic...))
}

func (a *arrowWriter) release() error { return nil }

// pad8 is what lacks to a multiple of 8.
func pad8(n int) int { return -n & 7 }
