
// How far a set is open, of two sets both and what changes. Shares below this one are narrow.
const NARROW = 1 / 256
const CHANGED = data.old !== null
const OPEN = { always: ['broad', 'open'], depends: ['broad', 'open'], never: ['none', 'closed'] }
const NOTHING = { v4: 0, v6: 0, exact: true, because: [], places: null }

// How often a category has an action that is told apart in a column.
function counted(group, column) {
  const cells = data.columns[column].cells
  return data.actions.filter((row, place) => (group === '' || category(row) === group) && cells[place].some((one) => one !== null)).length
}

const category = (row) => row.category ?? 'opaque'
const value = ({ v4, v6 }) => (v4 + v6) / 2

function level({ v4, v6 }, most) {
  if (v4 === 0 && v6 === 0) return 'none'
  if (v4 >= most && v6 >= most) return 'whole'
  return Math.max(v4, v6) < most * NARROW ? 'narrow' : 'broad'
}

// Sums that were added in another order differ by less.
const NEAR = 1e-14

function change(old, now) {
  const signs = [[old.v4, now.v4], [old.v6, now.v6]].map(([one, other]) =>
    Math.abs(other - one) <= NEAR * Math.max(one, other) ? 0 : Math.sign(other - one))
  if (signs.every((sign) => sign === 0)) return now.v4 === 0 && now.v6 === 0 ? 'none' : 'same'
  if (signs.every((sign) => sign >= 0)) return 'more'
  return signs.every((sign) => sign <= 0) ? 'less' : 'both'
}

// What becomes of one action: as `change`, and whether other addresses are open than before.
function moved(old, now) {
  const kind = change(old, now)
  return kind === 'same' && JSON.stringify(old.places) !== JSON.stringify(now.places) ? 'moved' : kind
}

// Three places, or three digits of what is smaller, rounded as the command does it: what lies in the middle to the even digit.
function figure(number) {
  if (number !== 0 && Math.abs(number) < 0.001) return number.toExponential(2)
  const [times, down] = [number * 1000, Math.floor(number * 1000)]
  return (times - down === 0.5 ? (down + Math.abs(down % 2)) / 1000 : number).toFixed(3)
}

// As much of it as fits in a cell.
function brief(number) {
  return number === 0 ? '0' : Math.abs(number) >= 0.001 ? String(Number(number.toPrecision(3))) : number.toExponential(0)
}

const WORD = {
  none: 'closed', narrow: 'open from few addresses', broad: 'open from some addresses', whole: 'open from every address',
  more: 'more open', less: 'less open', both: 'more open in one family, less in the other', same: 'as open as before',
  moved: 'as open as before, from other addresses',
}

function openings(place, column) {
  return data.columns[column].cells[place].map((one) => (one === null ? NOTHING : data.openings[one]))
}

function figuresOf(group, column) {
  const { old, new: now, change: by } = data.columns[column]
  const of = (figures) => (group === '' ? figures : figures.categories[group]) ?? { exposure: 0, v4: 0, v6: 0 }
  return { old: of(old), now: of(now), by: of(by) }
}

function table(rows) {
  const head = made('thead', {}, made('tr', {}, made('td'), ...['IPv4', 'IPv6', 'mean'].map((name) => made('th', { scope: 'col' }, name))))
  const lines = rows.map(([name, { v4, v6 }]) =>
    made('tr', {}, made('th', { scope: 'row' }, name), ...[v4, v6, (v4 + v6) / 2].map((one) => made('td', {}, figure(one)))))
  return made('table', {}, head, made('tbody', {}, ...lines))
}

function sides(old, now, by) {
  return CHANGED ? table([['before', old], ['after', now], ['change', by]]) : table([['exposure', now]])
}

// The address line of one side.
function line(title, { v4, v6, places, exact, because }) {
  const all = { always: places ?? (v4 > 0 || v6 > 0 ? ['0.0.0.0/0', '::/0'] : []), depends: [] }
  const parts = all.always.length === 0 ? [made('p', {}, 'from nowhere')] : [...bar(all, false, OPEN), ...bar(all, true, OPEN)]
  const list = places === null ? [] : [listed(prefixes(all), OPEN)]
  const said = places === null && all.always.length > 0 ? [made('p', {}, 'addresses make no difference')] : []
  const doubt = exact ? [] : [made('p', {}, `not exact: ${because.join('; ')}`)]
  return [made('h3', {}, title), ...parts, ...said, ...list, ...doubt]
}

const minus = (now, old) => ({ v4: now.v4 - old.v4, v6: now.v6 - old.v6 })

const KINDS = CHANGED
  ? {
      more: { mark: '▲', text: 'more open than before' },
      less: { mark: '▼', text: 'less open' },
      both: { mark: '◆', text: 'more in one family, less in the other' },
      moved: { mark: '≈', text: 'as open, from other addresses' },
      same: { mark: '=', text: 'as open as before' },
      none: { mark: '–', text: 'closed before and after' },
    }
  : {
      whole: { mark: '●', text: 'open from every address' },
      broad: { mark: '◑', text: 'open from some addresses' },
      narrow: { mark: '◔', text: 'open from few: less than one in 256' },
      none: { mark: '–', text: 'closed' },
    }

function about() {
  const shown = CHANGED ? [['before', data.old], ['after', data.new], ['change', data.change]] : [['exposure', data.new]]
  return [
    made('p', {}, ...shown.flatMap(([name, of]) => [`${name} `, made('span', { class: 'number', 'data-of': name }, figure(of.exposure)), ' '])),
    made('p', { class: 'of' }, `Actions × addresses: 1 is one action that one principal may perform from every address; the mean of IPv4 and IPv6.${data.exact ? '' : ' Not exact: what could not be decided counts as allowed.'}`),
  ]
}

function summary() {
  const of = CHANGED ? 'those first for whom most changes' : 'those first to whom most is open'
  return data.all > data.asked ? `the first ${data.asked} of ${data.all} principals, ${of}` : `${data.all} principals, ${of}`
}

start({
  kinds: KINDS,
  rows: data.actions,
  columns: data.columns,
  together: 'principals to whom the same is open share one',
  group: category,
  name: ({ action }) => action,
  calls: summary(),
  about: about(),
  left: [
    ...(data.all > data.asked ? [`${data.all - data.asked} principals`] : []),
    ...(data.actions_all > data.actions.length ? [`${data.actions_all - data.actions.length} actions`] : []),
  ],
  some: {
    text: CHANGED ? 'only actions for which something changes' : 'only actions that are open to somebody',
    holds: (place) => data.columns.some((_, column) => {
      const [old, now] = openings(place, column)
      return CHANGED ? !['same', 'none'].includes(moved(old, now)) : value(now) > 0
    }),
  },
  cell(place, column) {
    const [old, now] = openings(place, column)
    const kind = CHANGED ? moved(old, now) : level(now, 1)
    return { kind, said: WORD[kind], exact: now.exact && old.exact }
  },
  figure(group, column) {
    const { old, now, by } = figuresOf(group, column)
    const kind = CHANGED ? change(old, now) : level(now, counted(group, column))
    const shown = CHANGED ? by : now
    const sign = CHANGED && shown.exposure > 0 ? '+' : ''
    const said = CHANGED ? `${WORD[kind]}, by ${figure(shown.exposure)}` : `${WORD[kind]}, ${figure(shown.exposure)}`
    return { kind, said, text: kind === 'none' ? '–' : sign + brief(shown.exposure) }
  },
  detail(place, column) {
    const [old, now] = openings(place, column)
    const lines = CHANGED ? [...line('Before', old), ...line('After', now)] : line('From where', now)
    return [sides(old, now, minus(now, old)), ...lines]
  },
  figureDetail(group, column) {
    const { old, now, by } = figuresOf(group, column)
    const open = data.actions.filter((row, place) => (group === '' || category(row) === group) && value(openings(place, column)[1]) > 0).length
    const after = CHANGED ? ' after' : ''
    return [sides(old, now, by), made('p', {}, `${open} of ${counted(group, column)} actions open${after}`)]
  },
})
