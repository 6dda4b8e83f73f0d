/**
 * Scripts of presence in Redis; KEYS[1] is the prefix of all its keys, which share a slot of a cluster. For each user there is a sorted set of
 * sockets by the time when they expire, for all users one by the last of these times, and a hash of when each was seen last. Who came online, or
 * went, is in a sorted set by a number that counts such changes.
 */
const PREAMBLE = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local users, seen = KEYS[1] .. ':users', KEYS[1] .. ':seen'
local changes, count = KEYS[1] .. ':changes', KEYS[1] .. ':changes:count'
local function sockets(user) return KEYS[1] .. ':sockets:' .. user end
local function changed(user) redis.call('zadd', changes, redis.call('incr', count), user) end`

/** ARGV: milliseconds to live, then a user and a socket, again and again. */
export const BEAT = `${PREAMBLE}
local ttl = tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
  local user = ARGV[i]
  redis.call('zadd', sockets(user), now + ttl, ARGV[i + 1])
  redis.call('pexpire', sockets(user), 2 * ttl)
  redis.call('hset', seen, user, now)
  if redis.call('zadd', users, now + ttl, user) == 1 then changed(user) end
end`

/** ARGV: a user and a socket. */
export const LEAVE = `${PREAMBLE}
local user = ARGV[1]
if redis.call('zrem', sockets(user), ARGV[2]) == 0 then return end
redis.call('zremrangebyscore', sockets(user), '-inf', now)
redis.call('hset', seen, user, now)
if redis.call('zcard', sockets(user)) == 0 and redis.call('zrem', users, user) == 1 then changed(user) end`

/**
 * ARGV: the number of the last change that the caller knows, -1 for none, the id of the data that it counts in, and a new
 * id, which a Redis without data takes. Notes first whose sockets have all expired. Returns the number of the last change, the id, and the users of the changes since, of which
 * 10,000 are kept. A Redis that has forgotten what the caller knows returns all that it has; callers that know none get none.
 */
export const LOOK = `${PREAMBLE}
for _, user in ipairs(redis.call('zrangebyscore', users, '-inf', now, 'limit', 0, 500)) do
  redis.call('zrem', users, user)
  changed(user)
end
redis.call('zremrangebyrank', changes, 0, -10001)
local last, known = tonumber(redis.call('get', count) or '0'), tonumber(ARGV[1])
redis.call('set', KEYS[1] .. ':id', ARGV[3], 'NX')
local id = redis.call('get', KEYS[1] .. ':id')
if known < 0 then return {last, id, {}} end
if id ~= ARGV[2] or known > last then known = 0 end
return {last, id, redis.call('zrangebyscore', changes, '(' .. known, '+inf')}`

/** ARGV: users. For each: how many sockets are connected, and when the user was seen last. */
export const READ = `${PREAMBLE}
local answer = {}
for i, user in ipairs(ARGV) do
  answer[i] = {redis.call('zcount', sockets(user), '(' .. now, '+inf'), redis.call('hget', seen, user)}
end
return answer`
