// Variables as compose puts them in; the rows are compose's own cases and what people write into labels.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDotenv } from '../../../../src/cli/compose/dotenv.ts'
import { interpolate } from '../../../../src/cli/compose/interpolate.ts'

const variables: Readonly<Record<string, string>> = { FOO: 'first', BAR: '', domain: 'example.com' }
const lookup = (name: string): string | undefined => variables[name]

const texts: readonly (readonly [template: string, text: string])[] = [
  ['plain', 'plain'],
  ['$FOO and ${FOO}', 'first and first'],
  ['$FOO-bar', 'first-bar'],
  ['Host(`www.${domain}`)', 'Host(`www.example.com`)'],
  ['$${FOO} $$FOO $$', '${FOO} $FOO $'],
  ['$$apr1$$x', '$apr1$x'],
  ['^REGEX$', '^REGEX$'],
  ['a $ b, $}, $1/$2', 'a $ b, $}, $1/$2'],
  ['${MISSING:-ok} ${BAR:-ok} ${FOO:-no}', 'ok ok first'],
  ['${MISSING-ok} ${BAR-no} ${FOO-no}', 'ok  first'],
  ['${MISSING:+no} ${BAR:+no} ${FOO:+yes}', '  yes'],
  ['${MISSING+no} ${BAR+yes} ${FOO+yes}', ' yes yes'],
  ['${MISSING:-${FOO}/${BAR:-deep}}', 'first/deep'],
  ['${MISSING:-{}}x', '{}x'],
  ['${MISSING:-$$1}', '$1'],
  ['${FOO:?must} ${FOO?must}', 'first first'],
  ['$MISSING.', '.'],
  ['', ''],
]
for (const [template, text] of texts) {
  test(`${JSON.stringify(template)} is ${JSON.stringify(text)}`, () => {
    assert.deepEqual(interpolate(template, lookup).text, text)
    assert.deepEqual(interpolate(template, lookup).errors, [])
  })
}

const refused: readonly (readonly [template: string, error: string])[] = [
  ['${MISSING:?give it}', 'the variable MISSING must be set: give it'],
  ['${BAR:?}', 'the variable BAR must be set'],
  ['${MISSING?$FOO}', 'the variable MISSING must be set: first'],
  ['${1}', '"${1}" is not a variable that compose can read'],
  ['${', '"${" is not a variable that compose can read'],
  ['${}', '"${}" is not a variable that compose can read'],
  ['${ FOO}', '"${ FOO}" is not a variable that compose can read'],
  ['${FOO!}', '"${FOO!}" is not a variable that compose can read'],
]
for (const [template, error] of refused) {
  test(`${template} is refused`, () => assert.deepEqual(interpolate(template, lookup).errors, [error]))
}

test('says which variables were not there', () => {
  const { substitutions } = interpolate('u:$apr1$hash ${FOO} ${X} ${Y:-default}', lookup)
  assert.deepEqual(
    substitutions.filter(({ unset }) => unset).map(({ written }) => written),
    ['$apr1', '$hash', '${X}'],
  )
})

test('.env: quotes, comments, export, variables above, and the environment before the file', () => {
  const text = [
    '# a comment',
    'PLAIN=value # and a comment',
    'HASH=a#b',
    'export EXPORTED = yes',
    "SINGLE='$PLAIN # kept'",
    'DOUBLE="a\\nb $PLAIN"',
    'USES=${PLAIN}/x',
    'EMPTY=',
    'FOO=file',
    'YAML: style\r',
    'not a line',
  ].join('\n')
  assert.deepEqual(Object.fromEntries(parseDotenv(text, lookup)), {
    PLAIN: 'value',
    HASH: 'a#b',
    EXPORTED: 'yes',
    SINGLE: '$PLAIN # kept',
    DOUBLE: 'a\nb value',
    USES: 'value/x',
    EMPTY: '',
    FOO: 'first',
    YAML: 'style',
  })
})
