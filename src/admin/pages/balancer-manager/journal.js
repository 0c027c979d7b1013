// The journal: what Docker said, what changed by it and how long that took, the newest first.
import { h } from 'preact'
import { useState } from 'preact/hooks'
import { clock, milliseconds } from './format.js'
import { memo } from './memo.js'

/** More are searched, but not drawn. */
const shownMax = 150

const kinds = { event: 'Docker', member: 'member', update: 'update', edit: 'edit' }

export const Journal = memo(({ journal }) => h(JournalList, { journal }))

function JournalList({ journal }) {
  const [filter, setFilter] = useState('')
  const wanted = filter.trim().toLowerCase()
  const found = wanted === '' ? journal : journal.filter((entry) => textOf(entry).includes(wanted))
  const shown = found.slice(-shownMax).toReversed()
  return h('aside', { id: 'journal', 'aria-labelledby': 'journal-heading' }, [
    h('div', { class: 'head' }, [
      h('h2', { id: 'journal-heading' }, 'Journal'),
      h('input', {
        type: 'search',
        id: 'journal-filter',
        placeholder: 'Filter',
        'aria-label': 'Filter the journal',
        value: filter,
        onInput: ({ target }) => setFilter(target.value),
      }),
    ]),
    h(Latest, { journal }),
    shown.length === 0
      ? h('p', { class: 'none' }, journal.length === 0 ? 'Nothing has happened yet.' : `Nothing of “${filter}”.`)
      : h(
          'ol',
          { tabIndex: 0, 'aria-label': 'Journal, newest first' },
          shown.map((entry) => h(Entry, { key: entry.id, entry })),
        ),
    found.length > shown.length && h('p', { class: 'faint' }, `and ${found.length - shown.length} before these`),
  ])
}

/** For those who hear the page: what became of a member, without the rest of the journal. */
function Latest({ journal }) {
  const latest = journal.findLast(({ kind }) => kind === 'member')
  const text = latest === undefined ? '' : `${latest.member ?? latest.service ?? ''} ${latest.what}`
  return h('p', { class: 'heard', role: 'status' }, text)
}

const Entry = memo(({ entry }) => {
  const { at, kind, what, service, member, detail, tookMs } = entry
  const about = [service, detail].filter((text) => text && !what.includes(text))
  return h('li', { class: kind }, [
    h('time', { dateTime: new Date(at).toISOString() }, clock(at)),
    h('span', { class: 'kind' }, kinds[kind] ?? kind),
    h('span', { class: 'what' }, [
      member && !what.includes(member) && [h('b', null, member), ' '],
      what,
      about.length > 0 && h('small', null, about.join(' · ')),
    ]),
    h('span', { class: 'took' }, tookMs === undefined || tookMs === null ? '' : milliseconds(tookMs)),
  ])
})

function textOf({ kind, what, service = '', member = '', detail = '' }) {
  return `${kinds[kind]} ${what} ${service} ${member} ${detail}`.toLowerCase()
}
