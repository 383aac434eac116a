package app

import (
	"testing"

	"fugong/internal/locale"
	"fugong/templates"
)

// TestEveryJobHasItsWord: the page of the runs has a name for each job that the scheduler knows.
func TestEveryJobHasItsWord(t *testing.T) {
	words, err := locale.Load(templates.Files, nil)
	if err != nil {
		t.Fatal(err)
	}
	jobs := (&App{}).scheduler().Jobs
	if len(jobs) == 0 {
		t.Fatal("there are no jobs")
	}
	for _, job := range jobs {
		for _, lang := range locale.Languages() {
			if key := "job." + job.Name; len(words.Texts(key, lang)) == 0 {
				t.Errorf("%s has no words in %s", key, lang)
			}
		}
	}
}
