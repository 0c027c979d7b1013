// A backend that sends every WebSocket message back: `node echo.ts PORT PORT`.
import { WebSocketServer } from 'ws'

for (const port of process.argv.slice(2)) {
  new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false }).on(
    'connection',
    (socket) => {
      socket.on('message', (message, binary) => socket.send(message, { binary }))
    },
  )
}
