// Requests a second over the last minute as a small picture, with the latest figure beside it.
import { h } from 'preact'

const width = 72
const height = 24
const seconds = 60

/** One scale for the members of a balancer, so that they compare; in steps, so that a row at rest is not drawn again. */
export function commonPeak(members) {
  const peak = Math.max(1, ...members.map(({ perSecond }) => Math.max(0, ...(perSecond ?? []))))
  const step = 10 ** Math.floor(Math.log10(peak))
  return Math.ceil(peak / step) * step
}

export function Sparkline({ perSecond = [], peak }) {
  const latest = perSecond.at(-1) ?? 0
  const shown = latest > 0 && latest < 10 ? latest.toFixed(1).replace('.0', '') : String(Math.round(latest))
  return h('span', { class: 'spark' }, [
    h('svg', { viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true', preserveAspectRatio: 'none' }, [
      h('path', { class: 'area', d: area(perSecond, peak) }),
      h('path', { class: 'line', 'vector-effect': 'non-scaling-stroke', d: line(perSecond, peak) }),
    ]),
    h('span', { class: 'rate' }, shown),
  ])
}

/** The newest is at the right, whether there is a minute of them or not. */
function points(perSecond, peak) {
  const first = seconds - perSecond.length
  return perSecond.map((value, i) => {
    const x = ((first + i) / (seconds - 1)) * width
    const y = height - 1 - Math.min(1, value / peak) * (height - 2)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
}

function line(perSecond, peak) {
  return perSecond.length > 1 ? `M${points(perSecond, peak).join('L')}` : ''
}

function area(perSecond, peak) {
  if (perSecond.length < 2) return ''
  const start = (((seconds - perSecond.length) / (seconds - 1)) * width).toFixed(1)
  return `M${start} ${height}L${points(perSecond, peak).join('L')}L${width} ${height}Z`
}
