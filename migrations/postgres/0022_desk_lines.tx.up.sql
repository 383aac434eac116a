-- Problems were JSON, which took longer to read for a page of the list than all else together. They are a line each now: code,
-- status, severity, how many of how many are in order, how many subjects.
UPDATE standings SET problems = COALESCE((SELECT string_agg(
    (e.value ->> 'code') || ' ' || (e.value ->> 'status') || ' ' || (e.value ->> 'severity') || ' ' || COALESCE(e.value ->> 'have', '0') || ' ' ||
    COALESCE(e.value ->> 'of', '0') || ' ' || COALESCE(e.value ->> 'subjects', '0'), chr(10) ORDER BY e.place)
  FROM json_array_elements(standings.problems::json) WITH ORDINALITY AS e (value, place)), '');
