package audit

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// MAC is the keyed hash of the chain.
type MAC func(message []byte) []byte

// domain begins every message, so that the hash of an entry is the hash of nothing else.
const domain = "fugong.audit.v1"

// Canonical gives the text that is hashed: a JSON array of the fields in a fixed order. Different entries have different
// texts, because JSON says where a field ends whatever is in it.
func (e Entry) Canonical() []byte {
	fields := []any{domain, e.Seq, int64(e.At), e.Act.Actor, e.Act.Role, e.Act.Action, e.Act.Object, e.Act.ObjectID, e.Act.RequestID,
		e.Act.Address, DetailText(e.Act.Detail), e.Previous}
	text, _ := json.Marshal(fields) // strings and numbers always marshal
	return text
}

// DetailText writes a detail as it is stored and hashed: a JSON object with its keys in order.
func DetailText(detail map[string]string) string {
	if len(detail) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(detail) // strings always marshal
	return string(text)
}

// ParseDetail reads a stored detail. A text that DetailText would have written otherwise was not written by it, and is a
// fault.Invalid.
func ParseDetail(text string) (map[string]string, error) {
	var detail map[string]string
	if err := json.Unmarshal([]byte(text), &detail); err != nil || DetailText(detail) != text {
		return nil, fault.New(fault.Invalid, "明细不是本程序写入的格式")
	}
	return detail, nil
}

// Head is where the chain stands: the last entry's number and MAC. The zero Head is that of an empty chain.
type Head struct {
	Seq int64
	MAC string
}

// String shows a head as it is printed on paper: the number and the beginning of the MAC.
func (h Head) String() string {
	if h.Seq == 0 {
		return "0"
	}
	return strconv.FormatInt(h.Seq, 10) + " · " + h.MAC[:min(len(h.MAC), 16)]
}

// Append makes the next entry of the chain. Text that could not be stored as it is, or that looks like somebody's number, is
// changed first: an entry must never fail, nor be a place where personal data leak to.
func (h Head) Append(act Act, at calendar.Instant, mac MAC) Entry {
	e := Entry{Seq: h.Seq + 1, At: at, Act: act.Clean(), Previous: h.MAC}
	e.MAC = e.sum(mac)
	return e
}

// Head gives where the chain stands after the entry.
func (e Entry) Head() Head { return Head{e.Seq, e.MAC} }

func (e Entry) sum(mac MAC) string { return hex.EncodeToString(mac(e.Canonical())) }

// Follows reports what is wrong with an entry as the one after h, or nothing.
func (h Head) Follows(e Entry, mac MAC) error {
	switch {
	case e.Seq != h.Seq+1:
		return fmt.Errorf("第 %d 条之后是第 %d 条：中间的记录被删除或编号被改动", h.Seq, e.Seq)
	case e.Previous != h.MAC:
		return fmt.Errorf("第 %d 条与前一条不相接：记录被删除、插入或调换", e.Seq)
	case !e.Act.valid() || !hmac.Equal([]byte(e.MAC), []byte(e.sum(mac))):
		return fmt.Errorf("第 %d 条的内容与校验值不符：记录被改动或伪造", e.Seq)
	}
	return nil
}
