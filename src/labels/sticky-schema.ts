// Sticky sessions, of a load balancer or of a service made of services.
import { bool, byDefault, integer, oneOf, required } from './leaf.ts'
import { about, musterOnly } from './marks.ts'
import { enabled, optional } from './schema.ts'
import { separator, sessionName } from './session-texts.ts'
import { cookieText } from './texts.ts'

const cookie = enabled(
  {
    name: about("not given: `_` and five digits made of the service's name, as Traefik makes them", cookieText()),
    secure: about('the cookie goes over TLS only', byDefault(false, bool())),
    httpOnly: about('scripts do not see the cookie', byDefault(false, bool())),
    sameSite: about('whether the cookie goes along from other sites', oneOf(['none', 'lax', 'strict'])),
    maxAge: about(
      'seconds the cookie lives; 0: until the browser closes; less: it ends at once',
      byDefault(0, integer()),
    ),
    path: about('the paths the cookie is sent for', byDefault('/', cookieText())),
    domain: about('the domain the cookie is sent to; not given: the one host', cookieText()),
    form: about(
      "`route`: Apache's `NAME=.route`, in the clear; `opaque`: cannot be made up",
      musterOnly(byDefault('opaque', oneOf(['opaque', 'route']))),
    ),
  },
  {
    // A derived name is of use to nobody who reads the cookie elsewhere, and that is what the form is for.
    check: ({ name, form }) =>
      name === undefined && form === 'route'
        ? { reason: 'a cookie of the form "route" needs a "name"', hint: 'write sticky.cookie.name=ROUTEID' }
        : undefined,
  },
)

/** Where an application names its session: Apache's stickysession, stickysessionsep and scolonpathdelim. */
const session = optional({
  name: about('the cookie, or `cookie|parameter` of the URL, which counts first', required(sessionName())),
  separator: about('what stands before the route; `off`: the whole value is the route', separator()),
  scolonPathDelim: about('the parameter may stand behind a `;` in the path', byDefault(false, bool())),
})

export const sticky = enabled({
  cookie: about('a client comes back to the replica its cookie names', cookie),
  session: musterOnly(session),
})
