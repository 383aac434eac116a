-- How a user wants pages to be: empty means as the browser asks, and light.
ALTER TABLE users ADD COLUMN lang TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT '';
