// `muster import apache FILE`: what another balancer's configuration becomes in Muster's.
import { relative, resolve } from 'node:path'
import { nearest } from '../model/nearest.ts'
import { readArguments, tellUsage } from './arguments.ts'
import { importApache } from './import/apache/import-apache.ts'
import type { Imported } from './import/piece.ts'
import { cited } from './import/remark.ts'
import type { Remark } from './import/remark.ts'
import { writeFile } from './import/write-file.ts'
import { writeLabels } from './import/write-labels.ts'
import { painter } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const usage = {
  command: 'import',
  needs: 'a format and one file',
  wordsMax: 2,
  text: `usage: muster import apache [--labels] FILE

Turns a mod_proxy_balancer configuration (virtual hosts, or a part of one) into a document for
--providers.file, on the standard output; with --labels into labels of a compose file. What has no
equivalent becomes a comment; mistakes in FILE are told on the standard error as well.`,
}

const formats = ['apache']

/** 0: something was imported. 1: nothing was, or the file cannot be read. 2: no format or no file was named. */
export function runImport(args: readonly string[], terminal: Terminal): number {
  const parsed = readArguments(args, { labels: { type: 'boolean' } }, usage)
  if (!parsed.ok) return tellUsage(parsed, terminal)
  const [format, file, ...more] = parsed.words
  if (!formats.includes(format)) {
    const meant = nearest(format, formats)
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    const reason = `muster: "${cited(format)}" cannot be imported, only apache can be imported${hint}`
    return tellUsage({ isHelp: false, message: `${reason}\n${usage.text}` }, terminal)
  }
  if (file === undefined || more.length > 0) {
    return tellUsage({ isHelp: false, message: `muster: import apache needs one file\n${usage.text}` }, terminal)
  }
  const path = resolve(terminal.directory, file)
  const shown = relative(terminal.directory, path)
  const text = terminal.readFile(path)
  const refusal =
    text === undefined ? 'cannot be read: there is no file there, or no right to read it' : whyNotText(text)
  if (text === undefined || refusal !== undefined) {
    terminal.complain(`muster: ${shown} ${refusal}`)
    return 1
  }
  return write(importApache(text), { file: shown, labels: parsed.values.labels === true }, terminal)
}

/** A database or an image would come out as thousands of comments. */
function whyNotText(text: string): string | undefined {
  const line = text.split('\n').findIndex((each) => /[\0\uFFFD]/.test(each)) + 1
  if (line === 0) return undefined
  return `is not a text file: line ${line} holds bytes that are not UTF-8. Name the configuration itself, in UTF-8`
}

function write(imported: Imported, { file, labels }: { file: string; labels: boolean }, terminal: Terminal): number {
  const { routers, services, middlewares, remarks } = imported
  const all = [
    ...remarks,
    ...[...routers, ...middlewares].flatMap((piece) => piece.remarks),
    ...services.flatMap((piece) => [...piece.remarks, ...piece.members.flatMap((member) => member.remarks)]),
  ].toSorted((a, b) => a.line - b.line)
  for (const remark of all) if (remark.severity !== 'note') terminal.complain(remarkLine(remark, file, terminal))
  if (services.length === 0) {
    terminal.complain(`muster: ${file}: nothing to import: no BalancerMember, and no ProxyPass to an http URL`)
    return 1
  }
  const comment = ({ line, severity, text }: Remark): string =>
    `${file}:${line}${severity === 'note' ? '' : ` ${severity}`}: ${text}`
  const heading = [...introduction(file, labels), ...remarks.map(comment)].map((line) => ` ${line}`).join('\n')
  terminal.print((labels ? writeLabels : writeFile)(imported, heading, comment).trimEnd())
  terminal.complain(summary(imported, all))
  return 0
}

function introduction(file: string, labels: boolean): readonly string[] {
  const what = labels ? 'labels for containers' : 'a document for --providers.file.filename'
  return [
    `Made from ${file} by "muster import apache": ${what}.`,
    "Where that file says nothing, Muster's defaults hold: a member in error is left alone for 10s (Apache: 60s), and",
    'a request is given to two further members at most (Apache: to all).',
  ]
}

const styles = { error: 'red', warning: 'yellow', note: 'cyan' } as const

function remarkLine({ line, severity, text }: Remark, file: string, terminal: Terminal): string {
  const paint = painter(terminal)
  return `${paint('bold', `${file}:${line}`)} ${paint(styles[severity], severity)} ${text}`
}

function summary({ routers, services }: Imported, remarks: readonly Remark[]): string {
  const mistakes = remarks.filter(({ severity }) => severity !== 'note').length
  const counts = [counted(routers.length, 'router'), counted(services.length, 'service')].join(' and ')
  return `${counts} imported; ${counted(mistakes, 'mistake')}, ${counted(remarks.length - mistakes, 'further comment')}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
