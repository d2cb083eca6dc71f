// The page of `what` in headless Chromium: it draws what `passgate what --format json` answers, filters, moves by keyboard,
// and writes nothing to the console.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CELLS, ROOT, cells, grouped, open, passgate, picture, spread, walk, where } from './open.mjs'

const SET = join(ROOT, 'examples/partners')
// What each answer looks like, light and dark: the colours of the style.
const COLOURS = {
  light: { always: 'rgb(191, 232, 197)', depends: 'rgb(255, 223, 158)', never: 'rgb(236, 239, 242)' },
  dark: { always: 'rgb(26, 92, 46)', depends: 'rgb(122, 82, 0)', never: 'rgb(32, 38, 45)' },
}

let browser
let page

before(async () => {
  browser = await open()
  page = await browser.page('what', 'what', SET)
})

after(() => browser?.close())

const answers = new Map()

// What the command says of one principal.
function answer(principal, action) {
  if (!answers.has(principal)) {
    const { actions } = JSON.parse(passgate('what', SET, '--principal', principal, '--format', 'json'))
    answers.set(principal, new Map(actions.map((one) => [one.action, one.answer])))
  }
  return answers.get(principal).get(action)
}

for (const scheme of ['light', 'dark']) {
  test(`colours, marks and labels say what the command answers, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme })
    const chosen = spread((await cells(page)).filter((cell) => cell.text !== '·'))
    const seen = new Set()
    for (const cell of chosen) {
      const expected = answer(cell.principals.at(-1), cell.action)
      assert.equal(cell.colour, COLOURS[scheme][expected], cell.label)
      assert.equal(cell.text, { always: '✓', depends: '◐', never: '–' }[expected], cell.label)
      assert.ok(cell.label.includes(cell.action) && cell.label.endsWith(`: ${expected}`), cell.label)
      seen.add(expected)
    }
    assert.ok(chosen.length >= CELLS, `${chosen.length} cells`)
    assert.deepEqual([...seen].sort(), ['always', 'depends', 'never'])
    await picture(page, `what-${scheme}`)
  })
}

test('the set and its calls are named', async () => {
  assert.equal(await page.textContent('.of'), `${SET} (every call)`)
  assert.equal(await page.title(), `What principals may do: ${SET}`)
  assert.equal(await page.textContent('#left'), '')
})

test('filters leave what they name', async () => {
  const all = (await cells(page)).length
  await page.fill('#by-action', 'creditpool')
  await page.fill('#by-principal', '100001')
  const some = await cells(page)
  assert.ok(some.length > 0 && some.length < all)
  for (const cell of some) {
    assert.match(cell.action, /creditpool/i)
    assert.ok(cell.principals.some((name) => name.includes('100001')), cell.label)
  }
  assert.match(await page.textContent('#count'), new RegExp(`^${some.length} of `))
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await page.check('#some-only')
  for (const row of grouped(await cells(page), (cell) => cell.action).values()) {
    const others = row.filter((cell) => cell.principals.some((name) => name !== 'root'))
    assert.ok(others.some((cell) => !cell.label.endsWith(': never') && !cell.label.endsWith('apart')), row[0].action)
  }
  await page.uncheck('#some-only')
  const categories = await page.$$eval('#by-category option', (options) => options.map((option) => option.value))
  await page.selectOption('#by-category', categories.at(1))
  const count = (await cells(page)).length
  assert.ok(count > 0 && count < all)
  await page.selectOption('#by-category', '')
  assert.equal((await cells(page)).length, all)
})

test('cells are reached by keyboard and say on what they depend', async () => {
  await page.fill('#by-action', 'ModifyClientRemark')
  await page.fill('#by-principal', '100004')
  await page.focus('#some-only')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  if (!/ModifyClientRemark/.test(await where(page))) await page.keyboard.press('Shift+Tab')
  assert.match(await where(page), /100004, intlpartnersmgt:ModifyClientRemark: depends/)
  const detail = await page.textContent('#detail')
  for (const part of ['198.51.100.128/28', '2001:db8:60::/48', 'until 2027-01-01T00:00:00Z', 'without an address']) {
    assert.ok(detail.includes(part), `${part}: ${detail}`)
  }
  const bars = await page.$$eval('.bar', (found) => found.map((bar) => bar.getAttribute('aria-label')))
  assert.deepEqual(bars, [
    'IPv4: others never, 198.51.100.128/28 depends, others never',
    'IPv6: others never, 2001:db8:60::/48 depends, others never',
  ])
  await picture(page, 'what-detail')
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await walk(page)
})

test('nothing is written to the console, and nothing is asked for', () => assert.deepEqual(browser.told, []))
