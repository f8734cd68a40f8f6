-- A client may have only so many uploads under way; they are counted whenever it begins another.
CREATE INDEX attachment_uploads_open ON attachment_uploads (client_id) WHERE status IN ('receiving', 'checking');
