-- What one actor did of a kind, of late.
CREATE INDEX audit_actor ON audit (actor, action, at);
