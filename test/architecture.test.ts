// The map in src/README.md is the law: every import in src/ is held against its tables.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const src = resolve(import.meta.dirname, '../src')
const map = readFileSync(join(src, 'README.md'), 'utf8')
const allowed = tableAfter('| folder | may import |')
const confined = tableAfter('| package | only in |')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports = files.flatMap((file) => importsOf(file).map((target) => ({ file, target })))

test('every folder of src stands in the import table, and every folder in the table exists', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map(folderOf))
  assert.deepEqual([...folders].sort(), [...allowed.keys()].sort())
})

test('folders import only what the map allows', () => {
  const wrong = imports
    .filter(({ file, target }) => target.startsWith('.') && file.includes('/'))
    .map(({ file, target }) => ({ file, target: relative(src, resolve(src, dirname(file), target)) }))
    .filter(({ file, target }) => folderOf(target) !== folderOf(file))
    .filter(({ file, target }) => {
      const may = allowed.get(folderOf(file)) ?? []
      return !may.includes(folderOf(target)) && !may.includes(target)
    })
  assert.deepEqual(wrong, [])
})

test('nobody imports the composition root', () => {
  const importers = imports.filter(({ target }) => /\/(app|main)\.ts$/.test(target)).map(({ file }) => file)
  assert.deepEqual(
    importers.filter((file) => file !== 'main.ts'),
    [],
  )
})

test('packages are imported only where the map confines them', () => {
  const wrong = imports.filter(({ file, target }) => {
    const places = confined.get(target)
    return places !== undefined && !places.some((place) => file.startsWith(place))
  })
  assert.deepEqual(wrong, [])
  const unused = [...confined.keys()].filter((name) => !imports.some(({ target }) => target === name))
  assert.deepEqual(unused, [], 'the map confines packages nobody imports')
})

function folderOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [
    ...text.matchAll(/(?:^|\n)(?:import|export)[^'"\n]*?(?:from )?['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g),
  ].map((match) => match[1] ?? match[2] ?? '')
}

/** A two-column table of the map: first cell → the words of the second. */
function tableAfter(header: string): Map<string, string[]> {
  const rows = map.slice(map.indexOf(header)).split('\n').slice(2)
  const end = rows.findIndex((row) => !row.startsWith('|'))
  return new Map(
    rows.slice(0, end).map((row) => {
      const [, key = '', values = ''] = row.split('|').map((cell) => cell.trim())
      return [key, values.split(', ').filter((value) => value !== '–')]
    }),
  )
}
