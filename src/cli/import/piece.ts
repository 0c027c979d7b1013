// What an import makes, before it is written down: the objects of a configuration as names and values, each with what
// there is to say of it. Both ways of writing it (a file, labels) start from here.
import type { Remark } from './remark.ts'

export type Value = string | number | boolean | readonly Value[] | Fields

/** A map, not an object: some keys are whatever the imported file says. */
export type Fields = ReadonlyMap<string, Value>

export interface Piece {
  readonly name: string
  readonly fields: Fields
  readonly remarks: readonly Remark[]
}

export interface MemberPiece {
  /** As the imported file has it: names the container it was. */
  readonly url: string
  readonly line: number
  readonly scheme: string | undefined
  readonly port: number | undefined
  /** Without the URL. */
  readonly fields: Fields
  readonly remarks: readonly Remark[]
}

export interface ServicePiece extends Piece {
  readonly members: readonly MemberPiece[]
}

export interface RouterPiece extends Piece {
  readonly service: string
}

export interface Imported {
  readonly routers: readonly RouterPiece[]
  readonly services: readonly ServicePiece[]
  readonly middlewares: readonly Piece[]
  /** Of no single object. */
  readonly remarks: readonly Remark[]
}

/** Without what is undefined. */
export function fieldsOf(entries: Readonly<Record<string, Value | undefined>>): Fields {
  return new Map(Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
