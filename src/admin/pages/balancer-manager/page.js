// The balancer-manager: draws what the stream brings, and listens for keys.
import { h, render } from 'preact'
import { App } from './app.js'
import { listenForKeys } from './keyboard.js'
import { drawWith } from './store.js'
import { openStream } from './stream.js'

document.body.replaceChildren()
drawWith((state) => render(h(App, state), document.body))
listenForKeys()
openStream()
