-- Of which section a row that is kept aside speaks, as it says itself: only those who see the section may see the row. Rows
-- that name no section, and those kept aside before this was noted, are for those who see the whole district.
ALTER TABLE quarantined ADD COLUMN section_code TEXT NOT NULL DEFAULT '';
