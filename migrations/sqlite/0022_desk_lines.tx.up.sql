-- Problems were JSON, which took longer to read for a page of the list than all else together. They are a line each now: code,
-- status, severity, how many of how many are in order, how many subjects.
UPDATE standings SET problems = COALESCE((SELECT group_concat(
    (j.value ->> 'code') || ' ' || (j.value ->> 'status') || ' ' || (j.value ->> 'severity') || ' ' || COALESCE(j.value ->> 'have', 0) || ' ' ||
    COALESCE(j.value ->> 'of', 0) || ' ' || COALESCE(j.value ->> 'subjects', 0), char(10) ORDER BY j.key)
  FROM json_each(standings.problems) AS j), '');
--bun:split
-- Searching looks at every section in scope. The indexes by which lists are counted and ordered hold the text that is searched, so that
-- it is looked at in order and no row is fetched for it.
DROP INDEX standings_level;
--bun:split
DROP INDEX standings_code;
--bun:split
DROP INDEX standings_counts;
--bun:split
CREATE INDEX standings_level ON standings (level, problem_count, code, street, search);
--bun:split
CREATE INDEX standings_code ON standings (code, street, level, verdict, search);
--bun:split
CREATE INDEX standings_counts ON standings (street, level, state, reason, headcount, housed_on_site, section_id, search);
