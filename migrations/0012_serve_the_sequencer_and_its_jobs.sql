-- In the order in which events are numbered; a backlog is not sorted anew for every batch.
CREATE INDEX events_unnumbered_in_order ON events (occurred_at, id) WHERE sequence IS NULL;
DROP INDEX events_unnumbered;

-- What has expired is removed from its end on, without reading what stays.
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX revoked_tokens_expiring ON revoked_tokens (expires_at);
CREATE INDEX used_assertions_expiring ON used_assertions (expires_at);
