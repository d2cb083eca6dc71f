// Every decision vector through `check` (or `checkJson`), and through `allows` where three texts are all it has: by the
// core at first, then by the reader in JavaScript.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GateError, load } from '../index.mjs'

const VECTORS = fileURLToPath(new URL('../../../tests/vectors/', import.meta.url))
const LEAST = 600
const { calls: CALLS } = createRequire(import.meta.url)('../passgate.node').readerLimits()
const OPTIONS = { ip_unsupported: 'ipUnsupported' }

const root = mkdtempSync(join(tmpdir(), 'passgate-'))
const ran = { sets: 0, refused: 0, check: 0, checkJson: 0, allows: 0 }

after(() => rmSync(root, { recursive: true, force: true }))

function text(file) {
  if (typeof file === 'string') return file
  const lines = Array.isArray(file) && file.every((line) => typeof line === 'string')
  return lines ? file.join('\n') : JSON.stringify(file)
}

function written(suite) {
  const folder = mkdtempSync(join(root, 'set-'))
  for (const [name, file] of Object.entries(suite.files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text(file))
  }
  return folder
}

function options(folder, given = {}) {
  const inFolder = (names) => names.map((name) => join(folder, name))
  const named = Object.entries(given).map(([name, value]) => [
    OPTIONS[name] ?? name,
    name === 'catalogs' || name === 'boundary' ? inFolder(value) : value,
  ])
  return Object.fromEntries(named)
}

function answer(ask) {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof GateError)) throw error
    return error
  }
}

function expectError(found, { error, key }) {
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

function expectRefused(folder, suite) {
  ran.refused += 1
  const refused = answer(() => load(join(folder, suite.set), options(folder, suite.options)))
  expectError(refused, { error: suite.refused.code })
  const found = refused.diagnostics.map((diagnostic) => diagnostic.code)
  for (const code of suite.refused.diagnostics ?? []) assert.ok(found.includes(code), `${code} is not among ${found}`)
}

for (const file of readdirSync(VECTORS).filter((name) => name.endsWith('.json')).sort()) {
  test(`vectors/${file}`, async (t) => {
    for (const suite of JSON.parse(readFileSync(join(VECTORS, file), 'utf8')).suites) {
      await t.test(suite.name, async (t) => {
        const folder = written(suite)
        if (suite.refused !== undefined) return expectRefused(folder, suite)
        ran.sets += 1
        const gate = load(join(folder, suite.set), options(folder, suite.options))
        const failed = []
        for (const one of suite.cases) {
          try {
            runCase(gate, one)
          } catch (error) {
            failed.push(`${one.name}: ${error.message}`)
          }
        }
        assert.equal(failed.length, 0, failed.join('\n'))
      })
    }
  })
}

test('enough vectors ran', (t) => {
  const cases = ran.check + ran.checkJson
  t.diagnostic(
    `${ran.sets} sets decided ${cases} cases (${ran.check} by check, ${ran.checkJson} by checkJson; ` +
      `${ran.allows} of them by allows too); ${ran.refused} sets were refused as expected`,
  )
  assert.ok(cases >= LEAST, `only ${cases} cases ran`)
})
