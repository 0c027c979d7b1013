// `Define NAME value` and `${NAME}`, and what a template leaves to be filled in.

/** Variables put into variables double with each line. */
const valueMax = 8192

export type Variables = Map<string, string>

/** Those that are not defined stay as they are: they may come from Apache's environment. */
export function withVariables(text: string, variables: Variables): string {
  if (!text.includes('${')) return text
  let length = text.length
  return text.replaceAll(/\$\{([^{}]*)\}/g, (written, name: string) => {
    const value = variables.get(name) ?? written
    length += value.length
    return length > valueMax ? written : value
  })
}

/** What somebody has to fill in: `${BACKEND}`, `<?php … ?>`, `{{ backend }}`; undefined: nothing. */
export function blankIn(text: string): string | undefined {
  return /\$\{[^{}]*\}|<\?.*?(?:\?>|$)|\{\{.*?\}\}|<%.*?%>/.exec(text)?.[0]
}
