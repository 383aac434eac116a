package web

import (
	"strings"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/store"
)

// register names what criteria read, by how their codes begin; the first that fits counts. Page is where its rows stand.
type register struct {
	prefix string
	kinds  []string
	page   string
}

// registers is looked through for each finding of a page.
var registers = []register{
	{"nat.", []string{"roster", "results"}, "/people"}, {"ag.", []string{"roster", "results"}, "/people"},
	{"health.temp", []string{"roster", "temperatures"}, "/temperatures"}, {"health.fever", []string{"temperatures"}, "/temperatures"},
	{"health.declaration", []string{"roster"}, "/people"}, {"health.", []string{"checklists"}, "/checklists"},
	{"roster.matches_gate", []string{"roster", "gate"}, "/people"}, {"roster.daily_count", []string{"roster", "checklists"}, "/checklists"},
	{"roster.", []string{"roster"}, "/people"}, {"entry.", []string{"roster", "results", "stays"}, "/people"},
	{"loop.lodging_known", []string{"roster", "stays"}, "/beds"}, {"loop.movement", []string{"gate"}, "/people"}, {"gate.", []string{"checklists", "gate"}, "/checklists"},
	{"loop.", []string{"checklists"}, "/checklists"}, {"room.ventilation", []string{"checklists"}, "/checklists"}, {"room.", []string{"rooms", "stays"}, "/beds"},
	{"iso.occupied", []string{"stays", "gate", "results"}, "/beds"}, {"iso.rooms", []string{"rooms", "roster"}, "/beds"}, {"iso.", []string{"checklists"}, "/checklists"},
	{"dis.", []string{"areas", "disinfection"}, "/areas"}, {"ppe.", []string{"stock"}, ""}, {"canteen.licence", []string{"documents"}, ""},
	{"org.officer", []string{"roster"}, "/people"}, {"org.supervision", []string{"checklists"}, "/checklists"}, {"org.training", []string{"documents", "checklists"}, "/checklists"},
	{"org.", []string{"documents"}, ""}, {"report.", []string{"checklists"}, "/checklists"}, {"rectify.", []string{"checklists"}, "/checklists"},
	{"review.", []string{"documents"}, ""}, {"saf.", []string{"checklists", "documents"}, "/checklists"}, {"", []string{"checklists"}, "/checklists"},
}

func registerOf(code criteria.Code) register {
	for _, r := range registers {
		if strings.HasPrefix(string(code), r.prefix) {
			return r
		}
	}
	return register{}
}

// sourcesOf are the registers that a criterion read, with what was recorded there last; one without rows says so by its zero time.
func sourcesOf(code criteria.Code, sources map[string]store.Source) []store.Source {
	var read []store.Source
	for _, kind := range registerOf(code).kinds {
		src := sources[kind]
		src.Register = kind
		read = append(read, src)
	}
	return read
}

// rowsPage is where the rows stand that a criterion read, if the role may see them.
func (s *server) rowsPage(section string, code criteria.Code, role account.Role) string {
	page := registerOf(code).page
	if page == "" || !s.mayGet("/sections/:code"+page, role) {
		return ""
	}
	return section + page
}
