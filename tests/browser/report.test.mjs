// The HTML report in headless Chromium: it draws what `passgate what --format json` answers, filters, moves by keyboard, and
// writes nothing to the console. Where Chromium is missing the test fails; it is never skipped.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

const { chromium } = createRequire(import.meta.url)('playwright-core')
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMMAND = process.env.PASSGATE_COMMAND ?? join(ROOT, 'target/release/passgate')
const BROWSER = process.env.PASSGATE_CHROMIUM ?? '/usr/bin/chromium'
const SET = join(ROOT, 'examples/partners')
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]
const CELLS = 50
// What each answer looks like, light and dark: the colours of the style.
const COLOURS = {
  light: { always: 'rgb(191, 232, 197)', depends: 'rgb(255, 223, 158)', never: 'rgb(236, 239, 242)' },
  dark: { always: 'rgb(26, 92, 46)', depends: 'rgb(122, 82, 0)', never: 'rgb(32, 38, 45)' },
}

const folder = mkdtempSync(join(tmpdir(), 'passgate-report-'))
const file = join(folder, 'what.html')
const told = []
let context
let page

function passgate(...given) {
  return execFileSync(COMMAND, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
}

before(async () => {
  assert.ok(existsSync(BROWSER), `${BROWSER} is missing: install Debian's package chromium`)
  assert.ok(existsSync(COMMAND), `${COMMAND} is missing: make cli`)
  passgate('what', SET, '--html', file)
  context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: BROWSER,
    args: FLAGS,
    viewport: { width: 1400, height: 900 },
    offline: true,
  })
  page = await context.newPage()
  page.on('console', (message) => told.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => told.push(`error: ${error.message}`))
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) told.push(`asks for ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href)
})

after(async () => {
  await context?.close()
  rmSync(folder, { recursive: true, force: true })
})

// Every visible cell: principals of its column, action, colour, text and label.
function cells() {
  return page.evaluate(() => {
    const data = JSON.parse(document.getElementById('data').textContent)
    const all = [...document.querySelectorAll('td')].filter((cell) => cell.checkVisibility())
    return all.map((cell) => ({
      principals: data.columns[cell.dataset.column].principals,
      action: data.actions[cell.dataset.row].action,
      colour: getComputedStyle(cell).backgroundColor,
      text: cell.textContent,
      label: cell.getAttribute('aria-label'),
    }))
  })
}

const answers = new Map()

// What the command says of one principal.
function answer(principal, action) {
  if (!answers.has(principal)) {
    const { actions } = JSON.parse(passgate('what', SET, '--principal', principal, '--format', 'json'))
    answers.set(principal, new Map(actions.map((one) => [one.action, one.answer])))
  }
  return answers.get(principal).get(action)
}

// Cells of each answer, spread over the table.
function spread(all) {
  const kinds = Map.groupBy === undefined ? group(all) : Map.groupBy(all, (cell) => cell.text)
  const some = [...kinds.values()].map((cells) => cells.filter((_, at) => at % Math.ceil(cells.length / CELLS) === 0))
  return some.flat()
}

function group(all) {
  const kinds = new Map()
  for (const cell of all) kinds.set(cell.text, [...(kinds.get(cell.text) ?? []), cell])
  return kinds
}

for (const scheme of ['light', 'dark']) {
  test(`colours, marks and labels say what the command answers, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme })
    const chosen = spread((await cells()).filter((cell) => cell.text !== '·'))
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
    if (process.env.PASSGATE_SCREENSHOTS) await page.screenshot({ path: join(process.env.PASSGATE_SCREENSHOTS, `${scheme}.png`) })
  })
}

test('the set and its calls are named', async () => {
  assert.equal(await page.textContent('.of'), `${SET} (every call)`)
  assert.equal(await page.title(), `What principals may do: ${SET}`)
})

test('filters leave what they name', async () => {
  const all = (await cells()).length
  await page.fill('#by-action', 'creditpool')
  await page.fill('#by-principal', '100001')
  const some = await cells()
  assert.ok(some.length > 0 && some.length < all)
  for (const cell of some) {
    assert.match(cell.action, /creditpool/i)
    assert.ok(cell.principals.some((name) => name.includes('100001')), cell.label)
  }
  assert.match(await page.textContent('#count'), new RegExp(`^${some.length} of `))
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await page.check('#some-only')
  const rows = group(await cells().then((found) => found.map((cell) => ({ ...cell, text: cell.action }))))
  for (const row of rows.values()) {
    const others = row.filter((cell) => cell.principals.some((name) => name !== 'root'))
    assert.ok(others.some((cell) => !cell.label.endsWith(': never') && !cell.label.endsWith('apart')), row[0].action)
  }
  await page.uncheck('#some-only')
  const categories = await page.$$eval('#by-category option', (options) => options.map((option) => option.value))
  await page.selectOption('#by-category', categories.at(1))
  const count = (await cells()).length
  assert.ok(count > 0 && count < all)
  await page.selectOption('#by-category', '')
  assert.equal((await cells()).length, all)
})

test('cells are reached by keyboard and say on what they depend', async () => {
  await page.fill('#by-action', 'ModifyClientRemark')
  await page.fill('#by-principal', '100004')
  await page.focus('#some-only')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const where = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName)
  if (!/ModifyClientRemark/.test(await where())) await page.keyboard.press('Shift+Tab')
  assert.match(await where(), /100004, intlpartnersmgt:ModifyClientRemark: depends/)
  const detail = await page.textContent('#detail')
  for (const part of ['198.51.100.128/28', '2001:db8:60::/48', 'until 2027-01-01T00:00:00Z', 'without an address']) {
    assert.ok(detail.includes(part), `${part}: ${detail}`)
  }
  const bars = await page.$$eval('.bar', (found) => found.map((bar) => bar.getAttribute('aria-label')))
  assert.deepEqual(bars, [
    'IPv4: others never, 198.51.100.128/28 depends, others never',
    'IPv6: others never, 2001:db8:60::/48 depends, others never',
  ])
  if (process.env.PASSGATE_SCREENSHOTS) await page.screenshot({ path: join(process.env.PASSGATE_SCREENSHOTS, 'detail.png') })
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  const first = page.locator('td[tabindex="0"]')
  await first.focus()
  const before = await where()
  for (const key of ['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft']) {
    await page.keyboard.press(key)
    if (key === 'ArrowDown' || key === 'ArrowRight') assert.notEqual(await where(), before, key)
    else assert.equal(await where(), before, key)
  }
})

test('nothing is written to the console, and nothing is asked for', () => assert.deepEqual(told, []))
