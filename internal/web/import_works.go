package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/store"
)

const (
	patience  = time.Second // how long a request waits for its own work before it leads to the page that shows how far it has come
	heartbeat = time.Second // how often other servers are told
	lastWords = time.Second // to note that a work has failed
)

// goOn begins a step of a file that waits and leads on: to what became of it where that is known soon, else to how far it is.
func (s *server) goOn(c echo.Context, token string, step store.Step) error {
	user, base := actor(c).User.ID, s.uploadBase(c)
	w, err := s.Works.begin(token, step, func(ctx context.Context, w *work) error {
		return s.workOn(ctx, w, user, token, base)
	})
	if err != nil {
		return err
	}
	timer := time.NewTimer(s.patience())
	defer timer.Stop()
	select {
	case <-w.done:
	case <-timer.C:
		return c.Redirect(http.StatusSeeOther, uploadURL(token))
	case <-c.Request().Context().Done():
		return c.Request().Context().Err()
	}
	switch {
	case w.err != nil:
		return w.err
	case w.batch != 0:
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("%s/%d", importsPath, w.batch))
	}
	return c.Redirect(http.StatusSeeOther, uploadURL(token))
}

func (s *server) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return patience
}

func uploadURL(token string) string { return importsPath + "/uploads/" + token }

// workOn does a step of a file and lets other servers know how far it is. What goes wrong has left everything as it was.
func (s *server) workOn(ctx context.Context, w *work, user account.UserID, token string, base store.Upload) error {
	stop := s.beat(ctx, w, token)
	err := s.step(ctx, w, user, token, base)
	stop()
	if err == nil {
		return nil
	}
	if fault.KindOf(err) == fault.Internal {
		s.Log.ErrorContext(ctx, "import not done", slog.String("step", string(w.step)), slog.Any("error", err))
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := s.Store.GiveUp(last, token); err != nil {
		s.Log.WarnContext(ctx, "end of an import not noted", slog.Any("error", err))
	}
	return err
}

func (s *server) step(ctx context.Context, w *work, user account.UserID, token string, base store.Upload) error {
	end, err := s.Works.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer end()
	base.Tell = func(h store.Headway) {
		w.tell(h)
		if s.Works.told != nil {
			s.Works.told(h)
		}
	}
	if w.step == store.Checking {
		return s.Store.CheckUploaded(ctx, user, token, base)
	}
	taken, err := s.Store.TakeUploaded(ctx, user, token, base)
	if err != nil {
		return err
	}
	w.batch = taken.Batch
	s.judgeSections(ctx, taken.Sections)
	return nil
}

// beat tells other servers now and then how far a work has come, until what it gives is called.
func (s *server) beat(ctx context.Context, w *work, token string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(heartbeat)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := s.Store.HearOf(ctx, token, w.now(), s.Now()); err != nil && ctx.Err() == nil {
					s.Log.WarnContext(ctx, "headway of an import not noted", slog.Any("error", err))
				}
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// workPage shows how far a file has come.
type workPage struct {
	Frame
	Heading, File, URL, Phase string
	store.Headway
}

// working shows the work on a file.
func (s *server) working(c echo.Context, w store.Waiting, step store.Step, h store.Headway) error {
	words := s.words(c)
	kind := words.Word("kind", w.Kind)
	p := workPage{Frame: s.frame("imports"), Heading: words.T("working.take", "kind", kind), File: w.File, URL: uploadURL(w.Token), Phase: "rows", Headway: h}
	if step == store.Checking {
		p.Heading = words.T("working.check", "kind", kind)
	}
	switch {
	case h.Total == 0:
		p.Phase = "reading"
	case h.Done == h.Total:
		p.Phase = "ending"
	}
	return s.render(c, http.StatusOK, "working", p)
}

// waitingUpload shows a file that was brought as far as it is: on its way, waiting for the word to take it in, or taken in. A page that
// asks again and again how far it is, is told to come as a whole when that is known.
func (s *server) waitingUpload(c echo.Context) error {
	here, polled := s.Works.of(c.Param("token")), c.Request().Header.Get("HX-Request") != "" // looked at first: what ends after is in the database
	w, err := s.Store.Uploaded(c.Request().Context(), actor(c).User.ID, c.Param("token"), s.Now())
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "HX-Request")
	switch {
	case here != nil:
		h := here.now()
		if h.Total == 0 { // it waits, perhaps for another server that has the same file in hand
			h = w.Work.Headway
		}
		return s.working(c, w, here.step, h)
	case w.Batch == 0 && w.Work.Lasts(s.Now()):
		return s.working(c, w, w.Work.Step, w.Work.Headway)
	case polled:
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(http.StatusNoContent)
	case w.Batch != 0:
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("%s/%d", importsPath, w.Batch))
	}
	return s.preview(c, w)
}
