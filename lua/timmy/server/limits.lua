--- Every limit of the bridge: its default, its range, and the effect of changing it.
return {
  -- Peers whose handshake is done. Higher: one more system call for each peer in each poll.
  max_peers = { default = 32, low = 1, high = 1024, whole = true },
  -- Further connections, in the handshake; when there are this many, the oldest is closed for the next one. Higher: a
  -- distant client has more time during a flood of strangers, and each costs a system call in each poll.
  max_handshakes = { default = 32, low = 1, high = 1024, whole = true },
  -- A peer whose handshake takes longer is closed: lower it where strangers can reach the port.
  handshake_s = { default = 2, low = 0.05, high = 60 },
  -- The delay of the answer to a wrong token: it limits guesses to max_handshakes in that time. Keep it below a second,
  -- or libzmq's clients take the refusal for silence.
  refusal_delay_s = { default = 0.5, low = 0, high = 10 },
  -- A larger frame closes its peer; clients send small ones.
  frame_bytes = { default = 65536, low = 512, high = 16777216, whole = true },
  -- One payload, and the empty delimiter that REQ sends before it.
  message_parts = { default = 2, low = 2, high = 16, whole = true },
  -- The most output that waits for a slow reader before it is closed: a few full snapshots.
  pending_bytes = { default = 1048576, low = 4096, high = 268435456, whole = true },
  -- With more output waiting, a slow reader's perceptions wait and are merged. Lower: fresher perceptions; higher: a
  -- better used connection.
  backlog_bytes = { default = 65536, low = 1024, high = 16777216, whole = true },
  -- Frames of one peer handled in one poll. Higher: a busy peer is served before the others.
  messages_per_poll = { default = 32, low = 1, high = 10000, whole = true },
  -- Bytes read from one peer in one poll.
  read_bytes_per_poll = { default = 16384, low = 64, high = 1048576, whole = true },
  -- A poll that took this long leaves the rest to the next poll. Higher: answers come sooner, and the game has less
  -- time.
  poll_budget_ms = { default = 0.5, low = 0.05, high = 100 },
  -- How often the bridge sends PING to a peer.
  heartbeat_interval_s = { default = 2, low = 0.05, high = 3600 },
  -- A peer that is silent this long is closed; keep it above two intervals.
  heartbeat_timeout_s = { default = 6, low = 0.1, high = 86400 },
  -- How long a command's result is remembered for repeats: a client never repeats an older command.
  remember_s = { default = 600, low = 1, high = 86400 },
  -- Results remembered, of all clients together; when all are younger than remember_s, commands are answered
  -- `overloaded`. One client may fill seven eighths: the default allows 145 commands a second permanently. A usual
  -- result takes 230 bytes.
  remembered = { default = 100000, low = 1, high = 10000000, whole = true },
  -- The same in bytes, for long results.
  remembered_bytes = { default = 33554432, low = 65536, high = 1073741824, whole = true },
  -- The timer's interval while a client is connected: it limits the round trip.
  poll_ms = { default = 1, low = 1, high = 1000, whole = true },
  -- The timer's interval without a client: it limits how soon a connection is noticed.
  idle_poll_ms = { default = 10, low = 1, high = 1000, whole = true },
}
