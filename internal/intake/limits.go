package intake

import "cmp"

// Limits bound what a file may ask of the machine. A zero field takes the limit of UploadLimits.
type Limits struct {
	FileBytes     int64 // of the file as it comes
	UnpackedBytes int64 // of everything inside an XLSX
	PartBytes     int64 // of one part inside an XLSX that is read
	Entries       int   // parts inside an XLSX
	Rows          int   // with content, over all sheets
	Columns       int
	CellBytes     int
}

// UploadLimits are the limits for files that strangers send over the network.
func UploadLimits() Limits {
	return Limits{
		FileBytes: 10 << 20, UnpackedBytes: 100 << 20, PartBytes: 16 << 20,
		Entries: 1000, Rows: 20_000, Columns: 200, CellBytes: 4 << 10,
	}
}

// OperatorLimits are the limits for files that the operator of the machine names on the command line.
func OperatorLimits() Limits {
	return Limits{
		FileBytes: 512 << 20, UnpackedBytes: 256 << 20, PartBytes: 128 << 20,
		Entries: 1000, Rows: 10_000_000, Columns: 1000, CellBytes: 32 << 10,
	}
}

func (l Limits) orDefault() Limits {
	d := UploadLimits()
	return Limits{
		FileBytes:     cmp.Or(l.FileBytes, d.FileBytes),
		UnpackedBytes: cmp.Or(l.UnpackedBytes, d.UnpackedBytes),
		PartBytes:     cmp.Or(l.PartBytes, d.PartBytes),
		Entries:       cmp.Or(l.Entries, d.Entries),
		Rows:          cmp.Or(l.Rows, d.Rows),
		Columns:       cmp.Or(l.Columns, d.Columns),
		CellBytes:     cmp.Or(l.CellBytes, d.CellBytes),
	}
}
