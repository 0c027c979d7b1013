// Fields that Traefik does not know: under its root it would leave out the whole container.
import { labelSchema } from '../../../labels/label-schema.ts'
import { schemaBelow } from '../../../labels/place.ts'
import type { Schema } from '../../../labels/schema.ts'
import { parsePath } from '../../../labels/tree.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'

export const musterOnly: Rule = ({ project }) =>
  project.services.flatMap((service) =>
    proxyLabels(service).flatMap((label) => {
      if (!/^traefik\./i.test(label.key) || !isMusterOnly(label.key)) return []
      return saidOf(service, label, {
        at: 'key',
        severity: 'warning',
        message: 'only Muster has this: Traefik would leave out the whole container',
        hint: `write muster${label.key.slice('traefik'.length)}`,
      })
    }),
  )

function isMusterOnly(label: string): boolean {
  const path = parsePath(label.slice(label.indexOf('.') + 1))
  let place: Schema | undefined = labelSchema
  for (const name of path.ok ? path.segments : []) {
    place = schemaBelow(place, name)
    if (place === undefined) break
    if (place.state === 'musterOnly') return true
  }
  return false
}
