/** Plain bytes, where the engine listens and where Muster does: a unix socket, or TCP without TLS. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number }

export function shown(endpoint: Endpoint): string {
  if ('path' in endpoint) return `unix://${endpoint.path}`
  const { host, port } = endpoint
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
}
