package warehouse

import (
	flatbuffers "github.com/google/flatbuffers/go"
)

// Numbers of the format's schema files Message.fbs and Schema.fbs (Apache Arrow, format version 1.5, metadata V5). Slots
// are the places of a table's fields there.
const (
	metadataV5 = 4

	headerSchema      = 1
	headerRecordBatch = 3

	typeInt       = 2
	typeFloat     = 3
	typeUTF8      = 5
	typeBool      = 6
	typeDate      = 8
	typeTimestamp = 10

	floatDouble   = 2
	dateDay       = 0
	dateDefault   = 1 // milliseconds
	timestampUsec = 2
)

// finishMessage wraps a header of the given type.
func finishMessage(b *flatbuffers.Builder, headerType byte, header flatbuffers.UOffsetT, bodyBytes int64) []byte {
	b.StartObject(5)
	b.PrependInt16Slot(0, metadataV5, 0)
	b.PrependByteSlot(1, headerType, 0)
	b.PrependUOffsetTSlot(2, header, 0)
	b.PrependInt64Slot(3, bodyBytes, 0)
	b.Finish(b.EndObject())
	return b.FinishedBytes()
}

// arrowSchema writes the table Schema: little-endian, one field a column, all nullable.
func arrowSchema(b *flatbuffers.Builder, columns []exportColumn) flatbuffers.UOffsetT {
	fields := make([]flatbuffers.UOffsetT, len(columns))
	for i, c := range columns {
		fields[i] = arrowField(b, c)
	}
	vector := offsetVector(b, fields)
	b.StartObject(4)
	b.PrependUOffsetTSlot(1, vector, 0)
	return b.EndObject()
}

func arrowField(b *flatbuffers.Builder, c exportColumn) flatbuffers.UOffsetT {
	name := b.CreateString(c.name)
	children := offsetVector(b, nil)
	number, typ := arrowType(b, c.kind)
	b.StartObject(7)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependBoolSlot(1, true, false)
	b.PrependByteSlot(2, number, 0)
	b.PrependUOffsetTSlot(3, typ, 0)
	b.PrependUOffsetTSlot(5, children, 0)
	return b.EndObject()
}

func arrowType(b *flatbuffers.Builder, kind valueKind) (number byte, typ flatbuffers.UOffsetT) {
	switch kind {
	case intValue:
		b.StartObject(2)
		b.PrependInt32Slot(0, 64, 0)
		b.PrependBoolSlot(1, true, false)
		return typeInt, b.EndObject()
	case doubleValue:
		b.StartObject(1)
		b.PrependInt16Slot(0, floatDouble, 0)
		return typeFloat, b.EndObject()
	case boolValue:
		b.StartObject(0)
		return typeBool, b.EndObject()
	case dateValue:
		b.StartObject(1)
		b.PrependInt16Slot(0, dateDay, dateDefault)
		return typeDate, b.EndObject()
	case instantValue:
		zone := b.CreateString("UTC")
		b.StartObject(2)
		b.PrependInt16Slot(0, timestampUsec, 0)
		b.PrependUOffsetTSlot(1, zone, 0)
		return typeTimestamp, b.EndObject()
	}
	b.StartObject(0)
	return typeUTF8, b.EndObject()
}

// arrowFooter writes the table Footer.
func arrowFooter(columns []exportColumn, blocks []arrowBlock) []byte {
	b := flatbuffers.NewBuilder(1024)
	schema := arrowSchema(b, columns)
	b.StartVector(24, len(blocks), 8)
	for i := len(blocks) - 1; i >= 0; i-- { // a struct Block, its fields from the last to the first
		b.Prep(8, 24)
		b.PrependInt64(blocks[i].body)
		b.Pad(4)
		b.PrependInt32(blocks[i].meta)
		b.PrependInt64(blocks[i].offset)
	}
	batches := b.EndVector(len(blocks))
	b.StartObject(5)
	b.PrependInt16Slot(0, metadataV5, 0)
	b.PrependUOffsetTSlot(1, schema, 0)
	b.PrependUOffsetTSlot(3, batches, 0)
	b.Finish(b.EndObject())
	return b.FinishedBytes()
}

// arrowStructs writes a vector of structs of two longs: Buffer (offset, length) or FieldNode (length, nulls).
func arrowStructs(b *flatbuffers.Builder, pairs [][2]int64) flatbuffers.UOffsetT {
	b.StartVector(16, len(pairs), 8)
	for i := len(pairs) - 1; i >= 0; i-- {
		b.Prep(8, 16)
		b.PrependInt64(pairs[i][1])
		b.PrependInt64(pairs[i][0])
	}
	return b.EndVector(len(pairs))
}

func offsetVector(b *flatbuffers.Builder, offsets []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	b.StartVector(4, len(offsets), 4)
	for i := len(offsets) - 1; i >= 0; i-- {
		b.PrependUOffsetT(offsets[i])
	}
	return b.EndVector(len(offsets))
}
