// What things are called: services, replica slots, and the labels a hint tells to add.
import type { Container } from './container.ts'

/** Runs of characters that are not letters or digits become one `-`; none at the ends. As Traefik. */
export function normalize(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join('-')
}

/** The name of the service and router a container gets without asking: `web-shop` for service web of project shop. */
export function implicitName({ compose, name, id }: Container): string {
  // An empty name would be no router's and no service's.
  return normalize(compose === undefined ? name : `${compose.service}_${compose.project}`) || id.slice(0, 12)
}

/** The place a replica fills, which outlives its container: sessions stick to it. */
export function slotOf({ compose, name }: Container): string {
  return compose === undefined ? name : `${compose.project}/${compose.service}/${compose.number}`
}

/** The root a hint should use: the one the user already writes. */
export function labelRoot({ labels }: Container): 'traefik' | 'muster' {
  const roots = Object.keys(labels)
  if (roots.some((label) => label.startsWith('muster.'))) return 'muster'
  return roots.some((label) => label.startsWith('traefik.')) ? 'traefik' : 'muster'
}
