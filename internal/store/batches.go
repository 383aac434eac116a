package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"fugong/internal/intake"
)

// problemsField is what was wrong with the rows of a file, as the vault knows it: the messages name people.
const problemsField = "batches.problems"

// problemsKept is how many rows of a file are remembered as wrong; a file with more of them is of another kind or another year.
const problemsKept = 5000

// sealProblems seals the rows that are kept aside or rejected. Duplicates are only counted: nobody has to do anything about them.
func (s *Store) sealProblems(batch int64, rows []intake.Problem) (bytea, error) {
	wrong := slices.DeleteFunc(slices.Clone(rows), func(p intake.Problem) bool { return p.Outcome == intake.Duplicated })
	text, err := json.Marshal(wrong[:min(len(wrong), problemsKept)])
	if err != nil {
		return "", fmt.Errorf("write problems of batch %d: %w", batch, err)
	}
	sealed, err := s.vault.Seal(problemsField, strconv.FormatInt(batch, 10), string(text))
	return bytea(sealed), err
}
