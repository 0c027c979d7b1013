import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkDeclareOptions } from '../../../../src/provider/docker/check-options.ts'
import { renderRule } from '../../../../src/provider/docker/default-rule.ts'
import { functions } from '../../../../src/provider/docker/template/functions.ts'
import { parseTemplate } from '../../../../src/provider/docker/template/parser.ts'

const labels = {
  host: 'a.test',
  hosts: 'a.test,b.test,c.test',
  'com.example.tier': 'Web One',
  empty: '',
  evil: 'x`) || Host(`bank',
}
const model = { name: 'web-shop', containerName: 'shop_web_1', labels }

function render(template: string, more: Partial<typeof model> = {}): string {
  const rendered = renderRule(parseTemplate(template), { ...model, ...more })
  return 'rule' in rendered ? rendered.rule : `refused: ${rendered.reason}`
}

for (const [template, rule] of [
  // Go's syntax.
  ['a {{- .Name -}} b', 'aweb-shopb'],
  ['a {{ .Name }} b', 'a web-shop b'],
  ['a\n{{- /* why */ -}}\nb', 'ab'],
  ['a{{/* {{ }} */}}b', 'ab'],
  ['{{.Labels.host}}', 'a.test'],
  ['{{$.Name}}', 'web-shop'],
  ['{{ (split "." .Labels.host)._1 }}', 'test'],
  ['{{ $h := index .Labels "host" }}{{ $h }}', 'a.test'],
  ['{{ $a := "x" }}{{ if true }}{{ $a = "y" }}{{ end }}{{ $a }}', 'y'],
  ['{{ $a := "x" }}{{ if true }}{{ $a := "y" }}{{ end }}{{ $a }}', 'x'],
  ['{{ .Name | trimSuffix "-shop" | upper }}', 'WEB'],
  ['{{ printf "%s.%s" (lower "A") ("b" | upper) }}', 'a.B'],
  ['{{ 1 }}{{ -2 }}{{ 1.5 }}{{ true }}', '1-21.5true'],
  ['{{\n  .Name\n}}', 'web-shop'],
  ['{{ "a\\tb" }}', 'a\tb'],
  // Conditions and loops.
  ['{{ if .Labels.host }}yes{{ else }}no{{ end }}', 'yes'],
  ['{{ if .Labels.none }}yes{{ else }}no{{ end }}', 'no'],
  ['{{ if .Labels.empty }}yes{{ else if .Labels.host }}second{{ else }}no{{ end }}', 'second'],
  ['{{ if false }}a{{ else if false }}b{{ else }}c{{ end }}d', 'cd'],
  ['{{ with .Labels.host }}{{ . }}-{{ $.Name }}{{ else }}none{{ end }}', 'a.test-web-shop'],
  ['{{ with .Labels.none }}{{ . }}{{ else }}{{ .Name }}{{ end }}', 'web-shop'],
  ['{{ with $x := .Name }}{{ $x }}{{ end }}', 'web-shop'],
  ['{{ range splitList "," .Labels.hosts }}[{{ . }}]{{ end }}', '[a.test][b.test][c.test]'],
  [
    '{{ range $i, $h := splitList "," .Labels.hosts }}{{ if $i }} || {{ end }}Host(`{{ $h }}`){{ end }}',
    'Host(`a.test`) || Host(`b.test`) || Host(`c.test`)',
  ],
  ['{{ range $h := list "a" "b" }}{{ $h }}{{ end }}', 'ab'],
  ['{{ range list }}x{{ else }}none{{ end }}', 'none'],
  ['{{ range $k, $v := .Labels }}{{ if hasPrefix "com." $k }}{{ lower $v | normalize }}{{ end }}{{ end }}', 'web-one'],
  // Go's functions.
  ['{{ if eq .Name "web-shop" }}a{{ end }}', 'a'],
  ['{{ if eq .Name "x" "web-shop" }}a{{ end }}', 'a'],
  ['{{ if ne .Name "x" }}a{{ end }}', 'a'],
  ['{{ if and .Name .Labels.host }}a{{ end }}', 'a'],
  ['{{ if or .Labels.none .Labels.empty }}a{{ else }}b{{ end }}', 'b'],
  ['{{ or .Labels.none .Labels.host }}', 'a.test'],
  ['{{ if and false (index (list) 5) }}a{{ else }}b{{ end }}', 'b'],
  ['{{ if not .Labels.none }}a{{ end }}', 'a'],
  ['{{ index (list "a" "b") 1 }}', 'b'],
  ['{{ len "été" }}{{ len (list 1 2) }}', '52'],
  ['{{ print "a" "b" }}', 'ab'],
  ['{{ printf "%s %v %d%% %q" "a" "b" 3 "c" }}', 'a b 3% "c"'],
  // Traefik's and Sprig's.
  ['{{ normalize "__web..App__" }}', 'web-App'],
  ['{{ trim "  a " }}{{ trimAll "$" "$5$" }}{{ trimPrefix "-" "-a" }}{{ trimSuffix "-" "a-" }}', 'a5aa'],
  ['{{ trimPrefix "x" "a" }}{{ trimSuffix "" "a" }}', 'aa'],
  ['{{ replace "_" "-" .ContainerName }}', 'shop-web-1'],
  ['{{ .ContainerName | replace "_" "." | lower }}', 'shop.web.1'],
  ['{{ upper "a" }}{{ lower "B" }}{{ title "hello wide_world" }}', 'AbHello Wide_world'],
  ['{{ contains "b" "abc" }}{{ hasPrefix "a" "abc" }}{{ hasSuffix "x" "abc" }}', 'truetruefalse'],
  ['{{ $p := split "-" .Name }}{{ $p._0 }}.{{ $p._1 }}{{ $p._2 }}', 'web.shop'],
  ['{{ (splitn "." 2 "a.b.c")._1 }}', 'b.c'],
  ['{{ splitList "," .Labels.hosts | first }} {{ splitList "," .Labels.hosts | last }}', 'a.test c.test'],
  ['{{ rest (list "a" "b" "c") | join "" }}{{ initial (list "a" "b") | join "" }}', 'bca'],
  ['{{ join "-" (list "a" "b" 1) }}', 'a-b-1'],
  ['{{ default "d" .Labels.none }}{{ default "d" .Labels.host }}{{ .Labels.none | default "e" }}', 'da.teste'],
  ['{{ coalesce .Labels.none .Labels.empty "c" }}', 'c'],
  ['{{ ternary "yes" "no" (eq .Name "web-shop") }}{{ false | ternary "yes" "no" }}', 'yesno'],
  ['{{ if empty .Labels.none }}a{{ end }}', 'a'],
  ['{{ if hasKey .Labels "empty" }}a{{ end }}{{ get .Labels "host" }}', 'aa.test'],
  ['Host({{ quote .Name }})', 'Host("web-shop")'],
] as const) {
  test(`the template ${JSON.stringify(template)} gives ${rule}`, () => {
    assert.equal(render(template), rule)
  })
}

for (const [template, position, reason, hint] of [
  ['{{ normalise .Name }}', 3, 'unknown function "normalise"', 'did you mean "normalize"?'],
  ['{{ env "HOME" }}', 3, 'unknown function "env"', undefined],
  ['{{ define "x" }}{{ end }}', 3, '"define" is not supported', undefined],
  ['{{ .Nam }}', 3, 'there is no ".Nam"', 'did you mean "Name"?'],
  ['{{ $.Service }}', 3, 'there is no ".Service"', 'use .Name or .Labels'],
  ['{{ $x }}', 3, 'the variable "$x" was never set', 'did you mean "$"?'],
  ['{{ if true }}{{ $x := "a" }}{{ end }}{{ $x }}', 40, 'the variable "$x" was never set', 'did you mean "$"?'],
  ['{{ if .Name }}a', 3, '"if" has no "end"', undefined],
  ['{{ range .Labels }}{{ else }}', 3, '"range" has no "end"', undefined],
  ['a{{ end }}', 4, '"end" ends no "if", "with" or "range"', undefined],
  ['{{ if true }}{{ else }}{{ else }}{{ end }}', 26, 'a second "else"', undefined],
  ['{{ lower }}', 3, 'lower takes 1 argument, not 0', undefined],
  ['{{ lower "a" "b" }}', 3, 'lower takes 1 argument, not 2', undefined],
  ['{{ .Name | replace "a" }}', 11, 'replace takes 3 arguments, not 2', undefined],
  ['{{ .Name "a" }}', 3, 'what has arguments is not a function', undefined],
  ['{{ .Name | .Labels }}', 11, 'what stands after "|" is not a function', undefined],
  ['{{ (lower "a" }}', 3, 'the parenthesis is never closed', undefined],
  ['{{ lower "a" ) }}', 13, 'unexpected ")"', undefined],
  ['{{ }}', 3, 'expected a value, found the end', undefined],
  ['{{ if }}a{{ end }}', 6, 'expected a value, found the end', undefined],
  ["{{ lower 'a' }}", 9, `unexpected character "'"`, 'use backticks or double quotes'],
  ['{{ "a }}', 3, 'the string is never closed', undefined],
  ['{{ "\\q" }}', 4, 'unknown escape "\\q"', undefined],
  ['a {{ .Name', 2, 'has a "{{" without its "}}"', undefined],
  [`${'{{ if true }}'.repeat(33)}${'{{ end }}'.repeat(33)}`, 419, 'blocks are nested deeper than 32 levels', undefined],
] as const) {
  test(`the template ${JSON.stringify(template.slice(0, 50))} is refused at ${position}`, () => {
    assert.deepEqual(parseTemplate(template), { ok: false, flaw: { reason, hint, position } })
  })
}

for (const [template, reason] of [
  ['{{ .Labels }}', '"{{ .Labels }}" gives a map, which cannot be printed'],
  ['{{ list "a" }}', '"{{ list "a" }}" gives a list, which cannot be printed'],
  ['{{ first (list) }}', '"{{ first (list) }}" gives nothing, which cannot be printed'],
  ['{{ index (list "a") 1 }}', 'the list has 1 elements, and not this one'],
  ['{{ lower .Labels }}', 'wanted a text, got a map'],
  ['{{ eq .Name 1 }}', 'cannot compare a text with a number'],
  ['{{ printf "%d" .Name }}', 'printf cannot print a text as "%d"'],
  ['{{ printf "%5s" .Name }}', 'printf cannot print a text as "%5"'],
  ['{{ printf "%s" }}', 'printf has no value for "%s"'],
  ['{{ printf "a" .Name }}', 'printf has 1 values for 0 verbs'],
  ['{{ range .Name }}{{ end }}', 'range wants a list or a map, not a text'],
  ['{{ .Name.x }}', 'a text has no field ".x"'],
] as const) {
  test(`filling in ${template} is refused: ${reason}`, () => {
    assert.equal(render(template), `refused: the default rule cannot be filled in: ${reason}`)
  })
}

for (const template of [
  'Host(`{{ .Labels.evil }}`)',
  'Host(`{{ .Labels.evil | lower | trim }}`)',
  'Host(`{{ range $k, $v := .Labels }}{{ $v }}{{ end }}`)',
  'Host(`{{ with .Labels.evil }}{{ . }}{{ end }}`)',
  'Host(`{{ $x := .Labels.evil }}{{ $x }}`)',
  'Host(`{{ default "a" .Labels.evil }}`)',
  'Host(`{{ printf "%s.test" .Labels.evil }}`)',
  'Host(`{{ printf .Labels.evil }}`)',
  '{{ printf "Host(`%s`)" .Labels.evil }}',
  'Host(`{{ join "`) || Host(`" (splitList "," .Labels.evil) }}`)',
  'Host(`{{ (split "," .Labels.evil)._0 }}`)',
  'Host(`{{ replace "x" "y" .Labels.evil }}`)',
  'Host({{ .Labels.evil }})',
  'Host("{{ quote .Labels.evil }}")',
  'Host(`{{ quote .Labels.evil }}`)',
  'Host("\\{{ .Name }}")',
]) {
  test(`a label does not leave the quotes it is put into by ${template}`, () => {
    assert.match(render(template), /^refused: .* cannot be put into the default rule at /)
  })
}

test('what the template’s author wrote may hold quotes, and a value is escaped between those of quote and %q', () => {
  assert.equal(render('Host({{ "`" }}{{ .Name }}{{ "`" }})'), 'Host(`web-shop`)')
  assert.equal(render('{{ printf "Host(`%s.test`)" .Name }}'), 'Host(`web-shop.test`)')
  assert.equal(
    render('{{ join " || " (list "Host(`a`)" (printf "Host(%q)" .Name)) }}'),
    'Host(`a`) || Host("web-shop")',
  )
  assert.equal(render('{{ $q := upper "`a`" }}Host({{ $q }})'), 'Host(`A`)')
  assert.equal(render('Host({{ printf "%q" .Labels.evil }})'), 'Host("x`) || Host(`bank")')
})

test('no label whatsoever, through any function, adds a quote to a rule', () => {
  const templates = ['.Labels.x', 'lower .Labels.x', 'replace "a" "b" .Labels.x', 'printf "%s" .Labels.x'].flatMap(
    (value) => [
      { template: `Host(\`{{ ${value} }}\`)`, quote: '`' },
      { template: `Host("{{ ${value} }}")`, quote: '"' },
    ],
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...templates), (x, { template, quote }) => {
      const rule = render(template, { labels: { ...labels, x } as typeof labels })
      if (!rule.startsWith('refused:')) assert.equal(rule.split(quote).length, 3)
    }),
  )
})

test('a template ends, and soon, whatever it is given', () => {
  const long = { labels: { ...labels, host: 'a'.repeat(8000), hosts: ','.repeat(1000) } }
  for (const template of [
    '{{ $s := "a" }}{{ range splitList "," .Labels.hosts }}{{ $s = printf "%s%s" $s $s }}{{ end }}{{ $s }}',
    '{{ replace "a" .Labels.host .Labels.host }}',
    '{{ join .Labels.host (splitList "," .Labels.hosts) }}',
    '{{ range splitList "," .Labels.hosts }}{{ range splitList "," $.Labels.hosts }}{{ end }}x{{ end }}',
    '{{ lower .Labels.host }}{{ upper .Labels.host }}{{ lower .Labels.host }}',
  ]) {
    assert.match(render(template, long), /longer than 16384 characters|more than 10000 steps/, template)
  }
})

test('no template whatsoever makes parser or run throw', () => {
  const signs = [
    '{{',
    '}}',
    '{{-',
    '-}}',
    ' ',
    '.',
    '$',
    '$x',
    ':=',
    '=',
    '|',
    '(',
    ')',
    ',',
    '"a"',
    '`',
    '1',
    '/*',
    '*/',
  ]
  const words = ['if', 'else', 'end', 'range', 'with', '.Name', '.Labels', 'true', 'x']
  const word = fc.constantFrom(...signs, ...words, ...functions.keys())
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (found) => {
      render(found.join(' '))
      render(`{{ ${found.join(' ')} }}`)
    }),
    { numRuns: 2000 },
  )
})

test('flaws of the options are told with their place', () => {
  assert.deepEqual(checkDeclareOptions({ constraints: undefined, defaultRule: 'Host(`{{ .Name }}`)' }), [])
  assert.deepEqual(checkDeclareOptions({ constraints: 'Lable(`a`, `b`)', defaultRule: '{{ upcase .Name }}' }), [
    {
      severity: 'error',
      option: 'providers.docker.constraints',
      reason: 'unknown function "Lable" at character 1; did you mean "Label"?',
    },
    {
      severity: 'error',
      option: 'providers.docker.defaultRule',
      reason: 'unknown function "upcase" at character 4',
    },
  ])
  assert.deepEqual(
    checkDeclareOptions({ constraints: 'LabelRegex(`a`, `(`)', defaultRule: 'x' }).map(({ severity }) => severity),
    ['warning'],
  )
})
