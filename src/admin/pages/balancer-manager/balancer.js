// One balancer: what it is, its own controls, and the table of its members with Apache's columns.
import { h } from 'preact'
import { BalancerControls } from './balancer-controls.js'
import { placeOf } from './edits.js'
import { ErrorNote } from './error-note.js'
import { MemberRows } from './member.js'
import { memo } from './memo.js'
import { commonPeak } from './sparkline.js'

/** Apache's words in Apache's order, then what Apache does not know. */
const columns = [
  'Worker URL',
  'Route',
  'RouteRedir',
  'Factor',
  'Set',
  'Status',
  'Elected',
  'Busy',
  'Load',
  'To',
  'From',
  'p50 / p99',
  'Errors',
  'Requests/s',
]

export const Balancer = memo(({ balancer, editable, errors }) => {
  const { name, members, waiting } = balancer
  const ready = members.filter(({ state }) => state === 'ready').length
  const peak = commonPeak(members)
  return h('section', { id: name, 'aria-label': `balancer://${name}` }, [
    h('div', { class: 'head' }, [
      h('h2', null, `balancer://${name}`),
      h('p', { class: 'facts' }, [
        h(
          'strong',
          { class: ready === members.length ? 'good' : ready === 0 ? 'bad' : 'some' },
          `${ready} of ${members.length} ready`,
        ),
        waiting > 0 && h('strong', { class: 'some' }, ` · ${waiting} waiting`),
        ` · ${facts(balancer, editable).join(' · ')}`,
      ]),
    ]),
    editable && h(BalancerControls, { balancer }),
    h(ErrorNote, { place: name, message: errors.get(name) }),
    members.length > 0 &&
      h('table', null, [
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            columns.map((column) => h('th', { scope: 'col', key: column }, column)),
          ),
        ),
        members.map((member) =>
          h(MemberRows, { key: member.key, member, peak, editable, error: errors.get(placeOf(member)) }),
        ),
      ]),
  ])
})

/** What the controls show already is not said twice. */
function facts(balancer, editable) {
  const { method, sticky, failover, maxAttempts, forceRecovery, slowStartMs, health, usedBy } = balancer
  return [
    editable ? undefined : method,
    stickiness(sticky),
    editable ? undefined : failover ? 'failover' : 'no failover',
    editable || (maxAttempts ?? undefined) === undefined ? undefined : `${maxAttempts} attempts`,
    forceRecovery === false ? 'no forced recovery' : undefined,
    slowStartMs > 0 ? `slow start ${slowStartMs / 1000} s` : undefined,
    health ? `${health} checks` : undefined,
    usedBy.length > 0 ? `used by ${usedBy.join(', ')}` : 'used by no router',
  ].filter((fact) => fact !== undefined)
}

function stickiness(sticky) {
  if (!sticky) return 'no sticky session'
  const ways = [
    sticky.cookie && `cookie ${sticky.cookie}${sticky.form === 'route' ? ' (route)' : ''}`,
    sticky.session && `session ${sticky.session}`,
  ].filter(Boolean)
  return ways.length > 0 ? `sticky by ${ways.join(' and ')}` : 'sticky'
}
