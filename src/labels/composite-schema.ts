// Services made of services, which only documents can declare. They are read and checked, but do not exist yet.
import { bool, byDefault, integer, required, text } from './leaf.ts'
import { notYet } from './marks.ts'
import { enabled, optional, records, struct } from './schema.ts'
import { sticky } from './sticky-schema.ts'
import { statusRanges } from './texts.ts'

const service = required(text())
const shares = records(struct({ name: required(text()), weight: byDefault(1, integer({ min: 0, max: 2 ** 31 - 1 })) }))
const childHealth = { healthCheck: enabled({}) } as const
const bytesOrAll = byDefault(-1, integer({ min: -1, max: Number.MAX_SAFE_INTEGER }))

export const compositeKinds = {
  weighted: notYet(
    'weighted services are not supported yet',
    struct({ services: shares, sticky, ...childHealth }),
    'error',
  ),
  mirroring: notYet(
    'mirroring services are not supported yet',
    struct({
      service,
      mirrorBody: byDefault(true, bool()),
      maxBodySize: bytesOrAll,
      mirrors: records(struct({ name: required(text()), percent: byDefault(0, integer({ min: 0, max: 100 })) })),
      ...childHealth,
    }),
    'error',
  ),
  failover: notYet(
    'failover services are not supported yet',
    struct({
      service,
      fallback: required(text()),
      errors: optional({ status: statusRanges(), maxRequestBodyBytes: bytesOrAll }),
      ...childHealth,
    }),
    'error',
  ),
  highestRandomWeight: notYet(
    'highestRandomWeight services are not supported yet',
    struct({ services: shares, ...childHealth }),
    'error',
  ),
} as const
