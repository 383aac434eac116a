-- The audit trail only grows, one entry after the other. Whoever has the database can take these guards away; what he does
-- then shows in the chain.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME;
END
$$;
--bun:split
CREATE FUNCTION audit_grows_at_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last BIGINT;
BEGIN
  EXECUTE format('SELECT COALESCE(MAX(seq), 0) FROM %I.audit', TG_TABLE_SCHEMA) INTO last;
  IF NEW.seq <> last + 1 THEN
    RAISE EXCEPTION 'the audit trail only grows at its end';
  END IF;
  RETURN NEW;
END
$$;
--bun:split
CREATE TRIGGER audit_keeps_all BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--bun:split
CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_grows_at_its_end();
--bun:split
CREATE TRIGGER checkpoints_keep_all BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
