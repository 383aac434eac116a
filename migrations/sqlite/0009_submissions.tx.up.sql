-- Checklists as they were handed in, numbered within their day. The answers are those of the section, the day and the instant in
-- the table of answers. What the device's clock showed is kept, and never used: what counts is when the program received it.
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  date TEXT NOT NULL,
  version BIGINT NOT NULL,
  submitted_at BIGINT NOT NULL,
  device_at BIGINT,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  UNIQUE (section_id, date, version),
  UNIQUE (section_id, date, submitted_at)
);
--bun:split
INSERT INTO submissions (section_id, date, version, submitted_at, recorded_at, recorded_by)
SELECT a.section_id, a.date, ROW_NUMBER() OVER (PARTITION BY a.section_id, a.date ORDER BY a.submitted_at), a.submitted_at,
  MIN(a.recorded_at), COALESCE(MIN(b.recorded_by), '')
FROM answers a LEFT JOIN batches b ON b.id = a.batch_id
WHERE a.superseded_at IS NULL
GROUP BY a.section_id, a.date, a.submitted_at;
