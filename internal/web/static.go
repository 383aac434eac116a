package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

type asset struct {
	content []byte
	hash    string
	mime    string
}

func loadStatic(files fs.FS) (map[string]asset, error) {
	names, err := fs.Glob(files, "static/*")
	if err != nil {
		return nil, err
	}
	all := make(map[string]asset, len(names))
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("load static files: %w", err)
		}
		sum := sha256.Sum256(content)
		all[path.Base(name)] = asset{content, hex.EncodeToString(sum[:6]), mime.TypeByExtension(path.Ext(name))}
	}
	return all, nil
}

// staticURL puts the content's hash into the name (app.1a2b3c.css), so that a browser may keep it for ever.
func (s *server) staticURL(name string) string {
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "." + s.static[name].hash + ext
}

func (s *server) staticFile(c echo.Context) error {
	for name, a := range s.static {
		if s.staticURL(name) == "/static/"+c.Param("name") {
			c.Response().Header().Set("Cache-Control", "public,max-age=31536000,immutable")
			return c.Blob(http.StatusOK, a.mime, a.content)
		}
	}
	return echo.ErrNotFound
}
