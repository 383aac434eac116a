package account

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fugong/internal/fault"
)

// NewUser is a user to be added. Hash is empty for one who will set the password by an invitation.
type NewUser struct {
	Name  string
	Role  Role
	Scope Scope
	Hash  string
}

// maxUserName is the longest name in characters.
const maxUserName = 64

// UserName gives a name the form it is kept in: without spaces around it, Latin letters small. It returns a fault.Invalid for
// the field "name" when the name has other characters than letters, digits, Chinese characters and . _ - @.
func UserName(text string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	if name == "" || utf8.RuneCountInString(name) > maxUserName || strings.ContainsFunc(name, notOfName) {
		return "", invalid("name", "用户名应为 1 至 64 个字母、数字、汉字或 . _ - @")
	}
	return name, nil
}

func notOfName(r rune) bool {
	latin := r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@", r)
	return !latin && !unicode.Is(unicode.Han, r)
}

// ParseRole reads the name of a role. It returns a fault.Invalid for the field "role".
func ParseRole(text string) (Role, error) {
	if r := Role(strings.TrimSpace(text)); slices.Contains(Roles(), r) {
		return r, nil
	}
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return "", invalid("role", "没有 %q 这种角色，应为 %s 之一", text, strings.Join(names, "、"))
}

// ScopeFor makes the scope of a role from the sections and streets that were named. Managers are of sections, inspectors of
// streets or sections; the others see the whole district unless less is named, and district and admin always do. It returns a
// fault.Invalid for the field "scope".
func ScopeFor(role Role, sections, streets []string) (Scope, error) {
	s := Scope{Sections: places(sections), Streets: places(streets)}
	switch none := len(s.Sections)+len(s.Streets) == 0; {
	case role == Manager && (len(s.Sections) == 0 || len(s.Streets) > 0):
		return Scope{}, invalid("scope", "项目负责人（manager）应指定标段，不能指定街道")
	case role == Inspector && none:
		return Scope{}, invalid("scope", "检查人员（inspector）应指定街道或标段")
	case (role == District || role == Admin) && !none:
		return Scope{}, invalid("scope", "%s 的范围是全区，不能指定标段或街道", role)
	case none:
		return Everywhere(), nil
	}
	return s, nil
}

// places sorts names and drops empty and repeated ones.
func places(names []string) []string {
	var kept []string
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			kept = append(kept, n)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

func invalid(field, format string, args ...any) error {
	err := fault.New(fault.Invalid, format, args...).(*fault.Error)
	err.Fields = map[string]string{field: err.Message}
	return err
}
