// The time that all threads agree on and that nobody can set: a wall clock may jump, and requests that wait must not be late
// for it, nor wait for ever.

/** Milliseconds since some moment before this process began, the same in all of its threads. */
export function steadyMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
