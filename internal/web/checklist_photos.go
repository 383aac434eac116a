package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/album"
	"fugong/internal/daily"
	"fugong/internal/fault"
	"fugong/internal/locale"
)

// takePhotos keeps the photos that came with the form, and names them in the draft and among the fields of the form beside those
// that were sent before. What is wrong with some holds up no others.
func (s *server) takePhotos(c echo.Context, sheet daily.Sheet, in checklistInput) error {
	wrongs := make([]error, len(sheet.Asks))
	for i, a := range sheet.Asks {
		wrongs[i] = s.takePhotosOf(c, a.Code, in)
	}
	return together(wrongs...)
}

func (s *server) takePhotosOf(c echo.Context, item string, in checklistInput) error {
	form, field := c.Request().PostForm, "photos."+item
	uuids := []string{}
	for _, name := range form[field] {
		uuid, err := photoUUID(field, name)
		if err != nil {
			return err
		}
		uuids = append(uuids, uuid)
	}
	var refused error
	for _, file := range formFiles(c, "photo."+item) {
		if uuid, err := s.takePhoto(c, in.key, file); err == nil {
			uuids = append(uuids, uuid)
		} else {
			refused = cmp.Or(refused, s.refusedPhoto(c, err, item))
		}
	}
	slices.Sort(uuids)
	uuids = slices.Compact(uuids)
	if len(uuids) > photosAnAnswer {
		return wrong("photo."+item, s.words(c).Say(locale.Say("一项最多附 %d 张照片", photosAnAnswer)))
	}
	if len(uuids) > 0 {
		e := in.draft[item]
		e.Photos = uuids
		in.draft[item], form[field] = e, uuids
	}
	return refused
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

// refusedPhoto says at its item of the form why a picture was not taken.
func (s *server) refusedPhoto(c echo.Context, err error, item string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return err
	}
	return wrong("photo."+item, s.words(c).Say(inWords(e, e.Message)))
}

// photosAgain brings the form back with what is wrong with its photos; what was typed and the other photos stay.
func (s *server) photosAgain(c echo.Context, d checklistDay, in checklistInput, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return err
	}
	var problems []daily.Problem
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		if item, sent := strings.CutPrefix(field, "photo."); sent {
			problems = append(problems, daily.Problem{Item: item, Field: field, What: "photo"})
		}
	}
	if len(problems) < len(e.Fields) {
		return err // the name of a photo that no page of ours gives
	}
	in.refused = e.Fields
	return s.checklistAgain(c, d, in, daily.Checked{Problems: problems})
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
