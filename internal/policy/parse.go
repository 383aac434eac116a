package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// A policy file is a few pages; what is larger, longer in a line, or deeper than its format needs, is no policy.
const (
	maxSource = 256 << 10
	maxText   = 2000
)

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	codeForm = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)
)

// problem is one thing wrong with a policy file, and its line.
type problem struct {
	line int
	text string
}

// reader turns the nodes of a file into a policy and collects what is wrong on the way.
type reader struct {
	loc      *time.Location
	known    []string // criteria; nil: any
	problems []problem
}

func parse(source []byte, loc *time.Location, known []string) (*Policy, error) {
	r := &reader{loc: loc, known: known}
	root := r.document(source)
	p := &Policy{Source: string(source)}
	if root != nil {
		r.policy(root, p)
	}
	if len(r.problems) > 0 {
		return nil, r.fault()
	}
	return p, nil
}

func (r *reader) fault() error {
	slices.SortStableFunc(r.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	fields := make(map[string]string, len(r.problems))
	lines := make([]string, 0, len(r.problems))
	for _, p := range r.problems {
		where := fmt.Sprintf("第%d行", p.line)
		if old := fields[where]; old != "" {
			fields[where] = old + "；" + p.text
		} else {
			fields[where] = p.text
		}
		lines = append(lines, where+"："+p.text)
	}
	return &fault.Error{
		Kind:    fault.Invalid,
		Message: fmt.Sprintf("规则文件有%d处问题：%s", len(lines), strings.Join(lines, "；")),
		Fields:  fields,
	}
}

func (r *reader) refuse(line int, format string, args ...any) {
	r.problems = append(r.problems, problem{line, fmt.Sprintf(format, args...)})
}

// document reads the one mapping that a file holds; nil after a problem.
func (r *reader) document(source []byte) *yaml.Node {
	switch {
	case len(source) > maxSource:
		r.refuse(1, "文件过大，应不超过 %d KB", maxSource>>10)
		return nil
	case !utf8.Valid(source):
		r.refuse(1, "不是 UTF-8 文本")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		r.refuse(1, "文件是空的")
		return nil
	} else if err != nil {
		r.refuse(lineOf(err), "不是正确的 YAML：%v", err)
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		r.refuse(1, "一个文件只能有一份规则")
		return nil
	}
	if !r.plain(&doc, 0) {
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		r.refuse(root.Line, "应为 名称: 值 的列表")
		return nil
	}
	return root
}

// lineOf finds the line in a message of the YAML reader, which gives it no other way.
func lineOf(err error) int {
	line := 1
	if _, rest, found := strings.Cut(err.Error(), "line "); found {
		_, _ = fmt.Sscanf(rest, "%d", &line)
	}
	return line
}

// plain refuses anchors, references and own types, by which a small file can become a huge one, and what lies deeper than
// any policy.
func (r *reader) plain(n *yaml.Node, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.refuse(n.Line, "不允许锚点和引用（& 和 *）")
		return false
	case depth > 8:
		r.refuse(n.Line, "嵌套过深")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		r.refuse(n.Line, "不允许类型标记 %s", n.Tag)
		return false
	}
	for _, child := range n.Content {
		if !r.plain(child, depth+1) {
			return false
		}
	}
	return true
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	line  int
	value *yaml.Node
}

// entries lists a mapping and refuses keys that stand twice.
func (r *reader) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		r.refuse(n.Line, "%s应为 名称: 值 的列表", what)
		return nil
	}
	seen := make(map[string]bool, len(n.Content)/2)
	var all []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, ok := r.text(n.Content[i], what+"的名称")
		switch {
		case !ok:
		case seen[key]:
			r.refuse(n.Content[i].Line, "“%s”重复", key)
		default:
			seen[key] = true
			all = append(all, entry{key, n.Content[i].Line, n.Content[i+1]})
		}
	}
	return all
}

func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	text := strings.TrimSpace(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || text == "":
		r.refuse(n.Line, "%s应为一个不空的值", what)
		return "", false
	case len(text) > maxText:
		r.refuse(n.Line, "%s过长", what)
		return "", false
	case strings.ContainsRune(text, 0):
		r.refuse(n.Line, "%s含有不可见字符", what)
		return "", false
	}
	return text, true
}

func (r *reader) instant(n *yaml.Node, what string) calendar.Instant {
	text, ok := r.text(n, what)
	if !ok {
		return 0
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return calendar.Moment(t)
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(form, text, r.loc); err == nil {
			return calendar.Moment(t)
		}
	}
	r.refuse(n.Line, "%s“%s”不是时间，应写作 2022-05-05T00:00:00+08:00", what, text)
	return 0
}

func (r *reader) occasions(n *yaml.Node) []site.Occasion {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.refuse(n.Line, "occasions 应为停工类型的列表，如 [疫情]")
		return nil
	}
	var all []site.Occasion
	for _, item := range n.Content {
		text, ok := r.text(item, "停工类型")
		if !ok {
			continue
		}
		switch o := site.Occasion(text); o {
		case site.Epidemic, site.Holiday, site.Typhoon, site.Accident:
			if slices.Contains(all, o) {
				r.refuse(item.Line, "停工类型“%s”重复", text)
				continue
			}
			all = append(all, o)
		default:
			r.refuse(item.Line, "停工类型“%s”不认识，应为 疫情、节后、台风 或 事故", text)
		}
	}
	return all
}
