/** True when a segment of the path is `.` or `..`: such a path means another one to whoever resolves it (RFC 3986 5.2.4). */
export function hasDotSegment(path: string): boolean {
  for (let start = path.indexOf('/.'); start !== -1; start = path.indexOf('/.', start + 1)) {
    const end = path[start + 2] === '.' ? start + 3 : start + 2
    if (end === path.length || path[end] === '/') return true
  }
  return false
}
