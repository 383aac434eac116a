package web

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/album"
	"fugong/internal/daily"
	"fugong/internal/fault"
)

// takePhotos keeps the photos that came with the form, and names them in the draft and among the fields of the form beside those
// that were sent before.
func (s *server) takePhotos(c echo.Context, sheet daily.Sheet, in checklistInput) error {
	form := c.Request().PostForm
	for _, a := range sheet.Asks {
		field := "photos." + a.Code
		uuids := []string{}
		for _, name := range form[field] {
			uuid, err := photoUUID(field, name)
			if err != nil {
				return err
			}
			uuids = append(uuids, uuid)
		}
		for _, file := range formFiles(c, "photo."+a.Code) {
			uuid, err := s.takePhoto(c, in.key, file)
			if err != nil {
				return renamedPhoto(err, a.Code)
			}
			uuids = append(uuids, uuid)
		}
		slices.Sort(uuids)
		uuids = slices.Compact(uuids)
		if len(uuids) > photosAnAnswer {
			return wrong("photo."+a.Code, fmt.Sprintf("一项最多附 %d 张照片", photosAnAnswer))
		}
		if len(uuids) > 0 {
			e := in.draft[a.Code]
			e.Photos = uuids
			in.draft[a.Code], form[field] = e, uuids
		}
	}
	return nil
}

func formFiles(c echo.Context, field string) []*multipart.FileHeader {
	if c.Request().MultipartForm == nil {
		return nil
	}
	return c.Request().MultipartForm.File[field]
}

// takePhoto keeps one photo under a name made of the form and the picture, so that sending the form again adds none.
func (s *server) takePhoto(c echo.Context, key string, file *multipart.FileHeader) (string, error) {
	opened, err := file.Open()
	if err != nil {
		return "", fmt.Errorf("open photo: %w", err)
	}
	defer opened.Close()
	body, err := io.ReadAll(io.LimitReader(opened, album.MostBytes+1))
	if err != nil {
		return "", fmt.Errorf("read photo: %w", err)
	}
	sum := sha256.Sum256(append([]byte(key), body...))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8: made by us
	uuid := fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	_, _, err = s.Album.Take(c.Request().Context(), album.Sent{UUID: uuid, Body: bytes.NewReader(body), User: actor(c).User.ID, Act: act(c)})
	return uuid, err
}

// renamedPhoto says at which item of the form a picture is no photo.
func renamedPhoto(err error, item string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return err
	}
	return wrong("photo."+item, item+"："+e.Message)
}

// photoProblems are the items whose photos could not be made evidence: they are not there, or show another section or day.
func photoProblems(err error) []daily.Problem {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return nil
	}
	var problems []daily.Problem
	for code := range e.Fields {
		item, _, _ := strings.Cut(code, ".")
		problems = append(problems, daily.Problem{Item: item, Field: "photo." + item, What: "photo"})
	}
	return problems
}
