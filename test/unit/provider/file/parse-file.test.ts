import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseFile } from '../../../../src/provider/file/parse-file.ts'

describe('parseFile', () => {
  it('reads YAML and TOML alike, by the file name', () => {
    const document = { http: { routers: { web: { rule: 'Host(`a`)', priority: 5 } } } }
    const yaml = 'http:\n  routers:\n    web:\n      rule: Host(`a`)\n      priority: 5\n'
    const toml = '[http.routers.web]\nrule = "Host(`a`)"\npriority = 5\n'
    assert.deepEqual(parseFile('a.yml', yaml), { ok: true, document })
    assert.deepEqual(parseFile('a.YAML', yaml), { ok: true, document })
    const parsed = parseFile('a.TOML', toml)
    assert.deepEqual(parsed.ok && structuredClone(parsed.document), document)
  })

  it('keeps integers past 2^53 exact', () => {
    const document = { priority: 9223372036854774807n }
    assert.deepEqual(parseFile('a.yml', 'priority: 9223372036854774807'), { ok: true, document })
    const parsed = parseFile('a.toml', 'priority = 9223372036854774807')
    assert.deepEqual(parsed.ok && structuredClone(parsed.document), document)
  })

  it('resolves anchors and merge keys', () => {
    const text = 'base: &base\n  weight: 2\none:\n  <<: *base\n  url: x\n'
    const document = { base: { weight: 2 }, one: { weight: 2, url: 'x' } }
    assert.deepEqual(parseFile('a.yml', text), { ok: true, document })
  })

  it('says where and why a text is broken', () => {
    const yaml = parseFile('a.yml', 'http:\n  routers: [\n')
    assert(!yaml.ok)
    assert.deepEqual([yaml.line, yaml.column], [3, 1])
    assert.match(yaml.reason, /^flow sequence/)
    const toml = parseFile('a.toml', 'a = 1\nb = = 2\n')
    assert(!toml.ok)
    assert.deepEqual([toml.line, toml.column], [2, 5])
    assert.doesNotMatch(toml.reason, /\n|Invalid TOML document/)
  })

  it('refuses several documents in one file, duplicate keys and exploding anchors', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]']
    bomb.push('d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]')
    for (const text of ['a: 1\n---\nb: 2\n', 'a: 1\na: 2\n', bomb.join('\n')]) {
      assert.equal(parseFile('a.yml', text).ok, false, text)
    }
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '&a ',
      '*a',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '=',
      '<<: ',
      '!!',
      '%',
      '\t',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom('a.yml', 'a.toml'), (pieces, path) => {
        assert.equal(typeof parseFile(path, pieces.join('')).ok, 'boolean')
      }),
      { numRuns: 1000 },
    )
  })
})
