// What of an engine's event concerns the members at once, ahead of any declaration.
import type { ContainerEvent } from '../../model/container-event.ts'
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'
import { beginsStop } from './stop-signal.ts'

/**
 * Undefined: nothing for the cluster; a declaration may still follow from it.
 * @param container as last seen; undefined when it was not inspected yet, in which case TERM is taken for its stop signal
 */
export function newsOf(event: EngineEvent, container: Container | undefined): ContainerEvent | undefined {
  const { containerId, at } = event
  switch (event.kind) {
    case 'start':
    case 'die':
    case 'pause':
    case 'unpause':
    case 'destroy':
      return { containerId, name: event.name, kind: event.kind, at }
    case 'health':
      return { containerId, name: event.name, kind: 'health', health: event.health, at }
    case 'kill': {
      if (!beginsStop(event.signal, container?.stopSignal)) return undefined
      const drain = { containerId, name: event.name, kind: 'drain', at } as const
      return container === undefined ? drain : { ...drain, stopTimeoutMs: container.stopTimeoutMs }
    }
    case 'disconnect': {
      // Each one comes twice, and after every death.
      if (container?.running !== true || !container.networks.has(event.network)) return undefined
      return { containerId, name: container.name, kind: 'disconnect', network: event.network, at }
    }
    case 'create':
    case 'rename':
    case 'connect':
  }
  return undefined
}
