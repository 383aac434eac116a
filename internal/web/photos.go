package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/store"
)

// Photos come by PUT, each under a uuid of the sender's choice, before the checklist that names them. They are shown to those who
// see the section; before a checklist names one, to its sender.

func photoRoutes() []Route {
	return []Route{{http.MethodGet, photoPath, photoSees(), (*server).showPhoto}}
}

func photoSees() Policy {
	return Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
}

func apiPhotoRoutes() []Route {
	sends := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn, Body: album.MostBytes, Time: uploadTime}
	return []Route{
		{http.MethodPut, apiRoot + photoPath, sends, (*server).apiTakePhoto},
		{http.MethodGet, apiRoot + photoPath, photoSees(), (*server).showPhoto},
	}
}

const photoPath = "/photos/:uuid"

// photoAnswer is a photo that is kept.
type photoAnswer struct {
	UUID       string  `json:"uuid"`
	SHA256     string  `json:"sha256"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
	Size       int     `json:"size"`
	TakenAt    *string `json:"taken_at"`
	ReceivedAt string  `json:"received_at"`
}

func (s *server) photoAnswer(p store.Photo) photoAnswer {
	return photoAnswer{p.UUID, p.SHA256, p.Width, p.Height, p.Size, s.instantOut(p.TakenAt), p.ReceivedAt.RFC3339(s.Loc)}
}

// apiTakePhoto keeps a photo. Sent again, it gets the same answer.
func (s *server) apiTakePhoto(c echo.Context) error {
	q, err := query(c, "taken_at")
	if err != nil {
		return err
	}
	takenAt, err := instantIn("taken_at", q["taken_at"])
	uuid, uuidErr := photoUUID("uuid", c.Param("uuid"))
	if err := together(err, uuidErr); err != nil {
		return err
	}
	if !isPicture(c.Request().Header.Get(echo.HeaderContentType)) {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "请求的内容应为 image/jpeg、image/png 或 image/webp。")
	}
	p, again, err := s.Album.Take(c.Request().Context(), album.Sent{UUID: uuid, Body: arriving{c.Request().Body}, TakenAt: takenAt,
		User: actor(c).User.ID, Act: act(c)})
	if err != nil {
		return err
	}
	if again {
		c.Response().Header().Set(idempotentReplay, "true")
	}
	return reply(c, http.StatusCreated, s.photoAnswer(p))
}

// photoUUID reads the name of a photo, in small letters.
func photoUUID(field, text string) (string, error) {
	uuid := strings.ToLower(text)
	if !uuidText.MatchString(uuid) {
		return "", wrong(field, "应为照片的 UUID，如 3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d10")
	}
	return uuid, nil
}

// isPicture reads what a client says that it sends. What it is, its bytes tell.
func isPicture(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.HasPrefix(kind, "image/") || kind == echo.MIMEOctetStream)
}

// arriving is a body that says of a connection that broke off that it did.
type arriving struct{ io.Reader }

func (a arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = badBody(err)
	}
	return n, err
}

// showPhoto sends a picture. A browser may keep it, and has to ask each time whether it may still show it.
func (s *server) showPhoto(c echo.Context) error {
	if isAPI(c) {
		if _, err := query(c); err != nil {
			return err
		}
	}
	uuid, err := photoUUID("uuid", c.Param("uuid"))
	if err != nil {
		return echo.ErrNotFound
	}
	p, err := s.Store.Photo(c.Request().Context(), within(c), actor(c).User.ID, uuid)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store") // telephones are shared, and without TLS nothing can empty their caches
	jpeg, err := s.Album.Open(p)
	if err != nil {
		return err
	}
	h.Set(echo.HeaderContentDisposition, `inline; filename="`+p.UUID+`.jpg"`)
	return c.Blob(http.StatusOK, "image/jpeg", jpeg)
}
