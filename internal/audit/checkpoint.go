package audit

import (
	"crypto/ed25519"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// Checkpoint says where the chain stood at an instant. Signed and kept on another machine or on paper, it shows when the end
// of the chain was cut off, or all of it rolled back to an older copy.
type Checkpoint struct {
	Head
	At calendar.Instant
}

// The first line of a checkpoint, and the name under which it is signed.
const (
	origin = "fugong/audit/v1"
	signee = "fugong-audit"
)

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", origin, c.Seq, c.MAC, c.At.RFC3339(time.UTC))
}

// Sign writes a checkpoint as a signed note: four lines of text, an empty one, and a signature that whoever has the public key
// can check without this program.
func (c Checkpoint) Sign(key ed25519.PublicKey, sign func([]byte) ([]byte, error)) (string, error) {
	verifier, err := verifierOf(key)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, notary{verifier, sign})
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(signed), nil
}

// notary signs notes with a key that stays where it is.
type notary struct {
	note.Verifier
	sign func([]byte) ([]byte, error)
}

// Sign signs the text of a note.
func (n notary) Sign(text []byte) ([]byte, error) { return n.sign(text) }

// VerifierKey writes the public key of checkpoints in the form that tools for signed notes take.
func VerifierKey(key ed25519.PublicKey) (string, error) {
	return note.NewEd25519VerifierKey(signee, key)
}

func verifierOf(key ed25519.PublicKey) (note.Verifier, error) {
	text, err := VerifierKey(key)
	if err != nil {
		return nil, fmt.Errorf("use checkpoint key: %w", err)
	}
	return note.NewVerifier(text)
}

// ReadCheckpoints reads a file of signed checkpoints, one after the other, and checks each signature against the keys. It
// returns a fault.Invalid that names the first that is not as it was signed.
func ReadCheckpoints(file string, keys ...ed25519.PublicKey) ([]Checkpoint, error) {
	var verifiers []note.Verifier
	for _, key := range keys {
		v, err := verifierOf(key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, v)
	}
	var all []Checkpoint
	for i, text := range notes(file) {
		c, err := open(text, note.VerifierList(verifiers...))
		if err != nil {
			return nil, &fault.Error{Kind: fault.Invalid, Message: fmt.Sprintf("第 %d 个检查点无效：签名不符或内容被改动", i+1), Err: err}
		}
		all = append(all, c)
	}
	return all, nil
}

// notes cuts a file into notes: each begins with the origin.
func notes(file string) []string {
	file = strings.ReplaceAll(file, "\r\n", "\n") // it may have been mailed
	before, rest, found := strings.Cut("\n"+file, "\n"+origin+"\n")
	var all []string
	if before = strings.TrimSpace(before); before != "" {
		all = append(all, before)
	}
	if !found {
		return all
	}
	for part := range strings.SplitSeq(rest, "\n"+origin+"\n") {
		all = append(all, origin+"\n"+strings.TrimSpace(part)+"\n")
	}
	return all
}

// WholeNotes gives a file of checkpoints without what is left of one that was not written to its end.
func WholeNotes(file string) string {
	if file == "" || strings.HasSuffix(file, "=\n") {
		return file
	}
	end := strings.LastIndex(file, "=\n")
	if end < 0 {
		return ""
	}
	return file[:end+len("=\n")]
}

func open(text string, known note.Verifiers) (Checkpoint, error) {
	n, err := note.Open([]byte(text), known)
	if err != nil {
		return Checkpoint{}, err
	}
	var c Checkpoint
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 {
		return c, fmt.Errorf("%d lines instead of 5", len(lines))
	}
	at, err := time.Parse(time.RFC3339Nano, lines[3])
	if err != nil {
		return c, err
	}
	if c.Seq, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return c, err
	}
	c.MAC, c.At = lines[2], calendar.Moment(at)
	if c.text() != n.Text {
		return c, fmt.Errorf("not a checkpoint: %q", n.Text)
	}
	return c, nil
}
