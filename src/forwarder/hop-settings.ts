// What one hop to a member goes by.
import type { ReplayMemory } from '../exchange/kept-body.ts'
import type { HeadLimits } from './response-head.ts'

export interface HopSettings extends HeadLimits {
  /** From the request's last byte to the head of the answer; 0 waits for ever. */
  readonly responseHeaderTimeoutMs: number
  /** How long a member may pause in the middle of a body that the client waits for; 0: for ever. */
  readonly bodyIdleTimeoutMs: number
}

export interface HopContext extends HopSettings {
  /** Where bodies that may have to be sent again are kept. */
  readonly replay: ReplayMemory
}
