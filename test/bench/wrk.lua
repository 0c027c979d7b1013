-- What wrk sends, and how it reports: arguments are the method, the size of the body in bytes, the path, and then for each
-- request of the cycle its host and its cookies ("" for none). One request only is not made anew each time.
function init(args)
  wrk.method = args[1]
  wrk.path = args[3]
  if tonumber(args[2]) > 0 then wrk.body = string.rep("x", tonumber(args[2])) end

  local requests = {}
  for i = 4, #args, 2 do
    wrk.headers["Host"] = args[i]
    wrk.headers["Cookie"] = args[i + 1] ~= "" and args[i + 1] or nil
    requests[#requests + 1] = wrk.format()
  end
  if #requests == 1 then return end

  local turn = 0
  request = function()
    turn = turn % #requests + 1
    return requests[turn]
  end
end

function done(summary, latency)
  local e = summary.errors
  local broken = e.connect + e.read + e.write + e.timeout
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, e.status, broken,
    latency:percentile(50), latency:percentile(99)))
end
