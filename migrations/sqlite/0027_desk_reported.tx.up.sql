-- How many sections have reported on a day is counted by merging two lists in the order of sections: those at work and the day's
-- submissions. Without this index the first of them is read from the rows themselves, which are wide.
CREATE INDEX standings_working ON standings (section_id, state, street, code);
