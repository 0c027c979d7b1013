// What an event makes of a container as last seen, before anybody has looked at it again. Pure.
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'

/** What became of what is declared: something of it is gone, or it only gained, or neither. */
export type Change = 'less' | 'more' | 'none'

interface Effect {
  /** Undefined: it is not there, or not known. */
  readonly container: Container | undefined
  readonly change: Change
  /** An inspection would only repeat it. */
  readonly saysAll: boolean
}

export function effectOf(event: EngineEvent, known: Container | undefined): Effect {
  switch (event.kind) {
    case 'kill':
      return { container: known, change: 'none', saysAll: true }
    case 'destroy':
      return { container: undefined, change: known === undefined ? 'none' : 'less', saysAll: true }
    case 'die':
      return known === undefined ? unknown : died(known)
    // Around every start and death there are such; the start itself is what counts.
    case 'connect':
      return { container: known, change: 'none', saysAll: known?.running !== true }
    case 'disconnect':
      return known === undefined ? { ...unknown, saysAll: true } : left(known, event.network)
    case 'pause':
    case 'unpause':
      return amended(known, { paused: event.kind === 'pause' }, event.kind === 'pause')
    case 'health':
      return amended(known, { health: event.health }, event.health !== 'healthy')
    case 'create':
    case 'start':
    case 'rename':
  }
  return { container: known, change: 'none', saysAll: false }
}

const unknown: Effect = { container: undefined, change: 'none', saysAll: false }

function died(known: Container): Effect {
  const container = { ...known, running: false, paused: false, health: 'none', networks: new Map() } as const
  return { container, change: known.running ? 'less' : 'none', saysAll: true }
}

/** Its address is free from now on; the next container to start may get it. */
function left(known: Container, network: string): Effect {
  const networks = new Map(known.networks)
  const had = networks.delete(network)
  const attachedTo = known.attachedTo.filter((name) => name !== network)
  const container = had ? { ...known, networks, attachedTo } : known
  return { container, change: had ? 'less' : 'none', saysAll: !known.running }
}

/** What an event says of a running container holds before its inspection: an older word would undo it in the cluster. */
function amended(
  known: Container | undefined,
  said: Partial<Pick<Container, 'paused' | 'health'>>,
  lessens: boolean,
): Effect {
  if (known?.running !== true) return { container: known, change: 'none', saysAll: false }
  return { container: { ...known, ...said }, change: lessens ? 'less' : 'more', saysAll: true }
}
