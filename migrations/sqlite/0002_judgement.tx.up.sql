CREATE TABLE policies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  effective_from BIGINT NOT NULL,
  source TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  UNIQUE (name, version)
);
--bun:split
-- One row per section and run that changed something: what was found, with which rules and which knowledge.
CREATE TABLE verdicts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  at BIGINT NOT NULL,
  known_at BIGINT,
  policy TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  headcount INTEGER NOT NULL,
  housed_on_site INTEGER NOT NULL,
  holds_until BIGINT,
  findings TEXT NOT NULL,
  digest TEXT NOT NULL,
  cause TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
--bun:split
CREATE INDEX verdicts_section ON verdicts (section_id, at);
--bun:split
CREATE TABLE flags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  severity TEXT NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  raised_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  cleared_at BIGINT,
  ended_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX flags_open ON flags (section_id, code, subject) WHERE cleared_at IS NULL;
--bun:split
CREATE INDEX flags_history ON flags (section_id, raised_at);
--bun:split
-- A run of a job: the slot it is for, who claimed it until when, and what came of it. A row past claimed_until that is not
-- finished may be taken over; attempt fences the one who lost it.
CREATE TABLE runs (
  job TEXT NOT NULL,
  slot BIGINT NOT NULL,
  attempt INTEGER NOT NULL,
  holder TEXT NOT NULL,
  claimed_at BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL,
  finished_at BIGINT,
  judged BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (job, slot)
);
--bun:split
CREATE INDEX verdicts_latest ON verdicts (section_id, id);
--bun:split
-- What judging looks for beyond its window, and rows that were current at an earlier knowledge.
CREATE INDEX temperatures_fever ON temperatures (worker_id, at) WHERE tenths >= 370;
--bun:split
CREATE INDEX answers_history ON answers (section_id, date) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE INDEX stays_history ON stays (worker_id) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE INDEX disinfections_history ON disinfections (section_id, area_id, at) WHERE superseded_at IS NOT NULL;
