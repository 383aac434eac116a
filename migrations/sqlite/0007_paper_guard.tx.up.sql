-- An issued paper stays as it was issued: only what has become of it may be added.
CREATE TRIGGER papers_keep_all BEFORE DELETE ON papers BEGIN
  SELECT RAISE(ABORT, 'issued papers are kept for ever');
END;
--bun:split
CREATE TRIGGER papers_keep_content BEFORE UPDATE OF id, year, number, section_id, copy, content, content_hash, signature, key_id, pdf,
  pdf_hash, pdf_signature, audit_seq, audit_mac, issued_at, issued_by, issue_key ON papers BEGIN
  SELECT RAISE(ABORT, 'issued papers stay as they were issued');
END;
