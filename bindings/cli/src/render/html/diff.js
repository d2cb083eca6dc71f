
// Who gains and who loses what. How a change is named and coloured where it is drawn by address, time and so on.
const GAIN = { always: ['gain', 'gained'], depends: ['gain-some', 'some gained'], never: ['kept', 'kept'] }
const LOSS = { always: ['loss', 'lost'], depends: ['loss', 'some lost'], never: ['kept', 'kept'] }
const KNOWN = { both: '', old: 'only in the old set', new: 'only in the new set' }

// What is gained and what is lost in a cell.
function changed(place, column) {
  const { cells, gains, losses } = data.columns[column]
  const cell = cells[place]
  const of = (right) => right && { ...right, ...data.answers[right.answer] }
  return { gain: of(gains[cell?.gain ?? -1]), loss: of(losses[cell?.loss ?? -1]) }
}

function kind({ gain, loss }) {
  if (gain && loss) return 'both'
  if (gain) return gain.answer === 'always' ? 'gain' : 'gain-some'
  return loss ? 'loss' : 'kept'
}

const SAID = { gain: 'gains every call', 'gain-some': 'gains some calls', both: 'gains some calls and loses others', kept: 'kept as it was' }

function right(title, of, voice) {
  if (!of) return []
  const part = made('section', { 'data-change': title })
  const all = of.answer === 'always' ? 'every call' : 'some calls'
  part.append(made('p', {}, made('span', { class: `word ${voice[of.answer][0]}` }, title), ` ${all}, ${of.exact ? 'exact' : 'not exact'}`))
  part.append(...dependences(of, voice))
  const request = of.example ? [made('pre', { tabindex: 0 }, JSON.stringify(of.example, null, 1))] : [made('p', {}, 'no such call was found')]
  part.append(made('h3', {}, of.example ? 'For example this call' : 'Example'), ...request)
  return [part]
}

// What differs of the sets beside their rights.
function apart(title, items) {
  if (items.length === 0) return []
  const list = made('ul', {}, ...items.map((item) => made('li', {}, item)))
  return [made('details', {}, made('summary', {}, `${title} (${items.length})`), list)]
}

function unshown() {
  const more = data.columns.some((column) => column.more > 0)
  return [
    ...(data.unshown > 0 ? [`${data.columns_all - data.columns.length} kinds of changes of ${data.unshown} callers`] : []),
    ...(data.actions_all > data.actions.length ? [`${data.actions_all - data.actions.length} actions`] : []),
    ...(more ? ['callers beyond those that their column names; the filter does not find them'] : []),
  ]
}

function summary() {
  const callers = data.callers === 1 ? '1 caller' : `${data.callers} callers`
  const of = data.empty ? `no right changes, ${callers} compared` : `of ${callers}, ${data.gain} gain and ${data.lose} lose`
  return data.principal === null ? of : `${data.principal}: ${of}`
}

start({
  kinds: {
    gain: { mark: '✚', text: 'gains every call' },
    'gain-some': { mark: '+', text: 'gains some calls' },
    loss: { mark: '−', text: 'loses calls' },
    both: { mark: '±', text: 'gains some calls and loses others' },
    kept: { mark: '·', text: 'kept as it was' },
  },
  rows: data.actions,
  columns: data.columns,
  together: 'callers for whom the same changes share one',
  group: ofService,
  name: short,
  calls: summary(),
  about: [
    ...(data.because ? [made('p', {}, `not exact: there may be other changes, because ${data.because}`)] : []),
    ...apart('Settings that differ', data.settings),
    ...apart('What the catalogs say differently', data.catalogs),
  ],
  left: unshown(),
  some: {
    text: 'only actions that somebody gains',
    holds: (place) => data.columns.some((_, column) => changed(place, column).gain),
  },
  cell(place, column) {
    const found = changed(place, column)
    const exact = [found.gain, found.loss].every((right) => right?.exact !== false)
    const lost = found.loss?.answer === 'always' ? 'loses every call' : 'loses some calls'
    return { kind: kind(found), said: SAID[kind(found)] ?? lost, exact }
  },
  detail(place, column) {
    const { gain, loss } = changed(place, column)
    const known = KNOWN[data.columns[column].known]
    const parts = [...right('gains', gain, GAIN), ...right('loses', loss, LOSS)]
    const kept = parts.length === 0 ? [made('p', {}, 'No right changes here.')] : []
    return [...(known ? [made('p', {}, known)] : []), ...parts, ...kept]
  },
})
