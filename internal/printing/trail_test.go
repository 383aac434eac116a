package printing_test

import (
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
)

// TestPrintIsWrittenDown prints one section and then all, and looks at what the audit trail says of it.
func TestPrintIsWrittenDown(t *testing.T) {
	onBoth(t, func(p *press) {
		print := func(ids []site.SectionID) audit.Entry {
			order := printing.Order{Within: account.Everywhere(), Sections: ids, At: p.Now(), Copy: sheet.Posted, By: "li", Act: audit.Act{Actor: "li", Role: "inspector"}}
			if _, err := p.Print(p.Context(), order); err != nil {
				p.Fatal(err)
			}
			entries, err := p.Store.AuditEntries(p.Context(), store.AuditFilter{Limit: 1, Action: "sheet.print"})
			if err != nil || len(entries) != 1 {
				p.Fatalf("%d entries, %v", len(entries), err)
			}
			return entries[0]
		}
		one := print(p.sections[:1])
		if one.Act.Actor != "li" || one.Act.Role != "inspector" || one.Act.ObjectID == "" || one.Act.Detail["copy"] != string(sheet.Posted) || one.Act.Detail["sheets"] != "1" {
			p.Errorf("written down as %+v", one.Act)
		}
		if many := print(p.sections); many.Act.ObjectID != "" || many.Act.Detail["sections"] != "XY-01 XY-02" || many.Seq <= one.Seq {
			p.Errorf("written down as %+v", many.Act)
		}
	})
}
