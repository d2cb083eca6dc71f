
// What principals may do.
function answerOf(place, column) {
  const number = data.columns[column].cells[place]
  return number === null ? null : data.answers[number]
}

function calls() {
  const fixed = [['from', data.ip], ['on', data.resource], ['at', data.at]].filter(([, value]) => value !== null)
  const of = fixed.length === 0 ? 'every call' : `calls ${fixed.map((pair) => pair.join(' ')).join(', ')}`
  return data.all > data.asked ? `${of}; the first ${data.asked} of ${data.all} principals` : of
}

start({
  kinds: {
    always: { mark: '✓', text: 'always: every call is allowed' },
    depends: { mark: '◐', text: 'depends: some calls are allowed' },
    never: { mark: '–', text: 'never: no call is allowed' },
    untold: { mark: '·', text: 'not told apart from other actions of its service' },
  },
  rows: data.actions,
  columns: data.columns,
  together: 'principals that are answered alike share one',
  group: ofService,
  name: short,
  calls: calls(),
  about: [],
  left: [
    ...(data.all > data.asked ? [`${data.all - data.asked} principals`] : []),
    ...(data.actions_all > data.actions.length ? [`${data.actions_all - data.actions.length} actions`] : []),
  ],
  some: {
    text: 'only actions that somebody but root may',
    holds: (place) => data.columns.some(({ principals }, column) => {
      const answer = answerOf(place, column)
      return principals.some((name) => name !== 'root') && answer !== null && answer.answer !== 'never'
    }),
  },
  cell(place, column) {
    const answer = answerOf(place, column)
    if (answer === null) return { kind: 'untold', said: 'not told apart' }
    return { kind: answer.answer, said: answer.answer, exact: answer.exact }
  },
  detail(place, column) {
    const answer = answerOf(place, column)
    if (answer === null) return [made('p', {}, 'Answered as another action of the same service: ask about one principal.')]
    return [made('p', {}, word(answer.answer), answer.exact ? ' exact' : ' not exact'), ...dependences(answer)]
  },
})
