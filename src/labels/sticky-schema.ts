// Sticky sessions, of a load balancer or of a service made of services.
import { bool, byDefault, integer, oneOf } from './leaf.ts'
import { about } from './marks.ts'
import { enabled } from './schema.ts'
import { cookieText } from './texts.ts'

export const sticky = enabled({
  cookie: about(
    'a client comes back to the replica its cookie names',
    enabled({
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
    }),
  ),
})
