package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/sheet/sheettest"
)

func doors(n int) Codes {
	c := Codes{Title: "扫码登记消毒", Heading: "学苑示范项目 一标段 XY-01", PrintedAt: 1_651_795_200_000_000}
	for i := range n {
		c.Codes = append(c.Codes, Code{fmt.Sprintf("宿舍区%d号楼", i+1), fmt.Sprintf("区域编号 S-%d", i+1),
			fmt.Sprintf("https://fugong.example/sections/XY-01/areas/S-%d/disinfect", i+1)})
	}
	return c
}

func TestCodesAreReadFromThePage(t *testing.T) {
	one, err := printer(t).RenderCodes(doors(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sheettest.Code(t, one), doors(1).Codes[0].Link; got != want {
		t.Errorf("the code says %q, want %q", got, want)
	}
	again, err := printer(t).RenderCodes(doors(1))
	if err != nil || !bytes.Equal(one, again) {
		t.Errorf("printed again it is another document: %v", err)
	}
}

func TestCodesFillPages(t *testing.T) {
	all, err := printer(t).RenderCodes(doors(7))
	if err != nil {
		t.Fatal(err)
	}
	pages := pagesOf(text(t, all, "-raw"))
	if len(pages) != 2 || !strings.Contains(solid(pages[0]), "宿舍区6号楼") || !strings.Contains(solid(pages[1]), "宿舍区7号楼区域编号S-7扫码登记消毒") {
		t.Errorf("got %d pages: %q", len(pages), pages)
	}
}

func TestCodesWithALinkTooLong(t *testing.T) {
	c := doors(1)
	c.Codes[0].Link += strings.Repeat("a", 3000)
	if _, err := printer(t).RenderCodes(c); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}
