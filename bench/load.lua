-- Ask one question again and again; where the address has three parts, each time of another thing and in another text.
-- Arguments: what stands before, between and after the two numbers; the first thing, how many there are; where to begin.
local before, between, after, first, things, number

function init(args)
  before, between, after = args[1], args[2], args[3]
  first, things, number = tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
end

function request()
  if between == nil or between == "" then
    return wrk.format("GET", before)
  end
  number = number + 1
  -- A stride that is prime walks through all things in an order that no cache foresees.
  return wrk.format("GET", before .. first + (number * 7919) % things .. between .. number .. after)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.4f, "p50_ms": %.3f, "p99_ms": %.3f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
