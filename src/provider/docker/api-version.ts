// Which version of the engine's API to speak. Never a fixed one: engines refuse what has become too old for them (Docker 29
// all before 1.44), and calls without a version mean another thing with each engine.
import type { EngineCode } from './engine.ts'
import { record, text } from './json.ts'

/** Docker 20.10. What is read of lists, inspections and events is the same in all versions from here on. */
const oldest = 41
/** The newest whose list of changes was read. */
const newest = 54

/** `v1.44`, or why there is none. */
type ChosenVersion = { readonly version: string } | { readonly code: EngineCode; readonly reason: string }

/**
 * @param answer the JSON of `GET /version`
 * @param wanted DOCKER_API_VERSION: this one and no other
 */
export function chooseVersion(answer: unknown, wanted: string | undefined): ChosenVersion {
  const { ApiVersion: newestText, MinAPIVersion: oldestText } = record(answer)
  const engineNewest = minor(text(newestText))
  if (engineNewest === undefined) return { code: 'unreadable', reason: 'it does not say its API version' }
  const engineOldest = minor(text(oldestText)) ?? 0
  if (engineNewest < oldest) return refusal(`it speaks 1.${engineNewest} at most`)
  if (wanted === undefined) return chosen(Math.max(Math.min(engineNewest, newest), engineOldest))
  const asked = minor(wanted)
  if (asked === undefined) return refusal(`DOCKER_API_VERSION is ${JSON.stringify(wanted)}`)
  if (asked < oldest) return refusal(`DOCKER_API_VERSION asks for 1.${asked}`)
  const range = `1.${engineOldest} to 1.${engineNewest}`
  return asked < engineOldest || asked > engineNewest
    ? refusal(`DOCKER_API_VERSION asks for 1.${asked}, it speaks ${range}`)
    : chosen(asked)
}

function chosen(minorVersion: number): ChosenVersion {
  return { version: `v1.${minorVersion}` }
}

function refusal(reason: string): ChosenVersion {
  return { code: 'version', reason }
}

/** All versions there ever were begin with `1.`. */
function minor(version: string): number | undefined {
  const [, digits] = /^v?1\.(\d{1,4})$/.exec(version) ?? []
  return digits === undefined ? undefined : Number(digits)
}
