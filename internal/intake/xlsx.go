package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"fugong/internal/fault"
)

// The sheets of a workbook are read here and not through a library, because whether a cell holds a number or a text has to
// be known: an ID number kept as a number has lost its last digits, and no library that streams tells. What is read stays in
// memory, in the bounds of Limits; there are no temporary files.

// workbook is an opened XLSX file.
type workbook struct {
	file     string
	lim      Limits
	parts    map[string]*zip.File // by path, in lower case
	strings  []string
	percents []bool // by cell style, whether it shows a number as a percentage
	date1904 bool
	rows     int // read so far, over all sheets
}

// sheetPart is one sheet that the workbook lists.
type sheetPart struct {
	name   string
	hidden bool
	path   string
}

func readXLSX(name string, content []byte, lim Limits) ([]Sheet, error) {
	b := &workbook{file: name, lim: lim}
	if err := b.open(content); err != nil {
		return nil, err
	}
	listed, err := b.list()
	if err != nil {
		return nil, err
	}
	var sheets []Sheet
	for _, part := range listed {
		if part.hidden {
			continue
		}
		s, err := b.sheet(part)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, s)
	}
	if len(sheets) == 0 {
		return nil, fault.New(fault.Invalid, "文件“%s”里没有可见的工作表", name)
	}
	return sheets, nil
}

// open looks at the directory of the archive and refuses, before anything is unpacked, what would not fit.
func (b *workbook) open(content []byte) error {
	if bytes.Count(content, []byte("PK\x01\x02")) > b.lim.Entries {
		return fault.New(fault.Invalid, "文件“%s”内含的部件超过%d个，不像正常的工作簿", b.file, b.lim.Entries)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return b.damaged(err)
	}
	var total uint64
	b.parts = make(map[string]*zip.File, len(archive.File))
	for _, f := range archive.File {
		if f.Flags&1 != 0 {
			return fault.New(fault.Invalid, "文件“%s”加了密码，请去掉密码后再导入", b.file)
		}
		if total += f.UncompressedSize64; total > uint64(b.lim.UnpackedBytes) || f.UncompressedSize64 > uint64(b.lim.UnpackedBytes) { // #nosec G115 -- limits are positive
			return fault.New(fault.Invalid, "文件“%s”展开后超过%s，已拒绝", b.file, size(b.lim.UnpackedBytes))
		}
		b.parts[partKey(f.Name)] = f
	}
	return nil
}

func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (b *workbook) damaged(err error) error {
	const format = "文件“%s”损坏或不是 .xlsx 工作簿，请用表格软件打开并另存后再导入"
	return &fault.Error{Kind: fault.Invalid, Message: fmt.Sprintf(format, b.file), Format: format, Args: []any{b.file}, Err: err}
}

var errNoPart = errors.New("part is missing")

// scan gives the elements of a part to visit, one token after the other. Namespaces are not looked at.
func (b *workbook) scan(part string, visit func(xml.Token) error) error {
	f, ok := b.parts[partKey(part)]
	if !ok {
		return fmt.Errorf("%s: %w", part, errNoPart)
	}
	if f.UncompressedSize64 > uint64(b.lim.PartBytes) { // #nosec G115 -- limits are positive
		return fault.New(fault.Invalid, "文件“%s”中一张工作表超过%s，请分成几个文件导入", b.file, size(b.lim.PartBytes))
	}
	r, err := f.Open()
	if err != nil {
		return b.damaged(err)
	}
	defer r.Close()
	d := xml.NewDecoder(io.LimitReader(r, b.lim.PartBytes))
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return b.damaged(err)
		}
		if err := visit(token); err != nil {
			return err
		}
	}
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// list reads what sheets there are, in their order, and loads the strings they share.
func (b *workbook) list() ([]sheetPart, error) {
	main, err := b.target("_rels/.rels", "/officeDocument", "xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	dir, base := path.Split(main)
	paths := map[string]string{}
	shared, styles := dir+"sharedStrings.xml", dir+"styles.xml"
	err = b.scan(dir+"_rels/"+base+".rels", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := resolve(dir, attribute(e, "Target"))
			switch kind := attribute(e, "Type"); {
			case strings.HasSuffix(kind, "/worksheet"):
				paths[attribute(e, "Id")] = target
			case strings.HasSuffix(kind, "/sharedStrings"):
				shared = target
			case strings.HasSuffix(kind, "/styles"):
				styles = target
			}
		}
		return nil
	})
	if err != nil {
		return nil, b.orDamaged(err)
	}
	listed, err := b.sheets(main, paths)
	if err != nil {
		return nil, err
	}
	if err := b.loadStyles(styles); err != nil {
		return nil, err
	}
	return listed, b.loadStrings(shared)
}

func (b *workbook) orDamaged(err error) error {
	if errors.Is(err, errNoPart) {
		return b.damaged(err)
	}
	return err
}

// target finds the part a relationship of a kind points to.
func (b *workbook) target(rels, kind, otherwise string) (string, error) {
	found := otherwise
	err := b.scan(rels, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && strings.HasSuffix(attribute(e, "Type"), kind) {
			found = resolve("", attribute(e, "Target"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNoPart) {
		return "", err
	}
	return found, nil
}

func resolve(dir, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(target, "/")
	}
	return path.Join(dir, target)
}

func (b *workbook) sheets(main string, paths map[string]string) ([]sheetPart, error) {
	var listed []sheetPart
	err := b.scan(main, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbookPr":
			b.date1904 = isTrue(attribute(e, "date1904"))
		case "sheet":
			if p, ok := paths[relationID(e)]; ok {
				state := attribute(e, "state")
				listed = append(listed, sheetPart{name: attribute(e, "name"), hidden: state == "hidden" || state == "veryHidden", path: p})
			}
		}
		return nil
	})
	return listed, b.orDamaged(err)
}

// relationID is the id of a sheet's relationship, which has a prefix, unlike any other attribute named id.
func relationID(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }
