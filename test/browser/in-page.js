// What tests ask of a page from inside it. Plain JavaScript: it runs in the browser, and the project's types are Node's.

/**
 * WCAG's contrast of each visible text and the ground it stands on: `ratio colour on ground: text` where it is too low.
 * @param {number} least
 * @returns {string[]}
 */
export const lowContrasts = (least) => {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  /** The nearest ground that is not transparent; the page has no half-transparent ones. */
  const groundOf = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const ground = getComputedStyle(element).backgroundColor;
    return channels(ground)[3] === 0 ? groundOf(element.parentElement) : ground;
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.getClientRects().length === 0) continue;
    const { color } = getComputedStyle(element);
    const ground = groundOf(element);
    const [darker, lighter] = [luminance(color), luminance(ground)].sort((a, b) => a - b);
    const ratio = (lighter + 0.05) / (darker + 0.05);
    if (ratio < least) faint.push(`${ratio.toFixed(2)} ${color} on ${ground}: ${node.textContent.slice(0, 40)}`);
  }
  return faint;
};

/**
 * What stands out of the window on the right.
 * @returns {string[]}
 */
export const tooWide = () =>
  [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => element.outerHTML.slice(0, 100));

/** @returns {number} */
export const contentWidth = () => document.documentElement.scrollWidth;

/** @returns {{ color: string, backgroundColor: string }} */
export const bodyColours = () => {
  const { color, backgroundColor } = getComputedStyle(document.body);
  return { color, backgroundColor };
};

/** @returns {number[]} */
export const headingLevels = () =>
  [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(({ tagName }) => Number(tagName[1]));

/**
 * How the browser's parser understands pages, without opening them: tags and attributes there are, and names as text.
 * @param {string} html
 * @returns {{ tags: string[], attributes: string[], names: string[], text: string }}
 */
export const parsed = (html) => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const elements = [...page.querySelectorAll('*')];
  return {
    tags: [...new Set(elements.map(({ localName }) => localName))],
    attributes: [...new Set(elements.flatMap((element) => element.getAttributeNames()))],
    names: [...page.querySelectorAll('.name')].map(({ textContent }) => textContent),
    text: page.body.textContent,
  };
};
