-- Instants are microseconds since 1970 UTC, days are text 2006-01-02. An instant, a day or a sealed value that was not
-- given is NULL; a text that was not given is empty; the numbers of 0 and -1 that mean "not given" are said in the code.
-- Every fact row: when it happened, recorded_at, batch_id (who and from which file), and superseded_at (NULL while
-- current). A correction inserts a row and closes the old one; known at K is what holds
--   recorded_at <= K AND (superseded_at IS NULL OR superseded_at > K).
-- Natural keys are unique over current rows, so that taking a file in twice cannot double anything.

CREATE TABLE batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  accepted BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  quarantined BIGINT NOT NULL,
  rejected BIGINT NOT NULL
);
--bun:split
CREATE TABLE sections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL UNIQUE,
  facts_at BIGINT NOT NULL,
  due_at BIGINT,
  evaluated_at BIGINT
);
--bun:split
CREATE INDEX sections_due ON sections (due_at);
--bun:split
CREATE TABLE section_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  name TEXT NOT NULL,
  project_code TEXT NOT NULL,
  project_name TEXT NOT NULL,
  street TEXT NOT NULL,
  community TEXT NOT NULL,
  address TEXT NOT NULL,
  longitude TEXT NOT NULL,
  latitude TEXT NOT NULL,
  datum TEXT NOT NULL,
  owner TEXT NOT NULL,
  contractor TEXT NOT NULL,
  supervisor TEXT NOT NULL,
  manager TEXT NOT NULL,
  phone_sealed BLOB,
  phone_lookup BLOB,
  state TEXT NOT NULL,
  occasion TEXT NOT NULL,
  stopped_on TEXT,
  not_resumed_reason TEXT NOT NULL,
  responsible_unit TEXT NOT NULL,
  expected_on TEXT,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX section_versions_current ON section_versions (section_id) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX section_versions_history ON section_versions (section_id, recorded_at);
--bun:split
CREATE TABLE zones (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL,
  place TEXT NOT NULL,
  level TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT,
  document TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX zones_current ON zones (scope, place, level, from_at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX zones_history ON zones (scope, place) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE TABLE workers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  row_key TEXT NOT NULL UNIQUE,
  number_lookup BLOB NOT NULL UNIQUE,
  number_sealed BLOB NOT NULL,
  doc_type TEXT NOT NULL,
  name TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
--bun:split
CREATE TABLE enrolments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  worker_id BIGINT NOT NULL REFERENCES workers (id),
  entered_at BIGINT NOT NULL,
  left_at BIGINT,
  phone_sealed BLOB,
  phone_lookup BLOB,
  employer TEXT NOT NULL,
  team TEXT NOT NULL,
  trade TEXT NOT NULL,
  category TEXT NOT NULL,
  lodging TEXT NOT NULL,
  offsite_address TEXT NOT NULL,
  room TEXT NOT NULL,
  origin TEXT NOT NULL,
  from_outside INTEGER NOT NULL,
  declared_at BIGINT,
  restricted_until BIGINT,
  epidemic_officer INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX enrolments_current ON enrolments (section_id, worker_id, entered_at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX enrolments_history ON enrolments (section_id, worker_id, entered_at, recorded_at);
--bun:split
CREATE INDEX enrolments_worker ON enrolments (worker_id, section_id);
--bun:split
-- Where a person belongs now, read for every row of a file without touching the table.
CREATE INDEX enrolments_now ON enrolments (worker_id, section_id, left_at) WHERE superseded_at IS NULL;
--bun:split
CREATE TABLE results (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id BIGINT NOT NULL REFERENCES workers (id),
  sampled_at BIGINT NOT NULL,
  tube TEXT NOT NULL,
  method TEXT NOT NULL,
  received_at BIGINT,
  tested_at BIGINT,
  reported_at BIGINT,
  outcome INTEGER NOT NULL,
  pool_size INTEGER NOT NULL,
  point TEXT NOT NULL,
  lab TEXT NOT NULL,
  date_only BOOLEAN NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX results_current ON results (worker_id, sampled_at, tube, method) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX results_history ON results (worker_id, sampled_at, recorded_at) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE INDEX results_abnormal ON results (worker_id) WHERE outcome > 1;
--bun:split
CREATE INDEX results_tube ON results (tube, sampled_at) WHERE superseded_at IS NULL AND tube <> '';
--bun:split
CREATE TABLE temperatures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id BIGINT NOT NULL REFERENCES workers (id),
  at BIGINT NOT NULL,
  tenths INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX temperatures_current ON temperatures (worker_id, at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX temperatures_history ON temperatures (worker_id, at, recorded_at) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE TABLE rooms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  number TEXT NOT NULL,
  UNIQUE (section_id, number)
);
--bun:split
CREATE TABLE room_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id BIGINT NOT NULL REFERENCES rooms (id),
  building TEXT NOT NULL,
  use TEXT NOT NULL,
  area_cm2 BIGINT NOT NULL,
  beds INTEGER NOT NULL,
  bunk_levels INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX room_versions_current ON room_versions (room_id) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX room_versions_history ON room_versions (room_id, recorded_at);
--bun:split
CREATE TABLE stays (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  worker_id BIGINT NOT NULL REFERENCES workers (id),
  room_id BIGINT NOT NULL REFERENCES rooms (id),
  from_at BIGINT NOT NULL,
  until_at BIGINT,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX stays_current ON stays (worker_id, room_id, from_at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX stays_section ON stays (section_id, worker_id, from_at);
--bun:split
CREATE INDEX stays_worker ON stays (worker_id, from_at);
--bun:split
CREATE TABLE areas (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  code TEXT NOT NULL,
  UNIQUE (section_id, code)
);
--bun:split
CREATE TABLE area_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  area_id BIGINT NOT NULL REFERENCES areas (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX area_versions_current ON area_versions (area_id) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX area_versions_history ON area_versions (area_id, recorded_at);
--bun:split
CREATE TABLE disinfections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  area_id BIGINT NOT NULL REFERENCES areas (id),
  at BIGINT NOT NULL,
  agent TEXT NOT NULL,
  concentration INTEGER NOT NULL,
  unit TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  operator TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX disinfections_current ON disinfections (area_id, at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX disinfections_section ON disinfections (section_id, area_id, at);
--bun:split
CREATE TABLE answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  date TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  item TEXT NOT NULL,
  choice INTEGER NOT NULL,
  number TEXT NOT NULL,
  remark TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX answers_current ON answers (section_id, date, item, submitted_at) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX answers_item ON answers (section_id, item, date);
--bun:split
CREATE TABLE stocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  date TEXT NOT NULL,
  item TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  daily_use BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX stocks_current ON stocks (section_id, item, date) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX stocks_history ON stocks (section_id, item, date) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE TABLE passages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  worker_id BIGINT NOT NULL REFERENCES workers (id),
  at BIGINT NOT NULL,
  direction TEXT NOT NULL,
  reason TEXT NOT NULL,
  approver TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX passages_current ON passages (section_id, worker_id, at, direction) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX passages_history ON passages (section_id, worker_id, at) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  section_id BIGINT NOT NULL REFERENCES sections (id),
  type TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  expires_on TEXT,
  recorded_at BIGINT NOT NULL,
  batch_id BIGINT REFERENCES batches (id),
  superseded_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX documents_current ON documents (section_id, type, issued_on) WHERE superseded_at IS NULL;
--bun:split
CREATE INDEX documents_history ON documents (section_id, type, issued_on) WHERE superseded_at IS NOT NULL;
--bun:split
CREATE TABLE quarantined (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  kind TEXT NOT NULL,
  sheet TEXT NOT NULL,
  line BIGINT NOT NULL,
  code TEXT NOT NULL,
  column_name TEXT NOT NULL,
  message TEXT NOT NULL,
  row_key TEXT NOT NULL,
  row_sealed BLOB NOT NULL,
  row_lookup BLOB NOT NULL,
  recorded_at BIGINT NOT NULL,
  decided_at BIGINT,
  decision TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX quarantined_open ON quarantined (kind, row_lookup) WHERE decided_at IS NULL;
--bun:split
-- A constant sealed with the keys this database belongs to: another key is refused before it writes anything.
CREATE TABLE key_check (
  id INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
);
