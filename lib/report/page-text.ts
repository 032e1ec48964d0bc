// The page's pieces of text: names that may hold anything, figures, moments. Every one is escaped by the template.
import { html as escaping } from 'hono/html';
import type { Amount } from '../compare/entry.ts';
import { formatBytes, formatCount, formatMoment, pictures } from './format.ts';
import { printable, splitUnprintable } from './printable.ts';
import type { Figure } from './result.ts';

/** What the template makes: nothing else gets onto the page as it is. */
export type Html = ReturnType<typeof escaping>;

/** The page's template: whatever text is put into it is escaped, and what is invisible in it is written out. */
export const html = (strings: TemplateStringsArray, ...values: readonly unknown[]): Html =>
  escaping(strings, ...values.map(harmless));

const harmless = (value: unknown): unknown =>
  typeof value === 'string' ? printable(value) : Array.isArray(value) ? value.map(harmless) : value;

/** Text of others: what is invisible or turns the direction of writing is shown by its number, marked as such. */
export const visible = (text: string): Html =>
  html`${splitUnprintable(text).map((part, i) => (i % 2 === 0 ? part : html`<span class="ctl">${printable(part)}</span>`))}`;

/**
 * A key, an address, a pattern. Isolated, and so is each folder of it: what is written from right to left turns neither
 * what stands around it nor the order of folders.
 */
export const name = (text: string): Html =>
  html`<bdi class="name" dir="ltr">${text.split('/').map((part, i) => html`${i > 0 && '/'}<bdi>${visible(part)}</bdi>`)}</bdi>`;

export const moment = (iso: string): Html => html`<time datetime="${iso}">${formatMoment(iso)}</time>`;

export const NOT_KNOWN = html`<span class="unknown">not known</span>`;

/** Count and bytes of one cell. Nothing is quieter than something, so that something is found. */
export const figure = (amount: Amount | Figure | undefined): Html => {
  if (amount === undefined || amount.count === null) return NOT_KNOWN;
  const count = amount.count === 0 ? 'count zero' : 'count';
  return html`<span class="${count}">${formatCount(amount.count)}</span> <span class="bytes">${formatBytes(amount.bytes)}</span>`;
};

/** The same in a sentence. */
export const figureText = (amount: Figure): Html =>
  amount.count === null ? NOT_KNOWN : html`${pictures(amount.count)} (${formatBytes(amount.bytes)})`;

export const keyList = (keys: readonly string[]): Html =>
  html`<ul class="keys">${keys.map((key) => html`<li>${name(key)}</li>`)}</ul>`;
