// Keeps the table in README.md honest: every row of the list is in it, with a file that has tests of that name.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const wanted = [
  'S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13',
  'R1 R2 R3 R4 R5 R6 R7 R8 R9 R11',
  'H1 H2 H3 H4 H5 H11 H12 H13 H15 H16',
  'D1 D3 D4 D9 D10',
  'P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15 P16 P17 P18',
  'L13 L14',
].flatMap((rows) => rows.split(' '))
const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const table = new Map(
  [...readme.matchAll(/^\| (\w+) \| (.*?) \| (.*?) \|$/gm)].map(([, row = '', , files = '']) => [
    row,
    files.split(' '),
  ]),
)
table.delete('row')

test('every row of the list is in the table, and no other', () => {
  assert.deepEqual([...table.keys()].sort(), wanted.toSorted())
})

for (const [row, files] of table) {
  test(`row ${row} has tests in every file the table names`, () => {
    for (const file of files) {
      const text = readFileSync(new URL(`${file}.test.ts`, import.meta.url), 'utf8')
      // As a name's beginning, or as the first cell of a row that becomes one.
      assert.match(text, new RegExp(`['"\`]${row}(?::|['"\`],|['"\`] )`), `${row} in ${file}`)
    }
  })
}
