// How routers, services and middlewares are named across providers: `name@provider`.

/** `web@docker`: a name that is unique over all providers. Built only by `qualify`. */
export type QualifiedName = string & { readonly qualified: unique symbol }

/**
 * Qualifies a reference. A name without `@` means the provider it stands in; `auth@file` reaches another one
 * (Traefik's rule, which is why `@` may not be part of a defined name).
 */
export function qualify(reference: string, provider: string): QualifiedName {
  return (reference.includes('@') ? reference : `${reference}@${provider}`) as QualifiedName
}

/** The part a user wrote: `web` of `web@docker`. */
export function localName(name: QualifiedName): string {
  return name.slice(0, name.lastIndexOf('@'))
}

/** The provider part of a qualified name: `docker` of `web@docker`. */
export function providerOf(name: QualifiedName): string {
  return name.slice(name.lastIndexOf('@') + 1)
}
