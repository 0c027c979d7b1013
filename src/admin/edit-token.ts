// What a page must send with an edit: proof that it could read an answer of this very process. Another site's page can
// send a request with the user's browser, but read nothing.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const bytes = 24

export class EditToken {
  readonly text: string
  readonly #process: string

  constructor() {
    // Of this process alone: a page from before a restart shows what is no longer so.
    this.#process = randomBytes(bytes).toString('base64url')
    const proof = createHmac('sha256', randomBytes(bytes)).update(`edit ${this.#process}`).digest('base64url')
    this.text = `${this.#process}.${proof}`
  }

  /** Why it does not count; undefined: it does. Takes as long whatever is wrong with it. */
  refusal(given: readonly string[]): string | undefined {
    const [token, ...more] = given
    if (token === undefined) return 'X-Muster-Token is missing: GET /api/muster/session gives it'
    if (more.length === 0 && timingSafeEqual(digest(token), digest(this.text))) return undefined
    const [process = '', proof = ''] = token.split('.')
    const isOfAnother = process.length === this.#process.length && proof !== '' && process !== this.#process
    return isOfAnother
      ? 'X-Muster-Token is stale: Muster was restarted since; GET /api/muster/session gives the new one'
      : 'X-Muster-Token is wrong: GET /api/muster/session gives the right one'
  }
}

/** Of one length, whatever the text. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
