-- For people at a SQL prompt: what is current, with times as a clock in Shanghai shows them. The program never reads
-- these, and no sealed column is in them.

CREATE VIEW v_sections AS
SELECT s.id, s.code, v.name, v.project_code, v.project_name, v.street, v.community, v.state, v.occasion,
  to_char(to_timestamp(s.facts_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS facts_at,
  to_char(to_timestamp(s.evaluated_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS evaluated_at
FROM sections s JOIN section_versions v ON v.section_id = s.id AND v.superseded_at IS NULL;
--bun:split
CREATE VIEW v_roster AS
SELECT e.id, s.code AS section, w.id AS worker, w.name, e.employer, e.team, e.trade, e.category, e.lodging, e.room,
  to_char(to_timestamp(e.entered_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS entered_at,
  to_char(to_timestamp(e.left_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS left_at,
  to_char(to_timestamp(e.recorded_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at
FROM enrolments e JOIN workers w ON w.id = e.worker_id JOIN sections s ON s.id = e.section_id
WHERE e.superseded_at IS NULL;
--bun:split
CREATE VIEW v_results AS
SELECT r.id, r.worker_id AS worker, w.name, r.method,
  CASE r.outcome WHEN 0 THEN 'pending' WHEN 1 THEN 'negative' WHEN 2 THEN 'positive' WHEN 3 THEN 'suspect' ELSE 'invalid' END AS outcome,
  r.tube, r.pool_size,
  to_char(to_timestamp(r.sampled_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS sampled_at,
  to_char(to_timestamp(r.reported_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS reported_at,
  to_char(to_timestamp(r.recorded_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at
FROM results r JOIN workers w ON w.id = r.worker_id
WHERE r.superseded_at IS NULL;
--bun:split
CREATE VIEW v_temperatures AS
SELECT t.id, t.worker_id AS worker, w.name,
  to_char(to_timestamp(t.at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS at,
  t.tenths / 10.0 AS celsius,
  to_char(to_timestamp(t.recorded_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at
FROM temperatures t JOIN workers w ON w.id = t.worker_id
WHERE t.superseded_at IS NULL;
--bun:split
CREATE VIEW v_rooms AS
SELECT r.id, s.code AS section, r.number, v.building, v.use, v.area_cm2 / 10000.0 AS area_m2, v.beds, v.bunk_levels
FROM rooms r JOIN room_versions v ON v.room_id = r.id AND v.superseded_at IS NULL JOIN sections s ON s.id = r.section_id;
--bun:split
CREATE VIEW v_stays AS
SELECT y.id, s.code AS section, r.number AS room, y.worker_id AS worker, w.name,
  to_char(to_timestamp(y.from_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS from_at,
  to_char(to_timestamp(y.until_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS until_at,
  to_char(to_timestamp(y.recorded_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at
FROM stays y JOIN rooms r ON r.id = y.room_id JOIN workers w ON w.id = y.worker_id JOIN sections s ON s.id = y.section_id
WHERE y.superseded_at IS NULL;
--bun:split
CREATE VIEW v_disinfections AS
SELECT d.id, s.code AS section, a.code AS area, v.name, v.kind,
  to_char(to_timestamp(d.at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS at,
  d.agent, d.concentration, d.unit,
  d.minutes, d.operator,
  to_char(to_timestamp(d.recorded_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at
FROM disinfections d JOIN areas a ON a.id = d.area_id JOIN sections s ON s.id = d.section_id
LEFT JOIN area_versions v ON v.area_id = a.id AND v.superseded_at IS NULL
WHERE d.superseded_at IS NULL;
--bun:split
CREATE VIEW v_passages AS
SELECT p.id, s.code AS section, p.worker_id AS worker, w.name,
  to_char(to_timestamp(p.at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS at,
  p.direction, p.reason, p.approver
FROM passages p JOIN workers w ON w.id = p.worker_id JOIN sections s ON s.id = p.section_id
WHERE p.superseded_at IS NULL;
--bun:split
CREATE VIEW v_flags AS
SELECT f.id, s.code AS section, f.code, f.subject, f.name, f.severity, f.reason,
  to_char(to_timestamp(f.since / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS since,
  to_char(to_timestamp(f.raised_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS raised_at,
  to_char(to_timestamp(f.cleared_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS cleared_at,
  to_char(to_timestamp(f.ended_at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS ended_at
FROM flags f JOIN sections s ON s.id = f.section_id;
--bun:split
CREATE VIEW v_verdicts AS
SELECT v.id, s.code AS section,
  to_char(to_timestamp(v.at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS at,
  v.verdict, v.headcount, v.policy, v.policy_version, v.cause,
  to_char(to_timestamp(v.holds_until / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS holds_until
FROM verdicts v JOIN sections s ON s.id = v.section_id;
