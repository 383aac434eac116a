package store

import (
	"slices"

	"fugong/internal/criteria"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

func (l *loader) each(query string, row func(c *cells)) error {
	return l.read.each(l.ctx, l.tx, query, row)
}

const enrolmentColumns = `e.section_id, e.id, e.worker_id, w.name, w.doc_type, CASE WHEN e.phone_sealed IS NULL THEN 0 ELSE 1 END,
	e.employer, e.team, e.trade, e.category, e.entered_at, e.left_at, e.lodging, e.offsite_address, e.room, e.origin,
	e.from_outside, e.declared_at, e.restricted_until, e.epidemic_officer`

func enrolment(c *cells) roster.Enrolment {
	return roster.Enrolment{
		SectionID: site.SectionID(c.number()), ID: c.number(), WorkerID: roster.WorkerID(c.number()), Name: c.text(),
		DocType: c.word(), HasPhone: c.number() != 0, Employer: c.word(), Team: c.word(), Trade: c.word(),
		Category: roster.Category(c.word()), EnteredAt: c.instant(), LeftAt: c.instant(), Lodging: roster.Lodging(c.word()),
		OffsiteAddress: c.word(), Room: c.word(), Origin: c.word(), FromOutside: roster.Tri(c.small()),
		DeclaredAt: c.instant(), RestrictedUntil: c.instant(), EpidemicOfficer: roster.Tri(c.small()),
	}
}

func (l *loader) loadPeople() error {
	err := l.each(`
		SELECT `+enrolmentColumns+`
		FROM enrolments e JOIN workers w ON w.id = e.worker_id
		WHERE e.section_id IN (IDS) AND KNOWN(e)`, func(c *cells) {
		e := enrolment(c)
		s := l.index[e.SectionID]
		s.People = append(s.People, e)
		if !slices.Contains(l.sections[e.WorkerID], s) {
			l.sections[e.WorkerID] = append(l.sections[e.WorkerID], s)
		}
	})
	return err
}

// loadStays gives each stay to the section of the room, and to every other section that the person is enrolled on.
func (l *loader) loadStays() error {
	add := func(c *cells) {
		stay := housing.Stay{
			SectionID: site.SectionID(c.number()), ID: c.number(), WorkerID: roster.WorkerID(c.number()),
			RoomID: housing.RoomID(c.number()), From: c.instant(), Until: c.instant(),
		}
		here := l.index[stay.SectionID]
		if here != nil {
			here.Stays = append(here.Stays, stay)
		}
		for _, s := range l.sections[stay.WorkerID] {
			if s != here {
				s.Stays = append(s.Stays, stay)
			}
		}
	}
	const columns = "SELECT t.section_id, t.id, t.worker_id, t.room_id, t.from_at, t.until_at FROM stays t WHERE "
	if err := l.each(columns+"t.worker_id IN (PEOPLE) AND KNOWN(t)", add); err != nil {
		return err
	}
	return l.each(columns+"t.section_id IN (IDS) AND t.worker_id NOT IN (PEOPLE) AND KNOWN(t)", add)
}

// loadGuests finds where those belong who sleep here without being enrolled here, or not any more.
func (l *loader) loadGuests() error {
	hosts := make(map[roster.WorkerID][]*criteria.Snapshot)
	for _, s := range l.index {
		settled := make(map[roster.WorkerID]bool, len(s.People))
		for _, e := range s.People {
			settled[e.WorkerID] = settled[e.WorkerID] || e.LeftAt.IsZero()
		}
		for _, stay := range s.Stays {
			if stay.SectionID == s.Section.ID && !settled[stay.WorkerID] && !slices.Contains(hosts[stay.WorkerID], s) {
				hosts[stay.WorkerID] = append(hosts[stay.WorkerID], s)
			}
		}
	}
	var guests []roster.WorkerID
	for id := range hosts {
		guests = append(guests, id)
	}
	return chunks(guests, func(part []roster.WorkerID) error {
		return l.each(`
			SELECT s.code, `+enrolmentColumns+`
			FROM enrolments e JOIN workers w ON w.id = e.worker_id JOIN sections s ON s.id = e.section_id
			WHERE e.worker_id IN (`+idList(part)+`) AND KNOWN(e)`, func(c *cells) {
			code := c.word()
			e := enrolment(c)
			for _, s := range hosts[e.WorkerID] {
				if s.Section.ID != e.SectionID {
					s.Guests = append(s.Guests, e)
					s.SectionCodes[e.SectionID] = code
				}
			}
		})
	})
}

// packed holds four small values of a result in one number: a cell costs as much to fetch as it does to find its row.
const packed = `r.outcome + 8 * (CASE WHEN r.method = '抗原' THEN 1 ELSE 0 END) + 16 * (CASE WHEN r.date_only THEN 1 ELSE 0 END) + 32 * r.pool_size`

func unpack(n int64, r *screening.Result) {
	r.Outcome, r.Method, r.DateOnly, r.PoolSize = screening.Outcome(n&7), screening.NucleicAcid, n&16 != 0, int(n>>5)
	if n&8 != 0 {
		r.Method = screening.Antigen
	}
}

// loadResults reads the window, whatever was ever abnormal, and each person's last final nucleic acid test before the window.
func (l *loader) loadResults() error {
	add := func(c *cells) {
		result := screening.Result{
			WorkerID: roster.WorkerID(c.number()), SampledAt: c.instant(), ReceivedAt: c.instant(), TestedAt: c.instant(),
			ReportedAt: c.instant(), Tube: c.text(),
		}
		unpack(c.number(), &result)
		for _, s := range l.sections[result.WorkerID] {
			s.Results = append(s.Results, result)
		}
	}
	const columns = "SELECT r.worker_id, r.sampled_at, r.received_at, r.tested_at, r.reported_at, r.tube, " + packed + " "
	for _, query := range []string{
		columns + "FROM results r WHERE r.worker_id IN (PEOPLE) AND r.sampled_at >= RESULTS AND KNOWN(r)",
		columns + `
			FROM (SELECT f.worker_id, MIN(f.sampled_at) AS since FROM results f
				WHERE f.outcome > 1 AND f.worker_id IN (PEOPLE) AND EVER(f) GROUP BY f.worker_id) p
			CROSS JOIN results r
			WHERE r.worker_id = p.worker_id AND r.sampled_at >= p.since AND r.sampled_at < RESULTS AND KNOWN(r)`,
		// The plus keeps the planner from the index by time: abnormal results are few, whatever their age.
		columns + `
			FROM (SELECT DISTINCT p.worker_id FROM (PEOPLE) p) p CROSS JOIN results r
			WHERE r.worker_id = p.worker_id AND r.outcome = 1 AND KNOWN(r) AND r.sampled_at = (
				SELECT MAX(x.sampled_at) FROM results x
				WHERE x.worker_id = p.worker_id AND x.sampled_at < RESULTS AND x.method = '核酸' AND x.outcome <> 0 AND KNOWN(x))
			AND NOT EXISTS (SELECT 1 FROM results f
				WHERE f.worker_id = r.worker_id AND f.outcome > 1 AND +f.sampled_at <= r.sampled_at AND EVER(f))`,
	} {
		if err := l.each(query, add); err != nil {
			return err
		}
	}
	return nil
}

// loadTemperatures reads the window, and everything since a person's first reading of 37.0 ℃ or more.
func (l *loader) loadTemperatures() error {
	add := func(c *cells) {
		t := screening.Temperature{WorkerID: roster.WorkerID(c.number()), At: c.instant(), Tenths: c.count()}
		for _, s := range l.sections[t.WorkerID] {
			s.Temperatures = append(s.Temperatures, t)
		}
	}
	const columns = "SELECT t.worker_id, t.at, t.tenths "
	window := columns + "FROM temperatures t WHERE t.worker_id IN (PEOPLE) AND t.at >= TEMPERATURES AND KNOWN(t)"
	if err := l.each(window, add); err != nil {
		return err
	}
	return l.each(columns+`
		FROM (SELECT f.worker_id, MIN(f.at) AS since FROM temperatures f
			WHERE f.tenths >= 370 AND f.worker_id IN (PEOPLE) AND EVER(f) GROUP BY f.worker_id) p
		CROSS JOIN temperatures t
		WHERE t.worker_id = p.worker_id AND t.at >= p.since AND t.at < TEMPERATURES AND KNOWN(t)`, add)
}

// loadPassages finds who ever passed a section's gate by stepping through its index from person to person, and reads of each
// the window and the last passage before it.
func (l *loader) loadPassages() error {
	passed := make(map[roster.WorkerID]string)
	err := l.each(`
		WITH RECURSIVE p (section_id, worker_id) AS (
			SELECT s.id, (SELECT MIN(x.worker_id) FROM passages x WHERE x.section_id = s.id AND KNOWN(x))
			FROM sections s WHERE s.id IN (IDS)
			UNION ALL
			SELECT p.section_id, (SELECT MIN(x.worker_id) FROM passages x
				WHERE x.section_id = p.section_id AND x.worker_id > p.worker_id AND KNOWN(x))
			FROM p WHERE p.worker_id IS NOT NULL),
		q (section_id, worker_id, since) AS MATERIALIZED (
			SELECT p.section_id, p.worker_id, COALESCE((SELECT MAX(y.at) FROM passages y
				WHERE y.section_id = p.section_id AND y.worker_id = p.worker_id AND y.at < PASSAGES AND KNOWN(y)), PASSAGES)
			FROM p WHERE p.worker_id IS NOT NULL)
		SELECT g.section_id, g.id, g.worker_id, g.at, g.direction,
			CASE WHEN g.reason_sealed IS NULL THEN g.reason ELSE '已封存' END, g.approver
		FROM q CROSS JOIN passages g
		WHERE g.section_id = q.section_id AND g.worker_id = q.worker_id AND g.at >= q.since AND KNOWN(g)`, func(c *cells) {
		passage := gate.Passage{
			SectionID: site.SectionID(c.number()), ID: c.number(), WorkerID: roster.WorkerID(c.number()), At: c.instant(),
			Direction: gate.Direction(c.word()), Reason: c.word(), Approver: c.word(),
		}
		passed[passage.WorkerID] = ""
		s := l.index[passage.SectionID]
		s.Passages = append(s.Passages, passage)
	})
	if err != nil {
		return err
	}
	return l.namePassages(passed)
}

// namePassages fills in the names of those who passed: of most the roster has told already.
func (l *loader) namePassages(passed map[roster.WorkerID]string) error {
	for _, s := range l.index {
		for _, e := range s.People {
			if _, ok := passed[e.WorkerID]; ok {
				passed[e.WorkerID] = e.Name
			}
		}
	}
	var strangers []roster.WorkerID
	for id, name := range passed {
		if name == "" {
			strangers = append(strangers, id)
		}
	}
	err := chunks(strangers, func(part []roster.WorkerID) error {
		return scanAll(l.ctx, l.tx, "SELECT id, name FROM workers WHERE id IN ("+idList(part)+")", func(c *cells) {
			passed[roster.WorkerID(c.number())] = c.text()
		})
	})
	for _, s := range l.index {
		for i := range s.Passages {
			s.Passages[i].Name = passed[s.Passages[i].WorkerID]
		}
	}
	return err
}
