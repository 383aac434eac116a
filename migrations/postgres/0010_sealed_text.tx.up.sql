-- What is written freely about people's health is sealed: why somebody went out of the gate, and the remarks on tests and on
-- health (parts C and D of the checklist). The clear columns stay, empty; the program seals what is still in them when it
-- migrates. The indexes hold what it has yet to do.
ALTER TABLE passages ADD COLUMN reason_sealed BYTEA;
--bun:split
ALTER TABLE answers ADD COLUMN remark_sealed BYTEA;
--bun:split
CREATE INDEX passages_clear ON passages (id) WHERE reason <> '';
--bun:split
CREATE INDEX answers_clear ON answers (id) WHERE remark <> '' AND (item LIKE 'C%' OR item LIKE 'D%');
--bun:split
DROP VIEW v_passages;
--bun:split
CREATE VIEW v_passages AS
SELECT p.id, s.code AS section, p.worker_id AS worker, w.name,
  to_char(to_timestamp(p.at / 1000000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS at,
  p.direction, CASE WHEN p.reason_sealed IS NULL THEN '' ELSE '有' END AS reason, p.approver
FROM passages p JOIN workers w ON w.id = p.worker_id JOIN sections s ON s.id = p.section_id
WHERE p.superseded_at IS NULL;
