package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/sheet"
)

// checklistPDF prints a day's checklist to be read. Who took it is in the audit trail.
func (s *server) checklistPDF(c echo.Context, p checklistDayPage) error {
	w := s.words(c)
	r := sheet.Report{Title: w.T("checklist.title") + " " + p.Day.String(), Heading: joinWords(p.Code, p.Name), Caution: w.T("checklist.caution"),
		PrintedAt: s.Now(), Printed: w.T("checklist.printed", "at", s.minute(s.Now()), "by", actor(c).User.Name),
		Pages: func(page, of int) string { return w.T("checklist.page", "page", page, "of", of) }}
	r.Facts = s.reportFacts(w, p)
	for _, part := range p.Parts {
		r.Tables = append(r.Tables, reportTable(w, part, s))
	}
	if changed := changeTable(w, p); len(changed.Rows) > 0 {
		r.Tables = append(r.Tables, changed)
	}
	pictures, err := s.reportPictures(c, p)
	if err != nil {
		return err
	}
	r.PicturesTitle, r.Pictures = w.T("checklist.photos"), pictures
	pdf, err := s.Printer.Paper.RenderReport(r)
	if err != nil {
		return err
	}
	taken := act(c).Doing("checklist.print", "section", p.Code, map[string]string{"date": p.Day.String(), "version": locale.Number(int64(p.Shown.Version))})
	if err := s.Store.Audit(c.Request().Context(), taken, s.Now()); err != nil {
		return err
	}
	return s.pdf(c, "checklist-"+p.Code+"-"+p.Day.String()+".pdf", pdf)
}

func (s *server) reportFacts(w locale.Words, p checklistDayPage) []sheet.Fact {
	received := s.minute(p.Shown.ReceivedAt)
	if p.Shown.Late {
		received = joinWords(received, w.T("checklist.late"))
	}
	return []sheet.Fact{
		{Label: w.T("checklist.versions"), Value: w.T("checklist.version", "n", p.Shown.Version)}, {Label: w.T("checklist.received"), Value: received},
		{Label: w.T("checklist.by"), Value: p.Shown.By}, {Label: w.T("checklist.due"), Value: s.minute(p.Deadline)},
		{Label: w.T("checklist.exceptions"), Value: locale.Number(int64(p.Shown.Refused))}, {Label: w.T("checklist.device"), Value: s.minute(p.Shown.DeviceAt)},
	}
}

func reportTable(w locale.Words, part partView, s *server) sheet.Table {
	t := sheet.Table{Title: part.Title, Columns: []sheet.Column{{Title: w.T("checklist.item"), Width: 70}, {Title: w.T("checklist.answer"), Width: 22, Align: sheet.Centre},
		{Title: w.T("checklist.measure"), Width: 45}, {Title: w.T("checklist.how"), Width: 33, Align: sheet.Centre}}}
	for _, a := range part.Rows {
		how := ""
		if a.How != "" {
			how = w.Word("checkhow", a.How)
		}
		t.Rows = append(t.Rows, sheet.TextRow(a.Amiss, joinWords(a.Code, a.Text), a.said(w), sheet.MaskText(a.Remark), joinWords(how, s.minute(a.At))))
	}
	return t
}

// said is the answer without its remark.
func (a answerView) said(w locale.Words) string {
	if a.Choice == "" {
		return a.Number
	}
	return joinWords(choiceWord(w, a.Code, a.Choice), a.Number)
}

func changeTable(w locale.Words, p checklistDayPage) sheet.Table {
	t := sheet.Table{Title: w.T("checklist.versions"), Columns: []sheet.Column{{Title: w.T("checklist.versions"), Width: 24, Align: sheet.Centre},
		{Title: w.T("checklist.item"), Width: 60}, {Title: w.T("checklist.was"), Width: 43}, {Title: w.T("checklist.is"), Width: 43}}}
	for _, v := range p.Versions {
		for _, change := range v.Changes {
			t.Rows = append(t.Rows, sheet.TextRow(false, w.T("checklist.version", "n", v.Version), joinWords(change.Code, change.Text),
				sheet.MaskText(change.Was), sheet.MaskText(change.Is)))
		}
	}
	return t
}

// checklistTable exports a day's answers as a workbook.
func (s *server) checklistTable(c echo.Context, p checklistDayPage) error {
	w := s.words(c)
	header := []string{w.T("checklist.item"), w.T("checklist.text"), w.T("checklist.answer"), w.T("checklist.number"), w.T("checklist.measure"),
		w.T("checklist.how"), w.T("checklist.recorded"), w.T("checklist.versions"), w.T("checklist.received")}
	var rows [][]string
	for _, part := range p.Parts {
		for _, a := range part.Rows {
			rows = append(rows, a.cells(w, p.Shown, s))
		}
	}
	return s.exportTable(c, "checklist-"+p.Code+"-"+p.Day.String(), header, rows)
}

func (a answerView) cells(w locale.Words, v versionView, s *server) []string {
	choice, how := "", ""
	if a.Choice != "" {
		choice = choiceWord(w, a.Code, a.Choice)
	}
	if a.How != "" {
		how = w.Word("checkhow", a.How)
	}
	return []string{a.Code, a.Text, choice, a.Number, sheet.MaskText(a.Remark), how, a.Known, locale.Number(int64(v.Version)), s.minute(v.ReceivedAt)}
}

// dayFile reads the day out of the last part of an address, and the kind of file that is asked for.
func dayFile(name string) (calendar.Date, string, error) {
	text, ending, _ := strings.Cut(name, ".")
	day, err := calendar.ParseDate(text)
	if err != nil || ending != "" && ending != "pdf" && ending != "xlsx" {
		return day, "", echo.ErrNotFound
	}
	return day, ending, nil
}

// picturesPrinted is how many photos a printed checklist shows.
const picturesPrinted = 24

// reportPictures opens the photos of a day's checklist in the order of its answers.
func (s *server) reportPictures(c echo.Context, p checklistDayPage) ([]sheet.Picture, error) {
	var all []sheet.Picture
	for _, part := range p.Parts {
		for _, a := range part.Rows {
			for _, uuid := range a.Photos {
				if len(all) == picturesPrinted {
					return all, nil
				}
				kept, err := s.Store.Photo(c.Request().Context(), within(c), actor(c).User.ID, uuid)
				if err != nil {
					return nil, err
				}
				picture, err := s.Album.Open(kept)
				if err != nil {
					return nil, err
				}
				all = append(all, sheet.Picture{Caption: joinWords(a.Code, s.minute(kept.ReceivedAt)), JPEG: picture})
			}
		}
	}
	return all, nil
}
