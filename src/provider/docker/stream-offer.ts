// What one container asks for in TCP or UDP, completed as Traefik completes it. It does not run yet, and is shown.
import type { StreamConfig, StreamRouterConfig } from '../../model/dynamic-config.ts'
import type { Asked } from './asked.ts'
import type { Container } from './container.ts'
import type { Claim } from './election.ts'
import { implicitName, labelRoot } from './names.ts'
import type { Finding } from './port.ts'

/** A StreamConfig, as one container claims it. */
export type StreamOffer = {
  readonly [K in keyof StreamConfig]: readonly Claim<{ readonly config: ValueOf<StreamConfig[K]> }>[]
}

type ValueOf<M> = M extends ReadonlyMap<string, infer V> ? V : never

/** Without services a router leads to an implicit one. A TCP router needs a rule: there is no default. */
export function offerStreams(asked: Asked, protocol: 'tcp' | 'udp'): StreamOffer | undefined {
  const { container, decoded, report } = asked
  const declared = decoded[protocol]
  if (declared === undefined) return undefined
  const { routers: labelled, middlewares } = declared
  const implicit = declared.services.size === 0 && labelled.size > 0
  const services = implicit ? new Map([[implicitName(container), {}]]) : declared.services
  const routers = new Map<string, StreamRouterConfig>()
  for (const [name, router] of labelled) {
    const object = { kind: `${protocol} router`, name } as const
    const service = router.service ?? (services.size === 1 ? [...services.keys()][0] : undefined)
    if (protocol === 'tcp' && !router.rule) {
      report(object, {
        severity: 'error',
        field: undefined,
        reason: 'has no rule',
        hint: 'a TCP router needs one: HostSNI(`*`)',
      })
    } else if (service === undefined)
      report(object, missingService(asked, `${protocol}.routers.${name}`, services.keys()))
    else routers.set(name, service === router.service ? router : { ...router, service })
  }
  return {
    routers: claimed(container, routers),
    services: claimed(container, services),
    middlewares: claimed(container, middlewares),
  }
}

function claimed<T>(container: Container, configs: ReadonlyMap<string, T>): readonly Claim<{ readonly config: T }>[] {
  return [...configs].map(([name, config]) => ({ name, container, offered: { config } }))
}

/** Of a router that names no service and whose container has not exactly one. */
export function missingService({ container }: Asked, router: string, services: Iterable<string>): Finding {
  const names = [...services].map((known) => `"${known}"`).join(', ')
  return {
    severity: 'error',
    field: undefined,
    reason: names === '' ? 'has no service to send to' : `names no service, and there are several: ${names}`,
    hint: `add the label ${labelRoot(container)}.${router}.service=…`,
  }
}
