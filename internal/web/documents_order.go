package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"fugong/internal/store"
)

// paperHead is a column of the list of papers; Next is where its name leads, to the list in the order of the column or, when it is
// in that order, backwards. Without Next it is no order.
type paperHead struct{ Name, Next, Order string }

// paperOrders are the orders of the list by the name that addresses use, in that of the columns.
func paperOrders() []string {
	return []string{"code", "type", "", "issued", "expires", "street", "unit"}
}

// paperOrder reads an order out of an address; those that expire first are first unless another is asked for.
func paperOrder(asked string) (name string, backwards bool) {
	name, backwards = strings.CutPrefix(asked, "-")
	if name == "" || !slices.Contains(paperOrders(), name) {
		return "expires", false
	}
	return name, backwards
}

func paperHeads(query url.Values) []paperHead {
	current, backwards := paperOrder(query.Get("sort"))
	var heads []paperHead
	for _, name := range paperOrders() {
		head := paperHead{Name: cmp.Or(name, "expiry")}
		if name != "" {
			next := name
			if name == current {
				head.Order = "up"
				if backwards {
					head.Order = "down"
				} else {
					next = "-" + name
				}
			}
			v := url.Values{"sort": {next}}
			for _, kept := range []string{"q", "street", "type", "expiry"} {
				if query.Has(kept) {
					v.Set(kept, query.Get(kept))
				}
			}
			head.Next = "/documents?" + v.Encode()
		}
		heads = append(heads, head)
	}
	return heads
}

// arrange brings papers that are missing, of which the database knows no date, into the order of the others.
func arrange(lines []store.DocumentLine, f store.DocumentFilter) {
	key := map[string]func(store.DocumentLine) string{
		"type":   func(l store.DocumentLine) string { return l.Type },
		"street": func(l store.DocumentLine) string { return l.Street },
		"unit":   func(l store.DocumentLine) string { return l.Responsible },
	}[f.Sort]
	slices.SortStableFunc(lines, func(a, b store.DocumentLine) int {
		order := cmp.Or(strings.Compare(a.Section, b.Section), strings.Compare(a.Type, b.Type))
		if key != nil {
			order = cmp.Or(strings.Compare(key(a), key(b)), order)
		}
		if f.Backwards {
			return -order
		}
		return order
	})
}
