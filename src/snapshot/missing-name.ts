import { didYouMean } from '../model/nearest.ts'
import { localName, providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'

/**
 * A reference that leads nowhere, and the nearest name: among those of the same provider, so that the provider's own letters
 * do not count as likeness.
 */
export function missingName(
  kind: 'service' | 'middleware',
  reference: QualifiedName,
  known: Iterable<QualifiedName>,
): { readonly reason: string; readonly hint: string | undefined } {
  const provider = providerOf(reference)
  // Of two that are equally near the first is meant, and it must be the same one every time.
  const candidates = [...known]
    .filter((name) => providerOf(name) === provider)
    .map(localName)
    .sort()
  return { reason: `${kind} "${reference}" does not exist`, hint: didYouMean(localName(reference), candidates) }
}
