-- By which version of the form a checklist was filled in (0: not told, the one of its day), and how its answers were given, as text
-- that is shown and never searched.
ALTER TABLE submissions ADD COLUMN template BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE submissions ADD COLUMN provenance TEXT NOT NULL DEFAULT '';
