package criteria

import (
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// screened is each for a check that looks for bad results: where there is no result of anybody, it is Unknown.
func (c *Case) screened(required locale.Phrase, judge func(*tally, *Person)) *tally {
	results := false
	t := c.each(required, func(t *tally, p *Person) {
		results = results || c.latestFinal(p) != nil
		judge(t, p)
	})
	if !results {
		t.silent(locale.Say("无核酸结果记录"))
	}
	return t
}

// silent makes a finding Unknown although nothing was found against anybody: there was nothing to find it in.
func (t *tally) silent(reason locale.Phrase) {
	t.inOrder = 0
	if t.failed == 0 && t.unknowns == 0 {
		t.unknowns = 1
	}
	t.say(Unknown, reason)
}

// natPositive: nobody has a positive of his own tube. Only leaving the section ends it: a medical release is not recorded here.
// The people who share a room or a team with a positive are named after him.
func natPositive(c *Case) Finding {
	people := c.Housed()
	found := make(map[roster.WorkerID]bool)
	t := c.screened(locale.Say("无阳性"), func(t *tally, p *Person) {
		r := c.ownPositive(p)
		if r == nil {
			t.pass()
			return
		}
		found[p.WorkerID] = true
		s := p.subject(locale.Say("%s（%s）", word(r), c.sampled(r)), locale.Say("阴性"))
		s.Since = known(r)
		t.fail(s)
	})
	if t.failed > 0 {
		t.finding.Suspend = true
		contacts := c.contacts(t, people, found)
		t.observed(locale.Say("阳性%d人，密接%d人", t.failed, contacts))
		t.say(Fail, locale.Say("%d人核酸阳性，建议停工", t.failed))
	}
	return t.finish()
}

// ownPositive gives the newest positive of a person's own tube; nil when there is none.
func (c *Case) ownPositive(p *Person) *screening.Result {
	for r, outcome := range c.samples(p) {
		if outcome == screening.Positive && !r.Pooled() {
			return r
		}
	}
	return nil
}

// crew is what makes people team-mates: teams of two employers may bear the same name.
type crew struct{ employer, team string }

// contacts names those who share a room or a team with a positive and counts them.
func (c *Case) contacts(t *tally, people []Person, positive map[roster.WorkerID]bool) int {
	rooms, crews := make(map[housing.RoomID]bool), make(map[crew]bool)
	for _, p := range people {
		if positive[p.WorkerID] {
			rooms[p.RoomID], crews[crew{p.Employer, p.Team}] = p.RoomID != 0, p.Team != ""
		}
	}
	n := 0
	for i := range people {
		p := &people[i]
		observed := closeness(rooms[p.RoomID], crews[crew{p.Employer, p.Team}])
		if !positive[p.WorkerID] && !observed.IsZero() {
			t.contact(p.subject(observed, locale.Phrase{}))
			n++
		}
	}
	return n + c.guestContacts(t, rooms)
}

func (c *Case) guestContacts(t *tally, rooms map[housing.RoomID]bool) int {
	n := 0
	for _, r := range c.Rooms {
		if !rooms[r.ID] {
			continue
		}
		for _, s := range c.StaysIn(r.ID) {
			for _, g := range c.Guests {
				if g.WorkerID == s.WorkerID && g.Present(c.At) {
					p := Person{Enrolment: g, RoomName: r.Number}
					t.contact(p.subject(closeness(true, false), locale.Phrase{}))
					n++
				}
			}
		}
	}
	return n
}

func closeness(room, team bool) locale.Phrase {
	switch {
	case room && team:
		return locale.Say("密接：同宿舍、同班组")
	case room:
		return locale.Say("密接：同宿舍")
	case team:
		return locale.Say("密接：同班组")
	}
	return locale.Phrase{}
}

// poolRecheck: whoever shared a tube that was not negative is cleared by a negative of his own tube sampled after it, or
// becomes a positive himself.
func poolRecheck(c *Case) Finding {
	t := c.screened(locale.Say("混管异常后本人单管阴性"), func(t *tally, p *Person) {
		pool, cleared := c.pool(p)
		if pool == nil || cleared != nil {
			t.pass()
			if cleared != nil {
				t.mend(Mend{Kind: Worker, ID: int64(p.WorkerID), Name: p.Name, At: known(cleared)})
			}
			return
		}
		observed := locale.Say("%s（%s）", word(pool), c.sampled(pool))
		if pool.Tube != "" {
			observed = locale.Say("%s（%s，%s）", word(pool), pool.Tube, c.sampled(pool))
		}
		s := p.subject(observed, locale.Say("本人单管阴性"))
		s.Since = known(pool)
		t.fail(s)
	})
	t.say(Fail, locale.Say("%d人混管异常待单管复核", t.failed))
	return t.finish()
}

// pool gives the newest shared tube of a person that was not negative, and the first result of his own tube that settles it;
// nil for what there is not.
func (c *Case) pool(p *Person) (bad, settled *screening.Result) {
	for r, outcome := range c.samples(p) {
		if r.Pooled() && outcome != screening.Pending && outcome != screening.Negative {
			bad = r
			break
		}
	}
	if bad == nil {
		return nil, nil
	}
	for r, outcome := range c.samples(p) {
		if r.SampledAt <= bad.SampledAt {
			break
		}
		if !r.Pooled() && (outcome == screening.Negative || outcome == screening.Positive) {
			settled = r
		}
	}
	return bad, settled
}

// inconclusive: the latest result of nobody's own tube is suspect or invalid; such a result counts as no test.
func inconclusive(c *Case) Finding {
	t := c.screened(locale.Say("单管结果明确"), func(t *tally, p *Person) {
		for r, outcome := range c.samples(p) {
			if r.Pooled() || outcome == screening.Pending {
				continue
			}
			if outcome == screening.Suspect || outcome == screening.Invalid {
				s := p.subject(locale.Say("%s（%s）", word(r), c.sampled(r)), locale.Say("重新采样"))
				s.Since = known(r)
				t.fail(s)
				return
			}
			break
		}
		t.pass()
	})
	t.say(Fail, locale.Say("%d人结果可疑或无效，视为未检", t.failed))
	return t.finish()
}

// unreported: the newest sample of nobody waits for its result longer than unreported_warn_h; longer than unreported_block_h
// blocks, and the person is isolated. A sample older than is read back for the cadence is given up.
func unreported(c *Case) Finding {
	u := &c.rules
	warn, block := hours(u.UnreportedWarn), hours(u.UnreportedBlock)
	samples := false
	t := c.each(locale.Say("%d小时内出结果", warn), func(t *tally, p *Person) {
		r := c.waiting(p)
		samples = samples || r != nil || c.latestFinal(p) != nil
		if r == nil {
			t.pass()
			return
		}
		c.await(t, p, r)
	})
	if !samples {
		t.silent(locale.Say("无核酸采样记录"))
	}
	t.say(Fail, locale.Say("%d人采样超过%d小时未出结果", t.failed, block))
	t.say(Warned, locale.Say("%d人采样超过%d小时未出结果", t.warned, warn))
	return t.finish()
}

// await judges how long a sample has been waiting for its result.
func (c *Case) await(t *tally, p *Person, r *screening.Result) {
	warns, blocks := r.SampledAt.Add(c.rules.UnreportedWarn), r.SampledAt.Add(c.rules.UnreportedBlock)
	c.until(warns)
	c.until(blocks)
	if c.At <= warns {
		t.pass()
		return
	}
	observed := locale.Say("%s未出结果（%s）", lasting(c.At.Sub(r.SampledAt)), c.sampled(r))
	if c.At <= blocks {
		s := p.subject(observed, locale.Say("%d小时", hours(c.rules.UnreportedWarn)))
		s.Since = warns
		t.warn(s)
		return
	}
	s := p.subject(observed, locale.Say("%d小时，按Ⅰ类隔离", hours(c.rules.UnreportedBlock)))
	s.Since = blocks
	t.fail(s)
}

// waiting gives a person's newest sample if its result is still to come, else nil.
func (c *Case) waiting(p *Person) *screening.Result {
	for r, outcome := range c.samples(p) {
		sight := r.SampledAt.Add(cadenceSpan(c.rules))
		if outcome != screening.Pending || c.At > sight {
			return nil
		}
		c.until(sight)
		return r
	}
	return nil
}
