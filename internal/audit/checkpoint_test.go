package audit_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

const noon calendar.Instant = 1651809600000000

// pen signs with a key of the test.
func pen(seed string) (ed25519.PublicKey, func([]byte) ([]byte, error)) {
	sum := sha256.Sum256([]byte(seed))
	key := ed25519.NewKeyFromSeed(sum[:])
	return key.Public().(ed25519.PublicKey), func(message []byte) ([]byte, error) { return ed25519.Sign(key, message), nil }
}

func signed(t testing.TB, seed string, c audit.Checkpoint) string {
	t.Helper()
	key, sign := pen(seed)
	text, err := c.Sign(key, sign)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func checkpoint(seq int64) audit.Checkpoint {
	return audit.Checkpoint{Head: audit.Head{Seq: seq, MAC: strings.Repeat("9f", 32)}, At: noon}
}

// TestCheckpointIsASignedNote opens a checkpoint as anybody can, with the public key in the form that tools take.
func TestCheckpointIsASignedNote(t *testing.T) {
	key, _ := pen("ours")
	text, err := audit.VerifierKey(key)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(signed(t, "ours", checkpoint(7))), note.VerifierList(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if want := "fugong/audit/v1\n7\n" + strings.Repeat("9f", 32) + "\n2022-05-06T04:00:00Z\n"; n.Text != want {
		t.Errorf("the note says\n%s\nwant\n%s", n.Text, want)
	}
}

func TestReadCheckpoints(t *testing.T) {
	key, _ := pen("ours")
	older, _ := pen("older")
	a, b := signed(t, "ours", checkpoint(7)), signed(t, "older", checkpoint(3))
	for name, file := range map[string]string{"joined": a + b, "spaced": "\n\n" + a + "\n\n" + b + "\n", "mailed": strings.ReplaceAll(a+b, "\n", "\r\n")} {
		got, err := audit.ReadCheckpoints(file, older, key)
		if err != nil || len(got) != 2 || got[0] != checkpoint(7) || got[1] != checkpoint(3) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, err := audit.ReadCheckpoints("", key); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %v, %v", got, err)
	}
	for name, file := range map[string]string{
		"an older key that is not known": a + b, "a stranger's": signed(t, "stranger", checkpoint(7)), "something before": "hello\n" + a,
		"another number": strings.Replace(a, "\n7\n", "\n8\n", 1), "a number written otherwise": strings.Replace(a, "\n7\n", "\n07\n", 1),
	} {
		if got, err := audit.ReadCheckpoints(file, key); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: accepted as %+v, %v", name, got, err)
		}
	}
}

// FuzzReadCheckpoints reads anything; only what was signed is ever given back.
func FuzzReadCheckpoints(f *testing.F) {
	key, _ := pen("ours")
	a, b := signed(f, "ours", checkpoint(7)), signed(f, "ours", checkpoint(9))
	f.Add(a + b)
	f.Add("fugong/audit/v1\n")
	f.Add(strings.Replace(a, "\n7\n", "\n-7\n", 1))
	f.Fuzz(func(t *testing.T, file string) {
		got, _ := audit.ReadCheckpoints(file, key)
		for _, c := range got {
			if c != checkpoint(7) && c != checkpoint(9) {
				t.Errorf("%+v was never signed", c)
			}
		}
	})
}

func TestVerificationTellsHowFarItCame(t *testing.T) {
	var head audit.Head
	witness := audit.Witness{Head: audit.Head{Seq: 2}, Name: "W"}
	v := audit.Verify(mac, []audit.Witness{{Name: "the beginning"}, witness})
	for range 3 {
		e := head.Append(audit.Act{Actor: "a"}, noon, mac)
		head = e.Head()
		v.Next(e)
	}
	r := v.Result()
	if r.Entries != 3 || r.Head != head || r.Witnesses != 2 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "第 2 条与W不符") {
		t.Errorf("got %+v", r)
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	v := audit.Verify(mac, nil)
	for seq := range int64(50) {
		v.Next(audit.Entry{Seq: 3 * seq})
	}
	if r := v.Result(); r.Whole() || len(r.Problems) != 20 || r.More != 30 {
		t.Errorf("%d problems and %d more", len(r.Problems), r.More)
	}
}
