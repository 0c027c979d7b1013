import type { Exchange, ResponseEdit } from '../exchange/exchange.ts'

/** Has the answer edited, after what inner middlewares do to it. One shared function, made when a snapshot is compiled. */
export function editResponse(exchange: Exchange, edit: ResponseEdit): void {
  if (exchange.responseEdits === undefined) exchange.responseEdits = [edit]
  else exchange.responseEdits.push(edit)
}
