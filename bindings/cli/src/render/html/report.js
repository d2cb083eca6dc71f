'use strict'
// What the pages share: a table of actions by principals with its legend, filters and keys, and the parts of which details
// are made. What the table says is each page's own: it ends with `start({…})`.
const data = JSON.parse(document.getElementById('data').textContent)
const by = (id) => document.getElementById(id)
const matrix = by('matrix')
// Prefixes of one list that are drawn; the rest is counted.
const PREFIXES = {{prefixes}}
// How an answer is named and coloured where it stands for itself.
const ANSWERS = { always: ['always', 'always'], depends: ['depends', 'depends'], never: ['never', 'never'] }
let page = null
let chosen = null
// The cell that takes part in the order of Tab, and which columns are shown.
let entry = null
let columns = ''

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function named({ principals, more }) {
  const others = principals.length - 1 + (more ?? 0)
  return others === 0 ? principals[0] : `${principals[0]} + ${others}`
}

function whole({ principals, more }, between) {
  return principals.join(between) + (more ? `${between}and ${more} more` : '')
}

// The service and category of an action, and its name within the service.
const service = ({ action }) => action.split(':')[0]
const short = ({ action }) => action.split(':').slice(1).join(':')
const ofService = (row) => `${service(row)}: ${row.category ?? 'opaque, one name of each kind'}`

// Groups of rows, each with the places of its actions.
function groups() {
  const found = new Map()
  page.rows.forEach((row, place) => {
    const name = page.group(row)
    if (!found.has(name)) found.set(name, [])
    found.get(name).push(place)
  })
  return found
}

function legend() {
  for (const [kind, { mark, text }] of Object.entries(page.kinds)) {
    by('legend').append(made('li', {}, made('span', { class: `mark ${kind}`, 'aria-hidden': 'true' }, mark), ` ${text}`))
  }
  by('legend').append(made('li', {}, made('b', { 'aria-hidden': 'true' }, '?'), ' beside a mark: not exact'))
}

function head() {
  const row = made('tr', {}, made('th', { class: 'corner', scope: 'col' }, 'Action'))
  for (const column of page.columns) {
    row.append(made('th', { scope: 'col', title: whole(column, '\n') }, made('span', {}, named(column))))
  }
  matrix.tHead.append(row)
}

function drawnCell(of, what, column, at) {
  const doubt = of.exact === false ? ', not exact' : ''
  const label = `${named(page.columns[column])}, ${what}: ${of.said}${doubt}`
  const attributes = { role: 'gridcell', class: of.kind, tabindex: -1, 'aria-label': label, 'data-column': column, ...at }
  return made('td', attributes, (of.text ?? page.kinds[of.kind].mark) + (doubt ? '?' : ''))
}

// The row that heads a group: its name, and figures where the page has some.
function heading(name) {
  const title = name === '' ? 'all categories' : name
  if (!page.figure) return made('tr', {}, made('th', { class: 'group', scope: 'rowgroup', colspan: page.columns.length + 1 }, title))
  const row = made('tr', { class: 'figures' }, made('th', { class: 'group', scope: 'rowgroup' }, title))
  page.columns.forEach((_, column) => row.append(drawnCell(page.figure(name, column), title, column, { 'data-figure': name })))
  return row
}

function body() {
  if (page.figure) matrix.append(made('tbody', {}, heading('')))
  for (const [name, places] of groups()) {
    const group = made('tbody', { 'data-group': name })
    group.append(heading(name))
    for (const place of places) {
      const row = page.rows[place]
      const line = made('tr', { 'data-place': place, 'data-action': row.action }, made('th', { scope: 'row' }, page.name(row)))
      page.columns.forEach((_, column) => line.append(drawnCell(page.cell(place, column), row.action, column, { 'data-row': place })))
      group.append(line)
    }
    matrix.append(group)
    by('by-category').append(made('option', { value: name }, name))
  }
}

// Shows some of the columns; tables may be large, and what stays is not touched.
function show(shown) {
  if (columns === shown.join()) return
  columns = shown.join()
  for (const row of matrix.rows) {
    for (let at = 1; at < row.cells.length; at += 1) row.cells[at].hidden = !shown[at - 1]
  }
}

function filter() {
  const [action, principal] = ['by-action', 'by-principal'].map((id) => by(id).value.trim().toLowerCase())
  const [category, some] = [by('by-category').value, by('some-only').checked]
  const shown = page.columns.map(({ principals }) => principals.some((name) => name.toLowerCase().includes(principal)))
  show(shown)
  let actions = 0
  for (const group of matrix.querySelectorAll('tbody[data-group]')) {
    let any = false
    for (const row of group.querySelectorAll('tr[data-action]')) {
      const fits = row.dataset.action.toLowerCase().includes(action) && (category === '' || category === group.dataset.group)
      row.hidden = !fits || (some && !page.some.holds(Number(row.dataset.place)))
      any ||= !row.hidden
      actions += Number(!row.hidden)
    }
    group.hidden = !any
  }
  const count = shown.filter(Boolean).length
  by('count').textContent = `${actions} of ${page.rows.length} actions, ${count} of ${page.columns.length} columns (${page.together})`
  enter()
}

const LINES = 'tr[data-action], tr.figures'

function first() {
  for (const row of matrix.querySelectorAll(LINES)) {
    if (!row.checkVisibility()) continue
    const [cell] = visible(row)
    if (cell) return cell
  }
  return null
}

// One visible cell takes part in the order of Tab: the chosen one, or else the first.
function enter() {
  if (entry) entry.tabIndex = -1
  entry = chosen?.checkVisibility() ? chosen : first()
  if (entry) entry.tabIndex = 0
}

function word(answer, voice = ANSWERS) {
  const [kind, text] = voice[answer]
  return made('span', { class: `word ${kind}` }, text)
}

function listed(items, voice) {
  const list = made('ul')
  for (const [text, answer] of items) list.append(made('li', {}, text, ...(answer === undefined ? [] : [' ', word(answer, voice)])))
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

const beyond = (count) => (count === 1 ? '1 prefix more, which is' : `${count} prefixes more, which are`)

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
  const gap = (until, answer, text) => until > at && line.push({ start: at, size: until - at, answer, text })
  for (const one of held.slice(0, PREFIXES)) {
    gap(one.start, 'never', 'others')
    line.push(one)
    at = one.start + one.size
  }
  if (held.length > PREFIXES) gap(1n << width, undefined, `${beyond(held.length - PREFIXES)} not drawn,`)
  else gap(1n << width, 'never', 'others')
  return held.length === 0 ? [] : line
}

function bar(on, sixth, voice) {
  const line = stretches(on, sixth)
  const said = ({ text, answer }) => `${text} ${answer === undefined ? 'and others' : voice[answer][1]}`
  const label = `${sixth ? 'IPv6' : 'IPv4'}: ${line.map(said).join(', ')}`
  const drawn = made('div', { class: 'bar', role: 'img', 'aria-label': label })
  for (const one of line) {
    // Widths grow with the length of the number of addresses: a network would not be seen on a true scale.
    const attributes = { class: one.answer === undefined ? 'untold' : voice[one.answer][0], title: said(one) }
    drawn.append(made('span', { ...attributes, style: `flex: ${one.size.toString(2).length}` }))
  }
  return line.length === 0 ? [] : [made('div', { class: 'family', 'aria-hidden': 'true' }, sixth ? 'IPv6' : 'IPv4'), drawn]
}

// Prefixes with their answers; the rest is counted.
function prefixes(on) {
  const all = [...on.always.map((one) => [one, 'always']), ...on.depends.map((one) => [one, 'depends'])]
  const rest = all.length - PREFIXES
  return rest > 0 ? [...all.slice(0, PREFIXES), [`and ${beyond(rest)} in the data of this file`]] : all
}

const DRAWN = {
  address: (on, voice) => [
    made('h3', {}, 'Address'),
    ...bar(on, false, voice),
    ...bar(on, true, voice),
    listed([...prefixes(on), ['without an address', on.without]], voice),
  ],
  time: (on, voice) => [
    made('h3', {}, 'Time'),
    listed([
      ...on.windows.map(({ since, until, answer }) => [`${since ? `since ${since} ` : ''}${until ? `until ${until}` : ''}`.trim() || 'ever', answer]),
      ['without a time', on.without],
    ], voice),
  ],
  key: (on, voice) => [
    made('h3', {}, `Key ${on.key}`),
    listed([...on.values.map(({ value, answer }) => [JSON.stringify(value), answer]), ['without it', on.without]], voice),
  ],
  account: (on, voice) => [
    made('h3', {}, 'Account numbers'),
    listed(on.numbers.map(({ answer, ...given }) => [
      Object.entries(given).filter(([, value]) => value !== null).map((pair) => pair.join(' ')).join(', ') || 'none given',
      answer,
    ]), voice),
  ],
  resource: (on, voice) => [
    made('h3', {}, 'Resource'),
    listed([...on.patterns.map(({ pattern, answer }) => [pattern, answer]), ['others', on.others]], voice),
  ],
}

// What an answer hangs on, and why it is not exact.
function dependences(answer, voice = ANSWERS) {
  const doubts = (answer.because ?? []).map((because) => made('p', {}, `not exact: ${because}`))
  return [...answer.on.flatMap((on) => DRAWN[on.what](on, voice)), ...doubts]
}

function choose(one) {
  chosen?.removeAttribute('aria-selected')
  chosen = one
  one.setAttribute('aria-selected', 'true')
  enter()
  const { row, figure, column } = one.dataset
  const at = Number(column)
  const title = row === undefined ? figure || 'all categories' : page.rows[row].action
  const parts = row === undefined ? page.figureDetail(figure, at) : page.detail(Number(row), at)
  const who = made('p', { class: 'who' }, whole(page.columns[at], ', '))
  by('detail').replaceChildren(made('h2', {}, title), who, ...parts)
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
// The ends of a row.
const ENDS = { Home: 0, End: -1 }

function visible(row) {
  return [...(row?.querySelectorAll('td') ?? [])].filter((one) => one.checkVisibility())
}

function move(from, [down, right]) {
  const rows = [...matrix.querySelectorAll(LINES)].filter((row) => row.checkVisibility())
  const cells = visible(rows[rows.indexOf(from.parentElement) + down])
  const at = cells.findIndex((one) => one.dataset.column === from.dataset.column)
  return cells[at + right]
}

function start(own) {
  page = own
  matrix.addEventListener('focusin', ({ target }) => target.matches('td') && choose(target))
  matrix.addEventListener('click', ({ target }) => target.closest('td')?.focus())
  matrix.addEventListener('keydown', (event) => {
    const [step, end] = [STEPS[event.key], ENDS[event.key]]
    if ((!step && end === undefined) || !event.target.matches('td')) return
    event.preventDefault()
    const to = step ? move(event.target, step) : visible(event.target.parentElement).at(end)
    to?.focus()
  })
  document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
  for (const id of ['by-action', 'by-principal', 'by-category', 'some-only']) by(id).addEventListener('input', filter)
  by('calls').textContent = `(${page.calls})`
  by('some').textContent = page.some.text
  by('about').append(...page.about)
  by('left').textContent = page.left.length === 0 ? '' : `Not shown: ${page.left.join('; ')}.`
  legend()
  head()
  body()
  columns = page.columns.map(() => true).join()
  filter()
}
