-- How each section stands, in one narrow row, so that a list of thousands filters, sorts, counts and pages by its indexes. Every
-- column is worked out from sections, section_versions, verdicts and the report last saved; whoever writes one of those writes here.
CREATE TABLE standings (
  section_id INTEGER PRIMARY KEY REFERENCES sections (id),
  code TEXT NOT NULL,
  street TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  title TEXT NOT NULL,
  search TEXT NOT NULL,
  level INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  headcount BIGINT NOT NULL,
  housed_on_site BIGINT NOT NULL,
  problem_count BIGINT NOT NULL,
  since BIGINT NOT NULL,
  digest TEXT NOT NULL,
  problems TEXT NOT NULL
);
--bun:split
CREATE INDEX standings_level ON standings (level, problem_count, code, street);
--bun:split
CREATE INDEX standings_code ON standings (code, street, level, verdict);
--bun:split
CREATE INDEX standings_heads ON standings (headcount, code, street, level);
--bun:split
CREATE INDEX standings_counts ON standings (street, level, state, reason, headcount, housed_on_site, section_id);
--bun:split
INSERT INTO standings (section_id, code, street, state, reason, title, search, level, verdict, headcount, housed_on_site, problem_count, since, digest, problems)
SELECT s.id, s.code, v.street, v.state, v.not_resumed_reason, v.project_name || ' ' || v.name,
  LOWER(s.code || ' ' || v.project_code || ' ' || v.project_name || ' ' || v.name || ' ' || v.contractor), 2, '', 0, 0, 0, 0, '', '[]'
FROM sections s JOIN section_versions v ON v.section_id = s.id AND v.superseded_at IS NULL;
--bun:split
UPDATE standings SET
  verdict = (SELECT v.verdict FROM verdicts v WHERE v.section_id = standings.section_id ORDER BY v.id DESC LIMIT 1),
  headcount = (SELECT v.headcount FROM verdicts v WHERE v.section_id = standings.section_id ORDER BY v.id DESC LIMIT 1),
  housed_on_site = (SELECT v.housed_on_site FROM verdicts v WHERE v.section_id = standings.section_id ORDER BY v.id DESC LIMIT 1),
  since = (SELECT v.at FROM verdicts v WHERE v.section_id = standings.section_id ORDER BY v.id DESC LIMIT 1)
WHERE EXISTS (SELECT 1 FROM verdicts v WHERE v.section_id = standings.section_id);
--bun:split
UPDATE standings SET level = CASE verdict WHEN 'met' THEN 0 WHEN 'conditional' THEN 1 ELSE
  CASE WHEN EXISTS (SELECT 1 FROM flags f WHERE f.section_id = standings.section_id AND f.cleared_at IS NULL AND f.severity = 'block' AND f.status = 2) THEN 3 ELSE 2 END END;
--bun:split
CREATE INDEX submissions_day ON submissions (date, section_id);
--bun:split
CREATE INDEX verdicts_strip ON verdicts (section_id, at, id, verdict);
--bun:split
-- Where somebody means to go on a day, in the order of the visits.
CREATE TABLE route_stops (
  user_id BIGINT NOT NULL REFERENCES users (id),
  day TEXT NOT NULL,
  place BIGINT NOT NULL,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  PRIMARY KEY (user_id, day, place)
);
