import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeHealthResponse } from '../../../../src/cluster/checks/grpc-health.ts'

const responses: readonly (readonly [string, string, string | undefined])[] = [
  ['serving', '00000000020801', 'serving'],
  ['not serving', '00000000020802', 'not serving'],
  ['service unknown', '00000000020803', 'service unknown'],
  ['unknown, written out', '00000000020800', 'unknown'],
  ['unknown, as protobuf leaves out a default', '0000000000', 'unknown'],
  ['a status of a later version', '00000000020809', 'unknown'],
  ['a status beyond every integer', '000000000b08ffffffffffffffffff01', 'unknown'],
  ['of two the last', '000000000408020801', 'serving'],
  ['unknown fields of every type around it', '00000000191005190000000000000000080122026869250000000028ac02', 'serving'],
  ['nothing at all', '', undefined],
  ['a frame without its end', '000000000208', undefined],
  ['more than one frame', '0000000002080100000000020801', undefined],
  ['a byte too many', '0000000002080100', undefined],
  ['a compressed frame, which was not offered', '01000000020801', undefined],
  ['a field without its value', '000000000108', undefined],
  ['a number without its end', '00000000020881', undefined],
  ['a number of eleven bytes', '000000000c08ffffffffffffffffffff01', undefined],
  ['a number of 65 bits', '000000000b08ffffffffffffffffff02', undefined],
  ['text that is longer than the message', '000000000412056869', undefined],
  ['text that is longer than memory', '000000000b12ffffffffffffffff7f00', undefined],
  ['eight bytes of which seven are there', '00000000081900000000000000', undefined],
  ['the status as text', '00000000040a020801', undefined],
  ['the number 0 for a field', '00000000020001', undefined],
  ['a group', '000000000413080114', undefined],
]

for (const [name, bytes, expected] of responses) {
  test(`a response is read: ${name}`, () => {
    assert.equal(decodeHealthResponse(Buffer.from(bytes, 'hex')), expected)
  })
}

test('bytes at random are a status or nothing, and never thrown at', () => {
  const message = fc.uint8Array({ maxLength: 40 }).map((bytes) => {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(bytes.length, 1)
    return Buffer.concat([head, bytes])
  })
  const known = new Set([undefined, 'unknown', 'serving', 'not serving', 'service unknown'])
  fc.assert(fc.property(message, (bytes) => assert.ok(known.has(decodeHealthResponse(bytes)))))
})
