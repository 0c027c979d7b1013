// An entrypoint's options as they are when nobody sets any.
import { entrypointDefaults } from '../../src/settings/limits.ts'
import type { EntryPointSettings } from '../../src/settings/settings.ts'

export const allEscapes: EntryPointSettings['paths']['encodedCharacters'] = {
  allowEncodedSlash: true,
  allowEncodedBackSlash: true,
  allowEncodedNullCharacter: true,
  allowEncodedSemicolon: true,
  allowEncodedPercent: true,
  allowEncodedQuestionMark: true,
  allowEncodedHash: true,
}

export const byDefault: Pick<EntryPointSettings, 'forwardedHeaders' | 'paths' | 'proxyProtocol' | 'limits'> = {
  forwardedHeaders: { insecure: false, trustedIPs: [], connection: [], notAppendXForwardedFor: false },
  paths: {
    sanitize: true,
    encodedCharacters: allEscapes,
    encodeQuerySemicolons: false,
    underscoreHeaders: undefined,
  },
  proxyProtocol: undefined,
  limits: entrypointDefaults,
}
