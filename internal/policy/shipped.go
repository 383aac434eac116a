package policy

import (
	_ "embed" // for the two policies that ship inside
	"fmt"
	"time"
)

//go:embed epidemic-2022.yaml
var epidemic2022 []byte

//go:embed general-safety.yaml
var generalSafety []byte

// shipped reads the embedded files, of version 1. A test holds that they can be read, so a fault here is one of building
// the program.
func shipped() Book {
	var book Book
	for _, source := range [][]byte{epidemic2022, generalSafety} {
		p, err := Parse(source, time.UTC)
		if err != nil {
			panic(fmt.Sprintf("read shipped policy: %v", err))
		}
		p.Version = 1
		book = append(book, *p)
	}
	return book
}
