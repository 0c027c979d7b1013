// One real Chromium for a test file, and pages of it that remember what went wrong in them.
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ensureChromium } from '../../compose/setup/chromium.ts'

/** For whatever a test waits for in a page. */
const ceilingMs = 10_000
/** A container that starts on this machine is enough for it: the page copes, and it is no fault of a page. */
const notOurs = 'net::ERR_NETWORK_CHANGED'

export interface WatchedPage extends Page {
  /** Errors on the console and thrown in scripts. */
  readonly trouble: string[]
}

export interface TestBrowser {
  /** A reason to skip, where there is no browser. */
  readonly skip: string | false
  /** `prepare` runs before the address is asked for. */
  readonly visit: (
    address: string,
    options?: BrowserContextOptions,
    prepare?: (page: Page) => Promise<void>,
  ) => Promise<WatchedPage>
}

export async function useBrowser(): Promise<TestBrowser> {
  const found = await ensureChromium()
  let browser: Browser | undefined
  before(async () => {
    if (found.kind === 'missing') return
    // As root there is no sandbox; the rest keeps the browser from calling home.
    const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update']
    browser = await chromium.launch({ executablePath: found.path, args })
  })
  after(() => browser?.close())
  return {
    skip: found.kind === 'missing' ? found.reason : false,
    async visit(address, options = {}, prepare) {
      if (browser === undefined) throw new Error('the browser is not running')
      const page = await browser.newPage(options)
      page.setDefaultTimeout(ceilingMs)
      const trouble: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes(notOurs)) trouble.push(message.text())
      })
      page.on('pageerror', (error) => trouble.push(error.message))
      await prepare?.(page)
      await page.goto(address)
      return Object.assign(page, { trouble, [Symbol.asyncDispose]: () => page.close() })
    },
  }
}
