// A page of the command in headless Chromium, offline: what is opened, what is seen of its table, and what it wrote to the
// console or asked for. Where Chromium is missing the test fails; it is never skipped.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const { chromium } = createRequire(import.meta.url)('playwright-core')
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMMAND = process.env.PASSGATE_COMMAND ?? join(ROOT, 'target/release/passgate')
const BROWSER = process.env.PASSGATE_CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]
// How many cells are looked at, at least.
export const CELLS = 50

export function passgate(...given) {
  return execFileSync(COMMAND, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
}

// A browser with a folder of its own; `page(...given)` opens what the command writes with `--html`.
export async function open() {
  assert.ok(existsSync(BROWSER), `${BROWSER} is missing: install Debian's package chromium`)
  assert.ok(existsSync(COMMAND), `${COMMAND} is missing: make cli`)
  const folder = mkdtempSync(join(tmpdir(), 'passgate-report-'))
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: BROWSER,
    args: FLAGS,
    viewport: { width: 1400, height: 900 },
    offline: true,
  })
  const told = []
  return {
    folder,
    told,
    async page(name, ...given) {
      const file = join(folder, `${name}.html`)
      passgate(...given, '--html', file)
      const page = await context.newPage()
      page.on('console', (message) => told.push(`${name}: ${message.type()}: ${message.text()}`))
      page.on('pageerror', (error) => told.push(`${name}: error: ${error.message}`))
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) told.push(`${name} asks for ${request.url()}`)
      })
      await page.goto(pathToFileURL(file).href)
      return page
    },
    async close() {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// Every visible cell of the table: principals of its column, action or figure, colour, text and label.
export function cells(page) {
  return page.evaluate(() => {
    const data = JSON.parse(document.getElementById('data').textContent)
    const all = [...document.querySelectorAll('#matrix td')].filter((cell) => cell.checkVisibility())
    return all.map((cell) => ({
      principals: data.columns[cell.dataset.column].principals,
      action: data.actions[cell.dataset.row]?.action,
      figure: cell.dataset.figure,
      kind: cell.className,
      colour: getComputedStyle(cell).backgroundColor,
      text: cell.textContent,
      label: cell.getAttribute('aria-label'),
    }))
  })
}

// Cells by what `of` says of them.
export function grouped(all, of) {
  const kinds = new Map()
  for (const cell of all) kinds.set(of(cell), [...(kinds.get(of(cell)) ?? []), cell])
  return kinds
}

// Cells of each kind, spread over the table.
export function spread(all) {
  const kinds = [...grouped(all, (cell) => cell.text).values()]
  return kinds.flatMap((cells) => cells.filter((_, at) => at % Math.ceil(cells.length / CELLS) === 0))
}

// What is said of the element that has the focus.
export function where(page) {
  return page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName)
}

// From the first cell to its neighbours by arrow keys and back.
export async function walk(page) {
  await page.locator('td[tabindex="0"]').focus()
  const first = await where(page)
  for (const [there, back] of [['ArrowDown', 'ArrowUp'], ['ArrowRight', 'ArrowLeft']]) {
    await page.keyboard.press(there)
    assert.notEqual(await where(page), first, there)
    await page.keyboard.press(back)
    assert.equal(await where(page), first, back)
  }
  await page.keyboard.press('End')
  const end = await where(page)
  assert.notEqual(end, first)
  await page.keyboard.press('End')
  assert.equal(await where(page), end)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  assert.equal((await where(page)).split(': ').length, first.split(': ').length)
}

// A picture for whoever asks for one.
export async function picture(page, name) {
  if (process.env.PASSGATE_SCREENSHOTS) await page.screenshot({ path: join(process.env.PASSGATE_SCREENSHOTS, `${name}.png`) })
}
