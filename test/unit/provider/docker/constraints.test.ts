import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseConstraints } from '../../../../src/provider/docker/constraints.ts'
import { container, declare } from './containers.ts'

const labels = { env: 'prod', 'com.example.tier': 'web-1', empty: '' }

for (const [text, selected] of [
  ['', true],
  [' ', true],
  ['Label(`env`, `prod`)', true],
  ['Label("env", "prod")', true],
  ['Label(`env`, `dev`)', false],
  ['Label(`Env`, `prod`)', false],
  ['Label(`none`, ``)', true],
  ['Label(`empty`, ``)', true],
  ['Label(`__proto__`, ``)', true],
  ['LabelRegex(`com.example.tier`, `^web`)', true],
  ['LabelRegex(`com.example.tier`, `b-`)', true],
  ['LabelRegex(`com.example.tier`, `^db`)', false],
  ['LabelRegex(`none`, `^$`)', true],
  ['LabelRegex(`env`, `(`)', false],
  ['!LabelRegex(`env`, `(`)', true],
  ['!Label(`env`, `prod`)', false],
  ['!!Label(`env`, `prod`)', true],
  ['Label(`env`, `prod`) && Label(`empty`, `x`)', false],
  ['Label(`env`, `prod`) || Label(`empty`, `x`)', true],
  ['Label(`env`, `prod`) || Label(`env`, `prod`) && Label(`env`, `dev`)', true],
  ['(Label(`env`, `prod`) || Label(`env`, `prod`)) && Label(`env`, `dev`)', false],
  ['!(Label(`env`, `dev`) || Label(`env`, `test`))', true],
] as const) {
  test(`the constraints ${text || 'of nothing'} ${selected ? 'select' : 'leave out'} the container`, () => {
    const parsed = parseConstraints(text)
    assert.ok(parsed.ok)
    assert.equal(parsed.test(labels), selected)
  })
}

for (const [text, position, reason, hint] of [
  ['Lable(`a`, `b`)', 0, 'unknown function "Lable"', 'did you mean "Label"?'],
  ['Label(`a`)', 9, 'expected ",", found ")"', 'write Label(`key`, `value`)'],
  ['Label(`a`, `b`, `c`)', 14, 'expected ")", found ","', 'Label takes a key and a value'],
  ['Label(a, b)', 6, 'expected a string, found "a"', 'write it in backticks or double quotes'],
  ["Label('a', 'b')", 6, 'single quotes do not make a string', 'use backticks or double quotes'],
  ['Label(`a`, `b`) Label(`c`, `d`)', 16, 'expected the end, found "Label"', 'join calls with && or ||'],
  ['Label(`a`, `b`) & Label(`c`, `d`)', 16, '"&" is not an operator', 'write "&&"'],
  ['Label(`a`, `b`) &&', 18, 'expected Label(…) or LabelRegex(…), found the end', undefined],
  ['(Label(`a`, `b`)', 16, 'expected ")", found the end', undefined],
  ['Label', 5, 'expected "(", found the end', 'write Label(`key`, `value`)'],
] as const) {
  test(`the constraints ${text} are refused at ${position}`, () => {
    assert.deepEqual(parseConstraints(text), { ok: false, reason, hint, position })
  })
}

test('a pattern that cannot be compiled is told of', () => {
  const parsed = parseConstraints('LabelRegex(`env`, `(a`) || LabelRegex(`env`, `(?=a)`)')
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.warnings, [
    'LabelRegex(`env`, `(a`) matches nothing: bad regular expression: missing closing ): `(a`',
    'LabelRegex(`env`, `(?=a)`) matches nothing: bad regular expression: invalid or unsupported Perl syntax: `(?=`',
  ])
})

test('no text whatsoever makes the parser throw or nest without end', () => {
  assert.equal(parseConstraints('('.repeat(100_000)).ok, false)
  assert.equal(parseConstraints('!'.repeat(100_000)).ok, false)
  const word = fc.constantFrom('Label', 'LabelRegex', '(', ')', '!', '&&', '||', ',', '`a`', '"b"', "'", '&', ' ')
  fc.assert(fc.property(fc.array(word), (words) => void parseConstraints(words.join(''))))
})

test('containers the constraints leave out are not looked at, whatever their labels say', () => {
  const left = container('left', { labels: { 'traefik.enable': 'maybe' } })
  const taken = container('taken', { labels: { env: 'prod' } })
  const declared = declare([left, taken], { constraints: 'Label(`env`, `prod`)' })
  assert.deepEqual([[...declared.routers.keys()], declared.problems], [['taken'], []])
})
