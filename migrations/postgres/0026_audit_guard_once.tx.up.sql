-- Entries come by the dozen in one statement, and where the trail ends is looked up once for all of them, not anew for each.
CREATE OR REPLACE FUNCTION audit_grows_at_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  first BIGINT;
  final BIGINT;
  many BIGINT;
  before BIGINT;
  after BIGINT;
BEGIN
  SELECT MIN(seq), MAX(seq), COUNT(*) INTO first, final, many FROM added;
  IF many = 0 THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT (SELECT COALESCE(MAX(seq), 0) FROM %1$I.audit WHERE seq < $1), (SELECT MAX(seq) FROM %1$I.audit)', TG_TABLE_SCHEMA)
    INTO before, after USING first;
  IF first <> before + 1 OR final <> before + many OR final <> after THEN
    RAISE EXCEPTION 'the audit trail only grows at its end';
  END IF;
  RETURN NULL;
END
$$;
--bun:split
DROP TRIGGER audit_grows_at_its_end ON audit;
--bun:split
CREATE TRIGGER audit_grows_at_its_end AFTER INSERT ON audit REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION audit_grows_at_its_end();
