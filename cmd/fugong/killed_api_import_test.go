package main

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"fugong/internal/store/storetest"
)

// TestKilledAPIImport kills the server while a program's file comes in under a key. Nothing of it is left; the same key and file have
// their effect once, and who asks again gets the first answer, also from the next server after another kill. Another file does not pass
// under that key.
func TestKilledAPIImport(t *testing.T) {
	const key = "3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d10"
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := crowded(t, dsn)
		p := labProgram{w, strings.TrimSpace(w.must("user", "token", "district"))}
		before, table := w.taken(), manyResults()
		s := w.serve()
		whole := patience
		for range 2 { // the first is slow, and taking in does not undercut the second
			begun := time.Now()
			if got := p.imports("?dry_run=true", "", table); got.status != http.StatusOK {
				t.Fatalf("on trial: %+v", got)
			}
			whole = min(whole, time.Since(begun))
		}
		lost := make(chan imported, 1)
		go func() { lost <- p.imports("", key, table) }()
		time.Sleep(whole / 3)
		s = s.killedAndNext()
		if got := <-lost; got.status != 0 {
			t.Fatalf("killed after %v of %v, and there was an answer: %+v", whole/3, whole, got)
		}
		if got := w.taken(); got != before {
			t.Errorf("killed while it took in: %+v, before %+v", got, before)
		}
		first := p.imports("", key, table)
		if first.status != http.StatusOK || first.replayed || !strings.Contains(first.body, `"accepted":6000,"duplicate":0,"quarantined":1,"rejected":0`) {
			t.Errorf("the same key after the kill: %+v", first)
		}
		s = s.killedAndNext()
		if again := p.imports("", key, table); again.status != first.status || again.body != first.body || !again.replayed {
			t.Errorf("asked again: %+v, first %+v", again, first)
		}
		if other := p.imports("", key, append(table, '\n', '\n')); other.status != http.StatusConflict {
			t.Errorf("another file under the key: %+v", other)
		}
		s.stop()
		w.tookOnce(before)
	})
}

// killedAndNext ends the server without a word and starts the next one.
func (s *server) killedAndNext() *server {
	s.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatalf("%v; log:\n%s", err, s.messages())
	}
	<-s.ended
	s.cmd.Wait()
	return s.serve()
}

// labProgram is one that brings files of results by a token.
type labProgram struct {
	*world
	token string
}

// imported is the answer it gets; the zero one when the server was killed.
type imported struct {
	status   int
	body     string
	replayed bool
}

func (p labProgram) imports(query, key string, table []byte) imported {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "lab.csv")
	if err == nil {
		_, err = part.Write(table)
	}
	err = errors.Join(err, m.Close()) // before the request counts its bytes
	q, asked := http.NewRequestWithContext(p.Context(), http.MethodPost, "http://"+p.env["FUGONG_LISTEN"]+"/api/v1/imports/results"+query, &body)
	if err = errors.Join(err, asked); err != nil {
		p.Error(err)
		return imported{}
	}
	q.Header.Set("Authorization", "Bearer "+p.token)
	q.Header.Set("Content-Type", m.FormDataContentType())
	if key != "" {
		q.Header.Set("Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return imported{}
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return imported{}
	}
	return imported{answer.StatusCode, string(content), answer.Header.Get("Idempotent-Replay") == "true"}
}
