package store

import (
	"encoding/json"
	"strings"

	"fugong/internal/intake"
)

// storedProblem is a problem as it is kept, sealed: with what it says kept apart from the facts, so that it can be shown in every
// language. Those kept by earlier versions say it in Chinese alone.
type storedProblem struct {
	intake.Problem
	Faults []storedFault `json:"faults,omitempty"`
}

type storedFault struct {
	Code   intake.Code  `json:"code"`
	Column string       `json:"column,omitempty"`
	Said   storedPhrase `json:"said"`
}

func storeFaults(faults []intake.Fault) []storedFault {
	stored := make([]storedFault, len(faults))
	for i, f := range faults {
		stored[i] = storedFault{f.Code, f.Column, storePhrase(f.Said)}
	}
	return stored
}

func faultsOf(stored []storedFault) ([]intake.Fault, error) {
	var faults []intake.Fault
	for _, f := range stored {
		said, err := f.Said.phrase()
		if err != nil {
			return nil, err
		}
		faults = append(faults, intake.Fault{Code: f.Code, Column: f.Column, Said: said})
	}
	return faults, nil
}

func storeProblem(p intake.Problem) storedProblem { return storedProblem{p, storeFaults(p.Faults)} }

func (p storedProblem) problem() (problem intake.Problem, err error) {
	problem = p.Problem
	problem.Faults, err = faultsOf(p.Faults)
	return problem, err
}

func storeProblems(problems []intake.Problem) []storedProblem {
	stored := make([]storedProblem, len(problems))
	for i, p := range problems {
		stored[i] = storeProblem(p)
	}
	return stored
}

func problemsFrom(stored []storedProblem) ([]intake.Problem, error) {
	problems := make([]intake.Problem, len(stored))
	for i, p := range stored {
		problem, err := p.problem()
		if err != nil {
			return nil, err
		}
		problems[i] = problem
	}
	return problems, nil
}

// readKeeping reads text in which phrases may stand: their numbers have to print as integers.
func readKeeping(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}
