package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"
)

// fieldWeight is how many bytes a field counts beside what is in it.
const fieldWeight = 64

// sentForm is what came of a form.
type sentForm struct {
	fields       url.Values
	files, large bool
}

// readSent takes in the fields of a form, unless the door has done it already. The files of a sender who has not been let in are
// passed over.
func readSent(r *http.Request) (sentForm, error) {
	if r.PostForm != nil {
		return sentForm{fields: r.PostForm, files: broughtFiles(r.MultipartForm)}, nil
	}
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); kind {
	case echo.MIMEApplicationForm:
		r.Body = http.MaxBytesReader(nil, r.Body, 3*unsentLimit) // a byte may come as three
		err := r.ParseForm()
		return sentForm{fields: r.PostForm}, err
	case echo.MIMEMultipartForm:
		parts, err := r.MultipartReader()
		if err != nil {
			return sentForm{}, err
		}
		return partsOf(parts)
	}
	return sentForm{}, nil
}

// broughtFiles reports whether any file was chosen.
func broughtFiles(form *multipart.Form) bool {
	if form == nil {
		return false
	}
	for _, files := range form.File {
		if slices.ContainsFunc(files, func(f *multipart.FileHeader) bool { return f.Filename != "" }) {
			return true
		}
	}
	return false
}

func partsOf(parts *multipart.Reader) (sentForm, error) {
	sent := sentForm{fields: url.Values{}}
	for room := int64(unsentLimit); ; {
		part, err := parts.NextPart()
		if err != nil {
			return sent, unlessEnd(err)
		}
		if part.Header.Get(echo.HeaderContentType) != "" {
			sent.files = sent.files || part.FileName() != ""
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, room+1))
		weight := int64(len(value)) + fieldWeight
		if err != nil || weight > room {
			sent.large = true
			continue
		}
		room -= weight
		sent.fields.Add(part.FormName(), string(value))
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
