'use strict'

// Cell words as the core hands them out (docs/cell-words.md): where their parts lie, and that they hold together. What is
// made of them is elsewhere (`cells.cjs`).

const { CompiledError } = require('./errors.cjs')

const FORMAT = 1
// Words before the IPv4 starts.
const HEAD = 7
const CELLS_OF_WORD = 16

function refuse(what) {
  throw new CompiledError(`cell words do not hold together: ${what}`, { code: 'bad-compiled' })
}

// The parts of words that hold together, for a service of so many actions.
function parts(words, actions) {
  if (words.length < HEAD) refuse('they are too few')
  const [format, width, rowWords, rows, v4, v6, noAddress] = words
  if (format !== FORMAT) refuse(`format ${format} is unknown`)
  if (width !== actions || rowWords !== Math.ceil(width / CELLS_OF_WORD)) refuse('rows are not as wide as the service')
  // Numbers below 2⁶⁴ as doubles: inexact where they are large, and then far from any length.
  if (HEAD + 2 * v4 + 5 * v6 + rows * rowWords !== words.length) refuse('their number is not that of the parts')
  if (v4 === 0 || v6 === 0 || rows === 0 || noAddress >= rows) refuse('a part is missing')
  const v4Rows = HEAD + v4
  const v6Starts = v4Rows + v4
  const v6Rows = v6Starts + 4 * v6
  const of = { rowWords, rows, v4, v6, noAddress, v4Starts: HEAD, v4Rows, v6Starts, v6Rows, rowsAt: v6Rows + v6 }
  lookThrough(words, of)
  return of
}

function lookThrough(words, { rows, v4, v6, v4Rows, v6Starts, v6Rows }) {
  if (words[HEAD] !== 0) refuse('the IPv4 starts do not begin at 0')
  for (let i = 1; i < v4; i += 1) if (words[HEAD + i - 1] >= words[HEAD + i]) refuse('the IPv4 starts do not ascend')
  for (let i = 0; i < v4; i += 1) if (words[v4Rows + i] >= rows) refuse('an IPv4 segment has no row')
  for (let i = 0; i < 4; i += 1) if (words[v6Starts + i] !== 0) refuse('the IPv6 starts do not begin at 0')
  for (let i = 1; i < v6; i += 1) {
    const at = v6Starts + 4 * i
    if (!isBefore(words, at - 4, words, at)) refuse('the IPv6 starts do not ascend')
  }
  for (let i = 0; i < v6; i += 1) if (words[v6Rows + i] >= rows) refuse('an IPv6 segment has no row')
}

// Whether four words are a smaller number than four others.
function isBefore(a, i, b, j) {
  if (a[i] !== b[j]) return a[i] < b[j]
  if (a[i + 1] !== b[j + 1]) return a[i + 1] < b[j + 1]
  if (a[i + 2] !== b[j + 2]) return a[i + 2] < b[j + 2]
  return a[i + 3] < b[j + 3]
}

module.exports = { isBefore, parts }
