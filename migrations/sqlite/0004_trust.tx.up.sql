-- Who may do what where. Passwords, tokens and sessions are kept as hashes only; what belongs to a user is never deleted,
-- only disabled or revoked, so that the audit trail keeps its names.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  password_at BIGINT NOT NULL,
  totp_sealed BLOB,
  totp_step BIGINT NOT NULL,
  row_key TEXT NOT NULL UNIQUE,
  epoch BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  disabled_at BIGINT
);
--bun:split
CREATE TABLE user_scopes (
  user_id BIGINT NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (user_id, kind, place)
);
--bun:split
-- Failed sign-ins of a name since the last success, whether there is a user of that name or not: both answer alike. The name
-- is a keyed hash, for people type passwords into the wrong field.
CREATE TABLE sign_in_attempts (
  name_lookup BLOB NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL
);
--bun:split
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  epoch BIGINT NOT NULL,
  form_token TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  totp_pending BOOLEAN NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
--bun:split
CREATE INDEX sessions_user ON sessions (user_id);
--bun:split
CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  read_only BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  revoked_at BIGINT
);
--bun:split
-- Links that work once: setup of the first admin, and a user's own choice of a password.
CREATE TABLE one_time_links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
--bun:split
-- The answer to a creating request, kept so that the same key gives the same answer. It may name people, so it is sealed, and
-- what tells requests apart is a keyed hash.
CREATE TABLE answers_kept (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  idempotency_key TEXT NOT NULL,
  request_lookup BLOB NOT NULL,
  status INTEGER NOT NULL,
  body_sealed BLOB,
  recorded_at BIGINT NOT NULL,
  UNIQUE (user_id, idempotency_key)
);
--bun:split
CREATE TABLE audit (
  seq BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  address TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  mac TEXT NOT NULL
);
--bun:split
CREATE TABLE checkpoints (
  seq BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  mac TEXT NOT NULL,
  note TEXT NOT NULL
);
--bun:split
-- Issued papers: the bytes as they were issued, for ever. Numbers run without a gap within a year. What a paper says stands in
-- its content, which is signed; the columns beside it serve to find it.
CREATE TABLE papers (
  id TEXT NOT NULL PRIMARY KEY,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  copy TEXT NOT NULL,
  content TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  signature BLOB NOT NULL,
  key_id TEXT NOT NULL,
  pdf BLOB NOT NULL,
  pdf_hash TEXT NOT NULL UNIQUE,
  pdf_signature BLOB NOT NULL,
  audit_seq BIGINT NOT NULL,
  audit_mac TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  issued_by TEXT NOT NULL,
  issue_key TEXT UNIQUE,
  superseded_by TEXT REFERENCES papers (id),
  superseded_at BIGINT,
  revoked_at BIGINT,
  revoked_for TEXT NOT NULL,
  UNIQUE (year, number)
);
--bun:split
CREATE INDEX papers_section ON papers (section_id, issued_at);
