package store

import (
	"strings"

	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/housing"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// loadSections makes a snapshot for each section. Of one that was not known yet there is only its code.
func (l *loader) loadSections() error {
	return l.each(`
		SELECT s.id, s.code, s.facts_at, s.due_at, v.id, v.name, v.project_code, v.project_name, v.street, v.community, v.address,
			v.longitude, v.latitude, v.datum, v.owner, v.contractor, v.supervisor, v.manager, v.state, v.occasion,
			v.stopped_on, v.not_resumed_reason, v.responsible_unit, v.expected_on
		FROM sections s LEFT JOIN section_versions v ON v.section_id = s.id AND KNOWN(v)
		WHERE s.id IN (IDS)`, func(c *cells) {
		section := site.Section{ID: site.SectionID(c.number()), Code: c.text(), DataAt: c.instant()}
		l.states[section.ID] = state{section.DataAt, c.instant()}
		if l.index[section.ID] == nil {
			l.index[section.ID] = &criteria.Snapshot{
				Section: section, SectionCodes: map[site.SectionID]string{section.ID: section.Code},
			}
		}
		if known := c.number(); known == 0 {
			return
		}
		if k := l.read.knownAt; k != 0 {
			section.DataAt = min(section.DataAt, k)
		}
		section.Name, section.ProjectCode, section.ProjectName = c.text(), c.text(), c.text()
		section.Street, section.Community, section.Address = c.word(), c.word(), c.text()
		section.Longitude, section.Latitude, section.Datum = c.text(), c.text(), c.word()
		section.Owner, section.Contractor, section.Supervisor, section.Manager = c.text(), c.text(), c.text(), c.text()
		section.State, section.Occasion = site.State(c.word()), site.Occasion(c.word())
		section.StoppedOn, section.NotResumedReason = c.date(), c.text()
		section.ResponsibleUnit, section.ExpectedOn = c.text(), c.date()
		l.index[section.ID].Section = section
	})
}

// loadZones leaves out, before it decodes them, the zones that are other sections: most zones are one section each.
func (l *loader) loadZones() error {
	return l.each(`
		SELECT z.id, z.scope, z.place, z.level, z.from_at, z.until_at, z.document
		FROM zones z WHERE KNOWN(z) AND (z.scope <> '`+string(site.ScopeSection)+`' OR z.place IN (SELECT s.code FROM sections s WHERE s.id IN (IDS))) ORDER BY z.from_at, z.id`, func(c *cells) {
		zone := site.Zone{
			ID: c.number(), Scope: site.Scope(c.word()), Place: c.word(), Level: site.ZoneLevel(c.word()),
			From: c.instant(), Until: c.instant(), Document: c.text(),
		}
		for _, s := range l.index {
			if zone.Concerns(s.Section) {
				s.Zones = append(s.Zones, zone)
			}
		}
	})
}

func (l *loader) loadRooms() error {
	return l.each(`
		SELECT r.section_id, r.id, r.number, v.building, v.use, v.area_cm2, v.beds, v.bunk_levels
		FROM rooms r JOIN room_versions v ON v.room_id = r.id
		WHERE r.section_id IN (IDS) AND KNOWN(v)`, func(c *cells) {
		room := housing.Room{
			SectionID: site.SectionID(c.number()), ID: housing.RoomID(c.number()), Number: c.text(), Building: c.word(),
			Use: housing.Use(c.word()), AreaCM2: c.number(), Beds: c.count(), BunkLevels: c.count(),
		}
		s := l.index[room.SectionID]
		s.Rooms = append(s.Rooms, room)
	})
}

func (l *loader) loadAreas() error {
	return l.each(`
		SELECT a.section_id, a.id, a.code, v.name, v.kind
		FROM areas a JOIN area_versions v ON v.area_id = a.id
		WHERE a.section_id IN (IDS) AND KNOWN(v)`, func(c *cells) {
		area := disinfection.Area{
			SectionID: site.SectionID(c.number()), ID: disinfection.AreaID(c.number()), Code: c.text(), Name: c.text(),
			Kind: disinfection.Kind(c.word()),
		}
		s := l.index[area.SectionID]
		s.Areas = append(s.Areas, area)
	})
}

// loadDisinfections reads the log of the window and the last entry of each area before it: an area that was not cleaned for
// long has not been cleaned, which is another thing than an area of which nothing is recorded.
func (l *loader) loadDisinfections() error {
	const columns = "d.section_id, d.id, d.area_id, d.at, d.recorded_at, d.agent, d.concentration, d.unit, d.minutes, d.operator"
	const from = "SELECT " + columns + " FROM areas a CROSS JOIN disinfections d WHERE d.section_id = a.section_id AND d.area_id = a.id"
	add := func(c *cells) {
		entry := disinfection.Entry{
			SectionID: site.SectionID(c.number()), ID: c.number(), AreaID: disinfection.AreaID(c.number()), At: c.instant(),
			RecordedAt: c.instant(), Agent: c.word(), Concentration: c.count(), Unit: disinfection.Unit(c.word()),
			Minutes: c.count(), Operator: c.word(),
		}
		s := l.index[entry.SectionID]
		s.Disinfections = append(s.Disinfections, entry)
	}
	if err := l.each(from+" AND a.section_id IN (IDS) AND d.at >= DISINFECTIONS AND KNOWN(d)", add); err != nil {
		return err
	}
	return l.each(from+` AND d.at = (
			SELECT MAX(x.at) FROM disinfections x
			WHERE x.section_id = a.section_id AND x.area_id = a.id AND x.at < DISINFECTIONS AND KNOWN(x))
		AND a.section_id IN (IDS) AND KNOWN(d)`, add)
}

// latestBefore joins each section with each word of a list, to find the last row of it before the window by its index rather
// than by reading the history.
func latestBefore(columns, table, item string, words []string) string {
	return `
		WITH item (code) AS (VALUES ('` + strings.Join(words, "'), ('") + `')),
		last (section_id, code, date) AS MATERIALIZED (
			SELECT s.id, i.code, (SELECT MAX(x.date) FROM ` + table + ` x
				WHERE x.section_id = s.id AND x.` + item + ` = i.code AND x.date < ANSWERS AND KNOWN(x))
			FROM sections s CROSS JOIN item i WHERE s.id IN (IDS))
		SELECT ` + columns + `
		FROM last l CROSS JOIN ` + table + ` a
		WHERE a.section_id = l.section_id AND a.` + item + ` = l.code AND a.date = l.date AND KNOWN(a)`
}

func (l *loader) loadAnswers() error {
	const columns = "a.section_id, a.id, a.date, a.submitted_at, a.item, a.choice, a.number, " +
		"CASE WHEN a.remark_sealed IS NULL THEN a.remark ELSE '备注已封存' END"
	add := func(c *cells) {
		answer := checklist.Answer{
			SectionID: site.SectionID(c.number()), ID: c.number(), Date: c.date(), SubmittedAt: c.instant(), Item: c.word(),
			Choice: checklist.Choice(c.small()), Number: c.word(), Remark: c.word(),
		}
		s := l.index[answer.SectionID]
		s.Answers = append(s.Answers, answer)
	}
	window := "SELECT " + columns + " FROM answers a WHERE a.section_id IN (IDS) AND a.date >= ANSWERS AND KNOWN(a)"
	if err := l.each(window, add); err != nil {
		return err
	}
	var items []string
	for _, item := range checklist.Template() {
		items = append(items, item.Code)
		if item.Lead != "" {
			items = append(items, item.Lead)
		}
	}
	return l.each(latestBefore(columns, "answers", "item", items), add)
}

func (l *loader) loadStocks() error {
	const columns = "a.section_id, a.id, a.date, a.item, a.quantity, COALESCE(a.daily_use, -1)"
	add := func(c *cells) {
		stock := supply.Stock{
			SectionID: site.SectionID(c.number()), ID: c.number(), Date: c.date(), Item: supply.Item(c.word()),
			Quantity: c.number(), DailyUse: c.number(),
		}
		s := l.index[stock.SectionID]
		s.Stocks = append(s.Stocks, stock)
	}
	window := "SELECT " + columns + " FROM stocks a WHERE a.section_id IN (IDS) AND a.date >= ANSWERS AND KNOWN(a)"
	if err := l.each(window, add); err != nil {
		return err
	}
	items := []string{
		string(supply.Masks), string(supply.Disinfectant), string(supply.AntigenKits), string(supply.Gowns),
		string(supply.Respirators), string(supply.Thermometers),
	}
	return l.each(latestBefore(columns, "stocks", "item", items), add)
}

func (l *loader) loadDocuments() error {
	return l.each(`
		SELECT d.section_id, d.id, d.type, d.issued_on, d.expires_on
		FROM documents d WHERE d.section_id IN (IDS) AND KNOWN(d)`, func(c *cells) {
		paper := document.Document{
			SectionID: site.SectionID(c.number()), ID: c.number(), Type: c.word(), IssuedOn: c.date(), ExpiresOn: c.date(),
		}
		s := l.index[paper.SectionID]
		s.Documents = append(s.Documents, paper)
	})
}
