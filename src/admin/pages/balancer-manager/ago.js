// Times that grow by themselves: one tick a second for all of them, and only their own text is drawn again.
import { h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { span } from './format.js'

const watchers = new Set()
let aheadMs = 0

setInterval(() => {
  for (const watch of watchers) watch(Date.now())
}, 1000)

/** Times are Muster's, whose clock need not be that of this browser. */
export function setServerTime(at) {
  aheadMs = at - Date.now()
}

/** How long it is since `at`, by Muster's clock. */
export function Ago({ at }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    watchers.add(setNow)
    return () => watchers.delete(setNow)
  }, [])
  return h('span', { class: 'ago' }, span(now + aheadMs - at))
}
