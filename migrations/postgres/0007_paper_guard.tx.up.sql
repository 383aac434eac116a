-- An issued paper stays as it was issued: only what has become of it may be added.
CREATE TRIGGER papers_keep_all BEFORE DELETE ON papers FOR EACH ROW EXECUTE FUNCTION refuse_change();
--bun:split
CREATE TRIGGER papers_keep_content BEFORE UPDATE OF id, year, number, section_id, copy, content, content_hash, signature, key_id, pdf,
  pdf_hash, pdf_signature, audit_seq, audit_mac, issued_at, issued_by, issue_key ON papers
FOR EACH ROW EXECUTE FUNCTION refuse_change();
