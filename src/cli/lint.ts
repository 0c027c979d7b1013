// `muster lint FILE…`: what is wrong with the labels of compose files, and where.
import { readComposeFiles } from './compose/read-compose.ts'
import type { LintFinding, Severity } from './lint/finding.ts'
import { lint } from './lint/lint.ts'
import { findingJson, findingLine } from './lint/show-finding.ts'
import { composeOptions, readArguments, tellUsage } from './arguments.ts'
import { painter } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const usage = {
  command: 'lint',
  needs: 'a compose file',
  text: 'usage: muster lint [--json] [--project-name NAME] [--profile NAME]… FILE…',
}

/** 0: no error. 1: an error. 2: no file was named, or one cannot be read. */
export async function runLint(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = readArguments(args, { ...composeOptions, json: { type: 'boolean' } }, usage)
  if (!parsed.ok) return tellUsage(parsed, terminal)
  const { json, profile = ['*'], 'project-name': projectName } = parsed.values
  const project = readComposeFiles(parsed.words, { ...terminal, profiles: profile, projectName })
  const findings = await lint(project, terminal.readFile)
  if (json === true) terminal.print(JSON.stringify(report(findings, terminal), undefined, 2))
  else print(findings, terminal)
  if (project.problems.some(({ severity }) => severity === 'fatal')) return 2
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

function report(findings: readonly LintFinding[], terminal: Terminal): object {
  return {
    findings: findings.map((finding) => findingJson(finding, terminal)),
    errors: count(findings, 'error'),
    warnings: count(findings, 'warning'),
    notes: count(findings, 'note'),
  }
}

function print(findings: readonly LintFinding[], terminal: Terminal): void {
  const paint = painter(terminal)
  for (const finding of findings) terminal.print(findingLine(finding, terminal, paint))
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const number = count(findings, severity)
    return number === 0 ? [] : `${number} ${severity}${number === 1 ? '' : 's'}`
  })
  terminal.complain(counts.length === 0 ? 'nothing to complain of' : counts.join(', '))
}

function count(findings: readonly LintFinding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length
}
