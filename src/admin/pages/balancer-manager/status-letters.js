// Apache's status letters as the page writes them: each once, always in one order.

const order = 'DSNHRI'

export function withLetters(status, added, removed) {
  return [...order].filter((letter) => (status + added).includes(letter) && !removed.includes(letter)).join('')
}
