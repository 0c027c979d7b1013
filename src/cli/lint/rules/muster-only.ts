// Fields and words that Traefik does not know: for such a field under its root it would leave out the whole container.
import { labelSchema } from '../../../labels/label-schema.ts'
import { schemaBelow } from '../../../labels/place.ts'
import type { Schema } from '../../../labels/schema.ts'
import { parsePath } from '../../../labels/tree.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'

export const musterOnly: Rule = ({ project }) =>
  project.services.flatMap((service) =>
    proxyLabels(service).flatMap((label) => {
      if (!/^traefik\./i.test(label.key)) return []
      const hint = `write muster${label.key.slice('traefik'.length)}`
      const place = placeOf(label.key)
      if (place === 'musterOnly') {
        const message = 'only Muster has this: Traefik would leave out the whole container'
        return saidOf(service, label, { at: 'key', severity: 'warning', message, hint })
      }
      if (place?.kind !== 'leaf' || place.ownWords?.includes(label.value.toLowerCase()) !== true) return []
      const message = `only Muster knows "${label.value.toLowerCase()}": Traefik would not serve this as it is meant`
      return saidOf(service, label, { at: 'value', severity: 'warning', message, hint })
    }),
  )

/** Where a label leads, as far as Traefik has it. */
function placeOf(label: string): Schema | 'musterOnly' | undefined {
  const path = parsePath(label.slice(label.indexOf('.') + 1))
  let place: Schema | undefined = labelSchema
  for (const name of path.ok ? path.segments : []) {
    place = schemaBelow(place, name)
    if (place?.state === 'musterOnly') return 'musterOnly'
    if (place === undefined) break
  }
  return place
}
