package intake

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes a table as spreadsheets open it best: UTF-8 with a byte order mark, lines ended by CR LF. It holds one row
// in memory. Read gives back exactly what was written, provided the texts are clean as Read makes them. Titles are lines
// above the header, which Read passes over.
func WriteCSV(w io.Writer, header []string, rows iter.Seq[[]string], titles ...string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, line := range append(lines(titles), header) {
		if err := c.Write(line); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	guarded := make([]string, 0, len(header))
	for row := range rows {
		guarded = guarded[:0]
		for _, text := range row {
			guarded = append(guarded, guard(text))
		}
		if err := c.Write(guarded); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// lines makes a line of one cell of each title.
func lines(titles []string) [][]string {
	var all [][]string
	for _, title := range titles {
		all = append(all, []string{guard(title)})
	}
	return all
}

// guard puts an apostrophe before a text that a spreadsheet would take for a formula, and before one that begins with an
// apostrophe, so that Read, which takes one off, gives the text back.
func guard(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if strings.ContainsRune("=+-@＝＋－＠'\t\r\n\x00", first) && text != "" {
		return "'" + text
	}
	return text
}

// sheetRows is how many rows one sheet takes, header not counted; more go on a further sheet.
const sheetRows = 1_000_000

// WriteXLSX writes a table as a workbook whose cells are all texts, so that no spreadsheet rounds an ID number or turns a
// room into a date. Rows stream through to the archive, which is written at the end. Titles are lines above the header, which
// Read passes over.
func WriteXLSX(w io.Writer, header []string, rows iter.Seq[[]string], titles ...string) error {
	f := excelize.NewFile()
	defer f.Close() // removes what a large table left on disk
	book := &bookWriter{file: f, titles: titles, header: header}
	if err := book.nextSheet(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for row := range rows {
		if err := book.write(row); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	if err := book.stream.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// bookWriter writes rows to one sheet after the other.
type bookWriter struct {
	file   *excelize.File
	titles []string
	header []string
	stream *excelize.StreamWriter
	sheets int
	row    int // last one written on the current sheet
}

func (b *bookWriter) nextSheet() error {
	b.sheets++
	name := fmt.Sprintf("Sheet%d", b.sheets)
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	const width = 18
	if err := stream.SetColWidth(1, max(len(b.header), 1), width); err != nil {
		return err
	}
	top := len(b.titles) + 1 // stays in sight when the rows below are scrolled
	panes := excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"}
	if err := stream.SetPanes(&panes); err != nil {
		return err
	}
	b.stream, b.row = stream, 0
	for _, title := range b.titles {
		if err := b.put([]string{title}); err != nil {
			return err
		}
	}
	return b.put(b.header)
}

func (b *bookWriter) write(row []string) error {
	if b.row > sheetRows+len(b.titles) {
		if err := b.stream.Flush(); err != nil {
			return err
		}
		if err := b.nextSheet(); err != nil {
			return err
		}
	}
	return b.put(row)
}

func (b *bookWriter) put(row []string) error {
	b.row++
	cells := make([]any, len(row))
	for i, text := range row {
		cells[i] = guard(text)
		if text == "" {
			cells[i] = nil
		}
	}
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.stream.SetRow(at, cells)
}
