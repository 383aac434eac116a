-- Photos, as evidence. The pictures are files; each is sealed under a key of its own, which is kept here, and named by the SHA-256
-- of what is in the file. sent_sha256 is that of what came from the phone, sha256 that of the picture as it is shown, phash stays
-- alike when a picture is saved again. A photo is its sender's until a checklist names it; then it is evidence of that section
-- and day.
CREATE TABLE photos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  user_id BIGINT NOT NULL REFERENCES users (id),
  section_id BIGINT REFERENCES sections (id),
  date TEXT,
  sent_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  phash TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  size BIGINT NOT NULL,
  taken_at BIGINT,
  file TEXT NOT NULL UNIQUE,
  key_sealed BLOB NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL
);
--bun:split
CREATE INDEX photos_named ON photos (section_id, date);
--bun:split
CREATE INDEX photos_unnamed ON photos (recorded_at) WHERE section_id IS NULL;
--bun:split
-- Which photos stand with which answer of a checklist, in their order.
CREATE TABLE answer_photos (
  submission_id BIGINT NOT NULL REFERENCES submissions (id),
  photo_id BIGINT NOT NULL REFERENCES photos (id),
  item TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (submission_id, photo_id)
);
--bun:split
CREATE INDEX answer_photos_photo ON answer_photos (photo_id);
