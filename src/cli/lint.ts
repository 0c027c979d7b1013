// `muster lint FILE…`: what is wrong with the labels of compose files, and where.
import { relative } from 'node:path'
import { readComposeFiles } from './compose/read-compose.ts'
import type { LintFinding, Severity } from './lint/finding.ts'
import { lint } from './lint/lint.ts'
import { composeOptions, readArguments } from './arguments.ts'
import { painter } from './terminal.ts'
import type { Paint, Terminal } from './terminal.ts'

const usage = 'usage: muster lint [--json] [--project-name NAME] [--profile NAME]… FILE…'

/** 0: no error. 1: an error. 2: nothing to look at, or a file that cannot be read. */
export async function runLint(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = readArguments(args, { ...composeOptions, json: { type: 'boolean' } }, usage)
  if (!parsed.ok || parsed.words.length === 0) {
    terminal.complain(parsed.ok ? `muster: lint needs a compose file\n${usage}` : parsed.message)
    return 2
  }
  const { json, profile = ['*'], 'project-name': projectName } = parsed.values
  const project = readComposeFiles(parsed.words, { ...terminal, profiles: profile, projectName })
  const findings = await lint(project, terminal.readFile)
  if (json === true) terminal.print(JSON.stringify(report(findings, terminal), undefined, 2))
  else print(findings, terminal)
  if (project.problems.some(({ severity }) => severity === 'fatal')) return 2
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

function report(findings: readonly LintFinding[], { directory }: Terminal): object {
  return {
    findings: findings.map(({ position, ...found }) => ({
      file: relative(directory, position.file),
      line: position.line,
      column: position.column,
      ...found,
    })),
    errors: count(findings, 'error'),
    warnings: count(findings, 'warning'),
    notes: count(findings, 'note'),
  }
}

const styles = { error: 'red', warning: 'yellow', note: 'cyan' } as const

function print(findings: readonly LintFinding[], terminal: Terminal): void {
  const paint = painter(terminal)
  for (const finding of findings) terminal.print(lineFor(finding, terminal.directory, paint))
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const number = count(findings, severity)
    return number === 0 ? [] : `${number} ${severity}${number === 1 ? '' : 's'}`
  })
  terminal.complain(counts.length === 0 ? 'nothing to complain of' : counts.join(', '))
}

function lineFor({ position, severity, label, message, hint }: LintFinding, directory: string, paint: Paint): string {
  const place = `${relative(directory, position.file)}:${position.line}:${position.column}`
  const subject = label === undefined ? '' : `${label}: `
  const wayOut = hint === undefined ? '' : paint('dim', ` (${hint})`)
  return `${paint('bold', place)} ${paint(styles[severity], severity)} ${subject}${message}${wayOut}`
}

function count(findings: readonly LintFinding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length
}
