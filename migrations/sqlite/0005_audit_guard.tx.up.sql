-- The audit trail only grows, one entry after the other. Whoever has the database can take these guards away; what he does
-- then shows in the chain.
CREATE TRIGGER audit_keeps_entries BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows');
END;
--bun:split
CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows');
END;
--bun:split
CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit) BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows at its end');
END;
--bun:split
CREATE TRIGGER checkpoints_keep_entries BEFORE UPDATE ON checkpoints BEGIN
  SELECT RAISE(ABORT, 'checkpoints stay as they were signed');
END;
--bun:split
CREATE TRIGGER checkpoints_keep_all BEFORE DELETE ON checkpoints BEGIN
  SELECT RAISE(ABORT, 'checkpoints stay as they were signed');
END;
