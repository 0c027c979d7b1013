// The two messages of grpc.health.v1 as bytes: `HealthCheckRequest { string service = 1 }` and
// `HealthCheckResponse { ServingStatus status = 1 }`, each framed as gRPC frames a message (flag, length, message).

const frameHeadBytes = 5
/** A varint of 64 bits. */
const varintBytesMax = 10
const servingStatuses = ['unknown', 'serving', 'not serving', 'service unknown'] as const

export type ServingStatus = (typeof servingStatuses)[number]

/** About the server as a whole, which is what an empty name of a service asks for: a message without fields. */
export const healthRequest = Buffer.alloc(frameHeadBytes)

/** Undefined: not exactly one whole, uncompressed response. A status of a later version of the protocol is `unknown`. */
export function decodeHealthResponse(bytes: Buffer): ServingStatus | undefined {
  if (bytes.length < frameHeadBytes || bytes[0] !== 0) return undefined
  if (bytes.readUInt32BE(1) !== bytes.length - frameHeadBytes) return undefined
  const status = readStatus(bytes.subarray(frameHeadBytes))
  return status === undefined ? undefined : (servingStatuses[status] ?? 'unknown')
}

/** Fields that are not known are skipped; of several the last counts. */
function readStatus(message: Buffer): number | undefined {
  let status = 0n
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at)
    if (tag === undefined || tag.value >> 3n === 0n) return undefined
    const wire = Number(tag.value & 7n)
    const isStatus = tag.value >> 3n === 1n
    if (isStatus && wire !== 0) return undefined
    const value = wire === 0 || wire === 2 ? readVarint(message, tag.end) : undefined
    if (wire === 0 && value !== undefined) at = value.end
    else if (wire === 2 && value !== undefined) at = value.end + Number(value.value)
    else if (wire === 1) at = tag.end + 8
    else if (wire === 5) at = tag.end + 4
    else return undefined
    if (at > message.length) return undefined
    if (isStatus && value !== undefined) status = value.value
  }
  return Number(status)
}

function readVarint(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n
  for (let i = 0; i < varintBytesMax; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return undefined
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return value < 2n ** 64n ? { value, end: start + i + 1 } : undefined
  }
  return undefined
}
