// Fields that Traefik does not know: under its root it would leave out the whole container.
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'
import { schemasOf } from './schema-place.ts'

export const musterOnly: Rule = ({ project }) =>
  project.services.flatMap((service) =>
    proxyLabels(service).flatMap((label) => {
      if (!/^traefik\./i.test(label.key)) return []
      if (!schemasOf(label.key).some(({ state }) => state === 'musterOnly')) return []
      return saidOf(service, label, {
        at: 'key',
        severity: 'warning',
        message: 'only Muster has this: Traefik would leave out the whole container',
        hint: `write muster${label.key.slice('traefik'.length)}`,
      })
    }),
  )
