-- Files that are being checked or taken in by a server that goes on after its answer: which of the two, when that server was
-- last heard of, and how many rows of the file are settled. What is done has no row here.
CREATE TABLE upload_works (
  upload_id BIGINT NOT NULL PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
  step TEXT NOT NULL,
  heard_at BIGINT NOT NULL,
  total BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  kept BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0
);
