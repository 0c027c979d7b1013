// Keeps the page in step with /api/muster/balancers: one table per balancer, one row per member.

const everyMs = 1000
// Relative: a router may have put the API under a prefix.
const balancersUrl = new URL(`${document.documentElement.dataset.api}muster/balancers`, location.href)
const main = document.querySelector('#balancers')
const freshness = document.querySelector('#freshness')
const template = document.querySelector('#balancer')

for (;;) {
  await refresh()
  await new Promise((resolve) => setTimeout(resolve, everyMs))
}

async function refresh() {
  try {
    const response = await fetch(balancersUrl, { signal: AbortSignal.timeout(5000) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    const balancers = await response.json()
    main.replaceChildren(...(balancers.length > 0 ? balancers.map(section) : [nothing()]))
    freshness.textContent = `live · ${new Date().toLocaleTimeString()}`
    freshness.classList.remove('stale')
  } catch (error) {
    // What is shown stays: the last known state, marked as such, is more use than an empty page.
    freshness.textContent = `no answer from Muster (${error.message}); what you see is the last known state`
    freshness.classList.add('stale')
  }
}

function section({ name, method, stickyCookie, usedBy, members }) {
  const node = template.content.cloneNode(true)
  node.querySelector('section').id = name
  node.querySelector('h2').textContent = `balancer://${name}`
  const sticky = stickyCookie
    ? `sticky session by cookie ${stickyCookie.name ?? '(default name)'}`
    : 'no sticky session'
  const routers = usedBy.length > 0 ? `used by ${usedBy.join(', ')}` : 'used by no router'
  const ready = members.filter(({ state }) => state === 'ready').length
  node.querySelector('.facts').textContent = `${ready} of ${members.length} ready · ${method} · ${sticky} · ${routers}`
  node.querySelector('tbody').replaceChildren(...members.map(row))
  return node
}

function row({ key, url, slot, container, weight, state, reason, elected, busy, to, from }) {
  const tr = document.createElement('tr')
  tr.dataset.key = key
  const cells = [url, slot, container ?? '', weight.toFixed(2), state, elected, busy, bytes(to), bytes(from)]
  for (const value of cells) tr.insertCell().textContent = value
  tr.cells[4].className = `state ${state}`
  tr.cells[4].title = reason
  return tr
}

function nothing() {
  const p = document.createElement('p')
  p.className = 'none'
  p.textContent = 'No balancer yet: label a service, start it, and it appears here.'
  return p
}

/** As Apache's manager: one decimal below ten of a unit, none above. */
function bytes(count) {
  const units = ['', 'K', 'M', 'G', 'T']
  let unit = 0
  for (; count >= 1024 && unit < units.length - 1; unit++) count /= 1024
  return `${unit > 0 && count < 10 ? count.toFixed(1) : Math.round(count)}${units[unit]}`
}
