// A headless browser for tests: opened once a file, closed after it; every page tells what it asked for and complained of.

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import type { Cleanup } from './cleanup.ts';

/** Closed after the test or suite whose context this is. */
export const givenBrowser = async (context: Cleanup): Promise<Browser> => {
  const { executablePath, env } = await findChromium();
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    headless: true,
    // As root, and in most containers, Chromium has no sandbox; it opens nothing but the tests' own pages.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  context.after(() => browser.close());
  return browser;
};

export interface WatchedPage {
  readonly page: Page;
  /** Dialogs that came up, errors and warnings in the console, errors of scripts. */
  readonly complaints: string[];
  /** Every address that was asked for, the page's own included. */
  readonly requests: string[];
}

/** A page in a context of its own. */
export const watchedPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => requests.push(request.url()));
  return { page, complaints, requests };
};
