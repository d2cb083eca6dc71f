// The examples of the README, of the types and of the page about Node run, and each comment behind an expression is its value.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const VALUE = /^(\S.*\S)\s+\/\/ (true|false|\d+|'.*')$/

function blocks(name) {
  const text = readFileSync(`${PACKAGE}/${name}`, 'utf8').replaceAll(/^ *\* ?/gm, '')
  return [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, block]) => block).filter((block) => block.includes('import '))
}

for (const name of ['README.md', 'index.d.ts', '../../docs/node.md']) {
  test(`examples of ${name}`, () => {
    const found = blocks(name)
    assert.ok(found.length > 0)
    for (const block of found) {
      const lines = block.split('\n').map((line) => {
        const [, expression, value] = VALUE.exec(line) ?? []
        return expression === undefined ? line : `same(${expression}, ${value})`
      })
      const told = lines.filter((line) => line.startsWith('same(')).length
      assert.ok(told > 1, 'the example says what it gives')
      const code = `import { strictEqual as same } from 'node:assert'\n${lines.join('\n')}`
      const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: PACKAGE, encoding: 'utf8' })
      assert.equal(ran.status, 0, ran.stderr)
    }
  })
}
