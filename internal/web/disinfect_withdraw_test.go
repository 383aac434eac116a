package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestDisinfectWithdrawn: an entry at the wrong door is taken back for a reason, once, and what it had mended is wanting again.
func TestDisinfectWithdrawn(t *testing.T) {
	h := newHands(t)
	wantRedirect(t, h.post(gatePage, h.opened(gatePage+"?same=1", gatePage)), "/sections/XY-01/areas?done=G1")
	if got := h.status("dis.max_gap"); got != criteria.Pass {
		t.Fatalf("once it is registered it is %s", got)
	}
	link := document(t, h.get(gatePage)).Find(".ent__today a").AttrOr("href", "")
	form := h.opened(link, gatePage+"/withdraw")
	refused := h.post(gatePage+"/withdraw", form)
	h.refusedAt(refused, "reason", map[string]string{"fix": form.Get("fix"), "key": form.Get("key")})
	form.Set("reason_other", strings.Repeat("错", longestWithdrawal+1))
	h.refusedAt(h.post(gatePage+"/withdraw", form), "reason", map[string]string{"reason_other": form.Get("reason_other")})
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 {
		t.Fatalf("registered is %q", got)
	}
	h.pass(time.Minute)
	form.Set("reason_other", "这道门今天没有消毒")
	for range 2 { // the answer was lost
		wantRedirect(t, h.post(gatePage+"/withdraw", form), "/sections/XY-01/areas?withdrawn=G1")
	}
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 0 {
		t.Errorf("registered is %q", got)
	}
	if got := h.status("dis.max_gap"); got != criteria.Warned {
		t.Errorf("once it is withdrawn it is %s", got)
	}
	if said := text(h.get("/sections/XY-01/areas?withdrawn=G1")); !strings.Contains(said, "已撤回应急处置区的一次登记") {
		t.Errorf("the page says %q", said)
	}
	acts, err := h.store.AuditEntries(t.Context(), store.AuditFilter{Action: "disinfection.withdraw", Limit: 9})
	if err != nil || len(acts) != 1 || acts[0].Act.Actor != "manager" || acts[0].Act.Detail["reason"] != "这道门今天没有消毒" {
		t.Errorf("the trail says %+v, %v", acts, err)
	}
	form.Set("reason_other", "重复登记")
	wantStatus(t, h.post(gatePage+"/withdraw", form), http.StatusNotFound) // which says that there is none any more
	storetest.ImportAt(t, h.store, storetest.At("2022-05-05 23:31"), "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,G1,2022-05-05 23:30,酒精")
	form.Set("fix", fmt.Sprint(int64(storetest.At("2022-05-05 23:30"))))
	wantStatus(t, h.post(gatePage+"/withdraw", form), http.StatusConflict)
	if got := h.rows("disinfection", "2022-05-05 23:30"); len(got) != 1 {
		t.Errorf("of yesterday there is %q", got)
	}
}

// TestDisinfectAstray: who typed a wrong date is told so and led to what he typed, and corrects it or takes it back.
func TestDisinfectAstray(t *testing.T) {
	h := newHands(t)
	form := mixedHere(h)
	form.Set("when", "earlier")
	form.Set("at", "2022-04-06T07:30") // a month too early
	wantRedirect(t, h.post(slashed, form), "/sections/XY-01/areas?done=S%2F1")
	told := document(t, h.get("/sections/XY-01/areas?done=S/1")).Find(".told")
	link := told.Find("a[href*='fix=']").AttrOr("href", "")
	if said := words(told); !strings.Contains(said, "2022-04-06 07:30") || !strings.Contains(said, "不是今天的日期") {
		t.Errorf("the page says %q", said)
	}
	if listed := document(t, h.get(slashed)).Find(".ent__today a").AttrOr("href", ""); link == "" || listed != link {
		t.Fatalf("one is led to %q and to %q", link, listed)
	}
	if said := words(document(t, h.get(slashed)).Find(".ent__today")); !strings.Contains(said, "不是今天的日期") {
		t.Errorf("at the door it says %q", said)
	}
	fix := h.opened(link, slashed)
	fix.Set("minutes", "60")
	wantRedirect(t, h.post(slashed, fix), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-04-06"); len(got) != 1 || got[0] != "XY-01,S/1,2022-04-06 07:30:00,含氯消毒液,500mg/L,60,钱七" {
		t.Errorf("corrected is %q", got)
	}
	back := h.opened(link, slashed+"/withdraw")
	back.Set("reason", "时间填错")
	for range 2 { // the answer was lost
		wantRedirect(t, h.post(slashed+"/withdraw", back), "/sections/XY-01/areas?withdrawn=S%2F1")
	}
	if got := h.rows("disinfection", "2022-04-06"); len(got) != 0 {
		t.Errorf("there is still %q", got)
	}
}
