package web

import (
	"crypto/sha256"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/store"
)

// apiImport takes a table in, or with dry_run tells what would become of it.
func (s *server) apiImport(c echo.Context) error {
	dry, err := s.mayImport(c)
	if err != nil {
		return err
	}
	up, err := s.upload(c)
	if err != nil {
		return err
	}
	if up.DryRun = dry; dry {
		report, _, err := s.Store.Import(c.Request().Context(), up)
		if err != nil {
			return ofFile(err)
		}
		return reply(c, http.StatusOK, report)
	}
	request, err := s.request(c, fmt.Sprintf("%s\n%x", up.File, sha256.Sum256(up.Content)))
	if err != nil {
		return err
	}
	answer, err := s.Store.ImportOnce(c.Request().Context(), up, request, func(r intake.Report) (store.Answer, error) {
		return kept(http.StatusOK, r)
	})
	if err != nil {
		return ofFile(err)
	}
	return replyOnce(c, answer)
}

// importers are those who bring tables: what each may bring, mayBring says.
func importers() []account.Role {
	return []account.Role{account.Manager, account.District, account.Health}
}

// mayBring reports whether a role brings a kind of table. What managers bring is held to their sections row by row; what the
// health office brings are test results.
func mayBring(role account.Role, kind string) bool {
	switch role {
	case account.District:
		return true
	case account.Health:
		return kind == "results"
	case account.Manager:
		return !store.OfDistrict(kind)
	}
	return false
}

// mayImport checks the kind of table and who brings it.
func (s *server) mayImport(c echo.Context) (dry bool, err error) {
	if !slices.Contains(store.Kinds(), c.Param("kind")) {
		return false, fault.New(fault.NotFound, "no kind %q", c.Param("kind"))
	}
	if !mayBring(actor(c).User.Role, c.Param("kind")) {
		return false, s.deny(c, "您的角色不能导入这种表。")
	}
	q, err := query(c, "dry_run")
	if err != nil {
		return false, err
	}
	return yesOrNo("dry_run", q["dry_run"])
}

// upload reads the one file of a request.
func (s *server) upload(c echo.Context) (store.Upload, error) {
	form := c.Request().MultipartForm
	if form == nil {
		return store.Upload{}, echo.NewHTTPError(http.StatusUnsupportedMediaType, "请求的内容应为 multipart/form-data，文件放在 file 中。")
	}
	for name := range form.Value {
		return store.Upload{}, wrong(name, "没有这个字段，文件应放在 file 中")
	}
	for name, files := range form.File {
		if name != "file" || len(files) != 1 {
			return store.Upload{}, wrong(name, "应有且只有一个文件，放在 file 中")
		}
	}
	if len(form.File) == 0 {
		return store.Upload{}, wrong("file", "请选择文件")
	}
	file := form.File["file"][0]
	content, err := contentOf(file)
	return store.Upload{Kind: c.Param("kind"), File: file.Filename, Content: content, Limits: intake.UploadLimits(), Loc: s.Loc,
		Now: s.Now(), By: actor(c).User.Name, Act: act(c), Within: within(c)}, err
}

func contentOf(file *multipart.FileHeader) ([]byte, error) {
	if file.Size > uploadLimit {
		return nil, &http.MaxBytesError{Limit: uploadLimit}
	}
	f, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ofFile says that what is wrong is the file.
func ofFile(err error) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	return wrong("file", said(err))
}
