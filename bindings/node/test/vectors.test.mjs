// Every decision vector through `check` (or `checkJson`), and through `allows` where three texts are all it has: by the
// core at first, then by the reader in JavaScript.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { load } from '../index.mjs'
import { LEAST, answer, expectError, faults, files, options, ran, written } from './suites.mjs'

function expectRefused(folder, suite) {
  ran.refused += 1
  const refused = answer(() => load(join(folder, suite.set), options(folder, suite.options)))
  expectError(refused, { error: suite.refused.code })
  const found = refused.diagnostics.map((diagnostic) => diagnostic.code)
  for (const code of suite.refused.diagnostics ?? []) assert.ok(found.includes(code), `${code} is not among ${found}`)
}

for (const [file, suites] of files()) {
  test(`vectors/${file}`, async (t) => {
    for (const suite of suites) {
      await t.test(suite.name, async (t) => {
        const folder = written(suite)
        if (suite.refused !== undefined) return expectRefused(folder, suite)
        ran.sets += 1
        const gate = load(join(folder, suite.set), options(folder, suite.options))
        const failed = faults(gate, suite)
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
