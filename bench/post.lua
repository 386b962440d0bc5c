-- wrk: POST the file named by BODY with the headers in HEADERS ("Name: value" lines). FRESH names text that ends with nine
-- digits: they are counted up with every request, wherever it stands in the body; with TIMES, only after so many requests.
local file = assert(io.open(os.getenv("BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"
for name, value in (os.getenv("HEADERS") or ""):gmatch("([^:\n]+): ([^\n]+)") do
  wrk.headers[name] = value
end

local fresh = os.getenv("FRESH") or ""
if fresh ~= "" then
  local words, first = fresh:sub(1, -10), os.time() % 1000 * 1000000
  local asked, times = 0, tonumber(os.getenv("TIMES") or "1")
  function request()
    asked = asked + 1
    local count = first + math.floor((asked - 1) / times)
    return wrk.format(nil, nil, nil, (wrk.body:gsub(fresh, words .. string.format("%09d", count))))
  end
end

-- wrk calls a status of 400 or more an error and says how many; a gateway that answers fast because it refuses must
-- not look good.
function done(summary, latency)
  io.write(string.format(
    "RESULT requests=%d microseconds=%d status=%d socket=%d p50=%d p99=%d\n",
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
