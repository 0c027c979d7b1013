// A session's parameter in the URL, as servlet containers write it: `/cart;jsessionid=A.s1`, or in the query. Apache finds
// it by searching the text, and takes `XROUTEID=` for `ROUTEID=`; here names are compared whole.

/** Where a parameter may stand. */
export interface Target {
  readonly path: string
  readonly query: string | undefined
}

/**
 * What `accept` makes of the first value of that name it takes: those behind a `;` in the path, then those of the query.
 * @param endsAtSemicolon a value in the path ends at the next `;` (Apache's scolonpathdelim), else at the end of the segment
 */
export function findInUrl<T>(
  { path, query }: Target,
  name: string,
  endsAtSemicolon: boolean,
  accept: (value: string) => T | undefined,
): T | undefined {
  const mark = `;${name}=`
  for (let at = path.indexOf(mark); at !== -1; at = path.indexOf(mark, at + 1)) {
    const start = at + mark.length
    const found = accept(decoded(path.slice(start, endOf(path, start, endsAtSemicolon))))
    if (found !== undefined) return found
  }
  return query === undefined || !query.includes(`${name}=`) ? undefined : findInQuery(query, name, accept)
}

function findInQuery<T>(query: string, name: string, accept: (value: string) => T | undefined): T | undefined {
  for (const pair of query.split('&')) {
    if (!pair.startsWith(name) || pair[name.length] !== '=') continue
    const found = accept(decoded(pair.slice(name.length + 1)))
    if (found !== undefined) return found
  }
  return undefined
}

function endOf(path: string, start: number, endsAtSemicolon: boolean): number {
  const slash = path.indexOf('/', start)
  const segment = slash === -1 ? path.length : slash
  const semicolon = endsAtSemicolon ? path.indexOf(';', start) : -1
  return semicolon === -1 ? segment : Math.min(semicolon, segment)
}

function decoded(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    // Not an escape: then it is the text itself, and no member is called so.
    return value
  }
}
