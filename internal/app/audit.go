package app

import (
	"fmt"
	"os/user"

	"fugong/internal/audit"
)

// operator is who works at the command line: nobody the program knows, but the machine does.
func operator() audit.Act {
	act := audit.Act{Actor: "命令行", Role: "operator", Address: "local"}
	if u, err := user.Current(); err == nil {
		act.Actor = fmt.Sprintf("命令行（%s）", u.Username)
	}
	return act
}
