// Tests the debugger page with keyboards, screen readers, small and large screens, and light and dark themes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { describe } from 'node:test';
import { sample, withPage } from '../support/debugger.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('accessibility of the debugger page', () => {
  test('allows full use by keyboard', async () => {
    await withPage(async (page) => {
      const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
      await page.keyboard.press('Tab');
      assert.equal(await focused(), 'Skip to the decision');
      for (let step = 0; (await focused()) !== 'Good'; step += 1) {
        assert.ok(step < 20, `not reached: ${await focused()}`);
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(() => {
          const at = document.activeElement.closest('.file') ?? document.activeElement;
          return getComputedStyle(at).outlineStyle;
        });
        assert.notEqual(outline, 'none', `no visible focus: ${await focused()}`);
      }
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#verdict').dataset.state === 'verified');
      for (let step = 0; !(await page.evaluate(() => document.activeElement.matches('#steps summary'))); step += 1) {
        assert.ok(step < 60, 'the focus does not reach the steps');
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('#steps details[open]').count(), 1);
      // The page updates every second. The update must not close the step.
      await page.waitForTimeout(1200);
      assert.equal(await page.locator('#steps details[open]').count(), 1);
      await page.locator('#share').focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('dialog').isVisible(), true);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('dialog').isVisible(), false);
    });
  });

  test('passes axe in every state, width and theme', async () => {
    const states = {
      empty: undefined,
      Good: 'Good',
      Expired: 'Expired',
      'Duplicate claim': 'Duplicate claim',
      'Weak key': 'Weak key',
    };
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [360, 1440]) {
        await withPage(
          async (page) => {
            for (const [state, name] of Object.entries(states)) {
              if (name) await sample(page, name);
              await page.evaluate(() =>
                document.querySelectorAll('details').forEach((details) => (details.open = true)),
              );
              await page.evaluate(AXE);
              const { violations } = await page.evaluate(() => globalThis.axe.run());
              const found = violations.flatMap(({ id, nodes }) =>
                nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
              );
              assert.deepEqual(found, [], `${state}, ${width} px, ${colorScheme}`);
            }
            await page.locator('#share').click();
            await page.locator('#share-token').check();
            const { violations } = await page.evaluate(() => globalThis.axe.run());
            assert.deepEqual(
              violations.map(({ id }) => id),
              [],
            );
          },
          { width, colorScheme },
        );
      }
    }
  });

  test('has no layout shifts and fits the width of the page', async () => {
    for (const width of [360, 800, 1440]) {
      await withPage(
        async (page) => {
          await page.evaluate(() => {
            globalThis.shifts = [];
            const observe = (list) =>
              list.getEntries().forEach((entry) => !entry.hadRecentInput && globalThis.shifts.push(entry.value));
            new PerformanceObserver(observe).observe({ type: 'layout-shift', buffered: true });
          });
          // Wait until the keys of the samples are created.
          await page.waitForTimeout(1500);
          for (const name of ['Good', 'Expired']) {
            await sample(page, name);
            await page.waitForTimeout(1500);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${name}: ${wide} px wider than ${width}`);
          }
          assert.deepEqual(await page.evaluate(() => globalThis.shifts), [], `${width} px`);
        },
        { width },
      );
    }
  });
});
