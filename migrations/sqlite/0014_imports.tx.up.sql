-- Tables are taken in over the web, by people who see a part of the district only. A batch tells how it came, whether whoever
-- brought it saw the whole district, and what was wrong with its rows (sealed: the messages name people); batch_scopes lists
-- what was seen by those who did not, and batch_touched the sections whose facts it changed.
ALTER TABLE batches ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';
--bun:split
ALTER TABLE batches ADD COLUMN everywhere BOOLEAN NOT NULL DEFAULT TRUE;
--bun:split
ALTER TABLE batches ADD COLUMN problems_sealed BLOB;
--bun:split
CREATE TABLE batch_scopes (
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  section_id BIGINT NOT NULL REFERENCES sections (id),
  PRIMARY KEY (batch_id, section_id)
);
--bun:split
CREATE TABLE batch_touched (
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  section_id BIGINT NOT NULL REFERENCES sections (id),
  PRIMARY KEY (batch_id, section_id)
);
--bun:split
-- The same row may be kept aside for people who see different parts of the district; scope names the part, empty: the whole.
ALTER TABLE quarantined ADD COLUMN scope TEXT NOT NULL DEFAULT '';
--bun:split
DROP INDEX quarantined_open;
--bun:split
CREATE UNIQUE INDEX quarantined_open ON quarantined (kind, scope, row_lookup) WHERE decided_at IS NULL;
--bun:split
-- Files between their preview and the word to take them in, for an hour, each for its user alone. The file goes when it was
-- taken in; what was wrong with its rows can be fetched until the hour is over.
CREATE TABLE uploads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,
  user_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  content_sealed BLOB,
  preview_sealed BLOB NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  recorded_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
--bun:split
CREATE INDEX uploads_user ON uploads (user_id);
--bun:split
CREATE INDEX uploads_expiry ON uploads (expires_at);
