// Dollar signs: compose takes them for variables, in values and in labels of a list, but not in the keys of a mapping.
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule, Said } from '../finding.ts'
import { pathOf } from '../locate.ts'

/** Where a dollar sign is a dollar sign: hashes of passwords, regular expressions and what replaces them. */
const dollarFields = /\.(?:users|regex|replacement|rule|accesscontrolalloworiginlistregex)(?:\[\d+\])?$/

export const dollar: Rule = ({ project }) =>
  project.services.flatMap((service) =>
    proxyLabels(service).flatMap((label): readonly Said[] => {
      if (/\$\{?[_a-z]/i.test(label.key)) {
        const hint = 'write the labels as a list of "key=value"'
        const message = 'compose puts no variables into the keys of a mapping'
        return [saidOf(service, label, { at: 'key', severity: 'error', message, hint })]
      }
      const unset = new Map(label.substitutions.filter((found) => found.unset).map((found) => [found.written, found]))
      return [...unset.values()].map(({ written, name }) => {
        const isMeant = !written.startsWith('${') && dollarFields.test(pathOf(label.key))
        return saidOf(service, label, {
          at: 'value',
          severity: isMeant ? 'error' : 'warning',
          message: `compose takes "${written}" for a variable, which is not set, and puts nothing in its place`,
          hint: isMeant
            ? `write "$${written}" for a dollar sign`
            : `set ${name}, or write "$${written}" for a dollar sign`,
        })
      })
    }),
  )
