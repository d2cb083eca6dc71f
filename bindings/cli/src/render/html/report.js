'use strict'
const data = JSON.parse(document.getElementById('data').textContent)
const by = (id) => document.getElementById(id)
const MARK = { always: '✓', depends: '◐', never: '–' }
const WORD = { always: 'always', depends: 'depends', never: 'never' }
const matrix = by('matrix')
let chosen = null

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function named(column) {
  const [first, ...more] = column.principals
  return more.length === 0 ? first : `${first} + ${more.length}`
}

function calls() {
  const fixed = [['from', data.ip], ['on', data.resource], ['at', data.at]].filter(([, value]) => value !== null)
  const of = fixed.length === 0 ? 'every call' : `calls ${fixed.map((pair) => pair.join(' ')).join(', ')}`
  return data.all > data.asked ? `${of}; the first ${data.asked} of ${data.all} principals` : of
}

// Actions by service and category, each group with the places of its actions.
function groups() {
  const found = new Map()
  data.actions.forEach(({ action, category }, place) => {
    const name = `${action.split(':')[0]}: ${category ?? 'opaque, one name of each kind'}`
    if (!found.has(name)) found.set(name, [])
    found.get(name).push(place)
  })
  return found
}

function head() {
  const row = made('tr', {}, made('th', { class: 'corner', scope: 'col' }, 'Action'))
  for (const column of data.columns) {
    row.append(made('th', { scope: 'col', title: column.principals.join('\n') }, made('span', {}, named(column))))
  }
  matrix.tHead.append(row)
}

function cell(place, column) {
  const number = data.columns[column].cells[place]
  const answer = number === null ? 'untold' : data.answers[number].answer
  const label = `${named(data.columns[column])}, ${data.actions[place].action}: ${WORD[answer] ?? 'not told apart'}`
  const at = { class: answer, tabindex: -1, 'aria-label': label, 'data-row': place, 'data-column': column }
  return made('td', { role: 'gridcell', ...at }, MARK[answer] ?? '·')
}

function body() {
  for (const [name, places] of groups()) {
    const group = made('tbody', { 'data-group': name })
    group.append(made('tr', {}, made('th', { class: 'group', scope: 'rowgroup', colspan: data.columns.length + 1 }, name)))
    for (const place of places) {
      const { action } = data.actions[place]
      const row = made('tr', { 'data-action': action }, made('th', { scope: 'row' }, action.split(':').slice(1).join(':')))
      data.columns.forEach((_, column) => row.append(cell(place, column)))
      group.append(row)
    }
    matrix.append(group)
    by('by-category').append(made('option', { value: name }, name))
  }
}

function somebody(place) {
  return data.columns.some(({ principals, cells }) => {
    const number = cells[place]
    return principals.some((name) => name !== 'root') && number !== null && data.answers[number].answer !== 'never'
  })
}

function filter() {
  const [action, principal] = ['by-action', 'by-principal'].map((id) => by(id).value.trim().toLowerCase())
  const [category, some] = [by('by-category').value, by('some-only').checked]
  const shown = data.columns.map(({ principals }) => principals.some((name) => name.toLowerCase().includes(principal)))
  for (const row of matrix.rows) {
    for (let at = 1; at < row.cells.length; at += 1) row.cells[at].hidden = !shown[at - 1]
  }
  let actions = 0
  for (const group of matrix.tBodies) {
    let any = false
    for (const row of [...group.rows].slice(1)) {
      const place = Number(row.cells[1]?.dataset.row ?? 0)
      const fits = row.dataset.action.toLowerCase().includes(action) && (category === '' || category === group.dataset.group)
      row.hidden = !fits || (some && !somebody(place))
      any ||= !row.hidden
      actions += Number(!row.hidden)
    }
    group.hidden = !any
  }
  const columns = shown.filter(Boolean).length
  by('count').textContent = `${actions} of ${data.actions.length} actions, ${columns} of ${data.columns.length} columns (principals that are answered alike share one)`
  enter()
}

// One visible cell takes part in the order of Tab: the chosen one, or else the first.
function enter() {
  for (const old of matrix.querySelectorAll('td[tabindex="0"]')) old.tabIndex = -1
  const first = chosen?.checkVisibility() ? chosen : [...matrix.querySelectorAll('td')].find((one) => one.checkVisibility())
  if (first) first.tabIndex = 0
}

function word(answer) {
  return made('span', { class: `word ${answer}` }, answer)
}

function listed(items) {
  const list = made('ul')
  for (const [text, answer] of items) list.append(made('li', {}, `${text} `, word(answer)))
  return list
}

// An address as a number, IPv4 and IPv6.
function number(text) {
  if (!text.includes(':')) return text.split('.').reduce((all, part) => all * 256n + BigInt(part), 0n)
  const [front, back] = text.split('::').map((part) => part.split(':').filter(Boolean))
  const rest = back ?? []
  const parts = [...front, ...Array(8 - front.length - rest.length).fill('0'), ...rest]
  return parts.reduce((all, part) => all * 65536n + BigInt(`0x${part}`), 0n)
}

// The address line of one family in stretches: a prefix, or the gap before it.
function stretches(on, sixth) {
  const width = sixth ? 128n : 32n
  const of = (prefixes, answer) => prefixes.filter((one) => one.includes(':') === sixth).map((one) => {
    const [address, length] = one.split('/')
    const size = 1n << (width - BigInt(length ?? width))
    return { start: number(address), size, answer, text: one }
  })
  const held = [...of(on.always, 'always'), ...of(on.depends, 'depends')].sort((a, b) => (a.start < b.start ? -1 : 1))
  const line = []
  let at = 0n
  const gap = (until) => until > at && line.push({ start: at, size: until - at, answer: 'never', text: 'others' })
  for (const one of held) {
    gap(one.start)
    line.push(one)
    at = one.start + one.size
  }
  gap(1n << width)
  return held.length === 0 ? [] : line
}

function bar(on, sixth) {
  const line = stretches(on, sixth)
  const label = `${sixth ? 'IPv6' : 'IPv4'}: ${line.map(({ text, answer }) => `${text} ${answer}`).join(', ')}`
  const drawn = made('div', { class: 'bar', role: 'img', 'aria-label': label })
  for (const { size, answer, text } of line) {
    // Widths grow with the length of the number of addresses: a network would not be seen on a true scale.
    drawn.append(made('span', { class: answer, title: `${text}: ${answer}`, style: `flex: ${size.toString(2).length}` }))
  }
  return line.length === 0 ? [] : [made('div', { class: 'family', 'aria-hidden': 'true' }, sixth ? 'IPv6' : 'IPv4'), drawn]
}

const DRAWN = {
  address: (on) => [
    made('h3', {}, 'Address'),
    ...bar(on, false),
    ...bar(on, true),
    listed([...on.always.map((one) => [one, 'always']), ...on.depends.map((one) => [one, 'depends']), ['without an address', on.without]]),
  ],
  time: (on) => [
    made('h3', {}, 'Time'),
    listed([
      ...on.windows.map(({ since, until, answer }) => [`${since ? `since ${since} ` : ''}${until ? `until ${until}` : ''}`.trim() || 'ever', answer]),
      ['without a time', on.without],
    ]),
  ],
  key: (on) => [
    made('h3', {}, `Key ${on.key}`),
    listed([...on.values.map(({ value, answer }) => [JSON.stringify(value), answer]), ['without it', on.without]]),
  ],
  account: (on) => [
    made('h3', {}, 'Account numbers'),
    listed(on.numbers.map(({ answer, ...given }) => [
      Object.entries(given).filter(([, value]) => value !== null).map((pair) => pair.join(' ')).join(', ') || 'none given',
      answer,
    ])),
  ],
  resource: (on) => [
    made('h3', {}, 'Resource'),
    listed([...on.patterns.map(({ pattern, answer }) => [pattern, answer]), ['others', on.others]]),
  ],
}

function detail(place, column) {
  const { principals, cells } = data.columns[column]
  const parts = [made('h2', {}, data.actions[place].action), made('p', {}, principals.join(', '))]
  const answer = cells[place] === null ? null : data.answers[cells[place]]
  if (answer === null) parts.push(made('p', {}, 'Answered as another action of the same service: ask about one principal.'))
  else {
    parts.push(made('p', {}, word(answer.answer), answer.exact ? '' : ' not exact'))
    for (const on of answer.on) parts.push(...DRAWN[on.what](on))
    for (const because of answer.because ?? []) parts.push(made('p', {}, `not exact: ${because}`))
  }
  by('detail').replaceChildren(...parts)
}

function choose(one) {
  chosen?.removeAttribute('aria-selected')
  chosen = one
  one.setAttribute('aria-selected', 'true')
  enter()
  detail(Number(one.dataset.row), Number(one.dataset.column))
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function move(from, [down, right]) {
  const rows = [...matrix.querySelectorAll('tbody tr[data-action]')].filter((row) => row.checkVisibility())
  const row = rows[rows.indexOf(from.parentElement) + down]
  const cells = [...(row?.querySelectorAll('td') ?? [])].filter((one) => one.checkVisibility())
  const at = cells.findIndex((one) => one.dataset.column === from.dataset.column)
  return cells[at + right]
}

matrix.addEventListener('focusin', ({ target }) => target.matches('td') && choose(target))
matrix.addEventListener('click', ({ target }) => target.closest('td')?.focus())
matrix.addEventListener('keydown', (event) => {
  const step = STEPS[event.key]
  if (!step || !event.target.matches('td')) return
  event.preventDefault()
  move(event.target, step)?.focus()
})
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
for (const id of ['by-action', 'by-principal', 'by-category', 'some-only']) by(id).addEventListener('input', filter)
by('calls').textContent = `(${calls()})`
head()
body()
filter()
