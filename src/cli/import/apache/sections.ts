// Lines of an httpd configuration → directives and sections. Never throws: what does not fit is told, the rest is read.
import type { Tell } from '../remark.ts'
import { readLines, readWords } from './lines.ts'
import type { Line } from './lines.ts'
import { withVariables } from './variables.ts'
import type { Variables } from './variables.ts'

export interface Directive {
  readonly kind: 'directive'
  /** As written; Apache takes any case. */
  readonly name: string
  readonly args: readonly string[]
  readonly line: number
  readonly text: string
}

export interface Section extends Omit<Directive, 'kind'> {
  readonly kind: 'section'
  readonly children: readonly Node[]
}

export type Node = Directive | Section

/** Bounds the recursion of whoever walks the tree; Apache's own files have four. */
const depthMax = 40

interface Open extends Omit<Section, 'children'> {
  readonly children: Node[]
}

export function readSections(text: string, tell: Tell): readonly Node[] {
  const variables: Variables = new Map()
  const top: Node[] = []
  const open: Open[] = []
  for (const line of withoutScripts(readLines(text), tell)) {
    const children = open.at(-1)?.children ?? top
    const closed = /^<\/\s*([^\s>]*)\s*>?/.exec(line.text)
    if (closed !== null) {
      close(open, line, closed[1] ?? '', tell)
      continue
    }
    const [name = '', ...rest] = readWords(line.text.replace(/^<(.*?)>?$/, '$1'))
    const args = rest.map((word) => withVariables(word, variables))
    const node = { name, args, line: line.number, text: line.text }
    define(node, variables)
    if (!line.text.startsWith('<')) children.push({ kind: 'directive', ...node })
    else if (open.length === depthMax) tell(line.number, 'error', `nested deeper than ${depthMax} sections: not read`)
    else {
      const section: Open = { kind: 'section', ...node, children: [] }
      children.push(section)
      open.push(section)
    }
  }
  for (const { name, line } of open.toReversed()) {
    tell(line, 'error', `<${name}> is not closed; add </${name}> where it ends. Taken as closed at the end of the file`)
  }
  return top
}

function close(open: Open[], line: Line, name: string, tell: Tell): void {
  const index = open.findLastIndex((section) => same(section.name, name))
  const forgotten = index === -1 ? [] : open.splice(index).slice(1)
  if (index === -1) tell(line.number, 'error', `</${name}> closes nothing; take it out, or write <${name} …> above`)
  for (const section of forgotten) {
    tell(section.line, 'error', `<${section.name}> is not closed; add </${section.name}> before line ${line.number}`)
  }
}

function define(
  { name, args: [key = '', value = ''] }: { name: string; args: readonly string[] },
  all: Variables,
): void {
  if (same(name, 'Define')) all.set(key, value)
  else if (same(name, 'UnDefine')) all.delete(key)
}

/** Files made by templates begin with their code. */
function withoutScripts(lines: readonly Line[], tell: Tell): readonly Line[] {
  let inScript = false
  return lines.filter(({ number, text }) => {
    const begins = !inScript && text.startsWith('<?')
    if (begins) tell(number, 'note', 'the code of a template is not run')
    const skipped = inScript || begins
    if (skipped) inScript = !text.includes('?>')
    return !skipped
  })
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
