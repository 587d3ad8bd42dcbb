-- No reference to chats: a sandbox may be made before it is given to a chat, and its row must outlive the
-- chat's until the engine has removed the sandbox itself.
CREATE TABLE sandboxes (
  storage TEXT PRIMARY KEY CHECK (length(storage) = 32),
  image TEXT NOT NULL,
  spec_hash TEXT NOT NULL,
  token TEXT NOT NULL,
  created_ns INTEGER NOT NULL
) STRICT;
