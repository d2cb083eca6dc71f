// The page of `diff` in headless Chromium: it draws what `passgate diff --format json` answers, tells settings and catalogs
// apart, filters, moves by keyboard, and writes nothing to the console.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CELLS, ROOT, cells, grouped, open, passgate, picture, spread, walk, where } from './open.mjs'

// What each kind of change looks like, light and dark: the colours of the style.
const COLOURS = {
  light: {
    gain: 'rgb(156, 201, 245)', 'gain-some': 'rgb(217, 235, 251)', loss: 'rgb(246, 193, 179)', both: 'rgb(220, 198, 242)',
    kept: 'rgb(236, 239, 242)',
  },
  dark: {
    gain: 'rgb(27, 95, 168)', 'gain-some': 'rgb(22, 50, 79)', loss: 'rgb(125, 42, 24)', both: 'rgb(85, 48, 133)',
    kept: 'rgb(32, 38, 45)',
  },
}
const MARKS = { gain: '✚', 'gain-some': '+', loss: '−', both: '±', kept: '·' }
const HEAD = 'use intlpartnersmgt\nset strict = false\nset owner.uin = "100000000001"\n'
const OLD = `${HEAD}
policy pay {
    allow PayOrders from 203.0.113.0/24, 2001:db8::/32 when mfa is true
    allow QueryUser, QueryArea
}
policy lists { allow list }
policy odd { allow ForceQN when qcs:ip like "10.*" }
user ann { attach pay }
user bob { attach pay, lists }
user cyd { attach lists }
user dan {}
role gone { attach lists }
`
const NEW = `${HEAD}set opaque = "cvm"
policy pay {
    allow PayOrders from 203.0.112.0/24, 2001:db8::/32 when mfa is true
    allow QueryUser until 2027-01-01T00:00:00Z
    allow cvm:Run on "qcs::cvm:::box/*"
}
policy lists { allow list }
policy odd { allow ForceQN when qcs:ip like "11.*" }
policy reads { allow read, write }
user ann { attach pay }
user bob { attach pay, lists, odd }
user cyd { attach lists, reads }
user dan { attach reads }
`
let browser
let page
let given
let found

before(async () => {
  browser = await open()
  given = [['old.gate', OLD], ['new.gate', NEW]].map(([name, text]) => {
    const file = join(browser.folder, name)
    writeFileSync(file, text)
    return file
  })
  found = JSON.parse(passgate('diff', ...given, '--format', 'json'))
  page = await browser.page('diff', 'diff', ...given)
})

after(() => browser?.close())

// What the command says of one caller and action: the rights that are gained and lost.
function changed(principal, action) {
  const change = found.changes.find((one) => one.principals.includes(principal))
  const of = (rights) => rights.find((right) => right.actions.some((one) => one.action === action))
  return { gain: of(change.gains), loss: of(change.losses) }
}

function expected({ gain, loss }) {
  if (gain && loss) return 'both'
  if (gain) return gain.answer === 'always' ? 'gain' : 'gain-some'
  return loss ? 'loss' : 'kept'
}

for (const scheme of ['light', 'dark']) {
  test(`colours, marks and labels say what the command answers, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme })
    const all = await cells(page)
    const chosen = spread(all)
    const seen = new Set()
    for (const cell of chosen) {
      const rights = changed(cell.principals.at(-1), cell.action)
      const kind = expected(rights)
      const exact = [rights.gain, rights.loss].every((right) => right?.exact ?? true)
      assert.equal(cell.colour, COLOURS[scheme][kind], cell.label)
      assert.equal(cell.text, MARKS[kind] + (exact ? '' : '?'), cell.label)
      assert.ok(cell.label.includes(cell.action) && cell.label.endsWith(', not exact') === !exact, cell.label)
      seen.add(cell.text)
    }
    assert.ok(chosen.length >= CELLS, `${chosen.length} cells`)
    assert.deepEqual([...seen].sort(), ['+', '+?', '·', '±', '−', '✚'].sort())
    // Every caller and action that changes stands in the table, and no other.
    const drawn = all.filter((cell) => cell.kind !== 'kept').flatMap((cell) => cell.principals.map((name) => `${name} ${cell.action}`))
    const told = found.changes.flatMap(({ principals, gains, losses }) => {
      const names = new Set([...gains, ...losses].flatMap((right) => right.actions.map((one) => one.action)))
      return principals.flatMap((principal) => [...names].map((name) => `${principal} ${name}`))
    })
    assert.deepEqual(drawn.sort(), told.sort())
    await picture(page, `diff-${scheme}`)
  })
}

test('sets, callers, settings and what is not exact are told', async () => {
  assert.equal(await page.title(), `Who gains and who loses what: ${given.join(' → ')}`)
  const callers = (has) => found.changes.filter(has).reduce((sum, change) => sum + change.principals.length, 0)
  const [gain, lose] = [callers((change) => change.gains.length > 0), callers((change) => change.losses.length > 0)]
  assert.equal(await page.textContent('#calls'), `(of ${found.callers} callers, ${gain} gain and ${lose} lose)`)
  assert.equal(await page.textContent('#about'), 'Settings that differ (1)opaque')
  assert.equal(await page.textContent('#left'), '')
  const legend = await page.$$eval('.legend .mark', (marks) => marks.map((mark) => mark.textContent))
  assert.deepEqual(legend, Object.values(MARKS))
})

test('filters leave what they name', async () => {
  const all = (await cells(page)).length
  await page.fill('#by-action', 'pay')
  await page.fill('#by-principal', 'ann')
  const some = await cells(page)
  assert.ok(some.length > 0 && some.length < all)
  for (const cell of some) {
    assert.match(cell.action, /pay/i)
    assert.ok(cell.principals.includes('user:ann'), cell.label)
  }
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await page.check('#some-only')
  for (const row of grouped(await cells(page), (cell) => cell.action).values()) {
    assert.ok(row.some((cell) => /: gains /.test(cell.label)), row[0].action)
  }
  await page.uncheck('#some-only')
  await page.selectOption('#by-category', 'intlpartnersmgt: list')
  const lists = await cells(page)
  assert.ok(lists.length > 0 && lists.every((cell) => /: (loses|kept) /.test(cell.label)), 'lists are lost only')
  await page.selectOption('#by-category', '')
  assert.equal((await cells(page)).length, all)
})

test('a cell that is reached by keyboard tells of both sides, address line, time and a call', async () => {
  await page.fill('#by-action', 'PayOrders')
  await page.fill('#by-principal', 'ann')
  await page.focus('#some-only')
  await page.keyboard.press('Tab')
  for (let at = 0; at < 4 && !/PayOrders/.test(await where(page)); at += 1) await page.keyboard.press('Tab')
  assert.match(await where(page), /PayOrders: gains some calls and loses others$/)
  const bars = await page.$$eval('.bar', (all) => all.map((bar) => bar.getAttribute('aria-label')))
  assert.deepEqual(bars, [
    'IPv4: others kept, 203.0.112.0/24 some gained, others kept',
    'IPv4: others kept, 203.0.113.0/24 some lost, others kept',
  ])
  const examples = await page.$$eval('#detail pre', (all) => all.map((one) => JSON.parse(one.textContent)))
  const { gain, loss } = changed('user:ann', 'intlpartnersmgt:PayOrders')
  assert.deepEqual(examples, [gain.example, loss.example])
  assert.match(await page.textContent('#detail'), /gains some calls, exact.*loses some calls, exact/s)
  await picture(page, 'diff-detail')
  await page.fill('#by-action', 'QueryUser')
  await page.locator('tr[data-action="intlpartnersmgt:QueryUser"] td:visible').focus()
  assert.match(await page.textContent('#detail'), /Time.*since 2027-01-01T00:00:00Z lost/s)
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await walk(page)
})

test('catalogs that differ are told apart, and who is new', async () => {
  const folder = join(ROOT, 'examples/new-page')
  const desk = join(browser.folder, 'desk.gate')
  writeFileSync(desk, `use shop\n${readFileSync(join(folder, 'desk.gate'), 'utf8')}`)
  const compiled = ['january', 'july'].map((month) => {
    const file = join(browser.folder, `${month}.gatec`)
    passgate('compile', desk, '--catalog', join(folder, `shop-${month}.json`), '-o', file)
    return file
  })
  const other = await browser.page('catalogs', 'diff', ...compiled)
  const { catalogs } = JSON.parse(passgate('diff', ...compiled, '--format', 'json'))
  assert.ok(catalogs.services.length > 0)
  const told = await other.textContent('#about')
  assert.match(told, /^What the catalogs say differently/)
  for (const one of catalogs.services.flatMap((service) => [...service.added, ...service.removed])) {
    assert.ok(told.includes(one.name), `${one.name}: ${told}`)
  }
  const same = await browser.page('same', 'diff', given[0], given[0])
  assert.match(await same.textContent('#calls'), /no right changes, 7 callers compared/)
  assert.deepEqual(await cells(same), [])
})

test('of a long list of prefixes the first are drawn and the rest is counted', async () => {
  // The limit REPORT_PREFIXES.
  const most = 1000
  for (const more of [0, 1]) {
    const prefixes = Array.from({ length: most + more }, (_, n) => `10.${n >> 7}.${(n & 127) * 2}.0/24`)
    const file = join(browser.folder, `long-${more}.gate`)
    writeFileSync(file, `${HEAD}policy p { allow PayOrders from ${prefixes.join(', ')} } user ann { attach p }`)
    const empty = join(browser.folder, 'empty.gate')
    writeFileSync(empty, `${HEAD}user ann {}`)
    const long = await browser.page(`long-${more}`, 'diff', empty, file)
    await long.locator('td[tabindex="0"]').focus()
    const items = await long.$$eval('#detail li', (all) => all.map((one) => one.textContent))
    assert.equal(items.filter((text) => text.startsWith('10.')).length, most)
    assert.equal(items.includes('and 1 prefix more, which is in the data of this file'), more === 1)
    const label = await long.locator('.bar').getAttribute('aria-label')
    assert.equal(label.endsWith('1 prefix more, which is not drawn, and others'), more === 1)
  }
})

test('nothing is written to the console, and nothing is asked for', () => assert.deepEqual(browser.told, []))
