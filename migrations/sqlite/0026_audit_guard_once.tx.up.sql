-- Here the guard looks for each entry, as it did: triggers of this database know rows only, and looking is no way to a server.
SELECT 1;
