// Whatever stands in a compose file, reading it gives values.
import { test } from 'node:test'
import fc from 'fast-check'
import { containersOf } from '../../../../src/cli/compose/containers.ts'
import { readComposeFiles } from '../../../../src/cli/compose/read-compose.ts'
import { runLint } from '../../../../src/cli/lint.ts'
import { virtualTerminal } from '../virtual-terminal.ts'

const whole = `
x: &x {traefik.enable: "true", a: [b, {c: d}]}
include: [compose.yaml, {path: [b.yml, c.yml], env_file: d}]
services:
  web: &w
    extends: {file: compose.yaml, service: api}
    labels: {<<: *x, "traefik.http.routers.w.rule": "Host(\`\${A:-b}\`) $$"}
    ports: ["80:80", {target: 1}]
    volumes: ["./a:/b", {type: bind, source: a, target: /c}]
    command: --providers.docker --entrypoints.web.address=:80
  api:
    <<: *w
    networks: {n: {}, m: null}
    deploy: {replicas: 2, labels: [a=b]}
    labels: !override [traefik.http.services.s.loadbalancer.server.port=80, c]
networks: {n: {external: true, name: "\${X?no}"}, m: }
`

/** Pieces of the file above in any order, with anything in between. */
const pieces = fc.array(
  fc.oneof(
    fc.nat(whole.length).chain((from) => fc.nat(200).map((length) => whole.slice(from, from + length))),
    fc.constantFrom(
      '\n',
      '  ',
      ': ',
      '- ',
      '*x',
      '&x ',
      '<<: ',
      '!reset ',
      '${',
      '}',
      '[',
      '{',
      '"',
      '---\n',
      '\t',
      '|\n',
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 12 },
)

test('reading and linting never throw', async () => {
  const property = fc.asyncProperty(pieces, fc.boolean(), async (parts, behind) => {
    const text = behind ? `${whole}${parts.join('')}` : parts.join('')
    const terminal = virtualTerminal({ 'compose.yaml': text, 'b.yml': whole, '.env': text })
    const project = readComposeFiles(['/work/compose.yaml'], { ...terminal, profiles: ['*'] })
    containersOf(project)
    await runLint(['/work/compose.yaml'], terminal)
  })
  await fc.assert(property, { numRuns: 300 })
})
