package intake

import (
	"bytes"
	"fmt"
	"io"

	"fugong/internal/fault"
)

// Read reads the visible sheets of a file. What the file is, its content tells, not its name, which only appears in
// messages. A file that cannot be read gives a fault.Invalid saying what to do about it.
func Read(name string, r io.Reader, lim Limits) ([]Sheet, error) {
	lim = lim.orDefault()
	content, err := io.ReadAll(io.LimitReader(r, lim.FileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	if int64(len(content)) > lim.FileBytes {
		return nil, fault.New(fault.Invalid, "文件“%s”超过%s，请分成几个文件导入", name, size(lim.FileBytes))
	}
	return read(name, content, lim)
}

func read(name string, content []byte, lim Limits) ([]Sheet, error) {
	head := bytes.TrimLeft(content[:min(len(content), 512)], "\ufeff \t\r\n")
	switch {
	case len(head) == 0:
		return nil, fault.New(fault.Invalid, "文件“%s”是空的", name)
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readXLSX(name, content, lim)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, fault.New(fault.Invalid, "文件“%s”是旧版 .xls 或加了密码的工作簿，请去掉密码并另存为 .xlsx 后再导入", name)
	case bytes.HasPrefix(head, []byte("%PDF")):
		return nil, fault.New(fault.Invalid, "文件“%s”是 PDF，不是表格，请导入 .xlsx 或 .csv", name)
	case head[0] == '<':
		return nil, fault.New(fault.Invalid, "文件“%s”其实是网页或 XML，请用表格软件打开并另存为 .xlsx 后再导入", name)
	}
	return readCSV(name, content, lim)
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%dGB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%dMB", n>>20)
	}
	return fmt.Sprintf("%dKB", (n+1023)>>10)
}
