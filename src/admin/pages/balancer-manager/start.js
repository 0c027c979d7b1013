// Starts the page, again if need be. A browser gives up what is under way when its machine's network changes, which a
// container that starts there is enough for, and a page that misses one of its scripts would never come.

const key = 'muster-starts'
const startsMax = 5
const againMs = 500

try {
  await import('./page.js')
  sessionStorage.removeItem(key)
} catch (error) {
  const starts = Number(sessionStorage.getItem(key)) + 1
  // What fails as often is no accident.
  if (starts >= startsMax) throw error
  sessionStorage.setItem(key, starts)
  setTimeout(() => location.reload(), againMs)
}
