import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { renderRule as render } from '../../../../src/provider/docker/default-rule.ts'
import { normalize } from '../../../../src/provider/docker/names.ts'
import type { TemplateModel } from '../../../../src/provider/docker/template/execute.ts'
import { parseTemplate } from '../../../../src/provider/docker/template/parser.ts'

function renderRule(template: string, model: TemplateModel) {
  return render(parseTemplate(template), model)
}

const model = { name: 'web-shop', containerName: 'shop_web_1', labels: { 'my.host': 'a.test', 'a b': 'x y' } }

for (const [template, rule] of [
  ['Host(`{{ normalize .Name }}`)', 'Host(`web-shop`)'],
  ['Host(`{{.Name}}.test`)', 'Host(`web-shop.test`)'],
  ['Host("{{ .ContainerName }}.test")', 'Host("shop_web_1.test")'],
  ['Host(`{{ normalize .ContainerName }}`)', 'Host(`shop-web-1`)'],
  ['Host(`{{ index .Labels "my.host" }}`)', 'Host(`a.test`)'],
  ['Host(`{{ normalize (index .Labels `a b`) }}`)', 'Host(`x-y`)'],
  ['Host(`{{ index .Labels "none" }}.test`)', 'Host(`.test`)'],
  ['PathPrefix(`/{{ .Name }}`) && Host(`{{ .Name }}`)', 'PathPrefix(`/web-shop`) && Host(`web-shop`)'],
  ['  Host(`fixed`) ', 'Host(`fixed`)'],
] as const) {
  test(`the default rule ${template} renders to ${rule}`, () => {
    assert.deepEqual(renderRule(template, model), { rule })
  })
}

for (const [template, reason] of [
  ['Host(`{{ .Name `)', 'the default rule cannot be read: has a "{{" without its "}}"'],
  ['Host(`{{ trimsuffix "x" .Name }}`)', 'the default rule cannot be read: unknown function "trimsuffix"'],
  ['Host(`{{ index .Name "x" }}`)', 'the default rule cannot be filled in: index wants a map or a list, not a text'],
  ['{{ index .Labels "none" }}', 'the default rule is empty'],
] as const) {
  test(`the default rule ${template} is refused`, () => {
    assert.deepEqual(renderRule(template, model), { reason })
  })
}

for (const value of ['a`) || Host(`bank', 'a"', 'a\\', 'a\nb', 'a) || Host(b']) {
  test(`the value ${JSON.stringify(value)} does not leave the quotes it is put into`, () => {
    const labels = { x: value }
    const dangerous = { '`': /[`\n]/, '"': /["\\\n]/, '': /[^a-z]/ }
    for (const [quote, pattern] of Object.entries(dangerous)) {
      const rendered = renderRule(`Host(${quote}{{ index .Labels "x" }}${quote})`, { ...model, labels })
      if (pattern.test(value)) assert.ok('reason' in rendered, `${quote}${value}${quote}`)
      else assert.deepEqual(rendered, { rule: `Host(${quote}${value}${quote})` })
    }
  })
}

test('no value whatsoever adds a quote to a rule', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('`', '"'), (value, quote) => {
      const rendered = renderRule(`Host(${quote}{{ .Name }}${quote})`, { ...model, name: value })
      if ('rule' in rendered) assert.equal(rendered.rule.split(quote).length, 3)
    }),
  )
})

test('a name is normalised as Traefik does: letters and digits of any script, single dashes, none at the ends', () => {
  assert.equal(normalize('__web..App__été-7_'), 'web-App-été-7')
})
