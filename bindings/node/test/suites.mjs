// The decision vectors as sets on disk and cases, and what an answer to a case should be. A case that is three texts is
// asked through `allows` too: by the core at first, then by the reader in JavaScript.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GateError } from '../index.mjs'

export const VECTORS = fileURLToPath(new URL('../../../tests/vectors/', import.meta.url))
export const LEAST = 600
const { calls: CALLS } = createRequire(import.meta.url)('../passgate.node').readerLimits()
const OPTIONS = { ip_unsupported: 'ipUnsupported' }

export const root = mkdtempSync(join(tmpdir(), 'passgate-'))
// What was asked.
export const ran = { sets: 0, refused: 0, check: 0, checkJson: 0, allows: 0 }

after(() => rmSync(root, { recursive: true, force: true }))

function text(file) {
  if (typeof file === 'string') return file
  const lines = Array.isArray(file) && file.every((line) => typeof line === 'string')
  return lines ? file.join('\n') : JSON.stringify(file)
}

export function written(suite) {
  const folder = mkdtempSync(join(root, 'set-'))
  for (const [name, file] of Object.entries(suite.files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text(file))
  }
  return folder
}

export function options(folder, given = {}) {
  const inFolder = (names) => names.map((name) => join(folder, name))
  const named = Object.entries(given).map(([name, value]) => [
    OPTIONS[name] ?? name,
    name === 'catalogs' || name === 'boundary' ? inFolder(value) : value,
  ])
  return Object.fromEntries(named)
}

export function answer(ask) {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof GateError)) throw error
    return error
  }
}

export function expectError(found, { error, key }) {
  assert.ok(found instanceof GateError, `expected ${error}, found ${JSON.stringify(found)}`)
  assert.equal(found.code, error, found.message)
  if (key !== undefined) assert.ok(found.key === key || found.message.includes(`\`${key}\``), `${key}: ${found.message}`)
}

function expectDecision(found, expected) {
  if (found instanceof GateError) throw found
  assert.deepEqual([found.allowed, found.reason], [expected.allowed, expected.reason])
  if (expected.statements !== undefined) {
    assert.deepEqual(found.statements.map((statement) => statement.id), expected.statements)
  }
  if (expected.message !== undefined) assert.equal(found.message, expected.message)
}

function plain(request) {
  return Object.keys(request).every((name) => ['principal', 'action', 'ip'].includes(name))
}

function runCase(gate, { request, line, expect }) {
  ran[line === undefined ? 'check' : 'checkJson'] += 1
  const found = answer(() => (line === undefined ? gate.check(request) : gate.checkJson(line)))
  if (expect.error !== undefined) expectError(found, expect)
  else expectDecision(found, expect)
  if (line !== undefined || !plain(request)) return
  ran.allows += 1
  // So often that the cells are read in JavaScript, where they are definite.
  for (let call = 0; call <= CALLS; call += 1) {
    const allowed = answer(() => gate.allows(request.principal, request.action, request.ip))
    if (expect.error !== undefined) expectError(allowed, expect)
    else assert.equal(allowed, expect.allowed)
  }
}

// Name of each file of vectors, and its suites.
export function files() {
  const names = readdirSync(VECTORS).filter((name) => name.endsWith('.json')).sort()
  return names.map((name) => [name, JSON.parse(readFileSync(join(VECTORS, name), 'utf8')).suites])
}

// What went wrong in the cases of a suite, a line each.
export function faults(gate, suite) {
  const failed = []
  for (const one of suite.cases) {
    try {
      runCase(gate, one)
    } catch (error) {
      failed.push(`${one.name}: ${error.message}`)
    }
  }
  return failed
}
