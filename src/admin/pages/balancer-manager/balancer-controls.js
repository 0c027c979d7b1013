// What can be changed of a balancer as a whole.
import { h } from 'preact'
import { edit } from './edits.js'
import { Amount, Switch } from './fields.js'
import { isEdited } from './format.js'
import { ResetButton } from './reset-button.js'

const methods = ['byrequests', 'bytraffic', 'bybusyness', 'leasttime', 'p2c', 'hrw']

export function BalancerControls({ balancer }) {
  const { name, edited } = balancer
  const set = (fields, said) => edit({ service: name, set: fields, said: `${name}: ${said}` })
  return h('div', { class: 'controls', role: 'group', 'aria-label': `Controls of ${name}` }, [
    h(MethodChoice, { balancer, set }),
    h(Switches, { balancer, set }),
    h(Amounts, { balancer, set }),
    h(ResetButton, { service: name, edited }),
  ])
}

function MethodChoice({ balancer: { method, edited }, set }) {
  const onChange = ({ target }) => set({ method: target.value }, `method ${target.value}`)
  return h('label', { class: isEdited(edited, 'method') ? 'edited' : '' }, [
    'Method ',
    h(
      'select',
      { 'data-action': 'method', value: method, onChange },
      methods.map((option) => h('option', { key: option, value: option, selected: option === method }, option)),
    ),
  ])
}

function Switches({ balancer: { sticky, failover, edited }, set }) {
  return [
    h(Switch, {
      label: 'Sticky',
      action: 'sticky',
      isOn: Boolean(sticky),
      isMarked: isEdited(edited, 'sticky'),
      onTurn: (isOn) => set({ sticky: isOn }, isOn ? 'sticky' : 'no longer sticky'),
    }),
    h(Switch, {
      label: 'Failover',
      action: 'failover',
      isOn: failover,
      isMarked: isEdited(edited, 'failover'),
      onTurn: (isOn) => set({ failover: isOn }, isOn ? 'failover' : 'no failover'),
    }),
  ]
}

function Amounts({ balancer: { maxAttempts, retryMs, edited }, set }) {
  return [
    h(Amount, {
      label: 'Attempts',
      action: 'attempts',
      value: maxAttempts ?? '',
      placeholder: 'auto',
      isMarked: isEdited(edited, 'maxAttempts'),
      onSet: (value) => set({ maxAttempts: value }, value === null ? 'attempts as declared' : `${value} attempts`),
    }),
    h(Amount, {
      label: 'Retry (s)',
      action: 'retry',
      value: retryMs === undefined ? '' : retryMs / 1000,
      step: 'any',
      isMarked: isEdited(edited, 'retryMs'),
      onSet: (value) =>
        value === null
          ? set({ retryMs: null }, 'retry as declared')
          : set({ retryMs: Math.round(value * 1000) }, `retry after ${value} s`),
    }),
  ]
}
