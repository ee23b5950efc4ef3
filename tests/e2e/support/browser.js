// Chromium of the distribution, driven through playwright-core.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Launches a browser that closes when the test `t` ends. Only with `quic` it has WebTransport. */
export async function launchBrowser(t, { quic = false } = {}) {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  const args = ARGUMENTS.filter((argument) => !quic || argument !== '--disable-quic');
  const browser = await chromium.launch({ executablePath, args });
  t.after(() => browser.close());
  return browser;
}

/** Opens a page of its own user and notes what goes wrong in it. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Browsers ask for an icon wherever a page names none.
    const icon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !icon) problems.push(`console: ${message.text()}`);
  });
  return { page, problems };
}

/** Where pictures of the pages go; `cargo xtask e2e` sets E2E_OUTPUT. */
export async function picturePath(name) {
  const folder = process.env.E2E_OUTPUT || fileURLToPath(new URL('../../../target/e2e/', import.meta.url));
  await mkdir(folder, { recursive: true });
  return `${folder}/${name}`;
}
