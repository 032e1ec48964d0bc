// How the page looks: from 320 px up, light and dark, and on paper. No font, picture or script from anywhere.
import { createHash } from 'node:crypto';

/** Every pair of text and ground has a contrast of 4.5 at least, in both schemes: test/browser looks. */
const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --paper: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d5d9df; --soft: #eef0f3;
  --fine: #0b5a2a; --fine-ground: #e3f5e9; --left: #7a4100; --left-ground: #fdf1dc;
  --bad: #97161c; --bad-ground: #fdeaea; --open: #0b4a8f; --open-ground: #e6f0fc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1215; --paper: #181c21; --text: #e6e9ed; --quiet: #a4aeb9; --line: #343b44; --soft: #232930;
    --fine: #8ee0a8; --fine-ground: #12301d; --left: #f6c677; --left-ground: #36260c;
    --bad: #ffaaa8; --bad-ground: #3d1618; --open: #a5cdff; --open-ground: #12294a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; padding: 1.25rem 1rem 2.5rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
main, header, footer { max-width: 58rem; margin: 0 auto; }
h1 { margin: 0 0 .75rem; font-size: 1rem; font-weight: 600; color: var(--quiet); }
h2 { margin: 0 0 .75rem; font-size: 1.2rem; line-height: 1.3; }
h3 { margin: 1.5rem 0 .35rem; font-size: 1rem; }
h3 .of { font-weight: 400; color: var(--quiet); }
p { margin: 0 0 .75rem; max-width: 44rem; }
section > :last-child { margin-bottom: 0; }
section { margin-top: 1rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; }
.verdict { padding: 1rem 1.25rem; border: 1px solid; border-left-width: .4rem; border-radius: .6rem; }
.verdict p { margin: 0; max-width: none; }
.verdict .label { font-weight: 700; }
.verdict .sentence { font-size: 1.3rem; line-height: 1.35; }
.fine { color: var(--fine); background: var(--fine-ground); }
.left, .cancelled { color: var(--left); background: var(--left-ground); }
.failed { color: var(--bad); background: var(--bad-ground); }
.running, .stopping { color: var(--open); background: var(--open-ground); }
.quiet, .meaning, .bytes, .unknown { color: var(--quiet); }
.meaning { display: block; font-weight: 400; font-size: .875rem; line-height: 1.4; }
.unknown { font-style: italic; }
.name { padding: .05em .3em; border-radius: .25rem; background: var(--soft); font: .875em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.ctl { padding: 0 .15em; border: 1px solid currentColor; border-radius: .2rem; color: var(--bad); font-size: .9em; }
.keys { margin: 0 0 .75rem; padding: 0; list-style: none; }
.keys li { padding: .15rem 0; }
.notes { margin: 0; padding-left: 1.1rem; max-width: 44rem; }
.notes li { margin-bottom: .4rem; }
dl { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: .4rem 1rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
dd .keys { margin: 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding-bottom: .5rem; text-align: left; color: var(--quiet); font-size: .875rem; }
th, td { padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; padding-bottom: .35rem; color: var(--quiet); font-size: .875rem; font-weight: 600; }
tbody th { font-weight: 600; }
th:last-child, td:last-child { padding-right: 0; }
th.amount, td { text-align: right; }
th.amount { white-space: nowrap; }
.count, .bytes { white-space: nowrap; }
td .count, td .bytes { display: block; }
td .bytes { font-size: .875rem; }
.total .count { font-weight: 600; }
.count.zero { color: var(--quiet); font-weight: 400; }
td.none { color: var(--quiet); }
.sum th, .sum td { border-top: 2px solid var(--line); }
footer { margin-top: 1.25rem; color: var(--quiet); font-size: .875rem; }
.label-of { display: none; }
@media (max-width: 40rem) {
  body { padding: .75rem .6rem 1.5rem; }
  section { padding: .9rem .8rem 1rem; }
  .verdict { padding: .8rem .9rem; }
  .verdict .sentence { font-size: 1.15rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .6rem 0; border-top: 1px solid var(--line); }
  tr.sum { border-top-width: 2px; }
  tbody th, tbody td, .sum th, .sum td { padding: 0; border: 0; }
  tbody th { margin-bottom: .2rem; }
  tbody td { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
  td.none { display: none; }
  .label-of { display: inline; flex: 1 0 5.5rem; text-align: left; color: var(--quiet); }
  td .bytes { flex: 0 0 5.5rem; font-size: 1rem; }
}
@page { size: A4; margin: 15mm; }
@media print {
  :root {
    color-scheme: light;
    --ground: #ffffff; --paper: #ffffff; --text: #000000; --quiet: #444b53; --line: #b5bbc3; --soft: #f2f3f5;
    --fine: #0b5a2a; --fine-ground: #ffffff; --left: #7a4100; --left-ground: #ffffff;
    --bad: #97161c; --bad-ground: #ffffff; --open: #0b4a8f; --open-ground: #ffffff;
  }
  body { padding: 0; font-size: 10pt; }
  main { padding: 0 2px; }
  section { padding: .6rem 0 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
  h2, h3, caption, thead { break-after: avoid; }
  tr, li, .verdict, dl > div { break-inside: avoid; }
}
`;

/** Only this very style may apply; scripts, pictures, frames, forms and addresses from elsewhere may not. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export { POLICY, STYLE };
